import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { days } from '../../kernel/durations.js';
import type { EventName } from '../../kernel/events.js';
import { newId } from '../../kernel/ids.js';
import { localTime } from '../../kernel/local-time.js';
import { instantAt, monthOf } from '../../kernel/zoned-time.js';
import { isEmptyUnit } from '../../estate/device.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { WeatherKind } from '../../gateway/task-views.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { setDeadline } from '../deadlines.js';
import { EmergencyFlow } from '../emergency-flow.js';
import { showTask, TaskNotices } from './task-notices.js';

/** What an inspection may find that is an emergency at once; its ticket pages as a sensor's would. */
export const FINDINGS = ['pipe.leak', 'pipe.burst', 'pipe.backflow', 'pipe.freeze-risk', 'meter.vacant-flow'] as const;

export interface InspectionReport {
  readonly result: 'ok' | 'finding' | 'skipped';
  readonly note?: string;
  readonly evidence?: string;
  /** With `finding`: opens a ticket for the unit. */
  readonly event?: (typeof FINDINGS)[number];
}

const BEFORE_WEATHER: readonly WeatherKind[] = ['typhoon', 'plum-rain', 'frost'];
const WORKERS = ['butler', 'engineer', 'security', 'supervisor', 'project-manager', 'control-room'];

