import { hours } from '../kernel/durations.js';
import type { EventName } from '../kernel/events.js';
import { localTime } from '../kernel/local-time.js';
import { afterWorkingDays, instantAt } from '../kernel/zoned-time.js';
import type { Names, Role } from '../gateway/views.js';
import type { ProcedureShape, TicketMove } from './ticket-moves.js';

/** What is done afterwards (domain §9). `alarm-path-press` and `drill` are asked for by Steward, not by a ticket. */
export const FOLLOW_UP_KINDS = [
  'visit',
  'urgent-repair',
  'first-rain',
  'paid-repair',
  'complaint',
  're-inspection',
  'alarm-path-press',
  'drill',
  'other',
] as const;
export type FollowUpKind = (typeof FOLLOW_UP_KINDS)[number];

interface KindRule {
  readonly title: Names;
  readonly role: Role;
  /** When it is due at the latest, ms since the epoch; null = not before something has happened. */
  readonly due: (zone: string, at: number) => number | null;
  readonly waitsFor?: 'rain';
}

const at = (zone: string, from: number, days: number, hour: number): number =>
  instantAt(zone, localTime(zone, from).day + days, hour * 60);

/** In the evening nobody is visited: who was freed after 19:00 is visited before noon. */
const sameDay = (zone: string, from: number): number =>
  localTime(zone, from).hour < 19 ? at(zone, from, 0, 21) : at(zone, from, 1, 12);

export const FOLLOW_UPS: Readonly<Record<FollowUpKind, KindRule>> = {
  visit: { title: { zh: '当日回访被困人员', en: 'Visit the people who were trapped' }, role: 'butler', due: sameDay },
  'urgent-repair': {
    title: { zh: '24小时内维修', en: 'Repair within 24 hours' },
    role: 'engineer',
    due: (_, from) => from + hours(24),
  },
  'first-rain': {
    title: { zh: '首个雨天查看渗漏', en: 'Look for the leak on the first rainy day' },
    role: 'engineer',
    due: () => null,
    waitsFor: 'rain',
  },
  'paid-repair': {
    title: { zh: '有偿维修回访', en: 'Follow up a paid repair' },
    role: 'butler',
    due: (zone, from) => afterWorkingDays(zone, from, 7),
  },
  complaint: {
    title: { zh: '投诉回访', en: 'Follow up a complaint' },
    role: 'butler',
    due: (zone, from) => afterWorkingDays(zone, from, 7),
  },
  're-inspection': {
    title: { zh: '复查', en: 'Inspect again' },
    role: 'engineer',
    due: (zone, from) => at(zone, from, 7, 18),
  },
  'alarm-path-press': {
    title: { zh: '人工按压轿厢报警按钮', en: 'Press the alarm button in the car' },
    role: 'contractor',
    due: (_, from) => from + hours(24),
  },
  drill: {
    title: { zh: '组织困人救援演练', en: 'Hold a rescue drill' },
    role: 'supervisor',
    due: (zone, from) => at(zone, from, 14, 18),
  },
  other: { title: { zh: '后续事项', en: 'Follow-up' }, role: 'butler', due: (_, from) => from + hours(24) },
};

/** Repaired leaks show again with the rain; riser bursts and frozen pipes have been under pressure, not under the sky. */
const RAIN_TELLS = new Set(['water-empty-unit', 'water-leak']);
const REPAIRED_SOON = new Set([
  ...['lift-entrapment', 'lift-out-of-service', 'pit-water', 'riser-burst', 'gate-stuck', 'water-leak'],
]);
const LOOKED_AT_AGAIN = new Set(['backflow', 'frozen-pipe', 'riser-burst', 'smoke-fire', 'door-forced']);

export interface EndedTicket {
  readonly event: EventName;
  readonly procedure: string;
  readonly shape: ProcedureShape;
  readonly priority: 'P1' | 'P2' | 'P3';
  readonly drill: boolean;
  readonly move: TicketMove;
}

export interface WantedFollowUp {
  readonly kind: FollowUpKind;
  /** The lift's own contractor repairs it. */
  readonly role: Role;
  /** Why, for the journal. */
  readonly because: string;
}

/** What a ticket's end asks for. Nothing was broken by a false alarm, and a drill traps nobody. */
export function followUpsAfter(t: EndedTicket): WantedFollowUp[] {
  if (t.drill) return [];
  const lift = t.event.startsWith('elevator.');
  const role = (kind: FollowUpKind): Role => (lift && kind === 'urgent-repair' ? 'contractor' : FOLLOW_UPS[kind].role);
  const wanted = (kind: FollowUpKind, because: string): WantedFollowUp => ({ kind, role: role(kind), because });
  if (t.move === 'rescued' && t.shape === 'rescue') return [wanted('visit', 'people were freed')];
  if (t.move !== 'resolve') return [];
  return [
    ...(REPAIRED_SOON.has(t.procedure) && t.priority !== 'P3'
      ? [wanted('urgent-repair', `${t.procedure}: what broke is repaired within 24 h`)]
      : []),
    ...(RAIN_TELLS.has(t.procedure) ? [wanted('first-rain', `${t.procedure}: the repair is judged by rain`)] : []),
    ...(LOOKED_AT_AGAIN.has(t.procedure) ? [wanted('re-inspection', `${t.procedure}: it comes back`)] : []),
  ];
}

/** A look on a rainy day is due when the rain of that day is, not at night: by 20:00 of its first day. */
export const dueInRain = (zone: string, rainFrom: number): number => {
  const evening = at(zone, rainFrom, 0, 20);
  return evening > rainFrom + hours(1) ? evening : at(zone, rainFrom, 1, 12);
};

const REMIND_EVERY_MS = hours(4);
/** How late a job may be before the supervisor hears of it. */
export const SUPERVISOR_AFTER_MS = hours(24);

/** After a reminder at `now` the next one, waking hours aside. */
export const nextReminder = (now: number): number => now + REMIND_EVERY_MS;
