import { describe, expect, it } from '@jest/globals';
import { FakeEngine } from '../device/fake-engine.js';
import { boarding, eventLift, openEmpty, parked, running, trapped } from './fake-lift.js';
import { provesItself } from './fake-lift-play.js';
import { unintendedMovementDetector } from './unintended-movement.detector.js';

const EVENT = 'elevator.unintended-movement';
const lift = () => new FakeEngine(unintendedMovementDetector, eventLift());
const away = (over = {}) => running({ door: 'open', speedMps: 0.4, ...over });

describe('a car that moves with its door open', () => {
  it('raises at the second reading in a row, once', () => {
    expect(lift().stream(boarding(), 5).stream(away(), 10).story).toEqual([`raise ${EVENT} @6`]);
  });

  it('one such reading is noise of a switch or an encoder', () => {
    const e = lift();
    for (let i = 0; i < 50; i++) e.stream(boarding({ doorZone: i % 3 > 0, speedMps: i % 3 > 0 ? 0 : 0.2 }), 1);
    expect(e.story).toEqual([]);
  });

  it('relevelling stays in the door zone, and its slow creep at the zone’s edge is one reading', () => {
    const e = lift();
    for (let i = 0; i < 20; i++) {
      e.stream(boarding({ speedMps: 0.12 }), 3).stream(boarding({ doorZone: false, speedMps: 0.06 }), 1);
      e.stream(boarding(), 5);
    }
    expect(e.story).toEqual([]);
  });

  it('people who force the door of a car that stands between floors do not move it', () => {
    expect(lift().stream(trapped({ door: 'open' }), 300).story).toEqual([]);
  });

  it('a door that is closing, closed or unknown is no evidence', () => {
    for (const door of ['closing', 'opening', 'closed', 'locked', 'unknown'] as const)
      expect(lift().stream(boarding(), 3).stream(away({ door }), 30).story).toEqual([]);
  });

  it.each(['unintended-movement', 'door-opened-while-running'] as const)('raises at once on the code %s', (fault) => {
    expect(lift().stream(running(), 3).stream(running({ fault }), 20).story).toEqual([`raise ${EVENT} @3`]);
  });

  it('is not switched off by a mode', () => {
    for (const mode of ['inspection', 'firefighter', 'earthquake'] as const)
      expect(lift().stream(away({ mode }), 5).story).toEqual([`raise ${EVENT} @1`]);
  });

  it('is over when not shown for 10 s: rocking at the sill is one alarm, what comes later another', () => {
    const e = lift().stream(away(), 3);
    for (let i = 0; i < 4; i++) e.stream(boarding(), 5).stream(away(), 3);
    e.stream(openEmpty(), 15);
    expect(e.story).toEqual([`raise ${EVENT} @1`, `clear ${EVENT} @45`]);
    expect(e.stream(away(), 2).story[2]).toBe(`raise ${EVENT} @51`);
  });

  it('after a code it is over 10 s after the door is seen shut', () => {
    const e = lift()
      .reading(running({ fault: 'unintended-movement', door: 'open' }))
      .advance(60);
    expect(e.story).toHaveLength(1);
    expect(e.stream(parked(), 20).story[1]).toBe(`clear ${EVENT} @70`);
  });

  it('raises anew when the person who ended it is still at the landing', () => {
    const e = lift().stream(away(), 3).end(EVENT).stream(boarding(), 2).stream(away(), 3);
    expect(e.story).toEqual([`raise ${EVENT} @1`, `raise ${EVENT} @6`]);
  });

  it('keeps its count over a restart', () => {
    expect(lift().stream(away(), 1).restart().stream(away(), 1).story).toEqual([`raise ${EVENT} @1`]);
  });
});

describe('a poorer lift', () => {
  it('without a speed: another place with the door open all the way', () => {
    const at = (positionM: number) => away({ speedMps: undefined, positionM });
    expect(lift().stream(at(9), 30).story).toEqual([]);
    expect(lift().stream(at(9), 2).stream(at(9.3), 1).stream(at(9.6), 1).story).toEqual([`raise ${EVENT} @3`]);
  });

  it('without a door zone: other floors with the door open all the way', () => {
    const at = (floor: number) => away({ doorZone: undefined, floor });
    expect(lift().stream(at(3), 30).story).toEqual([]);
    expect(lift().stream(at(3), 2).stream(at(4), 1).stream(at(5), 1).story).toEqual([`raise ${EVENT} @3`]);
  });
});

it('never without two readings in a row of it, or the code', () =>
  provesItself(unintendedMovementDetector, {
    holdS: 0,
    held: ({ told, known }) =>
      known.door === 'open' &&
      known.doorZone !== true &&
      (told.speedMps === undefined || Math.abs(told.speedMps) >= 0.05),
    code: ({ told }) => told.fault === 'unintended-movement' || told.fault === 'door-opened-while-running',
  }));
