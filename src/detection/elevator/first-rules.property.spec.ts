import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { FakeEngine, START } from '../device/fake-engine.js';
import { alarmButtonDetector } from './alarm-button.detector.js';
import { eventLift } from './fake-lift.js';
import { liftValues, plays, provesItself, watch, type Moment } from './fake-lift-play.js';
import { faultSaysDoorZone } from './fault-codes.js';
import { silentWithPeopleDetector } from './silent-with-people.detector.js';
import { stoppedBetweenFloorsDetector } from './stopped-between-floors.detector.js';

/** The door zone as it stands at each second: told, or implied by a code. */
function zones(moments: readonly Moment[]): (boolean | undefined)[] {
  let zone: boolean | undefined;
  return moments.map(({ told }) => (zone = told.doorZone ?? faultSaysDoorZone(told.fault) ?? zone));
}
const longestRun = (flags: readonly boolean[]): number => {
  let run = 0;
  return flags.reduce((longest, f) => Math.max(longest, (run = f ? run + 1 : 0)), 0);
};

describe('whatever a lift says', () => {
  it('no call without 3 s of the button outside an open landing door, two presses, or the code', () =>
    provesItself(alarmButtonDetector, {
      holdS: 3,
      held: ({ known }) => known.alarmButton === true || known.fault === 'alarm-button',
      code: ({ told }) => told.fault === 'alarm-button',
      otherwise: (f) => f.evidence['presses'] === 2,
    }));

  it('no standstill without a minute outside the door zone, on one floor, not moving', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const moments = watch(play);
        const zone = zones(moments);
        const e = new FakeEngine(stoppedBetweenFloorsDetector, eventLift());
        for (const [v, s] of play) e.stream(v, s);
        for (const { t, finding } of e.told) {
          if (finding.kind !== 'raise') continue;
          const during = moments.slice(t - 60, t);
          expect(during).toHaveLength(60);
          expect(zone[t - 60]).toBe(false);
          expect(longestRun(zone.slice(t - 60, t).map((z) => z !== false))).toBeLessThanOrEqual(5);
          const moving = during.filter((m) => m.told.speedMps !== undefined);
          expect(longestRun(moving.map((m) => Math.abs(m.told.speedMps ?? 0) >= 0.05))).toBeLessThanOrEqual(1);
          expect(new Set(during.flatMap((m) => m.told.floor ?? [])).size).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('no silence with people without two minutes of silence, people seen before, and no open landing door', () => {
    const words = fc.array(fc.tuple(liftValues, fc.integer({ min: 1, max: 300 })), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(words, (play) => {
        const e = new FakeEngine(silentWithPeopleDetector, eventLift());
        let known: ElevatorValues = {};
        let zone: boolean | undefined;
        let sign = false;
        for (const [v, gapS] of play) {
          const heardAt = e.now;
          const before = e.told.length;
          e.reading(v).advance(gapS);
          const door = v.door === undefined || v.door === 'unknown' ? known.door : v.door;
          known = { ...known, ...v, door };
          zone = v.doorZone ?? faultSaysDoorZone(v.fault) ?? zone;
          sign ||= known.peopleInCar === true || known.alarmButton === true;
          for (const { t, finding } of e.told.slice(before)) {
            if (finding.kind !== 'raise') continue;
            expect(t * 1000).toBeGreaterThanOrEqual(heardAt - START + 120_000);
            expect(sign).toBe(true);
            expect(door === 'open' && zone !== false).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
