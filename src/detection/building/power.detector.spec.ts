import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice, START } from '../device/fake-engine.js';
import { FakeGroupEngine } from '../fake-group-engine.js';
import type { Group } from '../group-detector.js';
import { buildingPowerDetector } from './power.detector.js';
import { POWER_PRESENT } from './power.js';

const members = ['a', 'b', 'c', 'd'].map((id) => fakeDevice('elevator', { id, hasSpoken: true }));
const [a, b, c, d] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0], (typeof members)[0]];
const group: Group = { scope: 'building', id: 'b1', estate: 'e1', timezone: 'Asia/Shanghai', overrides: {}, members };
const building = () => new FakeGroupEngine(buildingPowerDetector, group);
const RAISE = 'raise building.power-lost';
const CLEAR = 'clear building.power-lost';

describe('power of a building, as its devices tell it', () => {
  it('is lost when one says so and two more vanish; back with the majority', () => {
    const e = building().reading(a, { mainsPower: false }).advance(60).silence(b, true).advance(60).silence(c, true);
    expect(e.story).toEqual([`${RAISE} @120`]);
    e.advance(60).reading(a, { mainsPower: true }).silence(b, false);
    expect(e.story).toEqual([`${RAISE} @120`, `${CLEAR} @180`]);
  });

  it('takes emergency power for mains evidence until another mode is told', () => {
    const e = building();
    for (const lift of [a, b]) e.reading(lift, { mode: 'emergency-power' });
    e.reading(a, { speedMps: 0 }).reading(a, { mode: 'normal' }).reading(c, { mainsPower: false });
    expect(e.story).toEqual([]);
    expect(e.reading(a, { mode: 'emergency-power' }).story).toEqual([`${RAISE} @0`]);
  });

  it('is not lost by what a buffer tells of an hour ago', () => {
    const e = building();
    const at = START - 3_600_000;
    for (const lift of members) e.input({ type: 'reading', device: lift, values: { mainsPower: false }, at });
    expect(e.story).toEqual([]);
  });

  it('takes up what the first release has stored: those hit and not silent are without mains until they speak', () => {
    const e = building();
    const silent = [{ id: 'd', silentSince: START }];
    e.state = { ...POWER_PRESENT, evidenceSince: START, lostSince: START, hit: ['a', 'b', 'c', 'd'], silent };
    e.restart().reading(a, { mainsPower: true }).reading(b, { mainsPower: true }).silence(d, true);
    expect(e.story).toEqual([]);
    expect(e.reading(c, { mainsPower: true }).story).toEqual([`${CLEAR} @0`]);
  });

  const says = fc.oneof(
    fc.record({ who: fc.nat(3), mains: fc.boolean() }),
    fc.record({ who: fc.nat(3), silent: fc.boolean() }),
  );
  const play = (moments: readonly { who: number; mains?: boolean; silent?: boolean }[], restartAt: number) => {
    const e = building();
    moments.forEach((m, i) => {
      if (i === restartAt) e.restart();
      const lift = members[m.who] ?? a;
      if (m.silent === undefined) e.reading(lift, { mainsPower: m.mains ?? true });
      else e.silence(lift, m.silent);
      e.advance(30);
    });
    return { told: e.told, state: e.state };
  };

  it('law 4: is found the same over a restart at any time, and told twice changes nothing', () => {
    fc.assert(
      fc.property(fc.array(says, { maxLength: 30 }), fc.nat(29), (moments, at) => {
        const whole = play(moments, -1);
        expect(play(moments, at)).toEqual(whole);
      }),
    );
  });

  it('is never lost without mains evidence and three devices that miss it', () => {
    fc.assert(
      fc.property(fc.array(says, { maxLength: 30 }), (moments) => {
        const noMains = new Set<number>();
        const silent = new Set<number>();
        const e = building();
        for (const m of moments) {
          const lift = members[m.who] ?? a;
          const before = e.told.length;
          if ('silent' in m) {
            if (m.silent) silent.add(m.who);
            else silent.delete(m.who);
            e.silence(lift, m.silent);
          } else {
            if (m.mains) noMains.delete(m.who);
            else noMains.add(m.who);
            e.reading(lift, { mainsPower: m.mains });
          }
          if (e.told.length > before && e.told.at(-1)?.finding.kind === 'raise') {
            expect(noMains.size).toBeGreaterThan(0);
            expect(new Set([...noMains, ...silent]).size).toBeGreaterThanOrEqual(3);
          }
        }
      }),
    );
  });
});
