import { describe, expect, it } from '@jest/globals';
import { FakeEngine } from '../device/fake-engine.js';
import { entrapmentDetector } from './entrapment.detector.js';
import { boarding, eventLift, openEmpty, parked, running, trapped } from './fake-lift.js';

const BETWEEN = 'elevator.entrapment-between-floors';
/** People got in one second ago. */
const boarded = () => new FakeEngine(entrapmentDetector, eventLift()).reading(boarding()).advance(1);

describe('once raised', () => {
  const raised = () => boarded().stream(trapped(), 31);

  it('stays raised until a full opening at a landing, and then clears', () => {
    const e = raised()
      .stream(running(), 20)
      .stream(trapped({ floor: 5 }), 60);
    expect(e.story).toHaveLength(1);
    e.stream(openEmpty(), 5);
    expect(e.story[1]).toMatch(`clear ${BETWEEN}`);
    expect(e.stream(parked(), 300).story).toHaveLength(2);
  });

  it('after the rescue the same lift traps again at another floor: raised 30 s after', () => {
    const e = raised().stream(openEmpty(), 2).end(BETWEEN).advance(10);
    const t0 = e.reading(boarding()).advance(1).now;
    e.stream(trapped({ floor: 5 }), 40);
    expect(e.story).toHaveLength(3);
    expect(e.last).toMatchObject({ kind: 'raise', event: BETWEEN, since: t0 });
    expect(e.last?.paging).toBeUndefined();
  });

  it('a rescue that is reported only after people got in again does not delay the next one', () => {
    const e = raised()
      .stream(openEmpty(), 2)
      .stream(boarding(), 1)
      .stream(trapped({ floor: 5 }), 10)
      .end(BETWEEN);
    e.stream(trapped({ floor: 5 }), 25);
    expect(e.story[2]).toBe(`raise ${BETWEEN} @65`);
  });

  it('asks the coordinator first when it still holds 120 s after a person ended it', () => {
    const e = raised().end(BETWEEN).stream(trapped(), 119);
    expect(e.story).toHaveLength(1);
    e.stream(trapped(), 10);
    expect(e.story[1]).toBe(`raise ${BETWEEN} @152`);
    expect(e.last?.paging).toBe('coordinator-first');
    expect(e.stream(trapped(), 600).story).toHaveLength(2);
  });

  it('after a false alarm a car that runs and stops anew raises anew after 30 s, to everybody', () => {
    const e = raised()
      .end(BETWEEN)
      .stream(running({ floor: 4 }), 5)
      .stream(trapped({ floor: 6 }), 40);
    expect(e.story[1]).toBe(`raise ${BETWEEN} @67`);
    expect(e.last?.paging).toBeUndefined();
  });

  it('after an end and a full opening the next hold is a fresh start', () => {
    const e = raised().end(BETWEEN).stream(boarding(), 2).stream(trapped(), 40);
    expect(e.story).toEqual([`raise ${BETWEEN} @31`, `raise ${BETWEEN} @64`]);
    expect(e.last?.paging).toBeUndefined();
  });

  it('the end of another alarm of the car ends nothing here', () => {
    expect(raised().end('elevator.alarm-button').stream(trapped(), 300).story).toHaveLength(1);
  });
});

describe('a restart', () => {
  it('keeps the hold’s since-time, and an overdue hold fires once', () => {
    expect(boarded().stream(trapped(), 12).restart(4).advance(60).story).toEqual([`raise ${BETWEEN} @31`]);
    expect(boarded().stream(trapped(), 12).restart(60).advance(60).story).toEqual([`raise ${BETWEEN} @73`]);
  });

  it('does not raise again what is raised', () => {
    expect(boarded().stream(trapped(), 35).restart(10).stream(trapped(), 60).story).toHaveLength(1);
  });
});

describe('a stored upload', () => {
  const upload = (fromS: number, toS: number) => {
    const e = boarded();
    e.advance(600);
    for (let age = fromS; age >= toS; age -= 5) e.reading(trapped(), age);
    return e;
  };

  it('raises when it spans the hold, also when it tells the release as well', () => {
    expect(upload(60, 0).story).toEqual([`raise ${BETWEEN} @571`]);
    const over = upload(300, 100).reading(openEmpty(), 90).reading(parked(), 60);
    expect(over.story).toEqual([`raise ${BETWEEN} @331`, `clear ${BETWEEN} @511`]);
  });

  it('raises by the clock when it ends in the middle of the hold', () => {
    expect(upload(20, 0).advance(60).story).toEqual([`raise ${BETWEEN} @611`]);
  });
});

it('a device clock that is wrong, or put right in the middle of a hold, neither fires nor blocks', () => {
  const e = boarded();
  for (let i = 0; i < 20; i++) e.reading(trapped(), 0, e.now - (i < 10 ? 3_600_000 : 0)).advance(1);
  expect(e.story).toEqual([]);
  expect(e.advance(60).story).toEqual([`raise ${BETWEEN} @31`]);
});
