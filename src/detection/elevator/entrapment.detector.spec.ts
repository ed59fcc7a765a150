import { describe, expect, it } from '@jest/globals';
import type { Device } from '../../estate/device.js';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { entrapmentDetector } from './entrapment.detector.js';
import { boarding, eventLift, openEmpty, parked, polledLift, running, trapped } from './fake-lift.js';

const BETWEEN = 'elevator.entrapment-between-floors';
const AT_LEVEL = 'elevator.entrapment-at-level';
const lift = (device: Device = eventLift()) => new FakeEngine(entrapmentDetector, device);
/** People got in one second ago. */
const boarded = (device?: Device) => lift(device).reading(boarding()).advance(1);

describe('people shut in a car that stands', () => {
  it('raises 30 s after the first trapped reading, once, while readings go on', () => {
    const e = boarded().stream(trapped(), 25);
    expect(e.story).toEqual([]);
    expect(e.stream(trapped(), 60).story).toEqual([`raise ${BETWEEN} @31`]);
    expect(e.last?.evidence).toMatchObject({ floor: 3, heldS: 30, doorZone: false });
  });

  it('raises by the clock when nothing more is heard', () => {
    expect(boarded().reading(trapped()).advance(300).story).toEqual([`raise ${BETWEEN} @31`]);
  });

  it('believes the first reading when there is no history', () => {
    expect(lift().reading(trapped()).advance(30).story).toEqual([`raise ${BETWEEN} @30`]);
    expect(
      lift()
        .reading(trapped({ peopleInCar: false }))
        .advance(600).story,
    ).toEqual([]);
  });

  it('waits 75 s at a landing', () => {
    const stuck = parked({ peopleInCar: true });
    expect(boarded().stream(stuck, 120).story).toEqual([`raise ${AT_LEVEL} @76`]);
    // Some seconds without a word are nothing: it speaks again, and had stood there before.
    expect(boarded().stream(stuck, 64).advance(30).story).toEqual([`raise ${AT_LEVEL} @76`]);
  });

  it('does not take a silence for a stand at a landing: the next word decides, or the rule for silence', () => {
    const stuck = parked({ peopleInCar: true });
    const silent = boarded().stream(stuck, 30).advance(90);
    expect(silent.story).toEqual([]);
    expect(silent.reading(stuck).story).toEqual([`raise ${AT_LEVEL} @121`]);
    const opened = boarded().stream(stuck, 30).advance(90).reading(openEmpty());
    expect(opened.advance(300).story).toEqual([]);
  });

  it('leaves a car whose only word at a landing was its first to the rule for silence: it may have gone on', () => {
    expect(
      boarded()
        .reading(parked({ peopleInCar: true }))
        .advance(110).story,
    ).toEqual([]);
  });

  it('raises nothing for an empty car, nor with the door open at a landing', () => {
    expect(lift().stream(parked(), 200).story).toEqual([]);
    expect(boarded().stream(boarding(), 300).story).toEqual([]);
  });

  it('counts a door forced open between floors as no way out', () => {
    expect(boarded().stream(trapped({ door: 'open' }), 40).story).toEqual([`raise ${BETWEEN} @31`]);
  });

  it('remembers people whom the sensor lost because they sit still, or because the power dropped', () => {
    expect(
      boarded()
        .reading(trapped())
        .advance(2)
        .stream(trapped({ peopleInCar: false }), 60).story,
    ).toEqual([`raise ${BETWEEN} @31`]);
  });

  it.each([
    ['a load above 50 kg', { loadKg: 51 }],
    ['an answered car call', { carCalls: 1 }],
    ['a count of people', { peopleCount: 2 }],
  ])('takes %s for people', (_name, sign) => {
    expect(
      lift()
        .reading(trapped({ peopleInCar: false, ...sign }))
        .advance(30).story,
    ).toEqual([`raise ${BETWEEN} @30`]);
  });

  it('does not take 50 kg for a person', () => {
    expect(
      lift()
        .reading(trapped({ peopleInCar: false, loadKg: 50 }))
        .advance(300).story,
    ).toEqual([]);
  });
});

describe('what empties a car', () => {
  it('a full opening at a landing and then nobody seen for 10 s', () => {
    expect(boarded().stream(openEmpty(), 11).stream(parked(), 200).story).toEqual([]);
  });

  it('nobody seen for 10 s, even when the door closes meanwhile', () => {
    expect(boarded().stream(openEmpty(), 3).stream(parked(), 200).story).toEqual([]);
  });

  it('an opening that a closed → not closed → closed cycle at a landing implies', () => {
    const e = boarded()
      .stream(running(), 5)
      .stream(parked({ peopleInCar: true }), 2);
    e.stream(parked({ door: 'opening', peopleInCar: true }), 2).stream(parked(), 300);
    expect(e.story).toEqual([]);
  });

  it('not such a cycle between floors', () => {
    const e = boarded()
      .stream(trapped(), 3)
      .stream(trapped({ door: 'opening', peopleInCar: false }), 3);
    expect(e.stream(trapped({ peopleInCar: false }), 60).story).toEqual([`raise ${BETWEEN} @31`]);
  });

  it('not an opening after which somebody is seen behind the closed door', () => {
    const e = boarded()
      .stream(parked({ peopleInCar: true }), 1)
      .stream(parked(), 200);
    expect(e.story).toEqual([`raise ${AT_LEVEL} @76`]);
  });
});

