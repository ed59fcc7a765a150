import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readEstateFile } from './read-estate-file.js';

const GOOD = `version: 1
organisation: { id: org, name: { zh: 集团, en: Group } }
region: { id: reg, name: { zh: 片区, en: Region } }
estate: { id: est, name: { zh: 小区, en: Estate } }
deviceTypes:
  lift: { kind: elevator, life: live, attributes: { expectedIntervalS: 5, capabilities: [floor, door-events] } }
  meter: { kind: water-meter, attributes: { expectedIntervalS: 900, q3M3h: 2.5, registerStepM3: 0.001 } }
buildings:
  - id: b1
    name: { zh: 1栋, en: Building 1 }
    floors: 1-3
    risers:
      - { id: b1-w, kind: water, name: { zh: 立管, en: Riser }, valve: V-1 }
    unitGrid:
      floors: 1-3
      perFloor: 2
      waterRisers: [b1-w, b1-w]
      meters: { like: meter, life: live }
      overrides:
        "302": { occupancy: vacant, since: "2026-01-05", meter: { attributes: { expectedIntervalS: 60 } } }
    units:
      - { id: shop-1, label: 商铺1, floor: 1, occupancy: leased }
zones:
  - { id: z1, name: { zh: 一区, en: Zone 1 }, buildings: [b1] }
devices:
  - { id: b1-lift, like: lift, building: b1, name: { zh: 电梯, en: Lift } }
  - { id: gate, kind: gate, name: { zh: 道闸, en: Gate }, attributes: { expectedIntervalS: 30, vehicle: true } }
staff:
  - { username: wang.qiang, name: { zh: 王强, en: Wang Qiang }, phone: "137-0000-0103", roles: [butler], password: long-enough }
roster:
  - { zone: z1, role: butler, person: wang.qiang, weekdays: sat-mon, from: "20:00", to: "08:00" }
`;

/** Replaces one text of the good file and tells what is said of it, as `line:column message`. */
function mistakes(...changes: [from: string, to: string][]): string[] {
  let text = GOOD;
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`the good file has no ${from}`);
    text = text.replace(from, to);
  }
  const read = readEstateFile(text);
  return read.ok ? [] : read.error.map((m) => `${m.line}:${m.column} ${m.message}`);
}

