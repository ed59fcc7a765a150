import { describe, expect, it } from '@jest/globals';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { boarding, eventLift, openEmpty, parked, running } from './fake-lift.js';
import { provesItself } from './fake-lift-play.js';
import { safetyCircuitDetector } from './safety-circuit.detector.js';

const EVENT = 'elevator.safety-circuit';
const lift = () => new FakeEngine(safetyCircuitDetector, eventLift());
const open = parked({ safetyCircuitClosed: false });
const whole = parked({ safetyCircuitClosed: true });

describe('an open safety circuit', () => {
  it('raises after 5 s with the door closed and the car stopped', () => {
    expect(lift().stream(open, 60).story).toEqual([`raise ${EVENT} @5`]);
    expect(lift().reading(open).advance(60).story).toEqual([`raise ${EVENT} @5`]);
    expect(lift().stream(parked({ safetyCircuitClosed: false, door: 'locked' }), 60).story).toHaveLength(1);
  });

  it('is what door contacts do at every stop, all day: no alarm', () => {
    const e = lift();
    for (let stop = 0; stop < 30; stop++) {
      e.stream(running({ safetyCircuitClosed: true }), 10);
      // The contact leads the door's own word by a moment and lags it by another.
      e.stream(parked({ safetyCircuitClosed: false }), 2);
      e.stream(boarding({ safetyCircuitClosed: false }), 12);
      e.stream(parked({ safetyCircuitClosed: false }), 3);
      e.stream(whole, 2);
    }
    expect(e.story).toEqual([]);
  });

  it('is what a technician does in inspection, by flag or by code', () => {
    const fault = { mode: 'inspection', safetyCircuitClosed: false, fault: 'safety-circuit' } as const;
    expect(lift().stream(parked(fault), 300).story).toEqual([]);
  });

  it('is not judged while the car moves, or passes floors where no speed is sent', () => {
    expect(lift().stream(running({ safetyCircuitClosed: false }), 60).story).toEqual([]);
    const e = lift();
    for (let floor = 0; floor < 20; floor++) e.stream({ door: 'closed', safetyCircuitClosed: false, floor }, 4);
    expect(e.story).toEqual([]);
  });

  it('raises at once on its code', () => {
    expect(lift().stream(parked({ fault: 'safety-circuit' }), 60).story).toEqual([`raise ${EVENT} @0`]);
  });
});

describe('what clears it', () => {
  const raised = () => lift().stream(open, 6);

  it('a closed circuit, not a door that opens over it, nor the technician who comes', () => {
    const e = raised().stream(openEmpty({ safetyCircuitClosed: false }), 30);
    e.stream(parked({ mode: 'inspection', safetyCircuitClosed: false }), 30);
    expect(e.story).toHaveLength(1);
    expect(e.reading(whole).story[1]).toBe(`clear ${EVENT} @66`);
  });

  it('for a code: the lift’s own "no fault", a closed circuit, or a car that runs', () => {
    const coded = () =>
      lift()
        .reading(parked({ fault: 'safety-circuit' }))
        .advance(10);
    expect(coded().stream(parked(), 60).story).toHaveLength(1);
    for (const proof of [parked({ fault: 'none' }), whole, running()])
      expect(coded().reading(proof).story[1]).toBe(`clear ${EVENT} @10`);
  });

  it('is asked about again 120 s after a person ended it', () => {
    expect(raised().end(EVENT).stream(open, 125).story[1]).toBe(`raise ${EVENT} @126`);
  });

  it('keeps its hold over a restart', () => {
    expect(lift().stream(open, 3).restart().stream(open, 20).story).toEqual([`raise ${EVENT} @5`]);
  });
});

it('is off without the circuit and without codes, or without a door to tell a stop from a fault', () => {
  const with_ = (...capabilities: string[]) =>
    safetyCircuitDetector.fitness?.(
      fakeDevice('elevator', { attributes: { expectedIntervalS: 1, capabilities } }),
      safetyCircuitDetector.initial(),
    ).on;
  expect(with_('door')).toBe(false);
  expect(with_('safetyCircuitClosed')).toBe(false);
  expect(with_('safetyCircuitClosed', 'door')).toBe(true);
  expect(with_('fault')).toBe(true);
});

it('never without 5 s of an open circuit with a closed door, a stopped car and no inspection, or the code', () =>
  provesItself(safetyCircuitDetector, {
    holdS: 5,
    held: ({ told, known }) =>
      known.safetyCircuitClosed === false &&
      (known.door === 'closed' || known.door === 'locked') &&
      Math.abs(told.speedMps ?? 0) < 0.05 &&
      known.mode !== 'inspection',
    code: ({ told, known }) => told.fault === 'safety-circuit' && known.mode !== 'inspection',
  }));
