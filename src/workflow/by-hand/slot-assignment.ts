import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { DomainError } from '../../kernel/domain-error.js';
import { seconds } from '../../kernel/durations.js';
import type { Role, SlotName } from '../../gateway/views.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { CLOCK_LIMITS } from '../../tickets/ticket-clocks.js';
import { isOngoing } from '../../tickets/ticket-moves.js';
import { loadTicket, patchSlot, slotOf, type SlotRow, type TicketRecord } from '../../tickets/ticket-record.js';
import { personNames } from '../../tickets/ticket-views.js';
import { SlotEscalation } from '../slot-escalation.js';
import { homeSlot } from '../../tickets/slot-of-role.js';
import { SlotFilling } from '../slot-filling.js';
import { showPage, showTicket } from '../ticket-changes.js';

/** Somebody at the desk decides who is to come: another one instead of the holder, or one more who is asked. */
@Injectable()
export class SlotAssignment {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly escalation: SlotEscalation,
    private readonly filling: SlotFilling,
  ) {}

  /**
   * The holder is let go and told so; the new one is paged first and alone, in a new round. If he declines, or his phone
   * does not answer in 10 s, or he does not accept in the accept limit, the levels are paged as ever.
   * @throws DomainError `conflict` when nobody holds the slot, `invalid` for somebody who may not fill it
   */
  reassign(
    estate: string,
    id: string,
    by: Principal,
    q: { slot: SlotName; to: string; reason: string },
  ): Promise<void> {
    return this.onSlot(estate, id, q.slot, async (tx, r, slot) => {
      const { holder } = slot;
      if (slot.state !== 'filled' || holder === null)
        throw new DomainError('conflict', 'Nobody has this slot: add the person instead.', {
          reason: 'slot is not filled',
        });
      if (holder === q.to) throw new DomainError('conflict', 'He has it already.', { reason: 'same person', holder });
      const role = this.fittingRole(tx.estate, q.to, q.slot);
      await this.letGo(tx, r, slot, holder, q.to);
      await this.escalation.reopen(tx, r, slot);
      await patchSlot(tx, r, slot, { opened_at: new Date(tx.now + seconds(CLOCK_LIMITS.accept[r.ticket.priority])) });
      tx.journal({
        kind: 'reassigned',
        actor: by.username,
        ticketId: id,
        payload: { slot: slot.slot, round: slot.round, holder, person: q.to, reason: q.reason },
      });
      const because = `asked by name by ${by.username}`;
      this.escalation.createPages(tx, r, slot, slot.level, [{ person: q.to, role, because }]);
      tx.journal({
        kind: 'paged',
        ticketId: id,
        payload: {
          slot: slot.slot,
          round: slot.round,
          level: slot.level,
          because: 'reassigned',
          people: [{ person: q.to, because }],
        },
      });
      await this.escalation.advance(tx, r, slot);
      showTicket(tx, r, this.directory.current);
    });
  }

  /**
   * One more who is asked to take an empty slot, beside those who ring already.
   * @throws DomainError `conflict` when the slot is taken (law 5: no page of a filled slot) or the person was asked
   */
  addPerson(
    estate: string,
    id: string,
    by: Principal,
    q: { slot: SlotName; person: string; reason?: string | undefined },
  ): Promise<void> {
    return this.onSlot(estate, id, q.slot, async (tx, r, slot) => {
      if (slot.state === 'filled' || slot.state === 'over') {
        const names = slot.holder ? personNames(slot.holder, this.directory.current) : null;
        throw new DomainError(
          'conflict',
          names ? `${names.zh} (${names.en}) has it: reassign it instead.` : 'It is over.',
          {
            reason: `slot is ${slot.state}`,
            ...(slot.holder ? { holder: slot.holder, holderName: names } : {}),
          },
        );
      }
      const role = this.fittingRole(tx.estate, q.person, q.slot);
      const because = `added by ${by.username}`;
      const made = this.escalation.createPages(tx, r, slot, slot.level, [{ person: q.person, role, because }]);
      if (made.length === 0)
        throw new DomainError('conflict', 'This person has been asked already.', { reason: 'asked already' });
      tx.journal({
        kind: 'person-added',
        actor: by.username,
        ticketId: id,
        payload: { slot: slot.slot, round: slot.round, person: q.person, reason: q.reason ?? null },
      });
      showTicket(tx, r, this.directory.current);
    });
  }

  private async letGo(
    tx: EstateTransaction,
    r: TicketRecord,
    slot: SlotRow,
    holder: string,
    to: string,
  ): Promise<void> {
    const his = r.pages.filter((p) => p.slot === slot.slot && p.person === holder && p.state === 'accepted');
    for (const page of his) {
      const patch = { state: 'recalled' as const, ended_at: tx.at, reason: `reassigned to ${to}` };
      Object.assign(page, patch);
      await tx.trx.updateTable('page').set(patch).where('id', '=', page.id).execute();
      showPage(tx, page, this.directory.current);
    }
    this.filling.recallAfterCommit(tx, his, null, 'reassigned');
  }

  /** Only trained staff open a car: a rescuer is of the lift contractor. Elsewhere any of the estate's own staff may. */
  private fittingRole(estate: string, person: string, slot: SlotName): Role {
    const roles = this.directory.current.rolesIn(person, estate);
    if (roles.length === 0)
      throw new DomainError('invalid', `${person} does not work in this estate.`, { reason: 'unknown person', person });
    const own = roles.find((x) => homeSlot(x) === slot);
    if (own) return own;
    const staff = roles.find((x) => x !== 'contractor');
    if (slot === 'rescuer' || !staff)
      throw new DomainError('invalid', `${person} may not fill the ${slot} slot.`, {
        reason: 'role does not fit',
        person,
      });
    return staff;
  }

  private onSlot(
    estate: string,
    id: string,
    name: SlotName,
    work: (tx: EstateTransaction, r: TicketRecord, slot: SlotRow) => Promise<void>,
  ): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      const r = await loadTicket(tx, id);
      if (!r) throw new DomainError('not-found', 'There is no such ticket.');
      if (!isOngoing(r.ticket.state))
        throw new DomainError('conflict', `The ticket is ${r.ticket.state}.`, {
          reason: `ticket is ${r.ticket.state}`,
          state: r.ticket.state,
        });
      const slot = slotOf(r, name);
      if (!slot) throw new DomainError('conflict', `This ticket has no ${name}.`, { reason: 'no such slot' });
      await work(tx, r, slot);
    });
  }
}
