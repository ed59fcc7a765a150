import { describe, expect, it } from '@jest/globals';
import { FakeEngine } from '../device/fake-engine.js';
import { entrapmentDetector } from './entrapment.detector.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { boarding, eventLift, parked, polledLift, running, trapped } from './fake-lift.js';

const AT_LEVEL = 'elevator.entrapment-at-level';
const lift = (expectedIntervalS = 10) =>
  new FakeEngine(
    entrapmentDetector,
    eventLift({ attributes: { expectedIntervalS, capabilities: ['peopleInCar', 'speedMps', 'door-events'] } }),
  );
/** Somebody boards, the door shuts, the car has left. */
const underWay = (e = lift()) =>
  e
    .reading(boarding())
    .advance(6)
    .reading(parked({ peopleInCar: true }))
    .advance(1)
    .reading(running())
    .advance(2);

describe('a car that is not heard for a while', () => {
  it('does not stand when its last word was that it runs', () => {
    const e = lift()
      .reading(boarding())
      .advance(6)
      .reading(parked({ peopleInCar: true }))
      .advance(1);
    expect(e.reading(running()).advance(170).story).toEqual([]);
  });

  it('has not shuttled for 180 s when the end of its ride was lost', () => {
    const e = underWay().advance(300);
    expect(e.reading(running({ floor: 7 })).advance(20).story).toEqual([]);
  });

  it('is empty as far as anybody knows when it comes back level, shut and with nobody seen', () => {
    const e = underWay().advance(60);
    for (let i = 0; i < 20; i++) e.reading(parked({ floor: 7 })).advance(10);
    expect(e.story).toEqual([]);
  });

  it('is occupied again once somebody is seen', () => {
    const e = underWay()
      .advance(60)
      .reading(parked({ floor: 7 }))
      .advance(10);
    for (let i = 0; i < 10; i++) e.reading(parked({ floor: 7, peopleInCar: true })).advance(10);
    expect(e.story).toEqual([`raise ${AT_LEVEL} @154`]);
  });

  it('still holds people who had been shut in for a while before, seen or not', () => {
    const e = underWay();
    for (let i = 0; i < 4; i++) e.reading(parked({ floor: 7, peopleInCar: i === 0 })).advance(10);
    e.advance(20)
      .reading(parked({ floor: 7 }))
      .advance(30);
    expect(e.story).toEqual([`raise ${AT_LEVEL} @84`]);
  });

  it('stands between floors whether a gap came before or not', () => {
    const e = underWay().advance(60);
    for (let i = 0; i < 5; i++) e.reading(trapped({ floor: 7, peopleInCar: false })).advance(10);
    expect(e.story).toEqual(['raise elevator.entrapment-between-floors @99']);
  });
});

describe('readings that were lost on the way', () => {
  const after = (e: ReturnType<typeof lift>, values: ElevatorValues) =>
    e.input({ type: 'reading', values, at: e.now, observedAt: e.now, leftOutMs: 20_000 });
  /** A car that speaks once a minute comes to rest. */
  const restsAt = (values: ElevatorValues) => underWay(lift(60)).advance(8).reading(values);
  const arriving = () => restsAt(parked({ floor: 7, door: 'opening', peopleInCar: true }));

  it('may have told of a door that opened: nobody is held to be in a car that stands shut and empty after them', () => {
    const e = after(arriving().advance(72), parked({ floor: 7 }));
    expect(e.advance(200).story).toEqual([]);
    // The numbers alone tell: 72 s is not long for a device that speaks once a minute.
    const unnumbered = arriving()
      .advance(72)
      .reading(parked({ floor: 7 }));
    expect(unnumbered.advance(200).story).toEqual([`raise ${AT_LEVEL} @92`]);
  });

  it('take nobody out of a car between floors, nor of one that had stood shut before', () => {
    const outside = after(restsAt(trapped({ floor: 7 })).advance(20), trapped({ floor: 7, peopleInCar: false }));
    expect(outside.advance(60).story).toEqual(['raise elevator.entrapment-between-floors @47']);
    const shut = arriving()
      .advance(30)
      .reading(parked({ floor: 7 }))
      .advance(20);
    expect(after(shut, parked({ floor: 7 })).advance(60).story).toEqual([`raise ${AT_LEVEL} @92`]);
  });
});

