import { Injectable } from '@nestjs/common';
import { sql, type UpdateObject } from 'kysely';
import type { Principal } from '../access/principal.js';
import type { Occupancy } from '../estate/device.js';
import type { UnitEntry } from '../estate/estate-directory.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { DomainError } from '../kernel/domain-error.js';
import { minutes } from '../kernel/durations.js';
import { localTime } from '../kernel/local-time.js';
import type { Database } from '../platform/database-schema.js';
import { EstateTransactions } from '../platform/estate-transaction.js';
import { DirectoryRefresh } from './directory-refresh.js';

type UnitChange = UpdateObject<Database, 'unit'>;
/** Somebody who is away for longer tells it again. */
const LONGEST_ABSENCE_MS = 366 * 86_400_000;

/** What people tell of a unit that its rules must know: who lives there, a visit, an absence (domain §2, §4). */
@Injectable()
export class UnitCommands {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly refresh: DirectoryRefresh,
  ) {}

  /** Water that runs meanwhile is the visitor's. @param forMinutes 0 ends the visit */
  visit(unit: UnitEntry, by: Principal, forMinutes: number, reason: string): Promise<UnitEntry> {
    return this.change(unit, by, 'unit-visit', { minutes: forMinutes, reason }, (now) => {
      const until = forMinutes === 0 ? null : new Date(now + minutes(forMinutes));
      return { visit_until: until, visit_by: by.username, visit_reason: reason };
    });
  }

  /** @param until ms since the epoch; null = the resident is back. @throws DomainError `invalid` for a time that is over */
  away(unit: UnitEntry, by: Principal, until: number | null): Promise<UnitEntry> {
    const told = { until: until === null ? null : new Date(until).toISOString() };
    return this.change(unit, by, 'unit-away', told, (now) => {
      if (until !== null && (until <= now || until - now > LONGEST_ABSENCE_MS))
        throw new DomainError('invalid', 'An absence ends within the next year.');
      return { away_until: until === null ? null : new Date(until), away_by: by.username };
    });
  }

  /** @param review the day on which somebody looks whether it still is so, `YYYY-MM-DD` */
  occupancy(
    unit: UnitEntry,
    by: Principal,
    occupancy: Occupancy,
    reason: string,
    review: string | null,
  ): Promise<UnitEntry> {
    const zone = this.directory.current.estate(unit.estate)?.timezone ?? 'Asia/Shanghai';
    return this.change(unit, by, 'unit-occupancy', { from: unit.occupancy, to: occupancy, reason, review }, (now) => {
      const since = new Date(localTime(zone, now).day * 86_400_000).toISOString().slice(0, 10);
      return {
        ...{ occupancy, occupancy_by: by.username, occupancy_review: review },
        ...(occupancy === unit.occupancy ? {} : { occupancy_since: since }),
      };
    });
  }

  private async change(
    unit: UnitEntry,
    by: Principal,
    kind: string,
    payload: Readonly<Record<string, unknown>>,
    to: (now: number) => UnitChange,
  ): Promise<UnitEntry> {
    await this.transactions.run(unit.estate, async (tx) => {
      await tx.trx.updateTable('unit').set(to(tx.now)).where('id', '=', unit.id).execute();
      await sql`select pg_notify('steward_estate_changed', ${unit.estate})`.execute(tx.trx);
      tx.journal({ kind, actor: by.username, payload: { unit: unit.id, ...payload } });
    });
    await this.refresh.now();
    return this.directory.current.unit(unit.id) ?? unit;
  }
}
