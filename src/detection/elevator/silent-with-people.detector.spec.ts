import { describe, expect, it } from '@jest/globals';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { boarding, eventLift, openEmpty, parked, running, trapped } from './fake-lift.js';
import { silentWithPeopleDetector } from './silent-with-people.detector.js';

const EVENT = 'elevator.silent-with-people';
const lift = (device = eventLift()) => new FakeEngine(silentWithPeopleDetector, device);
const every = (expectedIntervalS: number) =>
  fakeDevice('elevator', { attributes: { expectedIntervalS, capabilities: ['peopleInCar', 'door-events'] } });
const lost = { type: 'building-power', lost: true } as const;

describe('a lift that falls silent with people shut in', () => {
  it.each([
    ['standing', trapped()],
    ['running', running()],
    ['at a landing with the door closed', parked({ peopleInCar: true })],
  ])('raises 120 s after its last word, %s', (_name, values) => {
    expect(lift().stream(values, 30).advance(300).story).toEqual([`raise ${EVENT} @149`]);
  });

  it('waits three intervals of a slow device', () => {
    expect(lift(every(60)).reading(running()).advance(600).story).toEqual([`raise ${EVENT} @180`]);
  });

  it('raises nothing for an empty car, an open door at a landing, or one that goes on speaking', () => {
    expect(lift().reading(parked()).advance(600).story).toEqual([]);
    expect(lift().reading(boarding()).advance(600).story).toEqual([]);
    expect(lift().stream(trapped(), 600).story).toEqual([]);
  });

  it('a car left through an open door is empty, although it fell silent within the 10 s', () => {
    expect(lift().stream(boarding(), 2).stream(openEmpty(), 3).stream(parked(), 2).advance(600).story).toEqual([]);
  });

  it('remembers people whom the sensor lost', () => {
    expect(
      lift()
        .stream(trapped(), 2)
        .stream(trapped({ peopleInCar: false }), 1)
        .advance(300).story,
    ).toHaveLength(1);
  });
});

describe('with evidence of a power loss in the building', () => {
  it('raises at once when it has been silent for longer than its interval', () => {
    const e = lift(every(5)).reading(running()).advance(40).input(lost);
    expect(e.story).toEqual([`raise ${EVENT} @40`]);
    expect(e.last?.evidence).toMatchObject({ powerLost: true });
  });

  it('waits for the next interval when it has just spoken, and leaves one that speaks on its battery alone', () => {
    const silent = lift(every(5)).reading(running()).advance(1).input(lost).advance(100);
    expect(silent.story).toEqual([`raise ${EVENT} @8`]);
    const battery = lift(every(5)).reading(running()).input(lost);
    for (let i = 0; i < 50; i++) battery.advance(5).reading(running());
    expect(battery.story).toEqual([]);
  });

  it('goes back to the usual limit when the power is back', () => {
    const e = lift(every(5)).reading(running()).input(lost).input({ type: 'building-power', lost: false });
    expect(e.advance(119).story).toEqual([]);
    expect(e.advance(1).story).toEqual([`raise ${EVENT} @120`]);
  });

  it('raises nothing for an empty lift', () => {
    expect(lift(every(5)).reading(parked()).advance(40).input(lost).advance(300).story).toEqual([]);
  });
});