describe('a sensor that loses who stands still', () => {
  /** Whoever was in it has left, and for more than ten seconds nobody was seen. */
  const emptied = () =>
    lift()
      .reading(boarding())
      .advance(3)
      .reading(parked({ door: 'open' }))
      .advance(4)
      .reading(parked())
      .advance(20);
  /** Somebody comes into a car known to be empty, is lost while its door is open, and the car leaves with them. */
  const lostWhileBoarding = (cameIn: ElevatorValues, e = emptied()) =>
    e
      .reading(parked({ door: 'open' }))
      .advance(2)
      .reading(cameIn)
      .advance(3)
      .reading(parked({ door: 'closing' }))
      .advance(3)
      .reading(parked())
      .advance(1)
      .reading(running({ peopleInCar: false }));
  const standsAt7 = (e: ReturnType<typeof lift>, s: number) => {
    for (let i = 0; i < s; i += 10) e.reading(parked({ floor: 7 })).advance(10);
    return e.story;
  };

  it('does not empty the car that left with them, however short the ride', () => {
    expect(standsAt7(lostWhileBoarding(boarding()).advance(8), 100)).toEqual([`raise ${AT_LEVEL} @119`]);
    expect(standsAt7(lostWhileBoarding(boarding()).advance(3), 100)).toEqual([`raise ${AT_LEVEL} @114`]);
  });

  it('does where nobody came in, or the door opened again', () => {
    expect(standsAt7(lostWhileBoarding(parked({ door: 'open' })).advance(8), 100)).toEqual([]);
    const out = lostWhileBoarding(boarding())
      .advance(8)
      .reading(parked({ floor: 7, door: 'open' }))
      .advance(6);
    expect(standsAt7(out, 100)).toEqual([]);
  });

  it('does where the load that came in has gone again, and where somebody cleaned it or held its door', () => {
    const weighed = emptied()
      .reading(parked({ door: 'open', loadKg: 3 }))
      .advance(2)
      .reading(boarding({ loadKg: 70 }))
      .advance(2)
      .reading(parked({ door: 'closing', loadKg: 2 }))
      .advance(3)
      .reading(running({ peopleInCar: false, loadKg: 2 }))
      .advance(8);
    expect(standsAt7(weighed, 100)).toEqual([]);
    const cleaned = emptied().reading(boarding()).advance(10).reading(boarding()).advance(6);
    expect(standsAt7(lostWhileBoarding(parked({ door: 'open' }), cleaned).advance(8), 100)).toEqual([]);
    const cameAgain = emptied()
      .reading(boarding())
      .advance(3)
      .reading(parked({ door: 'open' }))
      .advance(15);
    expect(standsAt7(lostWhileBoarding(boarding(), cameAgain).advance(8), 100)).toEqual([]);
  });

  it('takes nobody who was lost on the ride and moves on his way out for one who comes in', () => {
    const e = underWay()
      .advance(6)
      .reading(parked({ floor: 5, door: 'open' }))
      .advance(5)
      .reading(parked({ floor: 5 }))
      .advance(1)
      .reading(running({ floor: 5, peopleInCar: false }))
      .advance(5)
      .reading(parked({ floor: 6, door: 'opening' }))
      .advance(2);
    expect(standsAt7(lostWhileBoarding(boarding({ floor: 6 }), e).advance(8), 100)).toEqual([]);
  });

  it('tells nothing of whoever came with the car: it leaves empty when they have left', () => {
    const e = underWay()
      .advance(6)
      .reading(parked({ floor: 5, peopleInCar: true }))
      .advance(1)
      .reading(parked({ floor: 5, door: 'open', peopleInCar: true }))
      .advance(3)
      .reading(parked({ floor: 5, door: 'closing' }))
      .advance(3)
      .reading(running({ floor: 5, peopleInCar: false }))
      .advance(8);
    expect(standsAt7(e, 100)).toEqual([]);
  });
});

describe('in the dark', () => {
  const dark = (over: ElevatorValues = {}): ElevatorValues =>
    trapped({ peopleInCar: false, mainsPower: false, ...over });

  it('sensors that see nobody empty no car, however lately its door was open', () => {
    const e = lift()
      .reading(boarding())
      .advance(4)
      .reading(parked({ door: 'closing' }))
      .advance(3);
    for (let i = 0; i < 12; i++) e.reading(dark()).advance(10);
    expect(e.story).toEqual(['raise elevator.entrapment-between-floors @34']);
  });

  it('a door that opened at a landing does, once nobody is seen for ten seconds after', () => {
    const e = lift()
      .reading(boarding())
      .advance(4)
      .reading(parked({ door: 'closing' }))
      .advance(3);
    e.reading(dark())
      .advance(10)
      .reading(dark({ doorZone: true, door: 'open' }))
      .advance(12);
    for (let i = 0; i < 12; i++) e.reading(dark({ doorZone: true })).advance(10);
    expect(e.story).toEqual([]);
  });
});

