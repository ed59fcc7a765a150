import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explainText } from '../../detection/replay/explain-report.js';
import type { RaisedAlarm } from '../../detection/replay/compare.js';
import { replayText } from '../../detection/replay/replay-report.js';
import type { ReplayResult } from '../../detection/replay/replay-result.js';
import { fakeDevice } from '../../detection/device/fake-engine.js';
import type { Device } from '../../estate/device.js';
import { EstateDirectory } from '../../estate/estate-directory.js';
import type { Reading } from '../../telemetry/reading.js';
import { MemoryLog, readLogFile } from './file-log.js';
import { byArrival } from './reading-log.js';
import { parsedOverrides } from './replay-place.js';
import { runReplay } from './run-replay.js';

const START = Date.UTC(2026, 2, 1, 2, 0, 0);
const DEVICES = [
  fakeDevice('pipe-sensor', { id: 'wet-1', no: 1 }),
  fakeDevice('gate', { id: 'door-1', no: 2 }),
  fakeDevice('elevator', { id: 'lift-1', no: 3 }),
];
const directory = new EstateDirectory({
  estates: [{ id: 'e1', names: { zh: '一', en: 'One' }, timezone: 'Asia/Shanghai', setting: 'city' }],
  buildings: [{ id: 'b1', estate: 'e1', names: { zh: '1栋', en: 'Building 1' }, floorsMin: 1, floorsMax: 10 }],
  risers: [],
  units: [],
  zones: [],
  devices: DEVICES,
  people: [],
  roster: [],
});

const said = (device: string, s: number, values: Reading['values']): Reading => {
  const at = START + s * 1000;
  return { device, observedAt: at, receivedAt: at, at, values };
};

function replay(
  readings: readonly Reading[],
  more: { was?: RaisedAlarm[]; devices?: readonly Device[]; explain?: string[]; toS?: number } = {},
): Promise<ReplayResult> {
  return runReplay({
    directory,
    devices: more.devices ?? DEVICES,
    wholeEstate: more.devices === undefined,
    span: { warmUpFrom: START, from: START, to: START + (more.toS ?? 1000) * 1000 },
    overrides: {},
    log: new MemoryLog([...readings].sort(byArrival)),
    was: more.was ?? null,
    endings: [],
    ...(more.explain ? { explain: more.explain } : {}),
  });
}

const story = (r: ReplayResult): string[] =>
  r.would.map((a) => `${a.event} ${a.subject.id} @${(a.raisedAt - START) / 1000}`);

describe('a replay', () => {
  it('raises what the rules raise, at the moment when their time has come', async () => {
    const r = await replay([said('wet-1', 5, { wet: true }), said('door-1', 20, { position: 'open' })]);
    expect(story(r)).toEqual([
      'pipe.leak wet-1 @15',
      'gate.held-open door-1 @50',
      'device.offline wet-1 @125',
      'device.offline door-1 @140',
    ]);
  });

  it('tells the same log twice in the same bytes', async () => {
    const anything = fc.oneof(
      fc.record({ device: fc.constant('wet-1'), values: fc.record({ wet: fc.boolean() }) }),
      fc.record({
        device: fc.constant('door-1'),
        values: fc.record({ position: fc.constantFrom('open' as const, 'closed' as const) }),
      }),
      fc.record({
        device: fc.constant('lift-1'),
        values: fc.record({
          peopleInCar: fc.boolean(),
          doorZone: fc.boolean(),
          door: fc.constantFrom('open' as const, 'closed' as const),
          speedMps: fc.constantFrom(0, 1.5),
          mainsPower: fc.boolean(),
        }),
      }),
    );
    const log = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), anything), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(log, async (steps) => {
        const readings = steps.map(([s, { device, values }]) => said(device, s, values));
        const [a, b, shuffled] = await Promise.all([
          replay(readings),
          replay(readings),
          replay([...readings].reverse()),
        ]);
        expect(JSON.stringify(b)).toBe(JSON.stringify(a));
        expect(replayText(b, 'Asia/Shanghai')).toBe(replayText(a, 'Asia/Shanghai'));
        // In which order a file tells of different moments does not matter.
        const moments = new Set(readings.map((r) => `${r.device} ${r.at}`));
        if (moments.size === readings.length) expect(JSON.stringify(shuffled)).toBe(JSON.stringify(a));
      }),
      { numRuns: 60 },
    );
  });

  it('takes nothing from a reading that is told twice', async () => {
    const log = [said('wet-1', 5, { wet: true }), said('wet-1', 40, { wet: false })];
    const once = await replay(log);
    const twice = await replay([...log, ...log]);
    expect(story(twice)).toEqual(story(once));
    expect([once.duplicates, twice.duplicates]).toEqual([0, 2]);
  });

  it('sets what would be raised against what was', async () => {
    const was = (id: string, event: RaisedAlarm['event'], device: string, s: number): RaisedAlarm => ({
      id,
      event,
      subject: { type: 'device', id: device },
      device,
      priority: 'P2',
      raisedAt: START + s * 1000,
      endedAt: START + s * 1000 + 60_000,
      occurrences: 1,
      reason: 'then',
      ticket: 'T-2026-0001',
    });
    const r = await replay([said('wet-1', 5, { wet: true }), said('wet-1', 100, { wet: false })], {
      devices: DEVICES.slice(0, 1),
      was: [was('a', 'pipe.leak', 'wet-1', 25), was('b', 'pipe.backflow', 'wet-1', 30)],
      toS: 200,
    });
    expect(r.comparison?.both.map((b) => [b.was.id, b.laterS])).toEqual([['a', -10]]);
    expect(r.comparison?.onlyThen.map((a) => a.id)).toEqual(['b']);
    expect(r.comparison?.onlyNow).toEqual([]);
    expect(r.counts.map((c) => [c.event, c.would, c.was, c.both])).toEqual([
      ['pipe.backflow', 0, 1, 0],
      ['pipe.leak', 1, 1, 1],
    ]);
  });

  it('says that a whole building is without power from one word and two silences', async () => {
    const lift = { mainsPower: true, doorZone: true, door: 'open', speedMps: 0 } as const;
    const log = [said('lift-1', 0, lift), said('wet-1', 0, { wet: false }), said('door-1', 0, { position: 'closed' })];
    for (let s = 5; s < 300; s += 5) log.push(said('lift-1', s, { ...lift, mainsPower: s < 60 }));
    expect(story(await replay(log, { toS: 300 }))).toContain('building.power-lost b1 @120');
  });

  it('can be called off', async () => {
    const readings = Array.from({ length: 5000 }, (_, i) => said('wet-1', i, { wet: false }));
    const controller = new AbortController();
    const running = runReplay({
      directory,
      devices: DEVICES,
      wholeEstate: true,
      span: { warmUpFrom: START, from: START, to: START + 5_000_000 },
      overrides: {},
      log: new MemoryLog(readings),
      was: null,
      endings: [],
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('called off')),
    });
    await expect(running).rejects.toThrow('called off');
  });
});