describe('with the whole building out of contact', () => {
  const comms = (lost: boolean) => ({ type: 'building-comms', lost }) as const;

  it('asks the coordinator alone about a car that was running', () => {
    const e = lift().stream(running(), 10).advance(100).input(comms(true)).advance(60);
    // Its last word is known to within ten seconds, and it is given the benefit of them.
    expect(e.story).toEqual([`raise ${EVENT} @130`]);
    expect(e.last).toMatchObject({ paging: 'coordinator-only', evidence: { commsLost: true, moving: true } });
  });

  it('pages everybody for one that stood, and for one that ran when the power went', () => {
    const stood = lift().stream(trapped(), 10).advance(100).input(comms(true)).advance(60);
    expect(stood.last?.paging).toBeUndefined();
    const dark = lift(every(5)).reading(running()).advance(40).input(comms(true)).input(lost).advance(60);
    expect(dark.last).toMatchObject({ kind: 'raise' });
    expect(dark.last?.paging).toBeUndefined();
  });

  it('is over when the building is back, over a restart too', () => {
    const e = lift().stream(running(), 2).input(comms(true)).restart().input(comms(false));
    expect(e.stream(running(), 2).advance(200).last?.paging).toBeUndefined();
  });

  it('may wait a little longer for that word, if so set', () => {
    const patient = eventLift({ overrides: { 'elevator.silent-with-people.commsGraceS': 5 } });
    const e = lift(patient).reading(running()).advance(121).input(comms(true));
    expect(e.story).toEqual([]);
    expect(e.advance(9).story).toEqual([`raise ${EVENT} @130`]);
    expect(e.last?.paging).toBe('coordinator-only');
    expect(lift(patient).reading(running()).advance(300).story).toEqual([`raise ${EVENT} @125`]);
    expect(lift(patient).reading(trapped()).advance(300).story).toEqual([`raise ${EVENT} @120`]);
  });
});

describe('what clears it', () => {
  const raised = (values = trapped()) => lift().reading(values).advance(120);

  it('not a word from a car that still stands with its door closed', () => {
    expect(raised().stream(trapped(), 60).story).toHaveLength(1);
  });

  it('a door that opens at a landing, or a car that runs', () => {
    expect(raised().reading(openEmpty()).story[1]).toBe(`clear ${EVENT} @120`);
    expect(raised().stream(running(), 2).story[1]).toBe(`clear ${EVENT} @121`);
    expect(raised(running()).reading(running()).story[1]).toBe(`clear ${EVENT} @120`);
  });

  it('not one noisy speed', () => {
    expect(
      raised()
        .stream(trapped({ speedMps: 0.4 }), 1)
        .stream(trapped(), 30).story,
    ).toHaveLength(1);
  });

  it('another floor, where no speed is sent', () => {
    const mute = (floor: number) => trapped({ speedMps: undefined, floor });
    expect(raised(mute(3)).stream(mute(6), 5).story).toHaveLength(1);
    expect(raised(mute(3)).stream(mute(6), 5).reading(mute(7)).story[1]).toBe(`clear ${EVENT} @125`);
  });

  it('the next silence raises anew', () => {
    const e = raised().stream(running(), 2).stream(trapped(), 2).advance(300);
    expect(e.story[2]).toBe(`raise ${EVENT} @243`);
  });
});

describe('a person’s end', () => {
  it('is asked about again, coordinator first, when nothing was heard for 120 s after', () => {
    const e = lift().reading(trapped()).advance(150).end(EVENT).advance(119);
    expect(e.story).toHaveLength(1);
    e.advance(300);
    expect(e.story[1]).toBe(`raise ${EVENT} @270`);
    expect(e.last?.paging).toBe('coordinator-first');
  });

  it('stands when the device speaks again', () => {
    const e = lift().reading(trapped()).advance(150).end(EVENT).advance(20);
    expect(e.stream(trapped(), 300).story).toHaveLength(1);
  });
});

describe('Steward’s own absence', () => {
  it('starts the silence clock anew, so that a restart with all devices silent raises nothing of its own', () => {
    const e = lift().stream(trapped(), 5).restart(3600);
    expect(e.advance(119).story).toEqual([]);
    expect(e.advance(1).story).toHaveLength(1);
  });
});

describe('the saved state', () => {
  it('notes the last word at most every 10 s, and never for an empty car', () => {
    const e = lift().stream(trapped(), 2);
    const before = e.saves;
    expect(e.stream(trapped(), 100).saves - before).toBeLessThanOrEqual(10);
    const idle = lift().stream(parked(), 2);
    const then = idle.saves;
    expect(idle.stream(parked(), 100).saves).toBe(then);
  });
});
