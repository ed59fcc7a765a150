import { describe, expect, it } from '@jest/globals';
import { FakeEngine } from '../device/fake-engine.js';
import { alarmButtonDetector, type AlarmButtonState } from './alarm-button.detector.js';
import { boarding, eventLift, openEmpty, parked } from './fake-lift.js';
import { provesItself } from './fake-lift-play.js';

const EVENT = 'elevator.alarm-button';
const lift = () => new FakeEngine(alarmButtonDetector, eventLift());
/** A lift that tells calls by its code only. */
const call = (over = {}) => ({ ...parked(over), alarmButton: undefined, fault: 'alarm-button' as const });
const quiet = (over = {}) => ({ ...parked(over), alarmButton: undefined });

describe('a call that the lift reports by its code', () => {
  it('raises at once, in any mode, once while it is told', () => {
    expect(lift().stream(quiet(), 3).stream(call(), 60).story).toEqual([`raise ${EVENT} @3`]);
    expect(lift().reading(call({ mode: 'inspection' })).story).toEqual([`raise ${EVENT} @0`]);
    expect(lift().reading(call({ door: 'open' })).story).toEqual([`raise ${EVENT} @0`]);
  });

  it('is over 10 s after it is no longer told; the next is another call', () => {
    const e = lift().reading(call()).advance(1).stream(quiet(), 20);
    expect(e.story).toEqual([`raise ${EVENT} @0`, `clear ${EVENT} @11`]);
    expect(e.reading(call()).story[2]).toBe(`raise ${EVENT} @21`);
  });

  it('a press after a person’s end is a fresh emergency, at once', () => {
    const e = lift().reading(call()).advance(5).end(EVENT).stream(quiet(), 5);
    expect(e.reading(call()).story).toEqual([`raise ${EVENT} @0`, `raise ${EVENT} @10`]);
    expect(e.last?.paging).toBeUndefined();
  });

  it('told once and ended, it is not asked about again; told on, it is', () => {
    expect(lift().reading(call()).advance(5).end(EVENT).advance(600).story).toHaveLength(1);
    const e = lift().stream(call(), 5).end(EVENT).stream(call(), 130);
    expect(e.story).toEqual([`raise ${EVENT} @0`, `raise ${EVENT} @125`]);
    expect(e.last?.paging).toBe('coordinator-first');
  });

  it('goes with a sampled button: one emergency', () => {
    const e = lift()
      .stream(parked({ alarmButton: true }), 5)
      .stream(parked({ alarmButton: true, fault: 'alarm-button' }), 20);
    expect(e.story).toEqual([`raise ${EVENT} @3`]);
  });
});

it('a child that presses at the landing with the door open calls nobody', () => {
  const e = lift();
  for (let i = 0; i < 20; i++) e.stream(boarding({ alarmButton: i % 2 === 0 }), 2);
  expect(e.stream(openEmpty(), 10).stream(parked(), 60).story).toEqual([]);
});

it('a hold of the release before, whose state knew no codes, is kept', () => {
  const e = lift()
    .reading(parked({ alarmButton: true }))
    .advance(1);
  const { coded: _coded, ...old } = e.state;
  e.state = old as AlarmButtonState;
  expect(e.restart().advance(10).story).toEqual([`raise ${EVENT} @3`]);
});

it('whatever a lift says, no call without its code where no button is sampled', () =>
  provesItself(alarmButtonDetector, {
    holdS: 1,
    held: () => false,
    code: ({ told }) => told.fault === 'alarm-button',
  }));
