import type { RosterEntry } from '../estate/roster-entry.js';
import type { Role } from '../gateway/views.js';

export type { RosterEntry };

export interface DutyQuestion {
  readonly estate: string;
  /** Zones of the place; entries of the whole estate count besides. */
  readonly zones: readonly string[];
  readonly role: Role;
  readonly duty: 'primary' | 'backup' | 'any';
  /** Steady ms since the epoch. */
  readonly at: number;
  /** IANA name of the estate's time zone. */
  readonly timezone: string;
}

export interface OnDuty {
  /** User name. */
  readonly person: string;
  /** Why this person, for the journal. */
  readonly because: string;
}

/**
 * Who is on duty at an instant. People of the place's own zones come first (in the order of `zones`), then those of the
 * whole estate; primaries before backups; then by user name. Nobody is named twice.
 *
 * A shift is wall-clock time of the estate: on the night when the clocks go back it is an hour longer, when they go
 * forward an hour shorter, as the people on it know it.
 */
export function onDuty(entries: readonly RosterEntry[], q: DutyQuestion): OnDuty[] {
  const local = localTime(q.at, q.timezone);
  const zoneRank = (e: RosterEntry): number => (e.zone === null ? q.zones.length : q.zones.indexOf(e.zone));
  const serving = entries
    .filter((e) => e.estate === q.estate && e.role === q.role && (q.duty === 'any' || e.duty === q.duty))
    .filter((e) => zoneRank(e) >= 0 && servesAt(e, local))
    .sort(
      (a, b) =>
        zoneRank(a) - zoneRank(b) || compare(b.duty, a.duty) || compare(a.person, b.person) || compare(a.id, b.id),
    );
  const byPerson = new Map<string, OnDuty>();
  for (const e of serving) if (!byPerson.has(e.person)) byPerson.set(e.person, { person: e.person, because: why(e) });
  return [...byPerson.values()];
}

interface LocalTime {
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number;
  /** `HH:MM`; such strings sort like the times they name. */
  readonly time: string;
}

function servesAt(e: RosterEntry, { weekday, time }: LocalTime): boolean {
  if (e.from < e.to) return e.weekdays.includes(weekday) && time >= e.from && time < e.to;
  // Over midnight: the evening of its own day, or the morning after one of its days.
  const yesterday = weekday === 1 ? 7 : weekday - 1;
  return (e.weekdays.includes(weekday) && time >= e.from) || (e.weekdays.includes(yesterday) && time < e.to);
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
// Making a formatter costs far more than using it, and a service knows few time zones.
const formatters = new Map<string, Intl.DateTimeFormat>();

function localTime(at: number, timeZone: string): LocalTime {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formatters.set(timeZone, formatter);
  }
  const part: Record<string, string> = {};
  for (const p of formatter.formatToParts(at)) part[p.type] = p.value;
  return { weekday: DAYS.indexOf(part['weekday'] ?? '') + 1, time: `${part['hour']}:${part['minute']}` };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function why(e: RosterEntry): string {
  const days = e.weekdays.length === 7 ? 'daily' : e.weekdays.map((d) => DAYS[d - 1]).join(', ');
  return `${e.duty} ${e.role} of ${e.zone === null ? 'the whole estate' : `zone ${e.zone}`}, ${days} ${e.from}–${e.to}`;
}
