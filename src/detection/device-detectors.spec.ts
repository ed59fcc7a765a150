import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEVICE_KINDS, type Device, type DeviceKind } from '../estate/device.js';
import { LIFT_FAULTS } from '../telemetry/reading.js';
import type { Detector } from './detector.js';
import { fakeDevice, FakeEngine } from './device/fake-engine.js';
import { DEVICE_DETECTORS, detectorsFor } from './device-detectors.js';

/** Anything that any kind may say; each rule reads what is its own. */
const values = fc.record(
  {
    floor: fc.integer({ min: 1, max: 3 }),
    speedMps: fc.constantFrom(0, 0, 0, 1.5),
    doorZone: fc.boolean(),
    door: fc.constantFrom('closed', 'closed', 'opening', 'open'),
    peopleInCar: fc.boolean(),
    alarmButton: fc.boolean(),
    mode: fc.constantFrom('normal', 'normal', 'inspection', 'firefighter', 'stopped', 'earthquake', 'unknown'),
    fault: fc.constantFrom(...LIFT_FAULTS),
    mainsPower: fc.boolean(),
    safetyCircuitClosed: fc.boolean(),
    ebikeInCar: fc.boolean(),
    pitWater: fc.boolean(),
    position: fc.constantFrom('open', 'open', 'closed', 'moving'),
    access: fc.constantFrom('granted', 'duress'),
    wet: fc.boolean(),
    volumeM3: fc.integer({ min: 0, max: 60 }).map((litres) => litres / 1000),
  },
  { requiredKeys: [] },
);
const moment = fc.record({
  values,
  seconds: fc.integer({ min: 1, max: 400 }),
  skewS: fc.constantFrom(0, 0, 500),
  end: fc.boolean(),
});
type Moment = typeof moment extends fc.Arbitrary<infer M> ? M : never;
const plays = fc.array(moment, { minLength: 2, maxLength: 30 });
const silenceRules = ['elevator.silent-with-people', 'device.offline'];
const device = (kind: DeviceKind): Device =>
  fakeDevice(kind, {
    unit: 'u1',
    occupancy: 'vacant',
    attributes: {
      expectedIntervalS: 60,
      capabilities: kind === 'elevator' ? ['peopleInCar', 'door-events'] : [],
      terminalFloors: [1, 2],
      parksOpenAt: [1],
    },
  });

function play(
  detector: Detector,
  moments: readonly Moment[],
  restartAt: number | null,
  maxGapS = Infinity,
  strayTicks = false,
) {
  const e = new FakeEngine(detector as Detector<unknown, DeviceKind>, device(detector.kinds[0] ?? 'generic'));
  moments.forEach((m, i) => {
    if (i === restartAt) e.restart();
    if (strayTicks && i % 2 === 1) e.input({ type: 'tick' });
    e.reading(m.values as never, 0, e.now + m.skewS * 1000).advance(Math.min(m.seconds, maxGapS));
    const raised = e.last?.kind === 'raise' ? e.last.event : null;
    if (m.end && raised !== null) e.end(raised);
  });
  return e.told;
}

describe.each(DEVICE_DETECTORS.map((d) => [d.id, d] as const))('%s over a restart', (id, detector) => {
  it('finds what it would have found without one', () => {
    // Silence clocks start anew after a restart (domain §4), so those rules are played without silences.
    const maxGapS = silenceRules.includes(id) ? 60 : Infinity;
    fc.assert(
      fc.property(plays, fc.nat(29), (moments, restartAt) => {
        expect(play(detector, moments, restartAt, maxGapS)).toEqual(play(detector, moments, null, maxGapS));
      }),
      { numRuns: 150 },
    );
  });

  // The silence rules keep no time per reading, so that a tick is their word that a silence is over its limit.
  if (!silenceRules.includes(id))
    it('finds the same when it is woken too early', () => {
      fc.assert(
        fc.property(plays, (moments) => {
          expect(play(detector, moments, null, Infinity, true)).toEqual(play(detector, moments, null));
        }),
        { numRuns: 100 },
      );
    });

  it('is found again under its id, with a state that is plain JSON', () => {
    expect(DEVICE_DETECTORS.filter((d) => d.id === id)).toEqual([detector]);
    expect(JSON.parse(JSON.stringify(detector.initial()))).toEqual(detector.initial());
  });
});

describe('detectorsFor', () => {
  it('gives each kind its rules, people first, and the same list each time', () => {
    expect(detectorsFor('elevator').map((d) => d.id)).toEqual([
      'elevator.entrapment',
      'elevator.alarm-button',
      'elevator.silent-with-people',
      'elevator.stopped-between-floors',
      'elevator.unintended-movement',
      'elevator.overtravel',
      'elevator.overspeed',
      'elevator.safety-circuit',
      'elevator.ebike',
      'elevator.power-lost',
      'elevator.pit-water',
      'elevator.earthquake',
      'elevator.emergency-power',
      'elevator.out-of-service',
      'elevator.door-fault',
      'device.offline',
      'device.clock-skew',
    ]);
    expect(detectorsFor('gate').map((d) => d.id)).toEqual([
      'gate.duress',
      'gate.held-open',
      'device.offline',
      'device.clock-skew',
    ]);
    expect(detectorsFor('generic').map((d) => d.id)).toEqual(['device.offline', 'device.clock-skew']);
    for (const kind of DEVICE_KINDS) expect(detectorsFor(kind)).toBe(detectorsFor(kind));
  });
});
