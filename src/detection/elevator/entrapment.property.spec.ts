import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { FakeEngine } from '../device/fake-engine.js';
import { entrapmentDetector } from './entrapment.detector.js';
import { boarding, eventLift, trapped } from './fake-lift.js';

const values: fc.Arbitrary<ElevatorValues> = fc.record(
  {
    floor: fc.integer({ min: 3, max: 4 }),
    speedMps: fc.constantFrom(0, 0, 0, 0.02, 0.4, -1.5),
    doorZone: fc.boolean(),
    door: fc.constantFrom('closed', 'closed', 'closed', 'opening', 'open', 'closing', 'unknown'),
    peopleInCar: fc.boolean(),
    loadKg: fc.constantFrom(0, 0, 75),
    mode: fc.constantFrom('normal', 'normal', 'normal', 'inspection', 'firefighter'),
  },
  { requiredKeys: [] },
);
/** A reading kept up for a while, so that holds have a chance to run out. */
const plays = fc.array(fc.tuple(values, fc.integer({ min: 1, max: 45 })), { minLength: 1, maxLength: 25 });

interface Moment {
  readonly t: number;
  readonly open: boolean;
  readonly sign: boolean;
}

/** What the readings of a play say, with fields that are not told carried on: an oracle that knows no holds. */
function watch(play: readonly (readonly [ElevatorValues, number])[]): Moment[] {
  const moments: Moment[] = [];
  let known: ElevatorValues = {};
  let t = 0;
  for (const [v, s] of play) {
    const door = v.door === undefined || v.door === 'unknown' ? known.door : v.door;
    known = { ...known, ...v, door };
    const open = known.door === 'open' && known.doorZone !== false;
    const sign = known.peopleInCar === true || (known.loadKg ?? 0) > 50;
    for (let i = 0; i < s; i++) moments.push({ t: t++, open, sign });
  }
  return moments;
}

function run(play: readonly (readonly [ElevatorValues, number])[]) {
  const e = new FakeEngine(entrapmentDetector, eventLift());
  for (const [v, s] of play) e.stream(v, s);
  return e;
}

describe('entrapment, whatever a lift says', () => {
  it('never raises without its hold: no open landing door for 30 s, and people seen before', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const moments = watch(play);
        for (const { t, finding } of run(play).told) {
          if (finding.kind !== 'raise' || finding.event === 'device.stuck') continue;
          const hold = finding.evidence.shuttling === true ? 180 : 30;
          const during = moments.filter((m) => m.t >= t - hold && m.t < t);
          expect(during).toHaveLength(hold);
          expect(during.some((m) => m.open)).toBe(false);
          expect(moments.some((m) => m.t < t && m.sign)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('raises and clears in turns, and clears only at an open landing door or an implied opening', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const kinds = run(play)
          .told.filter(({ finding }) => finding.event !== 'device.stuck')
          .map(({ finding }) => finding.kind);
        expect(kinds).toEqual(kinds.map((_k, i) => (i % 2 === 0 ? 'raise' : 'clear')));
      }),
      { numRuns: 300 },
    );
  });

  it('fires 30 s after the stop however the door-zone switch flickers, the speed twitches and the sensor drops out', () => {
    const twitch = fc.record({ zone: fc.boolean(), speed: fc.boolean(), people: fc.boolean() });
    fc.assert(
      fc.property(fc.array(twitch, { minLength: 45, maxLength: 45 }), (twitches) => {
        const e = new FakeEngine(entrapmentDetector, eventLift()).reading(boarding()).advance(1).stream(trapped(), 1);
        // Every third second at most, so that the noise stays noise: never two moving readings in a row.
        twitches.forEach(({ zone, speed, people }, i) =>
          e.stream(
            trapped({ doorZone: zone && i % 3 === 0, speedMps: speed && i % 2 === 0 ? 0.3 : 0, peopleInCar: people }),
            1,
          ),
        );
        expect(e.story).toEqual(['raise elevator.entrapment-between-floors @31']);
      }),
      { numRuns: 200 },
    );
  });
});