/** Lists of empty units to look at: monthly, and before and after bad weather (domain §9). */
@Injectable()
export class Inspections {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly notices: TaskNotices,
    private readonly flow: EmergencyFlow,
  ) {}

  /** The month's list, due in a week, and the deadline of the next month's. */
  async onMonth(tx: EstateTransaction): Promise<void> {
    const zone = this.zone(tx.estate);
    await this.make(tx, 'monthly', monthOf(zone, tx.now), tx.now + days(7), null);
    await this.planNext(tx);
  }

  /** The first of the next month, 08:00 local. */
  async planNext(tx: EstateTransaction): Promise<void> {
    const zone = this.zone(tx.estate);
    let { day } = localTime(zone, tx.now);
    const month = monthOf(zone, tx.now);
    const at = (d: number): number => instantAt(zone, d, 8 * 60);
    do day++;
    while (monthOf(zone, at(day)) === month);
    await setDeadline(tx, { kind: 'inspection', key: `month:${tx.estate}`, ticketId: null, dueAt: at(day) });
  }

  /** Before it, and after it has passed. A flag set while it blows has no before. */
  async onWeather(tx: EstateTransaction, kind: WeatherKind, flag: string, from: number, to: number): Promise<void> {
    if (!BEFORE_WEATHER.includes(kind)) return;
    if (from > tx.now) await this.make(tx, `before-${kind}`, flag, from, null);
    await setDeadline(tx, {
      kind: 'inspection',
      key: `after:${flag}`,
      ticketId: null,
      dueAt: Math.max(to, tx.now),
      payload: { weather: kind, flag },
    });
  }

  afterWeather(tx: EstateTransaction, kind: string, flag: string): Promise<string | null> {
    return this.make(tx, `after-${kind}`, flag, tx.now + days(2), null);
  }

  byHand(estate: string, by: Principal, dueAt: number): Promise<string | null> {
    return this.transactions.run(estate, (tx) => this.make(tx, 'by-hand', newId(tx.now), dueAt, by.username));
  }

  /** @returns its id; null when it was made before, or no unit is empty */
  private async make(
    tx: EstateTransaction,
    occasion: string,
    key: string,
    dueAt: number,
    by: string | null,
  ): Promise<string | null> {
    const directory = this.directory.current;
    const units = directory
      .buildingsOf(tx.estate)
      .flatMap((b) => directory.unitsOf(b.id))
      .filter((u) => isEmptyUnit(u.occupancy));
    if (units.length === 0) {
      if (by) throw new DomainError('conflict', 'No unit of this estate is empty.', { reason: 'no empty unit' });
      return null;
    }
    const id = newId(tx.now);
    const made = await tx.trx
      .insertInto('inspection')
      .values({
        id,
        estate_id: tx.estate,
        occasion,
        occasion_key: key,
        due_at: new Date(dueAt),
        created_at: tx.at,
        created_by: by,
      })
      .onConflict((c) => c.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return null;
    await tx.trx
      .insertInto('inspection_unit')
      .values(units.map((u) => ({ inspection_id: id, unit_id: u.id })))
      .execute();
    const told = this.notices.tellRole(tx, 'butler', {
      ...{ kind: 'inspection', id, estate: tx.estate, place: null, overdue: false },
      title: { zh: `空置房巡检 ${units.length} 户`, en: `Inspect ${units.length} empty units` },
      dueAt: new Date(dueAt).toISOString(),
    });
    tx.journal({
      kind: 'inspection-made',
      actor: by,
      payload: { inspection: id, occasion, units: units.length, dueAt: new Date(dueAt).toISOString(), told },
    });
    showTask(tx, 'inspection', id);
    return id;
  }

  /** @throws DomainError `conflict` when that unit is reported already, `not-found`, `invalid` without a note where one is needed */
  report(estate: string, id: string, unitId: string, by: Principal, q: InspectionReport): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      // The list is locked: whoever reports its last unit ends it.
      const list = await tx.trx
        .selectFrom('inspection')
        .selectAll()
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .forUpdate()
        .executeTakeFirst();
      const unit = list
        ? await tx.trx
            .selectFrom('inspection_unit')
            .selectAll()
            .where('inspection_id', '=', id)
            .where('unit_id', '=', unitId)
            .executeTakeFirst()
        : undefined;
      if (!list || !unit) throw new DomainError('not-found', 'This unit is on no such list.');
      if (!by.roles.some((x) => x.estate === estate && WORKERS.includes(x.role)))
        throw new DomainError('forbidden', 'Inspections are for the estate’s own staff.');
      if (unit.state !== 'open')
        throw new DomainError('conflict', `This unit is ${unit.state} already.`, { reason: `unit is ${unit.state}` });
      if (q.result !== 'ok' && !q.note?.trim())
        throw new DomainError('invalid', q.result === 'finding' ? 'Say what is wrong.' : 'Say why it is left out.');
      const ticket =
        q.result === 'finding' && q.event ? await this.openTicket(tx, unitId, q.event, by, q.note ?? '') : null;
      await tx.trx
        .updateTable('inspection_unit')
        .set({
          state: q.result,
          at: tx.at,
          by: by.username,
          note: q.note ?? null,
          evidence: q.evidence ?? null,
          ticket_id: ticket,
        })
        .where('inspection_id', '=', id)
        .where('unit_id', '=', unitId)
        .execute();
      tx.journal({
        kind: 'unit-inspected',
        actor: by.username,
        ticketId: ticket,
        payload: { inspection: id, unit: unitId, result: q.result, note: q.note ?? null, evidence: q.evidence ?? null },
      });
      const left = await tx.trx
        .selectFrom('inspection_unit')
        .select('unit_id')
        .where('inspection_id', '=', id)
        .where('state', '=', 'open')
        .executeTakeFirst();
      if (!left) {
        await tx.trx.updateTable('inspection').set({ ended_at: tx.at }).where('id', '=', id).execute();
        tx.journal({ kind: 'inspection-over', actor: by.username, payload: { inspection: id } });
      }
      showTask(tx, 'inspection', id);
    });
  }

  /** Found by a person what a sensor would have raised: the same flow, the same people. */
  private async openTicket(
    tx: EstateTransaction,
    unit: string,
    event: EventName,
    by: Principal,
    note: string,
  ): Promise<string | null> {
    const subject = { type: 'unit', id: unit } as const;
    const reason = `found at an inspection: ${note}`.slice(0, 500);
    const evidence = { foundBy: by.username, inspection: true };
    await this.flow.apply(tx, { kind: 'raise', event, subject, since: tx.now, reason, evidence }, null);
    const alarm = await tx.trx
      .selectFrom('alarm')
      .select('ticket_id')
      .where('subject_type', '=', 'unit')
      .where('subject_id', '=', unit)
      .where('event', '=', event)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return alarm?.ticket_id ?? null;
  }

  private zone(estate: string): string {
    return this.directory.current.estate(estate)?.timezone ?? 'Asia/Shanghai';
  }
}
