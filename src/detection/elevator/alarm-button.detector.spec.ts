import { describe, expect, it } from '@jest/globals';
import { FakeEngine } from '../device/fake-engine.js';
import { alarmButtonDetector } from './alarm-button.detector.js';
import { eventLift, openEmpty, parked } from './fake-lift.js';

const EVENT = 'elevator.alarm-button';
const lift = () => new FakeEngine(alarmButtonDetector, eventLift());
const pressed = parked({ alarmButton: true });

describe('the alarm button', () => {
  it('raises when held for 3 s, also when nothing more is heard', () => {
    expect(lift().reading(pressed).advance(60).story).toEqual([`raise ${EVENT} @3`]);
    expect(lift().stream(pressed, 20).story).toEqual([`raise ${EVENT} @3`]);
  });

  it('is not raised by one short press', () => {
    expect(lift().stream(pressed, 2).stream(parked(), 60).story).toEqual([]);
  });

  it('raises at once at the second press within 10 s, not at one after 11 s', () => {
    const twice = (gapS: number) =>
      lift()
        .stream(pressed, 1)
        .stream(parked(), gapS - 1)
        .stream(pressed, 1)
        .stream(parked(), 5);
    expect(twice(10).story).toEqual([`raise ${EVENT} @10`]);
    expect(twice(11).story).toEqual([]);
  });

  it('does not count while the door is fully open at a landing', () => {
    const open = openEmpty({ alarmButton: true });
    expect(lift().stream(open, 30).story).toEqual([]);
    expect(lift().stream(open, 1).stream(openEmpty(), 1).stream(open, 1).stream(openEmpty(), 5).story).toEqual([]);
  });

  it('counts from the moment in which that door closes over a pressed button', () => {
    expect(
      lift()
        .stream(openEmpty({ alarmButton: true }), 10)
        .stream(pressed, 10).story,
    ).toEqual([`raise ${EVENT} @13`]);
  });

  it('counts with a door forced open between floors, and in inspection', () => {
    const forced = parked({ alarmButton: true, door: 'open', doorZone: false, mode: 'inspection' });
    expect(lift().stream(forced, 5).story).toEqual([`raise ${EVENT} @3`]);
  });

  it('clears 10 s after the release; hammering it is one alarm, a press after that another', () => {
    const e = lift().stream(pressed, 4);
    for (let i = 0; i < 5; i++) e.stream(parked(), 3).stream(pressed, 1);
    e.stream(parked(), 30);
    expect(e.story).toEqual([`raise ${EVENT} @3`, `clear ${EVENT} @34`]);
    expect(e.stream(pressed, 4).story[2]).toBe(`raise ${EVENT} @57`);
  });

  it('asks the coordinator first when it is still pressed 120 s after a person ended it', () => {
    const e = lift().stream(pressed, 5).end(EVENT).stream(pressed, 130);
    expect(e.story).toEqual([`raise ${EVENT} @3`, `raise ${EVENT} @125`]);
    expect(e.last?.paging).toBe('coordinator-first');
  });

  it('a press after the end and a release is a fresh emergency', () => {
    const e = lift().stream(pressed, 5).end(EVENT).stream(parked(), 2).stream(pressed, 5);
    expect(e.story[1]).toBe(`raise ${EVENT} @10`);
    expect(e.last?.paging).toBeUndefined();
  });

  it('keeps its hold over a restart', () => {
    expect(lift().reading(pressed).advance(1).restart(20).advance(1).story).toEqual([`raise ${EVENT} @21`]);
  });

  it('a stored upload counts by the times of its own readings', () => {
    const held = lift().advance(100).reading(pressed, 20).reading(pressed, 18).reading(pressed, 16);
    expect(held.reading(parked(), 10).story).toEqual([`raise ${EVENT} @84`]);
  });

  it('leaves the saved state alone while held', () => {
    const e = lift().stream(pressed, 5);
    const before = e.saves;
    expect(e.stream(pressed, 100).saves).toBe(before);
  });
});
