import {
  samePost,
  type DutyPost,
  type EstatePost,
  type Leave,
  type Roster,
  type RosterOverride,
} from '../estate/roster-plan.js';
import type { Role } from '../gateway/views.js';
import { plannedDuties, postWords, type PlannedDuty } from './planned-duties.js';

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

/** Somebody the plan names who is not there, and why. */
export interface NotOnDuty {
  readonly person: string | null;
  readonly because: string;
}

/** A post as somebody holds it. */
export interface HeldPost extends DutyPost {
  readonly person: string;
  readonly because: string;
  /** Id of the line, rotation or override. */
  readonly source: string;
  readonly kind: 'line' | 'rotation' | 'override';
}

/**
 * Who is on duty at an instant. People of the place's own zones come first (in the order of `zones`), then those of the
 * whole estate; primaries before backups; then by user name. Nobody is named twice.
 */
export function onDuty(roster: Roster, q: DutyQuestion): OnDuty[] {
  return whoIsOn(roster, q).on;
}

/** {@link onDuty}, and whom the plan names beside who is not there. */
export function whoIsOn(roster: Roster, q: DutyQuestion): { on: OnDuty[]; absent: NotOnDuty[] } {
  const zoneRank = (e: DutyPost): number => (e.zone === null ? q.zones.length : q.zones.indexOf(e.zone));
  const matters = (e: EstatePost): boolean =>
    e.estate === q.estate && e.role === q.role && (q.duty === 'any' || e.duty === q.duty) && zoneRank(e) >= 0;
  const planned = plannedDuties(roster, q.timezone, q.at, q.at + 1, matters);
  const { held, absent } = heldAt(planned, roster, q.at, q.timezone, matters);
  const serving = held.sort(
    (a, b) =>
      zoneRank(a) - zoneRank(b) ||
      compare(b.duty, a.duty) ||
      compare(a.person, b.person) ||
      compare(a.source, b.source),
  );
  const byPerson = new Map<string, OnDuty>();
  for (const e of serving)
    if (!byPerson.has(e.person)) byPerson.set(e.person, { person: e.person, because: e.because });
  return { on: [...byPerson.values()], absent };
}

/**
 * The posts as they are held at one instant: the plan, then each override on what the ones before it left, then leave.
 * An override whose own person is away counts for nothing: whom it stands in for is called then. Better somebody who
 * did not expect it than nobody.
 */
export function heldAt(
  planned: readonly PlannedDuty[],
  roster: Pick<Roster, 'overrides' | 'leaves'>,
  at: number,
  timezone: string,
  matters: (post: EstatePost) => boolean = () => true,
): { held: HeldPost[]; absent: NotOnDuty[] } {
  const now = (x: { from: number; until: number }): boolean => x.from <= at && at < x.until;
  const away = new Map(roster.leaves.filter(now).map((l) => [l.person, l]));
  const absent: NotOnDuty[] = [];
  let held: HeldPost[] = [];
  for (const d of planned.filter(now)) {
    if (d.person === null) absent.push({ person: null, because: `${d.because}: nobody, the person has left` });
    else held.push({ ...postOf(d), person: d.person, because: d.because, source: d.source, kind: d.kind });
  }
  for (const o of roster.overrides) {
    if (!matters(o) || !now(o)) continue;
    const leave = away.get(o.person);
    if (leave) {
      absent.push({ person: o.person, because: `stands in as ${postWords(o)}, but ${awayWords(leave, timezone)}` });
      continue;
    }
    held = standIn(held, o, timezone);
  }
  const there = held.filter((h) => {
    const leave = away.get(h.person);
    if (leave) absent.push({ person: h.person, because: `${h.because}, but ${awayWords(leave, timezone)}` });
    return !leave;
  });
  return { held: there, absent };
}

function standIn(held: readonly HeldPost[], o: RosterOverride, timezone: string): HeldPost[] {
  const replaced = held.filter((h) => samePost(h, o) && (o.insteadOf === null || h.person === o.insteadOf));
  // Standing in for one who is not on duty at this hour is nothing to do.
  if (o.insteadOf !== null && replaced.length === 0) return [...held];
  const whom = [...new Set(replaced.map((h) => h.person))].filter((p) => p !== o.person);
  const because =
    `${postWords(o)}${whom.length > 0 ? `, instead of ${whom.join(' and ')}` : ', override'} ` +
    `until ${localWords(o.until, timezone)} (${o.swap === null ? o.reason : 'swapped'})`;
  return [
    ...held.filter((h) => !replaced.includes(h)),
    { ...postOf(o), person: o.person, because, source: o.id, kind: 'override' },
  ];
}

const postOf = ({ zone, role, duty }: DutyPost): DutyPost => ({ zone, role, duty });
const awayWords = (l: Leave, timezone: string): string => `away until ${localWords(l.until, timezone)}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

// Making a formatter costs far more than using it, and a service knows few time zones.
const formatters = new Map<string, Intl.DateTimeFormat>();

/** `2026-03-31 08:00` at the place. */
function localWords(at: number, timeZone: string): string {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    const two = '2-digit' as const;
    const fields = { year: 'numeric', month: two, day: two, hour: two, minute: two, hourCycle: 'h23' } as const;
    formatters.set(timeZone, (formatter = new Intl.DateTimeFormat('sv-SE', { timeZone, ...fields })));
  }
  return formatter.format(at);
}
