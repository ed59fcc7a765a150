import { describe, expect, it } from '@jest/globals';
import { FakeEngine } from '../device/fake-engine.js';
import { boarding, eventLift, openEmpty, parked, running, trapped } from './fake-lift.js';
import { provesItself } from './fake-lift-play.js';
import { overspeedDetector, overtravelDetector } from './overtravel.detector.js';

const OVER = 'elevator.overtravel';
const FAST = 'elevator.overspeed';
const device = eventLift({
  attributes: {
    expectedIntervalS: 1,
    capabilities: ['peopleInCar', 'speedMps', 'door-events'],
    terminalFloors: [1, 18],
  },
});
const over = () => new FakeEngine(overtravelDetector, device);
const fast = () => new FakeEngine(overspeedDetector, device);

describe('ran past the last landing', () => {
  it.each([0, 19])('raises after 45 s at floor %i, which there is not', (floor) => {
    expect(over().stream(parked({ floor }), 60).story).toEqual([`raise ${OVER} @45`]);
    expect(over().reading(parked({ floor })).advance(600).story).toEqual([`raise ${OVER} @45`]);
  });

  it('not at the terminal floors themselves, nor while a car only passes a wrong number', () => {
    expect(
      over()
        .stream(parked({ floor: 1 }), 100)
        .stream(parked({ floor: 18 }), 100).story,
    ).toEqual([]);
    const e = over();
    for (let i = 0; i < 20; i++) e.stream(running({ floor: 0 }), 5).stream(running({ floor: 1 }), 5);
    expect(e.story).toEqual([]);
  });

  it.each(['top-overtravel', 'pit-overtravel'] as const)('raises at once on the code %s, once', (fault) => {
    const e = over().stream(parked(), 5).stream(parked({ fault }), 60);
    expect(e.story).toEqual([`raise ${OVER} @5`]);
    expect(e.last?.evidence).toMatchObject({ byCode: true });
  });

  it('is P2 for an empty car, P1 when occupied or unknown, and rises when somebody turns out to be inside', () => {
    expect(over().stream(parked({ floor: 0 }), 50).last?.priority).toBe('P2');
    expect(over().stream(parked({ floor: 0, peopleInCar: true }), 50).last?.priority).toBe('P1');
    expect(over().stream({ floor: 0 }, 50).last?.priority).toBe('P1');
    const e = over()
      .stream(parked({ floor: 0 }), 50)
      .stream(parked({ floor: 0, peopleInCar: true }), 5);
    expect(e.story).toEqual([`raise ${OVER} @45`, `update ${OVER} @50`]);
    expect(e.last?.priority).toBe('P1');
  });

  it('is P1 for a car that was last told of as empty before readings were lost', () => {
    const e = over()
      .stream(parked({ floor: 2 }), 5)
      .advance(20);
    const values = trapped({ floor: 0, peopleInCar: false });
    e.input({ type: 'reading', values, at: e.now, observedAt: e.now, leftOutMs: 20_000 });
    expect(e.advance(50).last?.priority).toBe('P1');
  });

  it('never falls again when they leave', () => {
    const e = over()
      .stream(boarding({ floor: 0 }), 46)
      .stream(openEmpty({ floor: 0 }), 20);
    expect(e.story).toEqual([`raise ${OVER} @45`]);
  });

  it('marks the condition as gone when it is back between the landings, or the lift says so', () => {
    expect(
      over()
        .stream(parked({ floor: 0 }), 50)
        .reading(parked({ floor: 1 })).story[1],
    ).toBe(`clear ${OVER} @50`);
    const coded = over()
      .reading(parked({ fault: 'top-overtravel' }))
      .advance(5);
    expect(coded.reading(parked()).reading(parked({ fault: 'none' })).story[1]).toBe(`clear ${OVER} @5`);
  });

  it('without terminal floors only the code speaks, and the page of rules says so', () => {
    const e = new FakeEngine(overtravelDetector, eventLift()).stream(parked({ floor: -9 }), 100);
    expect(e.story).toEqual([]);
    expect(e.reading(parked({ fault: 'pit-overtravel' })).story).toEqual([`raise ${OVER} @100`]);
    expect(overtravelDetector.fitness?.(eventLift(), overtravelDetector.initial())).toMatchObject({ on: true });
    expect(overtravelDetector.fitness?.(eventLift(), overtravelDetector.initial())).toHaveProperty('note');
  });
});

describe('overspeed', () => {
  it('raises at once on its code, P1 with people or when nobody knows, else P2', () => {
    const e = fast()
      .stream(parked(), 3)
      .stream(running({ fault: 'overspeed' }), 20);
    expect(e.story).toEqual([`raise ${FAST} @3`]);
    expect(e.last?.priority).toBe('P1');
    expect(fast().reading(parked({ fault: 'overspeed' })).last?.priority).toBe('P2');
    expect(fast().reading({ fault: 'overspeed' }).last?.priority).toBe('P1');
  });

  it('a blackout that drops the presence signal empties no car', () => {
    const e = fast()
      .stream(boarding(), 2)
      .stream(trapped({ peopleInCar: false, mainsPower: false }), 2);
    expect(e.reading(trapped({ peopleInCar: false, fault: 'overspeed' })).last?.priority).toBe('P1');
  });

  it('after a person’s end the same lasting code waits 120 s, a new one does not', () => {
    const e = fast()
      .stream(running({ fault: 'overspeed' }), 5)
      .end(FAST)
      .stream(running({ fault: 'overspeed' }), 125);
    expect(e.story).toEqual([`raise ${FAST} @0`, `raise ${FAST} @125`]);
    expect(e.last?.paging).toBe('coordinator-first');
    const anew = fast()
      .reading(running({ fault: 'overspeed' }))
      .advance(5)
      .end(FAST)
      .stream(running(), 5);
    expect(anew.reading(running({ fault: 'overspeed' })).story[1]).toBe(`raise ${FAST} @10`);
    expect(anew.last?.paging).toBeUndefined();
  });

  it('a code that was told once is not asked about again when nothing more is heard', () => {
    const e = fast()
      .reading(running({ fault: 'overspeed' }))
      .advance(5)
      .end(FAST);
    expect(e.stream(running(), 300).story).toHaveLength(1);
  });
});

describe('whatever a lift says', () => {
  it('no overtravel without 45 s beyond a terminal floor, or the code', () =>
    provesItself(overtravelDetector, {
      holdS: 45,
      held: (m) => m.known.floor === 0,
      code: (m) => m.told.fault === 'top-overtravel' || m.told.fault === 'pit-overtravel',
      device,
    }));
  it('no overspeed without the code', () =>
    provesItself(overspeedDetector, { holdS: 1, held: () => false, code: (m) => m.told.fault === 'overspeed' }));
});
