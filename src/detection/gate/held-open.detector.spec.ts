import { describe, expect, it } from '@jest/globals';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { heldOpenDetector } from './held-open.detector.js';

const EVENT = 'gate.held-open';
const door = (vehicle = false) =>
  new FakeEngine(
    heldOpenDetector,
    fakeDevice('gate', { attributes: { expectedIntervalS: 30, capabilities: [], vehicle } }),
  );

describe('a door held open', () => {
  it('raises after 30 s and clears when closed', () => {
    const e = door().reading({ position: 'open', mode: 'accessed' }).advance(100);
    expect(e.story).toEqual([`raise ${EVENT} @30`]);
    expect(e.reading({ position: 'closed' }).story[1]).toBe(`clear ${EVENT} @100`);
  });

  it('is not one that closes in time, nor a vehicle barrier', () => {
    expect(door().reading({ position: 'open' }).advance(29).reading({ position: 'closed' }).advance(100).story).toEqual(
      [],
    );
    expect(door(true).reading({ position: 'open' }).advance(600).story).toEqual([]);
  });

  it.each(['unlocked', 'locked-open'] as const)('may stand open while %s, and counts from the end of that', (mode) => {
    const e = door().reading({ position: 'open', mode }).advance(600);
    expect(e.story).toEqual([]);
    expect(e.reading({ mode: 'locked' }).advance(30).story).toEqual([`raise ${EVENT} @630`]);
  });

  it('clears when it is unlocked on purpose', () => {
    const e = door().reading({ position: 'open' }).advance(40).reading({ mode: 'unlocked' });
    expect(e.story[1]).toBe(`clear ${EVENT} @40`);
  });

  it('on its way or unknown it is what it was', () => {
    const e = door().reading({ position: 'open' }).advance(10).reading({ position: 'moving' }).advance(10);
    expect(e.reading({ position: 'unknown' }).advance(10).story).toEqual([`raise ${EVENT} @30`]);
    expect(door().reading({ position: 'moving' }).advance(100).story).toEqual([]);
  });

  it('is asked about again when still open 120 s after a person ended it', () => {
    const e = door().reading({ position: 'open' }).advance(40).end(EVENT).advance(120);
    expect(e.story[1]).toBe(`raise ${EVENT} @160`);
  });

  it('warns by its own buzzer at 20 s, once an opening', () => {
    const e = door().reading({ position: 'open', mode: 'accessed' }).advance(19);
    expect(e.asked).toEqual([]);
    e.reading({ position: 'open' }).advance(5);
    expect(e.asked).toEqual([{ t: 20, command: 'pre-alarm' }]);
    e.advance(60).reading({ position: 'closed' }).advance(1).reading({ position: 'open' }).advance(60);
    expect(e.asked).toHaveLength(2);
    expect(door().reading({ position: 'open', mode: 'unlocked' }).advance(99).asked).toEqual([]);
    const told = door().reading({ position: 'open' }).advance(40).end(EVENT).advance(300);
    expect(told.asked).toHaveLength(1);
  });

  it('makes no sound at a door that was opened under duress', () => {
    const e = door().reading({ access: 'duress' }).reading({ position: 'open' }).advance(60);
    expect([e.story, e.asked]).toEqual([[`raise ${EVENT} @30`], []]);
    const late = door().reading({ position: 'open' }).advance(10).reading({ access: 'duress' }).advance(60);
    expect(late.asked).toEqual([]);
  });

  it('raises alone when it could not warn in time', () => {
    const e = door().reading({ position: 'open' }).advance(10).restart(60).advance(1).reading({ position: 'open' });
    expect([e.story, e.asked]).toEqual([[`raise ${EVENT} @70`], []]);
  });
});
