import type { Roster } from '../estate/roster-plan.js';
import type { Role } from '../gateway/views.js';
import { plannedDuties } from './planned-duties.js';
import { heldAt, type HeldPost } from './roster.js';

export interface CoverageQuestion {
  readonly timezone: string;
  /** Zones of the estate. */
  readonly zones: readonly string[];
  /** Roles that policies page: each must have a primary at every hour. */
  readonly roles: readonly Role[];
  /** Ms since the epoch; `until` exclusive. */
  readonly from: number;
  readonly until: number;
}

/** Nobody is primary: a page of that role would skip its first level. */
export interface CoverageGap {
  readonly role: Role;
  /** null = in every zone. */
  readonly zone: string | null;
  readonly from: number;
  readonly until: number;
}

/**
 * `two-zones`: the same primary in two zones at once. `own-backup`: the escalation would ring the phone that has just not
 * answered. `two-rotas`: two plans fill the same post.
 */
export interface DoubleBooking {
  readonly kind: 'two-zones' | 'own-backup' | 'two-rotas';
  readonly person: string;
  readonly role: Role;
  readonly zones: readonly (string | null)[];
  readonly from: number;
  readonly until: number;
  readonly because: string;
}

export interface Coverage {
  readonly gaps: readonly CoverageGap[];
  readonly doubles: readonly DoubleBooking[];
}

/**
 * Looks ahead over a roster: between two moments at which anything in it begins or ends, nothing changes, so that one look
 * at each such stretch sees everything.
 */
export function rosterCoverage(roster: Roster, q: CoverageQuestion): Coverage {
  const planned = plannedDuties(roster, q.timezone, q.from, q.until);
  const changes = [...planned, ...roster.overrides, ...roster.leaves].flatMap((x) => [x.from, x.until]);
  const bounds = [...new Set([q.from, ...changes, q.until])]
    .filter((at) => at >= q.from && at <= q.until)
    .sort((a, b) => a - b);
  const gaps = new Runs<Omit<CoverageGap, 'from' | 'until'>>();
  const doubles = new Runs<Omit<DoubleBooking, 'from' | 'until'>>();
  for (const [i, from] of bounds.slice(0, -1).entries()) {
    const until = bounds[i + 1] ?? q.until;
    const { held } = heldAt(planned, roster, from, q.timezone);
    for (const gap of gapsOf(held, q)) gaps.add(`${gap.role}|${gap.zone ?? ''}`, gap, from, until);
    for (const d of doublesOf(held)) doubles.add([d.kind, d.person, d.role, d.because].join('|'), d, from, until);
  }
  return { gaps: gaps.all(), doubles: doubles.all() };
}

function gapsOf(held: readonly HeldPost[], q: CoverageQuestion): Omit<CoverageGap, 'from' | 'until'>[] {
  return q.roles.flatMap((role): Omit<CoverageGap, 'from' | 'until'>[] => {
    const primaries = held.filter((h) => h.role === role && h.duty === 'primary');
    if (primaries.some((h) => h.zone === null)) return [];
    const empty = q.zones.filter((z) => !primaries.some((h) => h.zone === z));
    // Said once when it is so everywhere.
    if (empty.length === q.zones.length) return [{ role, zone: null }];
    return empty.map((zone) => ({ role, zone }));
  });
}

function doublesOf(held: readonly HeldPost[]): Omit<DoubleBooking, 'from' | 'until'>[] {
  const found: Omit<DoubleBooking, 'from' | 'until'>[] = [];
  for (const [i, a] of held.entries())
    for (const b of held.slice(i + 1)) {
      if (a.role !== b.role) continue;
      const zones = [a.zone, b.zone];
      const because = [a.because, b.because].sort().join('; and ');
      const told = { person: a.person, role: a.role, zones, because };
      if (a.person === b.person) {
        if (a.duty !== b.duty && a.zone === b.zone) found.push({ kind: 'own-backup', ...told });
        // Whoever stands behind several zones as a backup does so on purpose.
        else if (
          a.duty === 'primary' &&
          b.duty === 'primary' &&
          a.zone !== b.zone &&
          a.zone !== null &&
          b.zone !== null
        )
          found.push({ kind: 'two-zones', ...told });
      } else if (a.duty === b.duty && a.zone === b.zone && (a.kind === 'rotation') !== (b.kind === 'rotation')) {
        // Two people on one shift are two lines; a line beside a rotation is a plan that was left behind.
        if (a.kind !== 'override' && b.kind !== 'override') found.push({ kind: 'two-rotas', ...told });
      }
    }
  return found;
}

/** Joins what goes on from one stretch to the next. */
class Runs<T> {
  private readonly runs: { key: string; what: T; from: number; until: number }[] = [];
  private readonly open = new Map<string, { key: string; what: T; from: number; until: number }>();

  add(key: string, what: T, from: number, until: number): void {
    const last = this.open.get(key);
    if (last?.until === from) {
      last.until = until;
      return;
    }
    const run = { key, what, from, until };
    this.open.set(key, run);
    this.runs.push(run);
  }

  all(): (T & { from: number; until: number })[] {
    return this.runs.map(({ what, from, until }) => ({ ...what, from, until }));
  }
}
