import type { EventName } from '../kernel/events.js';
import { mayBecomeP1 } from './call-kinds.js';
import { isOngoing } from './ticket-moves.js';
import type { AlarmRow, TicketRow } from './ticket-record.js';

type JoinableTicket = Pick<TicketRow, 'id' | 'priority' | 'state' | 'car_id' | 'drill'>;
type JoinableAlarm = Pick<AlarmRow, 'id' | 'priority' | 'event' | 'subject_type' | 'subject_id' | 'ended_at'>;
export type JoinDecision = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const OK: JoinDecision = { ok: true };
const no = (reason: string): JoinDecision => ({ ok: false, reason });

/**
 * May `from` go up in `into`? Never where people are in danger or may come to be: each trapped car keeps its own alarm,
 * ticket and clock (domain: "Correlation"), and what may yet rise to P1 would ring with another place's name on it.
 */
export function decideMerge(
  from: { readonly ticket: JoinableTicket; readonly alarms: readonly JoinableAlarm[] },
  into: { readonly ticket: JoinableTicket },
): JoinDecision {
  if (from.ticket.id === into.ticket.id) return no('a ticket cannot be merged into itself');
  if (!isOngoing(from.ticket.state)) return no(`the ticket is ${from.ticket.state}`);
  if (!isOngoing(into.ticket.state)) return no(`the other ticket is ${into.ticket.state}`);
  if (from.ticket.drill !== into.ticket.drill) return no('a drill and a real emergency stay apart');
  if (from.ticket.priority === 'P1' || from.alarms.some((a) => a.priority === 'P1'))
    return no('a P1 is never merged into another ticket');
  if (from.ticket.car_id !== null) return no('a lift keeps its own ticket');
  const risky = from.alarms.find((a) => a.ended_at === null && mayBecomeP1(a.event));
  if (risky) return no(`${risky.event} may still rise to P1 and keeps its own ticket`);
  return OK;
}

/** May these alarms leave their ticket for one of their own? */
export function decideSplit(
  r: {
    readonly ticket: JoinableTicket & Pick<TicketRow, 'subject_type' | 'subject_id'>;
    readonly alarms: readonly JoinableAlarm[];
  },
  alarmIds: readonly string[],
): JoinDecision {
  if (!isOngoing(r.ticket.state)) return no(`the ticket is ${r.ticket.state}`);
  const leaving = r.alarms.filter((a) => alarmIds.includes(a.id));
  if (leaving.length < new Set(alarmIds).size) return no('not every alarm is on this ticket');
  const over = leaving.find((a) => a.ended_at !== null);
  if (over) return no(`the alarm ${over.event} is over`);
  const isCars = (a: JoinableAlarm): boolean => a.subject_type === 'device' && a.subject_id === r.ticket.car_id;
  if (leaving.some(isCars)) return no('all alarms of a lift stay on its ticket');
  if (leaving.every((a) => a.priority === 'P4')) return no('a P4 opens no ticket');
  const places = new Set(leaving.map((a) => `${a.subject_type} ${a.subject_id}`));
  const isLifts = (a: JoinableAlarm): boolean => a.subject_type === 'device' && a.event.startsWith('elevator.');
  if (places.size > 1 && leaving.some((a) => isLifts(a) || a.priority === 'P1'))
    return no('each lift, and each place where people are in danger, has a ticket of its own');
  const isOwn = (a: JoinableAlarm): boolean =>
    a.subject_type === r.ticket.subject_type && a.subject_id === r.ticket.subject_id;
  if (!r.alarms.some((a) => isOwn(a) && !alarmIds.includes(a.id)))
    return no('the alarm that opened the ticket stays: split the others off');
  return OK;
}

/** The most urgent first, then the oldest: whose ticket it will be. */
export const byUrgency = <A extends { priority: string; raised_at: Date; event: EventName }>(a: A, b: A): number =>
  a.priority.localeCompare(b.priority) || a.raised_at.getTime() - b.raised_at.getTime();
