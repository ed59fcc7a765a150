import { describe, expect, it } from '@jest/globals';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { eventLift, parked, running } from './fake-lift.js';
import { provesItself } from './fake-lift-play.js';
import {
  earthquakeDetector,
  emergencyPowerDetector,
  outOfServiceDetector,
  pitWaterDetector,
  powerLostDetector,
} from './mode-and-flags.detector.js';

const CASES = [
  ['elevator.power-lost', powerLostDetector, parked({ mainsPower: false }), parked({ mainsPower: true })],
  ['elevator.pit-water', pitWaterDetector, parked({ pitWater: true }), parked({ pitWater: false })],
  ['elevator.earthquake', earthquakeDetector, parked({ mode: 'earthquake' }), parked()],
  ['elevator.emergency-power', emergencyPowerDetector, parked({ mode: 'emergency-power' }), parked()],
  ['elevator.out-of-service', outOfServiceDetector, parked({ mode: 'stopped' }), parked()],
] as const;

describe.each(CASES)('%s', (event, detector, on, off) => {
  const lift = () => new FakeEngine<unknown, 'elevator'>(detector as never, eventLift());

  it('raises after 5 s, once, by the clock too, and ends with its mode or flag', () => {
    expect(lift().stream(on, 60).stream(off, 5).story).toEqual([`raise ${event} @5`, `clear ${event} @60`]);
    expect(lift().reading(on).advance(60).story).toEqual([`raise ${event} @5`]);
  });

  it('is not raised by a flicker, nor ended by a reading that does not tell', () => {
    expect(lift().stream(on, 4).stream(off, 1).stream(on, 4).stream(off, 60).story).toEqual([]);
    expect(lift().stream(on, 6).stream({ floor: 3 }, 60).story).toHaveLength(1);
  });

  it('keeps its hold over a restart, and is asked about again 120 s after a person ended it', () => {
    expect(lift().stream(on, 3).restart().advance(60).story).toEqual([`raise ${event} @5`]);
    const e = lift().stream(on, 6).end(event).stream(on, 130);
    expect(e.story[1]).toBe(`raise ${event} @126`);
    expect(e.last?.paging).toBe('coordinator-first');
    expect(lift().stream(on, 6).end(event).stream(off, 2).stream(on, 6).last?.paging).toBeUndefined();
  });

  it('is off where it is not sent, with the reason', () => {
    const poor = fakeDevice('elevator', { attributes: { expectedIntervalS: 1, capabilities: ['floor'] } });
    expect(detector.fitness?.(poor, detector.initial() as never)).toMatchObject({
      on: false,
      why: 'missing-capability',
    });
    const bare = fakeDevice('elevator', { attributes: { expectedIntervalS: 1, capabilities: [] } });
    expect(detector.fitness?.(bare, detector.initial() as never)).toEqual({ on: true });
  });
});

describe('modes', () => {
  it('an unknown mode is no mode', () => {
    const e = new FakeEngine(earthquakeDetector, eventLift()).stream(parked({ mode: 'earthquake' }), 6);
    expect(e.stream(parked({ mode: 'unknown' }), 60).story).toHaveLength(1);
  });

  it('the earthquake run to the next landing is no lift out of service', () => {
    const e = new FakeEngine(outOfServiceDetector, eventLift());
    expect(e.stream(running({ mode: 'earthquake' }), 10).stream(parked({ mode: 'earthquake' }), 600).story).toEqual([]);
  });
});

describe('a controller that has given up', () => {
  const EVENT = 'elevator.out-of-service';
  const lift = () => new FakeEngine(outOfServiceDetector, eventLift());
  const given = (fault: 'run-time-limiter' | 'floor-position-lost' | 'restart-prevented' | 'none') => parked({ fault });

  it.each(['run-time-limiter', 'floor-position-lost', 'restart-prevented'] as const)(
    'raises after 5 s of %s',
    (fault) => {
      expect(lift().stream(given(fault), 20).stream(given('none'), 1).story).toEqual([
        `raise ${EVENT} @5`,
        `clear ${EVENT} @20`,
      ]);
    },
  );

  it('is back when it runs, also without a word; creeping to a landing is not running', () => {
    const e = lift().reading(given('floor-position-lost')).advance(10);
    e.stream(running({ speedMps: 0.25 }), 10);
    expect(e.story).toHaveLength(1);
    expect(e.stream(running(), 1).story[1]).toBe(`clear ${EVENT} @20`);
  });

  it('is a technician’s doing in inspection', () => {
    expect(lift().stream(parked({ mode: 'inspection', fault: 'restart-prevented' }), 60).story).toEqual([]);
  });
});

describe('whatever a lift says', () => {
  it('no loss of mains without 5 s of it', () =>
    provesItself(powerLostDetector, { holdS: 5, held: (m) => m.known.mainsPower === false }));
  it('no water in the pit without 5 s of it', () =>
    provesItself(pitWaterDetector, { holdS: 5, held: (m) => m.known.pitWater === true }));
  it('no earthquake without 5 s of it', () =>
    provesItself(earthquakeDetector, { holdS: 5, held: (m) => m.known.mode === 'earthquake' }));
  it('no emergency power without 5 s of it', () =>
    provesItself(emergencyPowerDetector, { holdS: 5, held: (m) => m.known.mode === 'emergency-power' }));
  it('not out of service without 5 s of a stopped lift or of its own word', () =>
    provesItself(outOfServiceDetector, {
      holdS: 5,
      held: (m) => m.known.mode === 'stopped' || (m.known.fault !== undefined && m.known.mode !== 'inspection'),
    }));
});
