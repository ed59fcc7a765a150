import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { hasRole, type Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { Leave, RosterOverride, Rotation } from '../estate/roster-plan.js';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { days } from '../kernel/durations.js';
import { instantOf } from '../kernel/local-instant.js';
import { localTime } from '../kernel/local-time.js';
import { pagedRoles } from '../paging/paged-roles.js';
import { whoIsOn } from '../paging/roster.js';
import { rosterCoverage } from '../paging/roster-coverage.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { swapState, type SwapRow } from '../workflow/roster/swap-commands.js';
import type {
  CoverageView,
  LeaveView,
  OnDutyView,
  RosterOverrideView,
  RosterView,
  RotationView,
  SwapView,
} from './roster-views.js';
import type { Names, Role } from './views.js';

const KEPT_MS = days(31);

export interface OnDutyAsk {
  readonly role: Role;
  readonly duty: 'primary' | 'backup' | 'any';
  readonly zone?: string | undefined;
  readonly unit?: string | undefined;
  readonly device?: string | undefined;
  /** Ms since the epoch; now when left out. */
  readonly at?: number | undefined;
}

/** What people ask of a roster. */
@Injectable()
export class RosterReads {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly directory: DirectoryHolder,
  ) {}

  async roster(estate: string, reader: Principal): Promise<RosterView> {
    const directory = this.directory.current;
    const { lines, rotations, overrides, leaves } = directory.roster(estate);
    const since = this.clock.now() - KEPT_MS;
    const swaps = await this.db
      .selectFrom('roster_swap')
      .selectAll()
      .where('estate_id', '=', estate)
      .where('asked_at', '>', new Date(since))
      .orderBy('asked_at', 'desc')
      .limit(500)
      .execute();
    return {
      estate,
      timezone: directory.estate(estate)?.timezone ?? 'UTC',
      lines: lines.map(({ id, zone, role, duty, person, weekdays, from, to }) => ({
        ...{ id, zone, role, duty, person, weekdays: [...weekdays], from, to },
      })),
      rotations: rotations.map(rotationView),
      overrides: overrides.filter((o) => o.until > since).map(overrideView),
      leaves: leaves.filter((l) => l.until > since).map((l) => leaveView(l, reader)),
      swaps: swaps.map((s) => swapView(s, this.clock.now())),
      people: this.names(directory.staffOf(estate).map((p) => p.username)),
      zones: directory.zonesOfEstate(estate).map((z) => ({ id: z.id, name: z.names })),
    };
  }

  /** @throws DomainError `not-found` for a zone, unit or device that the estate does not have */
  onDuty(estate: string, q: OnDutyAsk): OnDutyView {
    const directory = this.directory.current;
    const at = q.at ?? this.clock.now();
    const zones = this.zonesOf(estate, q);
    const timezone = directory.estate(estate)?.timezone ?? 'UTC';
    const { on, absent } = whoIsOn(directory.roster(estate), { ...q, estate, zones, at, timezone });
    return {
      at: new Date(at).toISOString(),
      role: q.role,
      zones,
      on: on.map(({ person, because }) => ({
        ...{ person, because, name: this.names([person])[person] ?? { zh: person, en: person } },
        phone: directory.person(person)?.phone ?? null,
      })),
      absent: absent.map((a) => ({ ...a })),
    };
  }

  /** @param daysAhead from now on */
  coverage(estate: string, daysAhead: number): CoverageView {
    const directory = this.directory.current;
    const timezone = directory.estate(estate)?.timezone ?? 'UTC';
    const from = this.clock.now();
    const until = from + days(daysAhead);
    const zones = directory.zonesOfEstate(estate).map((z) => z.id);
    const found = rosterCoverage(directory.roster(estate), { timezone, zones, roles: pagedRoles(), from, until });
    return {
      ...{ timezone, from: iso(from), until: iso(until) },
      gaps: found.gaps.map((g) => ({ ...g, from: iso(g.from), until: iso(g.until) })),
      doubles: found.doubles.map((d) => ({ ...d, zones: [...d.zones], from: iso(d.from), until: iso(d.until) })),
      days: this.localDays(timezone, from, daysAhead),
      people: this.names(found.doubles.map((d) => d.person)),
      zones: Object.fromEntries(directory.zonesOfEstate(estate).map((z) => [z.id, z.names] as const)),
    };
  }

  private localDays(timezone: string, from: number, count: number): CoverageView['days'] {
    const first = localTime(timezone, from).day;
    return Array.from({ length: count }, (_, i) => ({
      date: iso(days(first + i)).slice(0, 10),
      from: iso(instantOf(timezone, first + i, 0)),
      until: iso(instantOf(timezone, first + i + 1, 0)),
    }));
  }

  private zonesOf(estate: string, q: OnDutyAsk): string[] {
    const directory = this.directory.current;
    const nothing = new DomainError('not-found', 'There is no such place in this estate.');
    if (q.zone !== undefined) {
      if (!directory.zonesOfEstate(estate).some((z) => z.id === q.zone)) throw nothing;
      return [q.zone];
    }
    if (q.unit !== undefined) {
      const unit = directory.unit(q.unit);
      if (unit?.estate !== estate) throw nothing;
      return directory.zonesOf({ building: unit.building, unit: unit.id, estate });
    }
    if (q.device !== undefined) {
      const device = directory.device(q.device);
      if (device?.estate !== estate) throw nothing;
      return directory.zonesOf({ building: device.building, unit: device.unit, estate });
    }
    return directory.zonesOf({ building: null, unit: null, estate });
  }

  private names(people: readonly string[]): Record<string, Names> {
    return Object.fromEntries(
      people.map((p) => [p, this.directory.current.person(p)?.names ?? { zh: p, en: p }] as const),
    );
  }
}

const iso = (at: number): string => new Date(at).toISOString();

export const rotationView = ({ estate: _, people, ...r }: Rotation): RotationView => ({ ...r, people: [...people] });

export const overrideView = ({ estate: _, from, until, ...o }: RosterOverride): RosterOverrideView => ({
  ...o,
  ...{ from: iso(from), until: iso(until) },
});

export const leaveView = (l: Leave, reader: Principal): LeaveView => ({
  ...{ id: l.id, person: l.person, from: iso(l.from), until: iso(l.until) },
  reason: l.person === reader.username || hasRole(reader, l.estate, 'supervisor', 'project-manager') ? l.reason : null,
});

export const swapView = (s: SwapRow, now: number): SwapView => ({
  ...{ id: s.id, role: s.role, askedBy: s.asked_by, askedOf: s.asked_of, note: s.note, state: swapState(s, now) },
  give: {
    ...{ zone: s.give_zone, duty: s.give_duty },
    ...{ from: s.give_from.toISOString(), until: s.give_until.toISOString() },
  },
  take:
    s.take_from && s.take_until && s.take_duty
      ? {
          ...{ zone: s.take_zone, duty: s.take_duty },
          ...{ from: s.take_from.toISOString(), until: s.take_until.toISOString() },
        }
      : null,
  ...{ askedAt: s.asked_at.toISOString(), expiresAt: s.expires_at.toISOString() },
  answeredAt: s.answered_at?.toISOString() ?? null,
});