describe('noise', () => {
  it('a flickering door-zone switch restarts nothing', () => {
    const e = boarded();
    for (let i = 0; i < 40; i++) e.stream(trapped({ doorZone: i % 4 === 2 }), 1);
    expect(e.story).toEqual([`raise ${BETWEEN} @31`]);
  });

  it('the class is where the car has stood for most of the hold', () => {
    const e = boarded()
      .stream(trapped(), 14)
      .stream(parked({ peopleInCar: true }), 100);
    expect(e.story).toEqual([`raise ${AT_LEVEL} @76`]);
  });

  it('one noisy speed restarts nothing, two in a row do', () => {
    const noisy = trapped({ speedMps: 0.3 });
    expect(boarded().stream(trapped(), 10).stream(noisy, 1).stream(trapped(), 30).story).toEqual([
      `raise ${BETWEEN} @31`,
    ]);
    expect(boarded().stream(trapped(), 10).stream(noisy, 2).stream(trapped(), 40).story).toEqual([
      `raise ${BETWEEN} @43`,
    ]);
  });

  it('another floor, or more than 0.1 m, restarts the hold; the encoder’s noise does not', () => {
    expect(
      boarded()
        .stream(trapped(), 10)
        .stream(trapped({ floor: 4 }), 40).story,
    ).toEqual([`raise ${BETWEEN} @41`]);
    const at = (positionM: number) => trapped({ positionM });
    expect(boarded().stream(at(9), 10).stream(at(9.08), 40).story).toEqual([`raise ${BETWEEN} @31`]);
    expect(boarded().stream(at(9), 10).stream(at(9.2), 40).story).toEqual([`raise ${BETWEEN} @41`]);
  });

  it('without a speed, the same floor and position is standing', () => {
    const mute = (floor: number) => trapped({ speedMps: undefined, floor });
    expect(boarded().stream(mute(3), 10).stream(mute(4), 40).story).toEqual([`raise ${BETWEEN} @41`]);
  });

  it('a reading that tells nothing about motion does not stop a running car', () => {
    const e = boarded().reading(running()).advance(1).reading({ peopleInCar: true });
    expect(e.advance(120).story).toEqual([]);
  });
});

describe('modes', () => {
  it('inspection suppresses what begins in it', () => {
    expect(boarded(eventLift()).stream(trapped({ mode: 'inspection' }), 300).story).toEqual([]);
  });

  it('inspection does not silence people who were shut in before', () => {
    const e = boarded()
      .stream(trapped(), 10)
      .stream(trapped({ mode: 'inspection' }), 60);
    expect(e.story).toEqual([`raise ${BETWEEN} @31`]);
  });

  it('firefighters can be trapped too: their mode switches nothing off', () => {
    const e = boarded().stream(trapped({ mode: 'firefighter' }), 60);
    expect(e.story).toEqual([`raise ${BETWEEN} @31`]);
  });
});

describe('a car that shuttles without opening', () => {
  const shuttle = (e: ReturnType<typeof lift>, s: number) => {
    for (let i = 0; i < s; i++) e.reading(running({ floor: 1 + (i % 10) })).advance(1);
    return e;
  };

  it('raises after 180 s with people inside', () => {
    expect(shuttle(boarded(), 200).story).toEqual([`raise ${BETWEEN} @181`]);
    expect(shuttle(boarded(), 200).last?.evidence).toMatchObject({ shuttling: true });
  });

  it('is not what long busy traffic looks like: each stop opens at a landing', () => {
    const e = boarded();
    for (let stop = 0; stop < 20; stop++) {
      e.stream(parked({ peopleInCar: true, floor: stop }), 2);
      for (let i = 0; i < 20; i++) e.reading(running({ floor: stop })).advance(1);
      e.stream(parked({ peopleInCar: true, floor: stop + 1 }), 1);
      e.stream(boarding({ door: 'opening', floor: stop + 1 }), 2).stream(
        boarding({ floor: stop + 1, peopleInCar: stop % 3 > 0 }),
        4,
      );
    }
    expect(e.story).toEqual([]);
  });

  it('a slowly polled device must miss 20 polls, since it sees few openings', () => {
    const e = lift(polledLift(30));
    for (let i = 0; i < 19; i++) e.reading(running({ floor: i })).advance(30);
    expect(e.story).toEqual([]);
    expect(e.reading(running()).advance(30).story).toEqual([`raise ${BETWEEN} @600`]);
  });
});

