import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minutes, seconds } from '../kernel/durations.js';
import { watchSlot, type WatchedSlot, type WatchedTicket } from './slot-watch.js';

const T0 = 1_000_000;
const slot = (over: Partial<WatchedSlot> = {}): WatchedSlot => ({
  slot: 'responder',
  filledAt: T0,
  enRouteAt: null,
  onSiteAt: null,
  lastReassuredAt: null,
  askedAgainAt: null,
  ...over,
});
const at = (s: WatchedSlot, now: number, setting: 'city' | 'elsewhere' = 'city', ticket: Partial<WatchedTicket> = {}) =>
  watchSlot(s, { priority: 'P1', shape: 'rescue', rescued: false, setting, ...ticket }, T0 + now);

describe('the watch over who has accepted', () => {
  it('expects him on the way within 3 minutes, to the millisecond', () => {
    expect(at(slot(), minutes(3) - 1)).toEqual({ kind: 'wait', until: T0 + minutes(3) });
    expect(at(slot(), minutes(3))).toMatchObject({
      kind: 'ask-again',
      because: 'not on the way 3 minutes after accepting',
    });
  });

  it('gives him a minute to answer, then the slot is open again', () => {
    const asked = slot({ askedAgainAt: T0 + minutes(3) });
    expect(at(asked, minutes(3) + seconds(59))).toEqual({ kind: 'wait', until: T0 + minutes(4) });
    expect(at(asked, minutes(4))).toMatchObject({ kind: 'reopen' });
  });

  it.each([
    ['city', 15],
    ['elsewhere', 30],
  ] as const)('expects who is on the way on the spot: %s, %d minutes after accepting', (setting, limit) => {
    const onTheWay = slot({ enRouteAt: T0 + minutes(1) });
    expect(at(onTheWay, minutes(limit) - 1, setting)).toEqual({ kind: 'wait', until: T0 + minutes(limit) });
    expect(at(onTheWay, minutes(limit), setting)).toMatchObject({ kind: 'ask-again' });
  });

  it('forgets that it asked for one thing when it waits for the next', () => {
    const late = slot({ enRouteAt: T0 + minutes(4), askedAgainAt: T0 + minutes(3) });
    expect(at(late, minutes(15))).toMatchObject({ kind: 'ask-again' });
  });

  it('is satisfied by who stands there, and by a rescue', () => {
    expect(at(slot({ onSiteAt: T0 }), minutes(600))).toEqual({ kind: 'satisfied' });
    expect(at(slot(), minutes(600), 'city', { rescued: true })).toEqual({ kind: 'satisfied' });
  });

  it('of damage expects him on the way in 10 minutes and there in 30, and asks for three minutes', () => {
    const water = { priority: 'P2', shape: 'contain' } as const;
    expect(at(slot(), minutes(10) - 1, 'city', water)).toEqual({ kind: 'wait', until: T0 + minutes(10) });
    expect(at(slot(), minutes(10), 'city', water)).toMatchObject({ kind: 'ask-again', missing: 'en-route' });
    const coming = slot({ enRouteAt: T0 + minutes(2) });
    expect(at(coming, minutes(30) - 1, 'city', water)).toEqual({ kind: 'wait', until: T0 + minutes(30) });
    expect(at(coming, minutes(30), 'city', water)).toMatchObject({ kind: 'ask-again', missing: 'on-site' });
    const asked = { ...coming, askedAgainAt: T0 + minutes(30) };
    expect(at(asked, minutes(33) - 1, 'city', water)).toEqual({ kind: 'wait', until: T0 + minutes(33) });
    expect(at(asked, minutes(33), 'city', water)).toMatchObject({ kind: 'reopen' });
  });

  it('of a fault expects somebody there within a day', () => {
    const fault = { priority: 'P3', shape: 'plain' } as const;
    expect(at(slot(), minutes(1439), 'city', fault)).toEqual({ kind: 'wait', until: T0 + minutes(1440) });
    expect(at(slot(), minutes(1440), 'city', fault)).toMatchObject({ kind: 'ask-again', missing: 'on-site' });
  });
});

describe('the watch over the coordinator', () => {
  const coordinator = (over: Partial<WatchedSlot> = {}) => slot({ slot: 'coordinator', ...over });

  it('expects a reassurance every 5 minutes, whether he is on the spot or not', () => {
    expect(at(coordinator({ onSiteAt: T0 }), minutes(5) - 1)).toEqual({ kind: 'wait', until: T0 + minutes(5) });
    expect(at(coordinator(), minutes(5))).toMatchObject({ kind: 'ask-again' });
    const told = coordinator({ lastReassuredAt: T0 + minutes(4) });
    expect(at(told, minutes(8))).toEqual({ kind: 'wait', until: T0 + minutes(9) });
  });

  it('does not measure him by a contact that somebody had before he took over', () => {
    const takenOver = coordinator({ lastReassuredAt: T0 - minutes(20) });
    expect(at(takenOver, seconds(1))).toEqual({ kind: 'wait', until: T0 + minutes(5) });
  });
});

describe('the watch over the coordinator of a fire or a duress', () => {
  it('asks for no reassurance: nobody is to be got out, and nobody could log one', () => {
    const other = { priority: 'P1', shape: 'plain' } as const;
    expect(at(slot({ slot: 'coordinator' }), minutes(600), 'city', other)).toEqual({ kind: 'satisfied' });
  });
});

describe('woken at any time, late or often', () => {
  it('never reopens without having asked a minute before, and never waits for what is past', () => {
    const time = fc.integer({ min: 0, max: minutes(60) });
    const maybe = fc.option(time.map((t) => T0 + t));
    const any = fc.record({
      slot: fc.constantFrom('responder' as const, 'rescuer' as const, 'coordinator' as const),
      filledAt: fc.constant(T0),
      enRouteAt: maybe,
      onSiteAt: maybe,
      lastReassuredAt: maybe,
      askedAgainAt: maybe,
    });
    fc.assert(
      fc.property(any, time, (s, now) => {
        const d = at(s, now);
        if (d.kind === 'wait') expect(d.until).toBeGreaterThan(T0 + now);
        if (d.kind === 'reopen') {
          expect(s.askedAgainAt).not.toBeNull();
          expect(T0 + now - (s.askedAgainAt ?? 0)).toBeGreaterThanOrEqual(seconds(60));
        }
      }),
    );
  });
});
