import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { AuditService } from '../../access/audit.service.js';
import { hasRole, type Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { leaveMistakes, overrideMistakes, rotationMistakes } from '../../estate/roster-checks.js';
import type { DutyPost, Leave, RosterOverride, Rotation } from '../../estate/roster-plan.js';
import { leaveOf, overrideOfRoster, rotationOf } from '../../estate/roster-rows.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import type { Database } from '../../platform/database-schema.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { DirectoryRefresh } from '../directory-refresh.js';

export interface RotationWish extends DutyPost {
  readonly people: readonly string[];
  readonly period: 'daily' | 'weekly';
  readonly startsOn: string;
  readonly handover: string;
  readonly endsOn: string | null;
  readonly replacesLines: boolean;
}
export interface OverrideWish extends DutyPost {
  readonly person: string;
  readonly insteadOf: string | null;
  readonly from: number;
  readonly until: number;
  readonly reason: string;
}
export interface LeaveWish {
  readonly person: string;
  readonly from: number;
  readonly until: number;
  readonly reason: string;
}

const EDITORS = ['supervisor', 'project-manager'] as const;

/**
 * Changes of the roster: each is checked and written under the estate's roster lock, journalled, audited and in force when
 * the call returns. @throws DomainError `invalid` with every mistake named; then nothing has changed
 */
@Injectable()
export class RosterCommands {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly refresh: DirectoryRefresh,
    @Inject(AuditService) private readonly audit: Pick<AuditService, 'record'>,
  ) {}

  addRotation(estate: string, by: Principal, wish: RotationWish): Promise<Rotation> {
    return this.change(estate, by, 'rotation-added', async (tx) => {
      const rotation: Rotation = { ...wish, id: newId(tx.now), estate };
      const others = (await this.rotations(tx)).map(rotationOf);
      refuse(rotationMistakes(rotation, wish.people, this.directory.current, others));
      await tx.trx
        .insertInto('roster_rotation')
        .values({
          ...{ id: rotation.id, estate_id: estate, zone_id: wish.zone, role: wish.role, duty: wish.duty },
          ...{ people: [...wish.people], period: wish.period, starts_on: wish.startsOn, handover: wish.handover },
          ...{ ends_on: wish.endsOn, replaces_lines: wish.replacesLines, created_by: by.username, created_at: tx.at },
        })
        .execute();
      return { result: rotation, told: { ...wish, rotation: rotation.id } };
    });
  }

  addOverride(estate: string, by: Principal, wish: OverrideWish): Promise<RosterOverride> {
    return this.change(estate, by, 'override-added', async (tx) => {
      const override: RosterOverride = { ...wish, id: newId(tx.now), estate, swap: null };
      await this.insertOverrides(tx, by, [override]);
      return { result: override, told: toldOf(override) };
    });
  }

  /** Checked against what stands and against each other. */
  async insertOverrides(tx: EstateTransaction, by: Principal, wanted: readonly RosterOverride[]): Promise<void> {
    const standing = {
      overrides: (await this.overrides(tx)).map(overrideOfRoster),
      leaves: (await this.leaves(tx)).map(leaveOf),
    };
    for (const o of wanted) {
      refuse(overrideMistakes(o, this.directory.current, tx.now, standing));
      standing.overrides.push(o);
      await tx.trx
        .insertInto('roster_override')
        .values({
          ...{ id: o.id, estate_id: o.estate, zone_id: o.zone, role: o.role, duty: o.duty, username: o.person },
          ...{ instead_of: o.insteadOf, from_at: new Date(o.from), until_at: new Date(o.until), reason: o.reason },
          ...{ swap_id: o.swap, created_by: by.username, created_at: tx.at },
        })
        .execute();
    }
  }

  /** Of oneself, or, by whoever keeps the roster, of others. */
  addLeave(estate: string, by: Principal, wish: LeaveWish): Promise<Leave> {
    this.mustBeOwn(estate, by, wish.person);
    return this.change(estate, by, 'leave-added', async (tx) => {
      const leave: Leave = { ...wish, id: newId(tx.now), estate };
      refuse(leaveMistakes(leave, this.directory.current, tx.now, (await this.leaves(tx)).map(leaveOf)));
      await tx.trx
        .insertInto('roster_leave')
        .values({
          ...{ id: leave.id, estate_id: estate, username: wish.person, reason: wish.reason },
          ...{ from_at: new Date(wish.from), until_at: new Date(wish.until) },
          ...{ created_by: by.username, created_at: tx.at },
        })
        .execute();
      // Why somebody is away is nobody's business but the roster's.
      const { person, from, until } = leave;
      return { result: leave, told: { leave: leave.id, person, ...span({ from, until }) } };
    });
  }

  removeRotation(estate: string, by: Principal, id: string): Promise<void> {
    return this.change(estate, by, 'rotation-removed', async (tx) => {
      const row = await tx.trx
        .deleteFrom('roster_rotation')
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw new DomainError('not-found', 'There is no such rotation.');
      return { result: undefined, told: { ...rotationOf(row), rotation: id } };
    });
  }

  removeOverride(estate: string, by: Principal, id: string): Promise<void> {
    return this.change(estate, by, 'override-removed', async (tx) => {
      const row = await tx.trx
        .deleteFrom('roster_override')
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw new DomainError('not-found', 'There is no such override.');
      return { result: undefined, told: toldOf(overrideOfRoster(row)) };
    });
  }

  removeLeave(estate: string, by: Principal, id: string): Promise<void> {
    return this.change(estate, by, 'leave-removed', async (tx) => {
      const row = await tx.trx
        .selectFrom('roster_leave')
        .selectAll()
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .executeTakeFirst();
      if (!row) throw new DomainError('not-found', 'There is no such leave.');
      this.mustBeOwn(estate, by, row.username);
      await tx.trx.deleteFrom('roster_leave').where('id', '=', id).execute();
      const { person, from, until } = leaveOf(row);
      return { result: undefined, told: { leave: id, person, ...span({ from, until }) } };
    });
  }

  /** One change of an estate's roster at a time: two that overlap must not both find the field free. */
  async change<T>(
    estate: string,
    by: Principal,
    what: string,
    work: (tx: EstateTransaction) => Promise<{ result: T; told: Readonly<Record<string, unknown>> }>,
  ): Promise<T> {
    const done = await this.transactions.run(estate, async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext(${`roster ${estate}`}))`.execute(tx.trx);
      const { result, told } = await work(tx);
      tx.journal({ kind: 'roster-changed', actor: by.username, payload: { what, ...told } });
      // The same transaction, seen as a connection.
      const on = tx.trx as unknown as Kysely<Database>;
      await this.audit.record({ actor: by.username, action: `roster.${what}`, target: estate, details: told }, on);
      await sql`select pg_notify('steward_estate_changed', ${estate})`.execute(tx.trx);
      return result;
    });
    await this.refresh.now();
    return done;
  }

  private mustBeOwn(estate: string, by: Principal, person: string): void {
    if (person === by.username || hasRole(by, estate, ...EDITORS)) return;
    throw new DomainError('forbidden', 'Only supervisors and project managers change what concerns others.');
  }

  private rotations(tx: EstateTransaction) {
    return tx.trx.selectFrom('roster_rotation').selectAll().where('estate_id', '=', tx.estate).execute();
  }
  private overrides(tx: EstateTransaction) {
    return tx.trx.selectFrom('roster_override').selectAll().where('estate_id', '=', tx.estate).execute();
  }
  private leaves(tx: EstateTransaction) {
    return tx.trx.selectFrom('roster_leave').selectAll().where('estate_id', '=', tx.estate).execute();
  }
}

/** @throws DomainError `invalid` when anything is wrong */
export function refuse(mistakes: readonly string[]): void {
  if (mistakes.length > 0)
    throw new DomainError('invalid', `Not possible: ${mistakes.join('; ')}.`, { problems: [...mistakes] });
}

const span = ({ from, until }: { from: number; until: number }) => ({
  from: new Date(from).toISOString(),
  until: new Date(until).toISOString(),
});
const toldOf = ({ id, from, until, ...o }: RosterOverride) => ({ ...o, override: id, ...span({ from, until }) });
