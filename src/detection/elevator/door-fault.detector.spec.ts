import { describe, expect, it } from '@jest/globals';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { doorFaultDetector } from './door-fault.detector.js';
import { boarding, eventLift, openEmpty, parked, polledLift, running } from './fake-lift.js';
import { provesItself } from './fake-lift-play.js';

const EVENT = 'elevator.door-fault';
const lift = (device = eventLift()) => new FakeEngine(doorFaultDetector, device);
const closing = openEmpty({ door: 'closing' });

describe('a door that does not close', () => {
  it('raises after 80 s, once', () => {
    expect(lift().stream(openEmpty(), 300).story).toEqual([`raise ${EVENT} @80`]);
    expect(lift().reading(openEmpty()).advance(300).story).toEqual([`raise ${EVENT} @80`]);
  });

  it('not for a cleaner who holds it for a minute, again and again over the day', () => {
    const e = lift();
    for (let i = 0; i < 10; i++) e.stream(running(), 20).stream(boarding(), 70).stream(parked(), 10);
    expect(e.story).toEqual([]);
  });

  it('a report that something is in the doorway needs the hold of an open door', () => {
    expect(
      lift()
        .stream(boarding({ fault: 'door-blocked' }), 70)
        .stream(boarding({ fault: 'none' }), 5).story,
    ).toEqual([]);
    expect(
      lift()
        .reading(parked({ fault: 'door-blocked' }))
        .advance(100).story,
    ).toEqual([`raise ${EVENT} @80`]);
  });

  it.each(['fire-return', 'firefighter', 'inspection', 'earthquake', 'stopped', 'emergency-power'] as const)(
    'not in mode %s, which parks it open or has it worked on',
    (mode) => {
      expect(lift().stream(openEmpty({ mode }), 600).story).toEqual([]);
      expect(lift().stream(parked({ mode, fault: 'door-open-fault' }), 60).story).toEqual([]);
    },
  );

  it('not where the car waits with its door open by design; elsewhere it does', () => {
    const parking = eventLift({
      attributes: { expectedIntervalS: 1, capabilities: ['door-events'], parksOpenAt: [1] },
    });
    expect(lift(parking).stream(openEmpty({ floor: 1 }), 600).story).toEqual([]);
    expect(lift(parking).stream(openEmpty({ floor: 2 }), 100).story).toEqual([`raise ${EVENT} @80`]);
  });

  it('an encoder that twitches under an open door is no departure', () => {
    const e = lift();
    for (let i = 0; i < 100; i++) e.stream(openEmpty({ speedMps: i % 9 === 4 ? 0.2 : 0, doorZone: i % 7 !== 3 }), 1);
    expect(e.story).toEqual([`raise ${EVENT} @80`]);
  });

  it('a door that is asked about once a minute must look open over three minutes', () => {
    const e = lift(polledLift(60));
    for (let i = 0; i < 3; i++) e.reading(openEmpty()).advance(60);
    expect(e.reading(parked()).story).toEqual([`raise ${EVENT} @180`]);
    expect(
      lift(polledLift(60)).reading(openEmpty()).advance(60).reading(openEmpty()).advance(60).reading(parked()).story,
    ).toEqual([]);
  });
});

describe('a door that opens again and again', () => {
  const cycle = (e: ReturnType<typeof lift>, times: number, gapS = 8) => {
    for (let i = 0; i < times; i++) e.stream(openEmpty(), gapS).stream(closing, 2);
    return e;
  };

  it('raises at the fifth closing that ends in an opening', () => {
    expect(cycle(lift(), 5).story).toEqual([]);
    expect(cycle(lift(), 5).stream(openEmpty(), 1).story).toEqual([`raise ${EVENT} @50`]);
  });

  it('not when they are spread over more than three minutes, nor with departures in between', () => {
    expect(cycle(lift(), 12, 60).story).toEqual([]);
    const e = lift();
    for (let i = 0; i < 10; i++) cycle(e, 3, 3).stream(parked(), 1).stream(running(), 5);
    expect(e.story).toEqual([]);
  });
});

describe('what ends it', () => {
  it('a departure, not a door that closes at last', () => {
    const e = lift().stream(openEmpty(), 90).stream(parked(), 60);
    expect(e.story).toHaveLength(1);
    expect(e.stream(running(), 2).story[1]).toBe(`clear ${EVENT} @150`);
  });

  it('a code too: at once, until the car has left', () => {
    const e = lift()
      .stream(parked({ fault: 'door-close-fault' }), 5)
      .stream(parked(), 30);
    expect(e.story).toEqual([`raise ${EVENT} @0`]);
    expect(e.reading(running()).story[1]).toBe(`clear ${EVENT} @35`);
  });

  it('another floor, where no speed is sent', () => {
    const at = (floor: number) => ({ door: 'closed' as const, floor });
    const e = lift().stream({ door: 'open', floor: 3 }, 90).stream(at(3), 10).stream(at(4), 1);
    expect(e.story).toEqual([`raise ${EVENT} @80`, `clear ${EVENT} @100`]);
  });

  it('is asked about again 120 s after a person ended it, and keeps its hold over a restart', () => {
    expect(lift().stream(openEmpty(), 90).end(EVENT).stream(openEmpty(), 130).story[1]).toBe(`raise ${EVENT} @210`);
    expect(lift().stream(openEmpty(), 40).restart().advance(60).story).toEqual([`raise ${EVENT} @80`]);
  });
});

it('is off where neither doors nor codes are sent', () => {
  const poor = fakeDevice('elevator', { attributes: { expectedIntervalS: 1, capabilities: ['floor'] } });
  expect(doorFaultDetector.fitness?.(poor, doorFaultDetector.initial())).toMatchObject({ on: false });
});

it('never without 80 s of an open or blocked door in service, five reopenings, or the code', () =>
  provesItself(doorFaultDetector, {
    holdS: 80,
    held: ({ known }) =>
      (known.door === 'open' || known.door === 'opening' || known.fault === 'door-blocked') &&
      (known.mode ?? 'normal') === 'normal',
    code: ({ told, known }) =>
      (told.fault === 'door-open-fault' || told.fault === 'door-close-fault') && (known.mode ?? 'normal') === 'normal',
    otherwise: (f) => f.evidence['reopened'] === 5,
  }));