describe('an explanation', () => {
  it('tells which reading moved which rule, and why the others stayed silent', async () => {
    const devices = DEVICES.slice(0, 1);
    const r = await replay([said('wet-1', 5, { wet: true })], { devices, explain: ['wet-1'], toS: 60 });
    const text = explainText(r, devices, 'Asia/Shanghai');
    expect(text).toContain('2026-03-01 10:00:05  wet-1  reading {"wet":true}');
    expect(text).toContain('RAISE pipe.leak');
    expect(text).toMatch(/device\.offline \(device\.offline\): on, its condition did not hold; looks again/);
  });
});

describe('a file of readings', () => {
  const device = (id: string) => directory.device(id);

  it('is read from JSON lines and from CSV alike', () => {
    const jsonl = `{"device":"lift-1","observedAt":"2026-03-01T10:00:00+08:00","door":"open","floor":3,"faultCode":"12"}
{"device":"wet-1","observedAt":"2026-03-01T02:00:01Z","receivedAt":"2026-03-01T02:00:09Z","wet":true}\n`;
    const csv = `device,observedAt,receivedAt,door,floor,faultCode,wet
lift-1,2026-03-01T10:00:00+08:00,,open,3,12,
wet-1,2026-03-01T02:00:01Z,2026-03-01T02:00:09Z,,,,true\n`;
    const a = readLogFile('a.jsonl', jsonl, device);
    const b = readLogFile('b.csv', csv, device);
    expect(a.ok && a.value.map((r) => r.values)).toEqual([{ door: 'open', floor: 3, faultCode: '12' }, { wet: true }]);
    expect(b).toEqual(a);
  });

  it('is refused with the line of each mistake', () => {
    const read = readLogFile('x.jsonl', '{"device":"lift-1","observedAt":"soon"}\n{"device":"no-1"}\n[]\n{', device);
    expect(read.ok ? [] : read.error).toEqual([
      expect.stringMatching(/^x\.jsonl:1: observedAt/),
      expect.stringMatching(/^x\.jsonl:2: there is no device "no-1"/),
      expect.stringMatching(/^x\.jsonl:3: not a JSON object/),
      expect.stringMatching(/^x\.jsonl:4: /),
    ]);
  });
});

it('a parameter that no rule has is refused with a word of help', () => {
  expect(() => parsedOverrides(['meter.vacant-flow.minRaeds=3'])).toThrow(
    /no parameter meter\.vacant-flow\.minRaeds; the closest is meter\.vacant-flow\.minReads/,
  );
});
