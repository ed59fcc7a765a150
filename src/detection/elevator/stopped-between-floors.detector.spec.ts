import { describe, expect, it } from '@jest/globals';
import { FakeEngine } from '../device/fake-engine.js';
import { boarding, eventLift, parked, running, trapped } from './fake-lift.js';
import { stoppedBetweenFloorsDetector } from './stopped-between-floors.detector.js';

const EVENT = 'elevator.stopped-between-floors';
const lift = () => new FakeEngine(stoppedBetweenFloorsDetector, eventLift());
const empty = (over = {}) => trapped({ peopleInCar: false, ...over });
const blind = (over = {}) => trapped({ peopleInCar: undefined, ...over });

describe('a car that stands between floors', () => {
  it('empty: P2 after 60 s', () => {
    const e = lift().stream(empty(), 100);
    expect(e.story).toEqual([`raise ${EVENT} @60`]);
    expect(e.last?.priority).toBe('P2');
  });

  it('P1 when nobody knows whether people are inside, also when nothing more is heard', () => {
    const e = lift().reading(blind()).advance(100);
    expect(e.story).toEqual([`raise ${EVENT} @60`]);
    expect(e.last?.priority).toBe('P1');
  });

  it('P1 when somebody was seen until it left, and its sensor sees nobody who sits still', () => {
    const e = lift()
      .stream(boarding(), 4)
      .stream(parked({ door: 'closing' }), 3)
      .stream(parked(), 1);
    // Past a landing, and on: nobody has left it there.
    e.stream(running({ peopleInCar: false }), 4).stream(running({ peopleInCar: false, doorZone: true }), 1);
    e.stream(running({ peopleInCar: false }), 3).stream(empty(), 100);
    expect(e.story).toEqual([`raise ${EVENT} @76`]);
    expect(e.last?.priority).toBe('P1');
  });

  it('P1 when it was last told of as empty before readings were lost, unless nobody can have come in meanwhile', () => {
    const lost = (leftOutMs: number) => {
      const e = lift().stream(parked(), 4).advance(20);
      const values = empty({ mainsPower: false });
      e.input({ type: 'reading', values, at: e.now, observedAt: e.now, leftOutMs });
      return e.advance(100);
    };
    expect(lost(20_000).last?.priority).toBe('P1');
    expect(lost(8000).last?.priority).toBe('P2');
  });

  it('P2 again once it has stood empty at a landing', () => {
    const e = lift()
      .stream(boarding(), 4)
      .stream(parked(), 4)
      .stream(running({ peopleInCar: false }), 20);
    e.stream(parked(), 3)
      .stream(running({ peopleInCar: false }), 3)
      .stream(empty(), 100);
    expect(e.last?.priority).toBe('P2');
  });

  it('occupied: leaves it to the entrapment', () => {
    expect(lift().stream(trapped(), 300).story).toEqual([]);
  });

  it('raises nothing at a landing or on the move', () => {
    expect(lift().stream(parked(), 300).story).toEqual([]);
    expect(lift().stream(running({ peopleInCar: false }), 300).story).toEqual([]);
  });

  it('door-zone flicker and one noisy speed restart nothing', () => {
    const e = lift();
    for (let i = 0; i < 62; i++)
      e.reading(blind({ doorZone: i % 7 === 3, speedMps: i % 9 === 4 ? 0.2 : 0 })).advance(1);
    expect(e.story).toEqual([`raise ${EVENT} @60`]);
  });

  it('clears when it moves, or has been level for 5 s', () => {
    expect(
      lift()
        .stream(empty(), 70)
        .stream(running({ peopleInCar: false }), 2).story[1],
    ).toBe(`clear ${EVENT} @71`);
    expect(lift().stream(empty(), 70).reading(parked()).advance(20).story[1]).toBe(`clear ${EVENT} @75`);
    expect(
      lift()
        .stream(empty(), 70)
        .stream(empty({ floor: 5 }), 61).story,
    ).toEqual([`raise ${EVENT} @60`, `clear ${EVENT} @70`, `raise ${EVENT} @130`]);
  });

  it('is suppressed by an inspection that began before', () => {
    expect(lift().stream(empty({ mode: 'inspection' }), 300).story).toEqual([]);
    expect(
      lift()
        .stream(empty(), 5)
        .stream(empty({ mode: 'inspection' }), 60).story,
    ).toHaveLength(1);
  });

  it('asks the coordinator first when it still stands 120 s after a person ended it', () => {
    const e = lift().stream(blind(), 70).end(EVENT).stream(blind(), 125);
    expect(e.story[1]).toBe(`raise ${EVENT} @190`);
    expect(e.last?.paging).toBe('coordinator-first');
  });

  it('keeps its hold over a restart', () => {
    expect(lift().stream(empty(), 10).restart(5).advance(100).story).toEqual([`raise ${EVENT} @60`]);
  });
});
