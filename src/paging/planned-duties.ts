import { dayOf, instantOf, minuteOf } from '../kernel/local-instant.js';
import { localTime } from '../kernel/local-time.js';
import type { RosterEntry } from '../estate/roster-entry.js';
import { samePost, type DutyPost, type EstatePost, type Roster, type Rotation } from '../estate/roster-plan.js';

/** A stretch of time on a post as the plan has it, before overrides and leave. Ms since the epoch, `until` exclusive. */
export interface PlannedDuty extends DutyPost {
  /** User name; null = nobody: its turn's person has left. */
  readonly person: string | null;
  readonly from: number;
  readonly until: number;
  /** Id of the weekly line or the rotation. */
  readonly source: string;
  readonly kind: 'line' | 'rotation';
  readonly because: string;
}

/**
 * What the weekly lines and the rotations say of `from` … `until`, each duty with its own full bounds. Bounds are local
 * wall times made instants: on the night when the clocks go back a duty is an hour longer, when they go forward an hour
 * shorter, as the people on it know it, and none of it comes twice.
 */
export function plannedDuties(
  roster: Pick<Roster, 'lines' | 'rotations'>,
  timezone: string,
  from: number,
  until: number,
  matters: (post: EstatePost) => boolean = () => true,
): PlannedDuty[] {
  const duties: PlannedDuty[] = [];
  const rotations = roster.rotations.filter(matters);
  for (const line of roster.lines) {
    if (!matters(line)) continue;
    const rests = rotations.filter((r) => r.replacesLines && samePost(r, line)).map((r) => spanOf(r, timezone));
    for (const shift of shiftsOf(line, timezone, from, until)) duties.push(...without(shift, rests));
  }
  for (const rotation of rotations) duties.push(...turnsOf(rotation, timezone, from, until));
  return duties.filter((d) => d.from < until && d.until > from);
}

/** From the first hand-over to the last. */
export function spanOf(r: Rotation, timezone: string): { from: number; until: number } {
  const minute = minuteOf(r.handover);
  return {
    from: instantOf(timezone, dayOf(r.startsOn), minute),
    until: r.endsOn === null ? Infinity : instantOf(timezone, dayOf(r.endsOn), minute),
  };
}

function shiftsOf(e: RosterEntry, timezone: string, from: number, until: number): PlannedDuty[] {
  const [start, end] = [minuteOf(e.from), minuteOf(e.to)];
  const shifts: PlannedDuty[] = [];
  // The day before: a shift over midnight. One more on either side: days of other lengths.
  const last = localTime(timezone, until).day + 1;
  for (let day = localTime(timezone, from).day - 2; day <= last; day++) {
    if (!e.weekdays.includes(weekdayOf(day))) continue;
    shifts.push({
      ...{ zone: e.zone, role: e.role, duty: e.duty, person: e.person, source: e.id, kind: 'line' as const },
      from: instantOf(timezone, day, start),
      until: instantOf(timezone, e.from < e.to ? day : day + 1, end),
      because: whyLine(e),
    });
  }
  return shifts;
}

function turnsOf(r: Rotation, timezone: string, from: number, until: number): PlannedDuty[] {
  const minute = minuteOf(r.handover);
  const first = dayOf(r.startsOn);
  const step = r.period === 'weekly' ? 7 : 1;
  const end = spanOf(r, timezone).until;
  const turn = Math.max(0, Math.floor((localTime(timezone, from).day - first) / step) - 1);
  const turns: PlannedDuty[] = [];
  for (let no = turn; ; no++) {
    const begins = instantOf(timezone, first + no * step, minute);
    if (begins >= until || begins >= end) return turns;
    turns.push({
      ...{ zone: r.zone, role: r.role, duty: r.duty, source: r.id, kind: 'rotation' as const },
      person: r.people[no % r.people.length] ?? null,
      from: begins,
      until: Math.min(end, instantOf(timezone, first + (no + 1) * step, minute)),
      because: `${postWords(r)}, ${r.period} rotation, turn ${no + 1} from ${dateOf(first + no * step)} ${r.handover}`,
    });
  }
}

/** What is left of a shift beside the times at which its line rests. */
function without(shift: PlannedDuty, rests: readonly { from: number; until: number }[]): PlannedDuty[] {
  let parts = [shift];
  for (const rest of rests)
    parts = parts
      .flatMap((p) => [
        { ...p, until: Math.min(p.until, rest.from) },
        { ...p, from: Math.max(p.from, rest.until) },
      ])
      .filter((p) => p.from < p.until);
  return parts;
}

const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;
const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** "primary butler of zone z2". */
export const postWords = (p: DutyPost): string =>
  `${p.duty} ${p.role} of ${p.zone === null ? 'the whole estate' : `zone ${p.zone}`}`;

function whyLine(e: RosterEntry): string {
  const days = e.weekdays.length === 7 ? 'daily' : e.weekdays.map((d) => DAYS[d - 1]).join(', ');
  return `${postWords(e)}, ${days} ${e.from}–${e.to}`;
}
