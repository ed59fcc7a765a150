import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Device } from '../../estate/device.js';
import { ELEVATOR_MODES, LIFT_FAULTS, type ElevatorValues } from '../../telemetry/reading.js';
import type { Detector, Finding } from '../detector.js';
import { FakeEngine } from '../device/fake-engine.js';
import { eventLift } from './fake-lift.js';

/** Anything that a lift may say, each field or none of it. */
const values: fc.Arbitrary<ElevatorValues> = fc.record(
  {
    mode: fc.constantFrom('normal', 'normal', 'normal', 'normal', ...ELEVATOR_MODES),
    floor: fc.integer({ min: 0, max: 4 }),
    speedMps: fc.constantFrom(0, 0, 0, 0.02, 0.4, -1.5),
    doorZone: fc.boolean(),
    door: fc.constantFrom('closed', 'closed', 'opening', 'open', 'open', 'closing', 'locked', 'unknown'),
    peopleInCar: fc.boolean(),
    mainsPower: fc.boolean(),
    safetyCircuitClosed: fc.constantFrom(true, false, false),
    ebikeInCar: fc.boolean(),
    pitWater: fc.boolean(),
    fault: fc.constantFrom('none', ...LIFT_FAULTS),
  },
  { requiredKeys: [] },
);
/** A reading kept up for a while, one a second, so that holds have a chance to run out. */
const plays = fc.array(fc.tuple(values, fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 25 });
type Play = readonly (readonly [ElevatorValues, number])[];

export interface Moment {
  /** The reading of that second. */
  readonly told: ElevatorValues;
  /** What is known by then: fields that are not told, or told as unknown, stand as they were. */
  readonly known: ElevatorValues;
}

function watch(play: Play): Moment[] {
  const moments: Moment[] = [];
  let known: ElevatorValues = {};
  for (const [told, s] of play) {
    const next: ElevatorValues = { ...known, ...told };
    if (told.mode === 'unknown') next.mode = known.mode;
    if (told.door === 'unknown') next.door = known.door;
    known = next;
    for (let i = 0; i < s; i++) moments.push({ told, known });
  }
  return moments;
}

function run<S>(
  detector: Detector<S, 'elevator'>,
  device: Device,
  play: Play,
  restartAt = -1,
): FakeEngine<S, 'elevator'> {
  const e = new FakeEngine(detector, device);
  play.forEach(([v, s], i) => {
    if (i === restartAt) e.restart();
    e.stream(v, s);
  });
  return e;
}

export interface Claim {
  /** Seconds for which it must have held before each raise that is not a code. */
  readonly holdS: number;
  readonly held: (m: Moment) => boolean;
  /** The reading that may raise at once. */
  readonly code?: (m: Moment) => boolean;
  /** Raised for another reason, which the spec looks at by itself. */
  readonly otherwise?: (f: Finding) => boolean;
  readonly device?: Device;
}

/** No alarm without its condition held, raised and cleared in turns, and the same over a restart at any point. */
export function provesItself<S>(detector: Detector<S, 'elevator'>, claim: Claim): void {
  const device = claim.device ?? eventLift();
  fc.assert(
    fc.property(plays, fc.nat(24), (play, restartAt) => {
      const moments = watch(play);
      const { told } = run(detector, device, play);
      let open = false;
      for (const { t, finding } of told) {
        if (finding.kind === 'update') continue;
        expect(finding.kind).toBe(open ? 'clear' : 'raise');
        open = !open;
        if (finding.kind === 'raise') justified(finding, t, moments, claim);
      }
      expect(run(detector, device, play, restartAt).told).toEqual(told);
    }),
    { numRuns: 300 },
  );
}

function justified(finding: Finding, t: number, moments: readonly Moment[], claim: Claim): void {
  if (claim.otherwise?.(finding)) return;
  const now = moments[t];
  if (finding.evidence['byCode'] === true) {
    expect(now !== undefined && claim.code?.(now)).toBe(true);
    return;
  }
  const during = claim.holdS === 0 ? [now] : moments.slice(t - claim.holdS, t);
  expect(during).toHaveLength(Math.max(1, claim.holdS));
  expect(during.every((m) => m !== undefined && claim.held(m))).toBe(true);
}
