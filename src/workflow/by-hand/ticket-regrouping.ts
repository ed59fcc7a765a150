import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import type { Finding } from '../../detection/detector.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { byUrgency, decideMerge, decideSplit } from '../../tickets/ticket-joining.js';
import {
  loadOngoingTicketOfCar,
  loadTicket,
  patchAlarm,
  patchSlot,
  patchTicket,
  slotOf,
  type AlarmRow,
  type TicketRecord,
} from '../../tickets/ticket-record.js';
import { dropDeadlines } from '../deadlines.js';
import { SlotEscalation } from '../slot-escalation.js';
import { SlotFilling } from '../slot-filling.js';
import { showAlarm, showTicket } from '../ticket-changes.js';
import { TicketOpening } from '../ticket-opening.js';

/**
 * Merges a ticket into another and splits alarms off to one of their own. A merge by mistake is taken back by splitting
 * its alarms off again: they get a new ticket, which pages.
 */
@Injectable()
export class TicketRegrouping {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly opening: TicketOpening,
    private readonly escalation: SlotEscalation,
    private readonly filling: SlotFilling,
  ) {}

  /**
   * The alarms go on under `into`, whose priority rises if theirs is more urgent; pages of the merged ticket are recalled
   * and it ends as cancelled. Whoever held a slot of it gets the same slot there, if that is still empty.
   * @throws DomainError `conflict` with the reason; a P1 never goes up in another ticket
   */
  merge(estate: string, id: string, into: string, by: Principal, reason: string): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      // In a fixed order, so that two merges never wait for each other in a circle.
      const loaded = new Map<string, TicketRecord>();
      for (const one of [...new Set([id, into])].sort()) loaded.set(one, await this.load(tx, one));
      const [from, to] = [loaded.get(id) as TicketRecord, loaded.get(into) as TicketRecord];
      const decision = decideMerge(from, to);
      if (!decision.ok) throw refused('merged', decision.reason);
      const moved = from.alarms.filter((a) => a.ended_at === null).sort(byUrgency);
      for (const alarm of moved) {
        await this.give(tx, alarm, from, to);
        await this.opening.raise(tx, to, alarm, findingOf(alarm), `merged by ${by.username}`);
      }
      const holders = from.slots.flatMap((s) => (s.holder && s.state === 'filled' ? [{ ...s, holder: s.holder }] : []));
      const overReason = `merged into ${to.ticket.no}: ${reason}`;
      for (const slot of from.slots) {
        await this.escalation.withdraw(tx, from, slot, 'merged');
        if (slot.state !== 'filled') await patchSlot(tx, from, slot, { state: 'over' });
      }
      await dropDeadlines(tx, from.ticket.id);
      await patchTicket(tx, from, { state: 'cancelled', over_at: tx.at, over_reason: overReason });
      await this.link(tx, 'merged', from, to, moved, by, reason);
      for (const h of holders) {
        const his = from.pages.filter((p) => p.slot === h.slot && p.person === h.holder && p.state === 'accepted');
        this.filling.recallAfterCommit(tx, his, null, 'merged');
        await this.bringHolder(tx, to, h.slot, h.holder, by);
      }
      showTicket(tx, from, this.directory.current);
      showTicket(tx, to, this.directory.current);
    });
  }

  /** @returns the id of the new ticket */
  split(estate: string, id: string, alarmIds: readonly string[], by: Principal, reason: string): Promise<string> {
    return this.transactions.run(estate, async (tx) => {
      const from = await this.load(tx, id);
      const decision = decideSplit(from, alarmIds);
      if (!decision.ok) throw refused('split', decision.reason);
      const leaving = from.alarms.filter((a) => alarmIds.includes(a.id)).sort(byUrgency);
      const [first, ...others] = leaving as [AlarmRow, ...AlarmRow[]];
      const device = first.device_id ? (this.directory.current.device(first.device_id) ?? null) : null;
      // One car, one open ticket: the database would refuse it.
      if (device?.kind === 'elevator' && (await loadOngoingTicketOfCar(tx, device.id)))
        throw refused('split', 'this lift has a ticket already');
      from.alarms.splice(from.alarms.indexOf(first), 1);
      const to = await this.opening.open(tx, first, findingOf(first), device);
      await this.carry(tx, first, to);
      for (const alarm of others) {
        await this.give(tx, alarm, from, to);
        await this.opening.raise(tx, to, alarm, findingOf(alarm), `split off by ${by.username}`);
      }
      await this.link(tx, 'split', from, to, leaving, by, reason);
      showTicket(tx, from, this.directory.current);
      showTicket(tx, to, this.directory.current);
      return to.ticket.id;
    });
  }

  private async load(tx: EstateTransaction, id: string): Promise<TicketRecord> {
    const r = await loadTicket(tx, id);
    if (!r) throw new DomainError('not-found', 'There is no such ticket in this estate.', { ticketId: id });
    return r;
  }

  private async give(tx: EstateTransaction, alarm: AlarmRow, from: TicketRecord, to: TicketRecord): Promise<void> {
    from.alarms.splice(from.alarms.indexOf(alarm), 1);
    to.alarms.push(alarm);
    await this.carry(tx, alarm, to);
  }

  /** What was said about an alarm goes with it. */
  private async carry(tx: EstateTransaction, alarm: AlarmRow, to: TicketRecord): Promise<void> {
    await patchAlarm(tx, alarm, { ticket_id: to.ticket.id });
    await tx.trx
      .updateTable('resident_call')
      .set({ ticket_id: to.ticket.id })
      .where('alarm_id', '=', alarm.id)
      .where('entered_at', '>=', alarm.raised_at)
      .execute();
    showAlarm(tx, alarm, this.directory.current);
  }

  /** He is on his way already: his work goes on under the other number. Where somebody else has the slot, that one keeps it. */
  private async bringHolder(
    tx: EstateTransaction,
    to: TicketRecord,
    name: TicketRecord['slots'][number]['slot'],
    holder: string,
    by: Principal,
  ): Promise<void> {
    const slot = slotOf(to, name);
    if (!slot || slot.state === 'filled' || slot.state === 'over') return;
    await this.filling.accept(tx, to, by, { slot: name, onBehalfOf: holder });
  }

  private async link(
    tx: EstateTransaction,
    kind: 'merged' | 'split',
    from: TicketRecord,
    to: TicketRecord,
    alarms: readonly AlarmRow[],
    by: Principal,
    reason: string,
  ): Promise<void> {
    const alarmIds = alarms.map((a) => a.id);
    await tx.trx
      .insertInto('ticket_link')
      .values({
        id: newId(tx.now),
        estate_id: tx.estate,
        ...{ kind, from_id: from.ticket.id, to_id: to.ticket.id, alarm_ids: alarmIds },
        ...{ reason, by: by.username, at: tx.at },
      })
      .execute();
    for (const r of [from, to])
      tx.journal({
        kind,
        actor: by.username,
        ticketId: r.ticket.id,
        payload: () => ({ from: from.ticket.no, into: to.ticket.no, alarms: alarmIds, reason }),
      });
  }
}

const findingOf = (a: AlarmRow): Finding => ({
  kind: 'raise',
  event: a.event,
  subject: { type: a.subject_type, id: a.subject_id },
  priority: a.priority,
  since: a.since.getTime(),
  reason: a.reason,
  evidence: a.evidence,
});

const refused = (what: string, reason: string): DomainError =>
  new DomainError('conflict', `Cannot be ${what}: ${reason}.`, { reason });
