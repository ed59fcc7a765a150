import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Device } from '../../estate/device.js';
import { fakeDevice } from '../device/fake-engine.js';
import { FakeGroupEngine } from '../fake-group-engine.js';
import type { Group } from '../group-detector.js';
import { commsLostDetector } from './comms-lost.detector.js';

const EVENT = 'building.comms-lost';
const every = (id: string, expectedIntervalS: number, kind: Device['kind'] = 'elevator'): Device =>
  fakeDevice(kind, { id, attributes: { expectedIntervalS, capabilities: [] } });
const fast = ['l1', 'l2', 'l3', 'l4', 'l5'].map((id) => every(id, 5));
const at = (i: number): Device => fast[i] as Device;
const slow = ['m1', 'm2', 'm3'].map((id) => every(id, 3600, 'water-meter'));
const building = (members: readonly Device[] = [...fast, ...slow]) =>
  new FakeGroupEngine(commsLostDetector, {
    scope: 'building',
    id: 'b1',
    estate: 'e1',
    timezone: 'Asia/Shanghai',
    overrides: {},
    members,
  } satisfies Group);

describe('a building out of contact', () => {
  it('raises when the third device is silent, once', () => {
    const e = building().silence(at(0), true).advance(2).silence(at(1), true).advance(2);
    expect(e.story).toEqual([]);
    e.silence(at(2), true).advance(2).silence(at(3), true).advance(600);
    expect(e.story).toEqual([`raise ${EVENT} @4`]);
    expect(e.told[0]?.finding.evidence).toEqual({ devices: 'l1 l2 l3', silent: 3 });
  });

  it('judges by the last words: a slow meter found silent hours later belongs to the same loss', () => {
    const e = building().advance(7200).silence(at(0), true).silence(at(1), true);
    // Last word half an hour before the lifts' last: its limit of three hours ends two and a half hours after theirs.
    e.advance(3 * 3600 - 1800 - 120).silence(slow[0] as Device, true);
    expect(e.story).toHaveLength(1);
  });

  it('three that die at three different times are no lost building', () => {
    const e = building();
    for (let i = 0; i < 5; i++) e.silence(at(i), true).advance(1800);
    expect(e.story).toEqual([]);
  });

  it.each([
    ['says that the mains are gone', { mainsPower: false }],
    ['runs on emergency power', { mode: 'emergency-power' as const }],
  ])('is not raised while a device %s: that is a power loss', (_name, values) => {
    const e = building().reading(at(4), values).advance(120);
    for (let i = 0; i < 4; i++) e.silence(at(i), true);
    expect(e.advance(600).story).toEqual([]);
  });

  it('a lift that has told a lost mains for hours explains nothing', () => {
    const e = building().reading(at(4), { mainsPower: false }).advance(7200);
    for (let i = 0; i < 3; i++) e.silence(at(i), true);
    expect(e.story).toHaveLength(1);
  });

  it('is taken back when the mains turn out to be the reason', () => {
    const e = building();
    for (let i = 0; i < 3; i++) e.silence(at(i), true);
    e.advance(10).reading(at(4), { mainsPower: false });
    expect(e.story).toEqual([`raise ${EVENT} @0`, `clear ${EVENT} @10`]);
    expect(e.reading(at(4), { mainsPower: true }).advance(600).story).toHaveLength(2);
  });

  it('ends when most of those hit are back, also of those that were found later; stragglers raise nothing', () => {
    const e = building();
    for (let i = 0; i < 5; i++) e.silence(at(i), true);
    e.silence(at(0), false).silence(at(1), false);
    expect(e.story).toHaveLength(1);
    e.advance(5).silence(at(2), false);
    expect(e.story[1]).toBe(`clear ${EVENT} @5`);
    expect(e.silence(at(0), true).advance(600).story).toHaveLength(2);
  });

  it('does not count who is worked on', () => {
    const under = ['a', 'b', 'c'].map((id) => ({ ...every(id, 5), life: 'maintenance' as const }));
    const e = building(under);
    for (const d of under) e.silence(d, true);
    expect(e.story).toEqual([]);
  });

  it('raises again 120 s after a person ended it while all are silent', () => {
    const e = building();
    for (let i = 0; i < 3; i++) e.silence(at(i), true);
    e.advance(10).end(EVENT).advance(200);
    expect(e.story).toEqual([`raise ${EVENT} @0`, `raise ${EVENT} @130`]);
  });

  it('never with fewer than three silent, nor open with most of those back, the same over restarts', () => {
    const moment = fc.record({
      device: fc.integer({ min: 0, max: 4 }),
      silent: fc.boolean(),
      mains: fc.option(fc.boolean(), { nil: undefined, freq: 6 }),
      seconds: fc.integer({ min: 0, max: 200 }),
      restart: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 40 }), (play) => {
        const whole = building();
        const broken = building();
        const silent = new Set<number>();
        for (const m of play) {
          if (m.silent) silent.add(m.device);
          else silent.delete(m.device);
          const told = whole.told.length;
          for (const e of [whole, broken]) {
            if (m.mains !== undefined) e.reading(at(m.device), { mainsPower: m.mains });
            e.silence(at(m.device), m.silent).advance(m.seconds);
          }
          for (const { finding } of whole.told.slice(told)) {
            if (finding.kind === 'raise') expect(silent.size).toBeGreaterThanOrEqual(3);
          }
          if (silent.size === 0) expect(whole.told.at(-1)?.finding.kind ?? 'clear').toBe('clear');
          if (m.restart) broken.restart(0);
        }
        expect(broken.told).toEqual(whole.told);
      }),
      { numRuns: 200 },
    );
  });
});