function good() {
  const read = readEstateFile(GOOD);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

describe('an estate file', () => {
  it('spells its unit grid out: labels, ids, risers, meters, and what is different', () => {
    const file = good();
    expect(file.units.map((u) => u.id)).toEqual(['shop-1', 'b1-101', 'b1-102', 'b1-201', 'b1-202', 'b1-301', 'b1-302']);
    expect(file.units.at(-1)).toMatchObject({
      floor: 3,
      label: '302',
      occupancy: 'vacant',
      since: '2026-01-05',
      waterRiser: 'b1-w',
    });
    expect(file.devices.find((d) => d.id === 'b1-302-meter')).toMatchObject({
      kind: 'water-meter',
      building: 'b1',
      unit: 'b1-302',
      floor: 3,
      life: 'live',
      attributes: { expectedIntervalS: 60, q3M3h: 2.5, registerStepM3: 0.001, capabilities: [] },
    });
    expect(file.devices).toHaveLength(8);
  });

  it('gives a lift its type’s attributes and its building’s floors', () => {
    const lift = good().devices.find((d) => d.id === 'b1-lift');
    expect(lift).toMatchObject({ kind: 'elevator', life: 'live', unit: null, floor: null });
    expect(lift?.attributes).toEqual({
      expectedIntervalS: 5,
      capabilities: ['floor', 'door-events'],
      terminalFloors: [1, 3],
    });
  });

  it('fills in what is usual: Shanghai time, a city, a device only registered, a week round its end', () => {
    const file = good();
    expect(file.estate).toMatchObject({ timezone: 'Asia/Shanghai', setting: 'city' });
    expect(file.devices.find((d) => d.id === 'gate')).toMatchObject({ life: 'registered', building: null });
    expect(file.roster[0]).toMatchObject({ weekdays: [1, 6, 7], duty: 'primary', zone: 'z1' });
  });

  it('has a roster whose ids stay the same as long as the entries do', () => {
    const ids = good().roster.map((e) => e.id);
    expect(ids).toEqual(good().roster.map((e) => e.id));
    expect(ids).toEqual(['est/z1/butler/primary/wang.qiang/167/20:00-08:00']);
  });
});

describe('a mistake in an estate file', () => {
  it.each([
    [
      'a value of the wrong kind',
      'expectedIntervalS: 5,',
      'expectedIntervalS: often,',
      /^6:72 .*expectedIntervalS: must be a number, not "often"/,
    ],
    [
      'something missing',
      'name: { zh: 1栋, en: Building 1 }',
      'name: { zh: 1栋 }',
      /^10:11 buildings › b1 › name: "en" is missing/,
    ],
    [
      'a key with nothing behind it',
      'floors: 1-3\n    risers',
      'floors:\n    risers',
      /^11:5 buildings › b1: "floors" is missing/,
    ],
    ['an unknown key', 'valve: V-1', 'vavle: V-1', /^13:63 buildings › b1 › risers › b1-w: "vavle" is not known here/],
    [
      'a number for a text',
      '"137-0000-0103"',
      '13700000103',
      /^29:\d+ staff › wang.qiang › phone: must be a text, not 13700000103 \(put it in quotes\)/,
    ],
    [
      'a word that is none of the possible ones',
      'occupancy: vacant',
      'occupancy: empty',
      /^20:\d+ .* › 302 › occupancy: must be occupied or leased or .*not "empty"/,
    ],
    ['an id that would not fit into a topic', 'id: gate, kind', 'id: Gate/1, kind', /^27:11 .*must be an id/],
    [
      'floors that run down',
      'floors: 1-3\n    risers',
      'floors: 3-1\n    risers',
      /^11:13 .*floors run from low to high/,
    ],
    ['an impossible time', 'from: "20:00"', 'from: "24:00"', /^31:\d+ .*must be a time from "00:00" to "23:59"/],
    ['a day that does not exist', '"2026-01-05"', '"2026-02-30"', /^20:\d+ .*must be a day/],
    ['no weekday', 'weekdays: sat-mon', 'weekdays: someday', /^31:\d+ .*must be daily, days such as mon-fri/],
    [
      'an unknown time zone',
      'en: Estate }',
      'en: Estate }, timezone: Asia/Hangzhou',
      /^4:\d+ estate › timezone: must be a time zone/,
    ],
    ['a short password', 'long-enough', 'short', /^29:\d+ .*at least 8 characters/],
    [
      'an id that stands twice',
      'id: gate, kind',
      'id: b1-lift, kind',
      /^27:5 devices › b1-lift: there is already a device b1-lift, at line 26/,
    ],
    [
      'a listed unit that the grid has made',
      'id: shop-1, ',
      'id: b1-101, ',
      /there is already a unit b1-101, at line \d+/,
    ],
    ['a label that stands twice', '商铺1, floor: 1', '"101", floor: 1', /the label "101", too/],
    ['an unknown building', 'building: b1,', 'building: b9,', /^26:5 devices › b1-lift: there is no building "b9"/],
    ['an unknown device type', 'like: lift', 'like: lfit', /^26:5 devices › b1-lift: there is no device type "lfit"/],
    ['an unknown riser', '[b1-w, b1-w]', '[b1-w, b1-x]', /^17:27 .*there is no riser "b1-x"/],
    [
      'an unknown building in a zone',
      'buildings: [b1]',
      'buildings: [b1, b2]',
      /^24:\d+ zones › z1 › buildings › no. 2: there is no building "b2"/,
    ],
    [
      'an unknown zone in the roster',
      '{ zone: z1',
      '{ zone: z9',
      /^31:\d+ roster › no. 1 › zone: there is no zone "z9"/,
    ],
    ['an unknown person', 'person: wang.qiang', 'person: wang', /^31:\d+ .*there is no person "wang"/],
    [
      'duty in a role that the person has not',
      'roles: [butler]',
      'roles: [security]',
      /^31:5 .*on duty as butler but does not have that role/,
    ],
    ['an override of no unit', '"302": {', '"402": {', /^20:\d+ .*the grid has no unit "402"/],
    [
      'a unit above the roof',
      'floor: 1, occupancy',
      'floor: 9, occupancy',
      /^22:9 .*floor 9 is not in building "b1" \(floors 1 to 3\)/,
    ],
    ['too few riser columns', '[b1-w, b1-w]', '[b1-w]', /^17:20 .*names 1 risers for 2 units a floor/],
    [
      'a unit that its zone has already',
      'buildings: [b1]',
      'buildings: [b1], units: [b1-101]',
      /is in the zone already, with its building "b1"/,
    ],
    ['a zone of nothing', ', buildings: [b1]', '', /^24:5 zones › z1: covers neither/],
    ['an attribute of another kind', 'vehicle: true', 'q3M3h: 2.5', /^27:\d+ .*is no attribute of the kind gate/],
    [
      'a misspelt capability',
      'door-events]',
      'door-event]',
      /^6:\d+ .*"door-event" is no capability of the kind elevator/,
    ],
    [
      'a meter whose step nobody knows',
      ', registerStepM3: 0.001',
      '',
      /^7:10 deviceTypes › meter: .* needs the attribute "registerStepM3"/,
    ],
    [
      'a review before its time',
      'since: "2026-01-05"',
      'since: "2026-01-05", review: "2025-01-05"',
      /^20:\d+ .*reviewed on 2025-01-05, before it began/,
    ],
    ['a file for another version', 'version: 1', 'version: 2', /^1:10 version: must be 1, not 2/],
  ] as [string, string, string, RegExp][])('is told with its place: %s', (_, from, to, said) => {
    const found = mistakes([from, to]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(said);
  });

  it('does not hide another: all are told at once, in the order of the file', () => {
    const found = mistakes(
      ['en: Group', 'eng: Group'],
      ['floors: 1-3\n    risers', 'floors: many\n    risers'],
      ['like: lift', 'like: lfit'],
      ['roles: [butler]', 'roles: [butler, king]'],
      ['from: "20:00"', 'from: "8pm"'],
    );
    expect(found.map((m) => Number(m.split(':')[0]))).toEqual([2, 2, 11, 26, 29, 31]);
  });

  it('does not make what refers to the faulty thing a mistake, too', () => {
    expect(mistakes(['floors: 1-3\n    risers', 'floors: many\n    risers'])).toHaveLength(1);
    expect(mistakes(['{ id: z1, name: { zh: 一区, en: Zone 1 }', '{ id: z1'])).toHaveLength(1);
    expect(mistakes(['kind: elevator, life', 'kind: rocket, life'])).toHaveLength(1);
    expect(mistakes(['perFloor: 2', 'perFloor: two'], ['buildings: [b1]', 'units: [b1-101]'])).toHaveLength(1);
  });

  it('is told once when a whole grid shares it', () => {
    expect(mistakes(['like: meter,', 'like: mtr,'])).toEqual([expect.stringMatching(/there is no device type "mtr"/)]);
  });

  it('is a person who is his own backup, also across midnight and the week’s end', () => {
    const entry = 'weekdays: sat-mon, from: "20:00", to: "08:00" }';
    const other = (rest: string) =>
      `${entry}\n  - { zone: z1, role: butler, duty: backup, person: wang.qiang, ${rest} }`;
    const clash = /^32:5 roster › no. 2: "wang.qiang" would be his or her own backup as butler/;
    expect(mistakes([entry, other('weekdays: tue, from: "07:00", to: "09:00"')])).toEqual([
      expect.stringMatching(clash),
    ]);
    expect(mistakes([entry, other('weekdays: tue, from: "08:00", to: "20:00"')])).toEqual([]);
    expect(mistakes([entry, other('weekdays: [fri], from: "12:00", to: "20:00"')])).toEqual([]);
    expect(mistakes([entry, other('weekdays: [fri], from: "20:01", to: "20:00"')])).toEqual([]);
    expect(mistakes([entry, other('weekdays: daily, from: "00:00", to: "00:00"')])).toHaveLength(1);
  });

  it('is told when it is one of YAML itself: a key that stands twice, a bracket left open, an empty file', () => {
    expect(mistakes(['floors: 1-3\n    risers', 'floors: 1-3\n    floors: 1-3\n    risers'])).toContainEqual(
      '12:5 the file: this key stands twice in one place',
    );
    expect(mistakes(['[b1-w, b1-w]', '[b1-w, b1-w'])[0]).toMatch(/^1[789]:\d+ the file: not readable as YAML/);
    expect(readEstateFile('')).toMatchObject({ ok: false });
    expect(readEstateFile('just words')).toMatchObject({ ok: false, error: [{ line: 1, column: 1 }] });
  });

  it('is told for a bomb of aliases, which is not expanded', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [i, c] of [...'bcdefgh'].entries())
      bomb.push(`${c}: &${c} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(', ')}]`);
    expect(readEstateFile(bomb.join('\n'))).toMatchObject({ ok: false });
  });

  it('never breaks the reader, whatever is cut out of a good file, and always has a place in it', () => {
    const cut = fc.tuple(fc.nat(GOOD.length), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(cut, ([from, length]) => {
        const text = GOOD.slice(0, from) + GOOD.slice(from + length);
        const read = readEstateFile(text);
        const lines = text.split('\n').length;
        expect(read.ok || (read.error.length > 0 && read.error.every((m) => m.line >= 1 && m.line <= lines))).toBe(
          true,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('rules of a generic device', () => {
  const device = (rules: string, more = ''): [string, string] => [
    'staff:',
    `  - { id: pump, kind: generic, building: b1, name: { zh: 泵, en: Pump }, attributes: { expectedIntervalS: 30${more}, rules: ${rules} } }\nstaff:`,
  ];
  const OWN = 'priority: P3, title: { zh: 过流, en: Overcurrent }';

  it('become events: one of the catalogue, or one of their own', () => {
    const read = readEstateFile(
      GOOD.replace(
        ...device(`[{ event: smoke.alarm, channel: smoke, is: true }, { key: over, channel: a, above: 8, ${OWN} }]`),
      ),
    );
    expect(read.ok && read.value.devices.find((d) => d.id === 'pump')?.attributes.rules).toEqual([
      { event: 'smoke.alarm', channel: 'smoke', is: true, holdS: 0, clearHoldS: 0 },
      {
        event: 'generic.over',
        channel: 'a',
        above: 8,
        holdS: 0,
        clearHoldS: 0,
        own: { priority: 'P3', latched: false, endBy: ['on-site'], title: { zh: '过流', en: 'Overcurrent' } },
      },
    ]);
  });

  it.each([
    [`[{ channel: a, above: 8, ${OWN} }]`, 'needs either "event" (smoke.alarm) or a "key" of its own, not both'],
    [`[{ key: a, channel: a, ${OWN} }]`, 'needs exactly one of "above", "below" and "is"'],
    [`[{ key: a, channel: a, above: 8, below: 1, ${OWN} }]`, 'needs exactly one of "above", "below" and "is"'],
    [`[{ key: a, channel: a, above: 8, clear: 9, ${OWN} }]`, 'must not be higher than "above"'],
    [`[{ key: a, channel: a, below: 8, clear: 7, ${OWN} }]`, 'must not be lower than "below"'],
    ['[{ key: a, channel: a, above: 8, priority: P3 }]', 'needs a "title"'],
    ['[{ key: a, channel: a, above: 8, title: { zh: 过流, en: Over } }]', 'needs a "priority"'],
    ['[{ event: smoke.alarm, channel: s, is: true, priority: P2 }]', 'is fixed for smoke.alarm'],
    ['[{ event: pipe.leak, channel: s, is: true }]', 'must be smoke.alarm, not "pipe.leak"'],
    [`[{ key: a, channel: a, above: 8, latched: true, ${OWN.replace('P3', 'P4')} }]`, 'P4 opens no ticket'],
    [`[{ key: a, channel: a, above: 8, latched: true, endBy: [], ${OWN} }]`, 'how a latched alarm is ended'],
    [`[{ key: a, channel: a, above: 8, ${OWN} }, { key: a, channel: b, above: 8, ${OWN} }]`, 'there is already a rule'],
    [`[{ key: A b, channel: a, above: 8, ${OWN} }]`, 'must be a key'],
  ])('%s is a mistake that is named', (rules, message) => {
    expect(mistakes(device(rules)).join('\n')).toContain(message);
  });

  it('on a channel that the device does not send, or of another kind of device, are mistakes', () => {
    const rules = `[{ key: a, channel: a, above: 8, ${OWN} }]`;
    expect(mistakes(device(rules, ', capabilities: [b]')).join()).toContain('none of its capabilities');
    const [at, pump] = device(rules);
    expect(mistakes([at, pump.replace('generic', 'gate')]).join()).toContain('is no attribute of the kind gate');
  });
});
