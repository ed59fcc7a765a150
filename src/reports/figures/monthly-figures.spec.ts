import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TimedLine } from '../ticket-times.js';
import { ticketFigures, type CountedTicket } from './monthly-figures.js';

const S = 1000;
const NOW = 100_000 * S;
let made = 0;
const line = (s: number, kind: string, payload: Record<string, unknown> = {}): TimedLine => ({
  at: s * S,
  kind,
  payload,
});
const ticket = (over: Partial<CountedTicket> = {}): CountedTicket => ({
  id: `id-${++made}`,
  no: `T-2026-${made}`,
  event: 'elevator.entrapment-between-floors',
  priority: 'P1',
  state: 'closed',
  shape: 'rescue',
  drill: false,
  openedAt: 0,
  overAt: null,
  slots: ['responder', 'rescuer', 'coordinator'],
  lines: [],
  ...over,
});
const rescued = (acceptS: number, arriveS: number, releaseS: number): CountedTicket =>
  ticket({
    lines: [
      line(acceptS, 'accepted', { slot: 'responder' }),
      line(arriveS, 'moved', { move: 'on-site', slot: 'rescuer' }),
      line(releaseS, 'moved', { move: 'rescued' }),
      line(releaseS + 60, 'moved', { move: 'resolve' }),
    ],
  });

describe('the figures of a month', () => {
  it('of nothing are nothing', () => {
    expect(ticketFigures([], 'city', NOW)).toMatchObject({
      tickets: 0,
      open: 0,
      falseAlarmShare: null,
      events: [],
      misses: [],
    });
  });

  it('take the middle and the ninth of ten, against the limits', () => {
    const ten = Array.from({ length: 10 }, (_, i) => rescued(10 * (i + 1), 100 * (i + 1), 200 * (i + 1)));
    const { groups, misses } = ticketFigures(ten, 'city', NOW);
    const lifts = groups.find((g) => g.group === 'entrapment');
    expect(lifts?.times.accept).toEqual({ count: 10, p50: 50, p90: 90, limitS: 60, within: 6 });
    expect(lifts?.times['rescuer-arrive']).toEqual({ count: 10, p50: 500, p90: 900, limitS: 900, within: 9 });
    expect(lifts?.times.release).toMatchObject({ count: 10, p50: 1000, p90: 1800, limitS: null });
    expect(misses.filter((m) => m.clock === 'accept').map((m) => m.tookS)).toEqual([70, 80, 90, 100]);
    expect(misses.filter((m) => m.clock === 'contractor-arrival').map((m) => m.tookS)).toEqual([1000]);
  });

  it('do not hide who never came: nobody’s accept is in no percentile, but counted and missed', () => {
    const { groups, misses } = ticketFigures([rescued(10, 20, 30), ticket({ state: 'opened' })], 'city', NOW);
    expect(groups[0]).toMatchObject({ tickets: 2, neverAccepted: 1 });
    expect(groups[0]?.times.accept.count).toBe(1);
    expect(misses.find((m) => m.clock === 'accept')).toMatchObject({ never: true, limitS: 60 });
  });

  it('share of false alarms is of what is over and was not cancelled', () => {
    const states = ['false-alarm', 'closed', 'resolved', 'cancelled', 'opened', 'closed'] as const;
    expect(
      ticketFigures(
        states.map((state) => ticket({ state })),
        'city',
        NOW,
      ).falseAlarmShare,
    ).toBe(0.25);
  });

  it('tell a limit only where it holds for every ticket of the group', () => {
    const water = ticket({ priority: 'P2', shape: 'contain', event: 'pipe.leak', slots: ['responder'] });
    const gate = ticket({ priority: 'P2', shape: 'plain', event: 'gate.forced-open', slots: ['responder'] });
    const limit = (of: CountedTicket[]) =>
      ticketFigures(of, 'city', NOW).groups.find((g) => g.group === 'P2')?.times.arrive.limitS;
    expect(limit([water])).toBe(1800);
    expect(limit([water, gate])).toBeNull();
  });

  it('count every ticket once by priority and once by event, in whatever order they come', () => {
    const any = fc.record({
      priority: fc.constantFrom('P1', 'P2', 'P3' as const),
      state: fc.constantFrom('opened', 'closed', 'false-alarm', 'cancelled' as const),
      shape: fc.constantFrom('rescue', 'contain', 'plain' as const),
      event: fc.constantFrom('pipe.leak', 'gate.duress', 'elevator.alarm-button' as const),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (wishes) => {
        const of = wishes.map((w) => ticket(w as Partial<CountedTicket>));
        const f = ticketFigures(of, 'city', NOW);
        expect(f.groups.filter((g) => g.group !== 'entrapment').reduce((n, g) => n + g.tickets, 0)).toBe(of.length);
        expect(f.events.reduce((n, e) => n + e.tickets, 0)).toBe(of.length);
        expect(f.falseAlarmShare ?? 0).toBeLessThanOrEqual(1);
        const other = ticketFigures([...of].reverse(), 'city', NOW);
        expect([other.groups, other.falseAlarmShare, other.events]).toEqual([f.groups, f.falseAlarmShare, f.events]);
      }),
    );
  });
});