describe('a lift that is asked every ten seconds', () => {
  const polled = () => new FakeEngine(entrapmentDetector, polledLift(10));
  const say = (e: ReturnType<typeof polled>, values: ElevatorValues, times: number) => {
    for (let i = 0; i < times; i++) e.reading(values).advance(10);
    return e;
  };
  const child = (over: ElevatorValues = {}): ElevatorValues => parked({ loadKg: 28, ...over });

  it('does not forget a child that sits still, for its weight stays', () => {
    const e = say(polled(), boarding({ loadKg: 30 }), 1);
    say(e, child({ peopleInCar: true }), 2);
    expect(say(e, child(), 20).story).toEqual([`raise ${AT_LEVEL} @160`]);
  });

  it('has opened at a landing where it was seen ajar, though it has left since', () => {
    const e = say(polled(), boarding({ loadKg: 60 }), 1);
    say(e, running({ loadKg: 60 }), 12);
    // Somebody steps out and somebody else comes in.
    say(e, parked({ floor: 7, door: 'opening', peopleInCar: true, loadKg: 60 }), 1);
    say(e, running({ floor: 6, direction: 'down', loadKg: 70 }), 16);
    expect(e.story).toEqual([]);
  });

  it('opened where it was seen opening and closing, though it was not seen shut before', () => {
    const e = say(polled(), boarding({ loadKg: 60 }), 1);
    say(e, parked({ floor: 1, door: 'opening', peopleInCar: true, loadKg: 60 }), 1);
    say(e, parked({ floor: 1, door: 'closing', loadKg: 2 }), 1);
    expect(say(e, trapped({ floor: 1, mode: 'inspection', loadKg: 75 }), 60).story).toEqual([]);
  });

  it('keeps a light person at whose landing the door began to open and stuck, straight from the landing before', () => {
    const e = say(polled(), parked({ door: 'closing', peopleInCar: true, loadKg: 47 }), 1);
    say(e, parked({ floor: 4, door: 'opening', peopleInCar: true, loadKg: 45 }), 2);
    expect(say(e, parked({ floor: 4, door: 'opening', loadKg: 44 }), 20).story).toEqual([`raise ${AT_LEVEL} @160`]);
  });

  it('forgets who weighed more than what is left', () => {
    const e = say(polled(), boarding({ loadKg: 46 }), 1);
    say(e, child({ peopleInCar: true, loadKg: 48 }), 2);
    expect(say(e, child({ loadKg: 13 }), 30).story).toEqual([]);
  });

  it('does not take the technician for a passenger who came in with the poll before', () => {
    const e = say(polled(), boarding({ loadKg: 80 }), 1);
    say(e, parked({ door: 'opening', loadKg: 2 }), 1);
    expect(say(e, trapped({ mode: 'inspection', loadKg: 75 }), 60).story).toEqual([]);
    // Whoever was shut in for longer is not silenced by the key.
    const before = say(say(polled(), boarding({ loadKg: 80 }), 1), parked({ peopleInCar: true, loadKg: 80 }), 4);
    expect(say(before, parked({ mode: 'inspection', peopleInCar: true, loadKg: 80 }), 20).story).toEqual([
      `raise ${AT_LEVEL} @160`,
    ]);
  });

  it('keeps a passenger who came from another landing, though the technician turns the key one poll later', () => {
    const arrived = (floor: number) =>
      say(say(polled(), boarding({ loadKg: 56 }), 1), parked({ floor, peopleInCar: true, loadKg: 51 }), 1);
    const inspected = (floor: number) =>
      say(arrived(floor), parked({ floor, mode: 'inspection', peopleInCar: true, loadKg: 51 }), 20).story;
    expect(inspected(5)).toEqual([`raise ${AT_LEVEL} @160`]);
    // At the landing where the door was seen ajar it may be the technician who has come in.
    expect(inspected(3)).toEqual([]);
  });
});
