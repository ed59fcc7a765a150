import { describe, expect, it } from '@jest/globals';
import type { ClockView, SlotName } from '../gateway/views.js';
import { ticketClocks } from './ticket-clocks.js';

const T0 = Date.UTC(2026, 0, 5, 2);
const after = (s: number): Date => new Date(T0 + s * 1000);
const iso = (s: number): string => after(s).toISOString();
type Facts = Parameters<typeof ticketClocks>[0];
const slot = (name: SlotName, over: Partial<Facts['slots'][number]> = {}): Facts['slots'][number] => ({
  slot: name,
  state: 'open',
  openedAt: after(0),
  filledAt: null,
  enRouteAt: null,
  onSiteAt: null,
  lastReassuredAt: null,
  ...over,
});
const facts = (over: Partial<Facts> = {}): Facts => ({
  priority: 'P1',
  shape: 'rescue',
  setting: 'city',
  openedAt: after(0),
  overAt: null,
  rescuedAt: null,
  slots: [slot('responder'), slot('rescuer'), slot('coordinator')],
  ...over,
});
const limits = (f: Facts): Record<string, number> => Object.fromEntries(ticketClocks(f).map((c) => [c.key, c.limitS]));
const clock = (f: Facts, key: ClockView['key']) => ticketClocks(f).find((c) => c.key === key);

describe('the clocks of a ticket (domain §6)', () => {
  it('a rescue in a city: 30 min on the spot, 60 s to accept, 3 min to start, 15 min for the contractor, 5 min to reassure', () => {
    expect(limits(facts())).toEqual({
      rescue: 1800,
      accept: 60,
      'property-start': 180,
      'contractor-answer': 60,
      'contractor-arrival': 900,
      reassurance: 300,
    });
  });

  it('elsewhere: one hour and half an hour', () => {
    expect(limits(facts({ setting: 'elsewhere' }))).toMatchObject({ rescue: 3600, 'contractor-arrival': 1800 });
  });

  it('water: 3 min to accept, the engineer within 30 min; others only the accept', () => {
    expect(limits(facts({ priority: 'P2', shape: 'contain' }))).toEqual({ accept: 180, 'engineering-response': 1800 });
    expect(limits(facts({ priority: 'P3', shape: 'plain' }))).toEqual({ accept: 900 });
  });

  it('count from the opening; each stops at what it waits for', () => {
    const f = facts({
      slots: [
        slot('responder', { filledAt: after(20), enRouteAt: after(40) }),
        slot('rescuer', { filledAt: after(50), onSiteAt: after(600) }),
        slot('coordinator', { lastReassuredAt: after(100) }),
      ],
    });
    expect(clock(f, 'accept')).toMatchObject({ from: iso(0), doneAt: iso(20) });
    expect(clock(f, 'property-start')).toMatchObject({ doneAt: iso(40) });
    expect(clock(f, 'contractor-arrival')).toMatchObject({ doneAt: iso(600) });
    expect(clock(f, 'rescue')).toMatchObject({ doneAt: iso(600) });
    expect(clock(f, 'reassurance')).toMatchObject({ from: iso(100), doneAt: null });
  });

  it('who is on the spot without having said so on the way has started', () => {
    const f = facts({ slots: [slot('responder', { onSiteAt: after(90) })] });
    expect(clock(f, 'property-start')).toMatchObject({ doneAt: iso(90) });
  });

  it('people freed without the contractor stop his clock too, and nobody is reassured any more', () => {
    const f = facts({ rescuedAt: after(300) });
    for (const key of ['rescue', 'contractor-arrival', 'reassurance'] as const)
      expect(clock(f, key)).toMatchObject({ doneAt: iso(300) });
  });

  it('a ticket that is over has no running clock', () => {
    expect(ticketClocks(facts({ overAt: after(10) })).map((c) => c.doneAt)).toEqual(Array(6).fill(iso(10)));
  });

  it('who is asked anew has his time anew; the statutory clock goes on', () => {
    const f = facts({
      slots: [slot('responder', { openedAt: after(900) }), slot('rescuer', { openedAt: after(600) })],
    });
    expect(clock(f, 'accept')).toMatchObject({ from: iso(900) });
    expect(clock(f, 'property-start')).toMatchObject({ from: iso(900) });
    expect(clock(f, 'contractor-answer')).toMatchObject({ from: iso(600) });
    for (const key of ['rescue', 'contractor-arrival'] as const) expect(clock(f, key)).toMatchObject({ from: iso(0) });
  });

  it('what was done before the end keeps its own time', () => {
    const f = facts({ overAt: after(500), slots: [slot('responder', { filledAt: after(20) })] });
    expect(clock(f, 'accept')).toMatchObject({ doneAt: iso(20) });
  });
});
