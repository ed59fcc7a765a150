import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { rolesIn, type Principal } from '../access/principal.js';
import { assertEstate } from '../access/estate-scope.js';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { days } from '../kernel/durations.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { PROVED_WITHIN_MS } from '../tickets/alarm-path-schedule.js';
import { ticketView } from '../tickets/ticket-views.js';
import { pathHow } from '../workflow/afterwards/alarm-path-tests.js';
import { alarmPathTestView, flagView, followUpView, handoverView, inspectionView, roundView } from './task-rows.js';
import type {
  AlarmPathView,
  DrillView,
  FollowUpView,
  HandoverView,
  InspectionView,
  PatrolPlanView,
  PatrolRoundView,
  TasksView,
  WeatherFlagView,
} from './task-views.js';
import type { Role } from './views.js';

export interface FollowUpFilter {
  readonly estate: string;
  readonly state?: 'open' | 'overdue' | 'waiting' | 'done' | 'skipped' | 'all';
  readonly kind?: string;
  readonly ticket?: string;
  /** `me`: his own, and those of his roles that nobody else has. */
  readonly assignee?: string;
  readonly id?: string;
  /** Those after this one. */
  readonly after?: { readonly sortedBy: Date; readonly id: string } | null;
  readonly limit: number;
}

/** Who sees the work of the estate; contractors see what is theirs. */
export const STAFF: Role[] = ['control-room', 'supervisor', 'project-manager', 'butler', 'security', 'engineer'];
const KEY_HOLDERS: Role[] = ['control-room', 'supervisor', 'project-manager', 'butler', 'engineer'];