describe('a polled device at a landing', () => {
  it('needs somebody seen within the last 60 s', () => {
    const seenOnce = lift(polledLift(30))
      .reading(parked({ peopleInCar: true }))
      .advance(30);
    expect(seenOnce.reading(parked()).advance(30).reading(parked()).advance(30).reading(parked()).story).toEqual([]);
    const seenAgain = lift(polledLift(30));
    for (let i = 0; i < 6; i++) seenAgain.reading(parked({ peopleInCar: true })).advance(30);
    // Seen that rarely, one passenger may leave and another come: twice the hold.
    expect(seenAgain.story).toEqual([`raise ${AT_LEVEL} @150`]);
    const often = lift(polledLift(5));
    for (let i = 0; i < 20; i++) often.reading(parked({ peopleInCar: true })).advance(5);
    expect(often.story).toEqual([`raise ${AT_LEVEL} @81`]);
  });

  it('does not forget whom a blackout hides', () => {
    const e = lift(polledLift(10))
      .reading(parked({ peopleInCar: true }))
      .advance(10);
    for (let i = 0; i < 20; i++) e.reading(parked({ mainsPower: false, peopleInCar: false })).advance(10);
    expect(e.story).toEqual([`raise ${AT_LEVEL} @150`]);
  });

  it('forgets there whom it saw long ago, also for later', () => {
    const e = lift(polledLift(60))
      .reading(parked({ peopleInCar: true }))
      .advance(60);
    for (let i = 0; i < 5; i++) e.reading(parked()).advance(60);
    expect(e.reading(trapped({ peopleInCar: false })).advance(60).story).toEqual([]);
  });
});

describe('a lift without a presence sensor', () => {
  const blind = (over = {}) => ({ ...trapped(over), peopleInCar: undefined });
  const device = fakeDevice('elevator', {
    attributes: { expectedIntervalS: 1, capabilities: ['door-events', 'door'] },
  });

  it('leaves an unknown car to the rule for standstills', () => {
    expect(lift(device).stream(blind(), 120).story).toEqual([]);
  });

  it.each([
    ['load', { loadKg: 80 }],
    ['a call', { carCalls: 2 }],
    ['the button', { alarmButton: true }],
  ])('at a landing it takes %s', (_name, sign) => {
    expect(lift(device).stream(blind({ doorZone: true, ...sign }), 80).story).toEqual([`raise ${AT_LEVEL} @75`]);
  });

  it('does not believe a false that the device does not claim to know', () => {
    const e = lift(device).stream(trapped({ peopleInCar: false, alarmButton: true }), 31);
    expect(e.story).toEqual([`raise ${BETWEEN} @30`]);
  });
});

describe('a presence sensor that is stuck on', () => {
  const stuck = () => {
    const e = lift();
    for (let stop = 0; stop < 10; stop++) e.stream(parked({ peopleInCar: true }), 2).stream(boarding(), 3);
    return e;
  };

  it('betrays itself by staying on through ten full openings: P3', () => {
    const e = stuck();
    expect(e.story).toEqual(['raise device.stuck @47']);
    expect(e.last?.priority).toBe('P3');
  });

  it('is not a door-zone switch that flickers under an open door', () => {
    const e = lift();
    for (let i = 0; i < 30; i++) e.stream(boarding({ doorZone: i % 2 === 0 }), 1);
    expect(e.story).toEqual([]);
  });

  it('then a second sign is needed', () => {
    expect(stuck().stream(trapped(), 200).story).toHaveLength(1);
    expect(stuck().stream(trapped({ loadKg: 70 }), 40).story[1]).toBe(`raise ${BETWEEN} @80`);
    expect(stuck().stream(trapped({ alarmButton: true }), 40).story[1]).toBe(`raise ${BETWEEN} @80`);
  });

  it('is repaired when it says "nobody" once', () => {
    const e = stuck().stream(openEmpty(), 1);
    expect(e.story[1]).toBe('clear device.stuck @50');
    expect(e.stream(boarding(), 1).stream(trapped(), 40).story[2]).toBe(`raise ${BETWEEN} @82`);
  });
});

describe('the saved state', () => {
  it('is left alone by a steady stream', () => {
    const e = boarded().stream(trapped(), 2);
    const before = e.saves;
    e.stream(trapped(), 20);
    expect(e.saves).toBe(before);
    const idle = lift().stream(parked(), 2);
    const then = idle.saves;
    expect(idle.stream(parked(), 500).saves).toBe(then);
  });
});
