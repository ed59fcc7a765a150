import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { days } from '../../kernel/durations.js';
import { newId } from '../../kernel/ids.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { EVENTS } from '../../kernel/events.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import type { AlarmRow } from '../../tickets/ticket-record.js';
import { setDeadline } from '../deadlines.js';
import { TicketOpening } from '../ticket-opening.js';
import { FollowUps } from './follow-ups.js';
import { showTask } from './task-notices.js';

/** What is exercised: the emergencies that need people to know their part. */
export const DRILL_EVENTS = [
  'elevator.entrapment-between-floors',
  'elevator.entrapment-at-level',
  'smoke.alarm',
  'pipe.burst',
] as const;
export type DrillEvent = (typeof DRILL_EVENTS)[number];

/** Half a year (domain §9). */
const EVERY_MS = days(182);
/** An estate that has just begun with Steward has this long for its first one. */
const FIRST_WITHIN_MS = days(30);

/**
 * Exercises (domain §9): a ticket through the real paging path, marked as a drill wherever it is shown. It has no alarm
 * and holds no car, so that a real emergency there opens its own ticket and pages as ever.
 */
@Injectable()
export class Drills {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly opening: TicketOpening,
    private readonly followUps: FollowUps,
  ) {}

  /** @returns the ticket's id @throws DomainError `conflict` while another drill runs there */
  async start(estate: string, by: Principal, q: { event: DrillEvent; device: string; note?: string }): Promise<string> {
    const device = this.directory.current.device(q.device);
    if (!device || device.estate !== estate) throw new DomainError('not-found', 'There is no such device here.');
    if (q.event.startsWith('elevator.') && device.kind !== 'elevator')
      throw new DomainError('invalid', 'This drill needs a lift.', { device: device.id, kind: device.kind });
    return this.transactions.run(estate, async (tx) => {
      // Two that are started at once follow each other here.
      await tx.trx.selectFrom('estate').select('id').where('id', '=', estate).forUpdate().execute();
      const running = await tx.trx
        .selectFrom('ticket')
        .select(['id', 'no'])
        .where('estate_id', '=', estate)
        .where('drill', '=', true)
        .where('state', 'in', ['opened', 'accepted', 'en-route', 'on-site', 'contained'])
        .executeTakeFirst();
      if (running)
        throw new DomainError('conflict', `The drill ${running.no} is still running.`, {
          reason: 'a drill is running',
          ticketId: running.id,
        });
      const { priority, latched } = EVENTS[q.event];
      const subject = { type: 'device', id: device.id } as const;
      const reason = `drill started by ${by.username}${q.note ? `: ${q.note}` : ''}`;
      const alarm = imagined(tx, { event: q.event, priority, latched, device: device.id, reason });
      const r = await this.opening.open(
        tx,
        alarm,
        { kind: 'raise', event: q.event, subject, since: tx.now, reason, evidence: { drill: true } },
        device,
        { drill: true },
      );
      tx.journal({
        kind: 'drill-started',
        actor: by.username,
        ticketId: r.ticket.id,
        deviceId: device.id,
        payload: { event: q.event, note: q.note ?? null },
      });
      const asked = await this.followUps.openFor(tx, 'drill', estate);
      if (asked) await this.followUps.finish(tx, asked, by.username, { state: 'done', outcome: 'a drill was started' });
      await this.plan(tx, tx.now + EVERY_MS);
      showTask(tx, 'drill', r.ticket.id);
      return r.ticket.id;
    });
  }

  /** Nobody has exercised for half a year: the supervisor is asked to. */
  async onDue(tx: EstateTransaction): Promise<void> {
    const last = await this.lastAt(tx);
    if (last !== null && tx.now - last < EVERY_MS) return this.plan(tx, last + EVERY_MS);
    await this.followUps.make(tx, {
      kind: 'drill',
      subject: { type: 'estate', id: tx.estate },
      by: null,
      because: last === null ? 'no drill so far' : 'the last drill is older than half a year',
    });
    // Asked again when that one was left out.
    await this.plan(tx, tx.now + FIRST_WITHIN_MS);
  }

  async planFirst(tx: EstateTransaction): Promise<void> {
    const last = await this.lastAt(tx);
    await this.plan(tx, last === null ? tx.now + FIRST_WITHIN_MS : last + EVERY_MS);
  }

  private plan(tx: EstateTransaction, dueAt: number): Promise<void> {
    return setDeadline(tx, { kind: 'drill-due', key: tx.estate, ticketId: null, dueAt });
  }

  private async lastAt(tx: EstateTransaction): Promise<number | null> {
    const row = await tx.trx
      .selectFrom('ticket')
      .select('opened_at')
      .where('estate_id', '=', tx.estate)
      .where('drill', '=', true)
      .where('state', '<>', 'cancelled')
      .orderBy('opened_at', 'desc')
      .executeTakeFirst();
    return row?.opened_at.getTime() ?? null;
  }
}

/** What the opening of a ticket asks of an alarm; it is never written. */
function imagined(
  tx: EstateTransaction,
  q: Pick<AlarmRow, 'event' | 'priority' | 'latched' | 'reason'> & { device: string },
): AlarmRow {
  const { event, priority, latched, reason, device } = q;
  return {
    ...{ id: newId(tx.now), estate_id: tx.estate, subject_type: 'device', subject_id: device, device_id: device },
    ...{
      event,
      priority,
      latched,
      reason,
      state: 'UNACK',
      active: true,
      raised_at: tx.at,
      since: tx.at,
      occurrence: 1,
    },
    ...{ cleared_at: null, acked_at: null, acked_by: null, ended_at: null, ended_how: null, ended_by: null },
    ...{ shelved_until: null, shelved_by: null, shelved_reason: null, evidence: {}, late: false, ticket_id: null },
  };
}