/** Lists of the work after an emergency and before the next one. */
@Injectable()
export class TaskReads {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly directory: DirectoryHolder,
  ) {}

  async tasks(reader: Principal, estate: string): Promise<TasksView> {
    assertEstate(reader, estate, ...STAFF);
    const [followUps, inspections, patrolPlan, patrols, alarmPaths, weather, handovers, drill] = await Promise.all([
      this.followUps(reader, { estate, state: 'open', limit: 200 }),
      this.inspections(reader, estate, 'open'),
      this.patrolPlan(reader, estate),
      this.patrols(reader, estate, this.clock.now() - days(1)),
      this.alarmPaths(reader, estate),
      this.weather(reader, estate),
      this.handovers(reader, estate, 1),
      this.lastDrill(estate),
    ]);
    return {
      ...{
        estate,
        at: new Date(this.clock.now()).toISOString(),
        followUps,
        inspections,
        patrolPlan,
        alarmPaths,
        weather,
      },
      patrols: patrols.filter((p) => p.state !== 'done'),
      lastDrillAt: drill?.toISOString() ?? null,
      handover: handovers[0] ?? null,
    };
  }

  async followUps(reader: Principal, q: FollowUpFilter): Promise<FollowUpView[]> {
    assertEstate(reader, q.estate);
    const now = new Date(this.clock.now());
    let rows = this.db
      .selectFrom('follow_up')
      .leftJoin('ticket', 'ticket.id', 'follow_up.ticket_id')
      .selectAll('follow_up')
      .select('ticket.no as ticket_no')
      .where('follow_up.estate_id', '=', q.estate);
    const { state } = q;
    if (state === undefined || state === 'open') rows = rows.where('follow_up.state', 'in', ['open', 'waiting']);
    else if (state === 'overdue') rows = rows.where('follow_up.state', '=', 'open').where('follow_up.due_at', '<', now);
    else if (state !== 'all') rows = rows.where('follow_up.state', '=', state);
    if (q.id) rows = rows.where('follow_up.id', '=', q.id);
    if (q.kind) rows = rows.where('follow_up.kind', '=', q.kind);
    if (q.ticket) rows = rows.where('follow_up.ticket_id', '=', q.ticket);
    const roles = rolesIn(reader, q.estate);
    const mine = q.assignee === 'me' || roles.every((r) => r === 'contractor');
    if (mine)
      rows = rows.where((e) =>
        e.or([
          e('follow_up.assignee', '=', reader.username),
          e.and([e('follow_up.assignee', 'is', null), e('follow_up.role', 'in', roles)]),
        ]),
      );
    else if (q.assignee) rows = rows.where('follow_up.assignee', '=', q.assignee);
    const { after } = q;
    if (after) {
      const place = sql`(coalesce(follow_up.due_at, follow_up.created_at), follow_up.id)`;
      rows = rows.where(sql<boolean>`${place} > (${after.sortedBy}::timestamptz, ${after.id}::uuid)`);
    }
    const found = await rows
      .orderBy((e) => e.fn.coalesce('follow_up.due_at', 'follow_up.created_at'))
      .orderBy('follow_up.id')
      .limit(q.limit)
      .execute();
    return found.map((r) => followUpView(r, r.ticket_no, this.directory.current, now.getTime()));
  }

  /** @throws DomainError `not-found` out of scope, or when it is somebody else's business */
  async followUp(reader: Principal, id: string): Promise<FollowUpView> {
    const row = await this.db.selectFrom('follow_up').select('estate_id').where('id', '=', id).executeTakeFirst();
    const missing = new DomainError('not-found', 'There is no such follow-up.');
    if (!row || rolesIn(reader, row.estate_id).length === 0) throw missing;
    const [found] = await this.followUps(reader, { estate: row.estate_id, state: 'all', id, limit: 1 });
    if (!found) throw missing;
    return found;
  }

  async inspections(reader: Principal, estate: string, state: 'open' | 'all'): Promise<InspectionView[]> {
    assertEstate(reader, estate, ...STAFF);
    let q = this.db.selectFrom('inspection').selectAll().where('estate_id', '=', estate);
    if (state === 'open') q = q.where('ended_at', 'is', null);
    const lists = await q.orderBy('created_at', 'desc').limit(50).execute();
    if (lists.length === 0) return [];
    const ids = lists.map((l) => l.id);
    const units = await this.db.selectFrom('inspection_unit').selectAll().where('inspection_id', 'in', ids).execute();
    const mayKnowKeys = rolesIn(reader, estate).some((r) => KEY_HOLDERS.includes(r));
    return lists.map((l) =>
      inspectionView(
        l,
        units.filter((u) => u.inspection_id === l.id),
        { directory: this.directory.current, now: this.clock.now(), mayKnowKeys },
      ),
    );
  }

  async patrolPlan(reader: Principal, estate: string): Promise<PatrolPlanView> {
    assertEstate(reader, estate, ...STAFF);
    const row = await this.db.selectFrom('patrol_plan').selectAll().where('estate_id', '=', estate).executeTakeFirst();
    return { estate, on: row !== undefined, everyH: row?.every_h ?? 2, devices: row?.device_ids ?? null };
  }

  /** The round under way, then those that ended since, newest first. */
  async patrols(reader: Principal, estate: string, since: number): Promise<PatrolRoundView[]> {
    assertEstate(reader, estate, ...STAFF);
    const rounds = await this.db
      .selectFrom('patrol_round')
      .selectAll()
      .where('estate_id', '=', estate)
      .where((e) => e.or([e('state', '=', 'open'), e('due_at', '>', new Date(since))]))
      .orderBy('from_at', 'desc')
      .limit(200)
      .execute();
    if (rounds.length === 0) return [];
    const ids = rounds.map((r) => r.id);
    const checks = await this.db.selectFrom('patrol_check').selectAll().where('round_id', 'in', ids).execute();
    return rounds.map((r) =>
      roundView(
        r,
        checks.filter((c) => c.round_id === r.id),
        this.directory.current,
      ),
    );
  }

  async alarmPaths(reader: Principal, estate: string): Promise<AlarmPathView[]> {
    assertEstate(reader, estate);
    const directory = this.directory.current;
    const paths = await this.db.selectFrom('alarm_path').selectAll().where('estate_id', '=', estate).execute();
    const lasts = await this.db
      .selectFrom('alarm_path_test')
      .selectAll()
      .distinctOn('device_id')
      .where('estate_id', '=', estate)
      .orderBy('device_id')
      .orderBy('asked_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    const now = this.clock.now();
    return paths
      .flatMap((p): AlarmPathView[] => {
        const device = directory.device(p.device_id);
        if (!device) return [];
        const last = lasts.find((t) => t.device_id === p.device_id) ?? null;
        const dueAt = (p.last_passed_at ?? p.since).getTime() + PROVED_WITHIN_MS;
        const state =
          last?.state === 'running'
            ? 'running'
            : now >= dueAt
              ? 'overdue'
              : p.fails > 0
                ? 'failed'
                : p.last_passed_at
                  ? 'passed'
                  : 'due';
        return [
          {
            ...{ device: p.device_id, estate, place: directory.placeOfDevice(device), how: pathHow(device), state },
            lastPassedAt: p.last_passed_at?.toISOString() ?? null,
            dueAt: new Date(dueAt).toISOString(),
            last: last && alarmPathTestView(last),
          },
        ];
      })
      .sort((a, b) => a.dueAt.localeCompare(b.dueAt));
  }

  /** What holds now or is to come. */
  async weather(reader: Principal, estate: string): Promise<WeatherFlagView[]> {
    assertEstate(reader, estate, ...STAFF);
    const rows = await this.db
      .selectFrom('weather_flag')
      .selectAll()
      .where('estate_id', '=', estate)
      .where('to_at', '>', new Date(this.clock.now()))
      .orderBy('from_at')
      .execute();
    return rows.map(flagView);
  }

  /** @param after those written before this one */
  async handovers(
    reader: Principal,
    estate: string,
    limit: number,
    after: FollowUpFilter['after'] = null,
  ): Promise<HandoverView[]> {
    assertEstate(reader, estate, ...STAFF);
    let found = this.db.selectFrom('shift_handover').selectAll().where('estate_id', '=', estate);
    if (after)
      found = found.where(sql<boolean>`(written_at, id) < (${after.sortedBy}::timestamptz, ${after.id}::uuid)`);
    const rows = await found.orderBy('written_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    return rows.map((r) => handoverView(r, this.directory.current));
  }

  /** Drills by themselves, on the same clocks as what is real. */
  async drills(reader: Principal, estate: string): Promise<DrillView[]> {
    assertEstate(reader, estate, ...STAFF);
    const since = new Date(this.clock.now() - days(3 * 365));
    const tickets = await this.db
      .selectFrom('ticket')
      .selectAll()
      .where('estate_id', '=', estate)
      .where('drill', '=', true)
      .where('opened_at', '>', since)
      .orderBy('opened_at', 'desc')
      .limit(100)
      .execute();
    if (tickets.length === 0) return [];
    const ids = tickets.map((t) => t.id);
    const slots = await this.db.selectFrom('slot').selectAll().where('ticket_id', 'in', ids).execute();
    const steps = await this.db
      .selectFrom('ticket_step')
      .select(['ticket_id', 'state'])
      .where('ticket_id', 'in', ids)
      .execute();
    return tickets.map((ticket) => {
      const own = slots.filter((s) => s.ticket_id === ticket.id);
      const mySteps = steps.filter((s) => s.ticket_id === ticket.id);
      const first = (times: (Date | null)[]): number | null => {
        const known = times.flatMap((d) => (d ? [d.getTime()] : []));
        return known.length ? Math.round((Math.min(...known) - ticket.opened_at.getTime()) / 1000) : null;
      };
      const people = own.filter((s) => s.slot !== 'coordinator');
      return {
        ticket: ticketView(
          {
            ticket,
            slots: own,
            stepsDone: mySteps.filter((s) => s.state !== 'open').length,
            stepsTotal: mySteps.length,
          },
          this.directory.current,
        ),
        acceptS: first(people.map((s) => s.filled_at)),
        arriveS: first(people.map((s) => s.on_site_at)),
        releaseS: first([ticket.rescued_at]),
      };
    });
  }

  /** The estate of a row of one of these tables that the reader works in. @throws DomainError `not-found` */
  async estateOf(
    reader: Principal,
    table: 'follow_up' | 'inspection' | 'patrol_round' | 'shift_handover' | 'weather_flag',
    id: string,
  ): Promise<string> {
    const row = await this.db.selectFrom(table).select('estate_id').where('id', '=', id).executeTakeFirst();
    if (!row || rolesIn(reader, row.estate_id).length === 0)
      throw new DomainError('not-found', 'There is no such thing in your estates.');
    return row.estate_id;
  }

  dayAgo(): number {
    return this.clock.now() - days(1);
  }

  private async lastDrill(estate: string): Promise<Date | null> {
    const row = await this.db
      .selectFrom('ticket')
      .select('opened_at')
      .where('estate_id', '=', estate)
      .where('drill', '=', true)
      .where('state', '<>', 'cancelled')
      .orderBy('opened_at', 'desc')
      .executeTakeFirst();
    return row?.opened_at ?? null;
  }
}
