import { describe, expect, it } from '@jest/globals';
import { FakeEngine } from '../device/fake-engine.js';
import { entrapmentDetector } from './entrapment.detector.js';
import { boarding, eventLift, parked, running, trapped } from './fake-lift.js';

const AT_LEVEL = 'elevator.entrapment-at-level';
const lift = () =>
  new FakeEngine(
    entrapmentDetector,
    eventLift({ attributes: { expectedIntervalS: 10, capabilities: ['peopleInCar', 'speedMps', 'door-events'] } }),
  );
/** Somebody boards, the door shuts, the car has left. */
const underWay = () =>
  lift()
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
