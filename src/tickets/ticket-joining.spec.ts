import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVENTS, type EventName } from '../kernel/events.js';
import type { TicketState } from '../gateway/views.js';
import { mayBecomeP1 } from './call-kinds.js';
import { decideMerge, decideSplit } from './ticket-joining.js';
import { isOngoing, TICKET_ORDER } from './ticket-moves.js';

const events = Object.keys(EVENTS) as EventName[];
const alarm = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  event: fc.constantFrom(...events),
  priority: fc.constantFrom('P1' as const, 'P2' as const, 'P3' as const, 'P4' as const),
  subject_type: fc.constantFrom('device' as const, 'unit' as const),
  subject_id: fc.constantFrom('car', 'x', 'y'),
  ended_at: fc.option(fc.constant(new Date(0))),
});
const record = (id: string, states: readonly TicketState[] = [...TICKET_ORDER, 'cancelled', 'false-alarm']) =>
  fc.record({
    ticket: fc.record({
      id: fc.constant(id),
      priority: fc.constantFrom('P1' as const, 'P2' as const, 'P3' as const),
      state: fc.constantFrom(...states),
      car_id: fc.option(fc.constant('car')),
      drill: fc.boolean(),
      subject_type: fc.constantFrom('device' as const, 'unit' as const),
      subject_id: fc.constantFrom('car', 'x', 'y'),
    }),
    alarms: fc.uniqueArray(alarm, { selector: (a) => a.id, minLength: 2, maxLength: 3 }),
  });

describe('a merge', () => {
  it('never takes in people in danger, nor what may come to be it, nor a lift, nor anything that is over', () => {
    let merged = 0;
    fc.assert(
      fc.property(
        record('one', ['opened', 'on-site', 'rescued']),
        record('two', ['opened', 'closed']),
        (from, into) => {
          if (!decideMerge(from, into).ok) return;
          merged++;
          expect(from.ticket.priority).not.toBe('P1');
          expect(from.ticket.car_id).toBeNull();
          expect(from.alarms.filter((a) => a.priority === 'P1')).toEqual([]);
          expect(from.alarms.filter((a) => a.ended_at === null && mayBecomeP1(a.event))).toEqual([]);
          expect([from.ticket.state, into.ticket.state].every(isOngoing)).toBe(true);
          expect(from.ticket.drill).toBe(into.ticket.drill);
        },
      ),
      { numRuns: 2000 },
    );
    expect(merged).toBeGreaterThan(10);
  });

  it('into itself is none', () => {
    fc.assert(fc.property(record('one'), (r) => expect(decideMerge(r, r).ok).toBe(false)));
  });
});

describe('a split', () => {
  it('leaves the alarm that opened the ticket, and those of its lift, and takes along only what is open', () => {
    let split = 0;
    fc.assert(
      fc.property(
        record('one', ['opened', 'on-site', 'rescued']),
        fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
        (r, ids) => {
          if (!decideSplit(r, ids).ok) return;
          split++;
          const [leaving, staying] = [
            r.alarms.filter((a) => ids.includes(a.id)),
            r.alarms.filter((a) => !ids.includes(a.id)),
          ];
          expect(leaving).toHaveLength(ids.length);
          expect(leaving.filter((a) => a.ended_at !== null)).toEqual([]);
          expect(leaving.filter((a) => a.subject_type === 'device' && a.subject_id === r.ticket.car_id)).toEqual([]);
          expect(leaving.some((a) => a.priority !== 'P4')).toBe(true);
          if (leaving.some((a) => a.priority === 'P1'))
            expect(new Set(leaving.map((a) => `${a.subject_type} ${a.subject_id}`)).size).toBe(1);
          expect(
            staying.some((a) => a.subject_id === r.ticket.subject_id && a.subject_type === r.ticket.subject_type),
          ).toBe(true);
        },
      ),
      { numRuns: 4000 },
    );
    expect(split).toBeGreaterThan(10);
  });
});
