import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEVICE_KINDS, type Device, type DeviceAttributes, type DeviceKind } from '../estate/device.js';
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
    // Modes and faults of lifts and of gates.
    mode: fc.constantFrom(
      'locked',
      'locked',
      'accessed',
      'unlocked',
      'normal',
      'normal',
      'inspection',
      'firefighter',
      'stopped',
      'earthquake',
      'unknown',
    ),
    fault: fc.constantFrom<unknown>(...LIFT_FAULTS, false, false, true),
    mainsPower: fc.boolean(),
    safetyCircuitClosed: fc.boolean(),
    ebikeInCar: fc.boolean(),
    pitWater: fc.boolean(),
    position: fc.constantFrom('open', 'open', 'closed', 'moving'),
    access: fc.constantFrom('granted', 'duress', 'denied', 'denied'),
    wet: fc.boolean(),
    pressureMpa: fc.constantFrom(0.05, 0.05, 0.2, 0.4, 0.4),
    pipeTempC: fc.constantFrom(1, 1, 1, 3, 8),
    levelPct: fc.constantFrom(20, 60, 85),
    batteryPct: fc.constantFrom(15, 25, 80),
    command: fc.constantFrom('open', 'close'),
    egress: fc.boolean(),
    tamper: fc.boolean(),
    loopOccupied: fc.boolean(),
    vehicleWaiting: fc.boolean(),
    channels: fc.record({ smoke: fc.boolean(), currentA: fc.constantFrom(0.5, 4, 9) }, { requiredKeys: [] }),
    volumeM3: fc.integer({ min: 0, max: 60 }).map((litres) => litres / 1000),
  },
  { requiredKeys: [] },
);
const moment = fc.record({
  values,
  seconds: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(1), fc.constant(7200)),
  skewS: fc.constantFrom(0, 0, 500),
  end: fc.boolean(),
});
type Moment = typeof moment extends fc.Arbitrary<infer M> ? M : never;
const plays = fc.array(moment, { minLength: 2, maxLength: 30 });
const silenceRules = ['elevator.entrapment', 'elevator.silent-with-people', 'device.offline'];
/** Of a place where the rule is on. */
const placed: Record<string, Partial<DeviceAttributes>> = {
  'pipe.pressure-low': { role: 'dwelling-inlet' },
  'pipe.pressure-high': { role: 'dwelling-inlet' },
  'pipe.backflow': { role: 'drain' },
  'gate.forced-open': { egressMonitored: true },
  'gate.barrier-stuck': { vehicle: true },
};
const device = (kind: DeviceKind, rule: string): Device =>
  fakeDevice(kind, {
    unit: 'u1',
    occupancy: rule === 'device.stuck' ? 'occupied' : 'vacant',
    overrides: { 'device.stuck.meterD': 1, 'device.stuck.sensorH': 2 },
    attributes: {
      expectedIntervalS: 60,
      capabilities: kind === 'elevator' ? ['peopleInCar', 'door-events'] : [],
      terminalFloors: [1, 2],
      parksOpenAt: [1],
      ...placed[rule],
    },
  });

function play(
  detector: Detector,
  moments: readonly Moment[],
  restartAt: number | null,
  maxGapS = Infinity,
  strayTicks = false,
) {
  const e = new FakeEngine(
    detector as Detector<unknown, DeviceKind>,
    device(detector.kinds[0] ?? 'generic', detector.id),
  );
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
    const maxGapS = silenceRules.includes(id) || id === 'pipe.leak' ? 60 : Infinity;
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
    const lift = detectorsFor('elevator').map((d) => d.id);
    expect(lift[0]).toBe('elevator.entrapment');
    expect(detectorsFor('gate')[0]?.id).toBe('gate.duress');
    for (const kind of DEVICE_KINDS) {
      const ids = detectorsFor(kind).map((d) => d.id);
      // What hears the others comes after them.
      expect(ids.at(-1)).toBe('device.chattering');
      expect(ids).toEqual(expect.arrayContaining(['device.offline', 'device.clock-skew', 'device.seq-gap']));
      expect(detectorsFor(kind)).toBe(detectorsFor(kind));
    }
  });

  it('every threshold has a key of its own, under its rule’s family', () => {
    const own = DEVICE_DETECTORS.flatMap((d) => (d.parameters ?? []).map((p) => ({ d, p })));
    const family = (key: string): string => key.split('.')[0] ?? '';
    // Rules of a car share what they know of it: one threshold, one key.
    const keyOf = new Map(own.map(({ p }) => [p, p.key]));
    expect(new Set(keyOf.values()).size).toBe(keyOf.size);
    for (const { d, p } of own) expect([d.id, ...d.events].map(family)).toContain(family(p.key));
  });
});
