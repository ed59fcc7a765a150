import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import { nextAlarmState } from '../alarms/alarm-transitions.js';
import { rolesIn, type Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { Role, SlotName } from '../gateway/views.js';
import { PAGE_COURIER, type PageCourier } from '../paging/page-courier.port.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import { slotOfRole } from '../tickets/slot-of-role.js';
import { isOngoing } from '../tickets/ticket-moves.js';
import {
  isLivePage,
  patchAlarm,
  patchPages,
  patchSlot,
  patchTicket,
  procedureOf,
  slotOf,
  type PageRow,
  type SlotRow,
  type TicketRecord,
} from '../tickets/ticket-record.js';
import { personNames } from '../tickets/ticket-views.js';
import { dropDeadlines } from './deadlines.js';
import { recallWork } from './page-channels/recall-work.js';
import { SlotEscalation } from './slot-escalation.js';
import { showAlarm, showPage, showTicket } from './ticket-changes.js';

/** Accepting and declining a slot: who has it, who stops ringing (law 5). Called with the ticket locked. */
@Injectable()
export class SlotFilling {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly escalation: SlotEscalation,
    @Inject(PAGE_COURIER) private readonly courier: PageCourier,
  ) {}

  /**
   * @param onBehalfOf the control room accepts for somebody on the telephone; marked so in the journal
   * @throws DomainError `conflict` when the slot is taken (with the holder) or the ticket is past its emergency
   */
  async accept(
    tx: EstateTransaction,
    r: TicketRecord,
    by: Principal,
    wanted: { slot?: SlotName; pageId?: string; onBehalfOf?: string } = {},
  ): Promise<void> {
    const directory = this.directory.current;
    const person = wanted.onBehalfOf ?? by.username;
    const roles = this.rolesOf(tx, by, wanted.onBehalfOf);
    const slot = this.chooseSlot(r, person, roles, wanted);
    if (slot.state === 'filled') {
      if (slot.holder === person) return;
      throw this.taken(slot, r);
    }
    if (!isOngoing(r.ticket.state) || slot.state === 'over') {
      throw new DomainError('conflict', `The ticket is ${r.ticket.state}: there is nothing to accept.`, {
        state: r.ticket.state,
        reason: `ticket is ${r.ticket.state}`,
      });
    }
    await patchSlot(tx, r, slot, {
      state: 'filled',
      holder: person,
      filled_at: tx.at,
      on_behalf_by: wanted.onBehalfOf ? by.username : null,
      asked_again_at: null,
    });
    if (r.ticket.state === 'opened') await patchTicket(tx, r, { state: 'accepted' });
    await this.closePages(tx, r, slot, person);
    await dropDeadlines(tx, r.ticket.id, { kind: 'slot', key: `${r.ticket.id}:${slot.slot}` });
    await this.acknowledge(tx, r, person);
    tx.journal({
      kind: 'accepted',
      actor: by.username,
      ticketId: r.ticket.id,
      payload: {
        slot: slot.slot,
        round: slot.round,
        holder: person,
        ...(wanted.onBehalfOf ? { onBehalfOf: person, how: 'by telephone' } : {}),
      },
    });
    showTicket(tx, r, directory);
    await this.escalation.advance(tx, r, slot);
  }

  /**
   * "Cannot come": that page is answered; when nobody of the level is left, the next level is paged now.
   * @param onBehalfOf he said so on the telephone
   */
  async decline(
    tx: EstateTransaction,
    r: TicketRecord,
    by: Principal,
    wanted: { slot?: SlotName; pageId?: string; reason?: string; onBehalfOf?: string } = {},
  ): Promise<void> {
    const person = wanted.onBehalfOf ?? by.username;
    this.rolesOf(tx, by, wanted.onBehalfOf);
    const answered = r.pages.find((p) => p.id === wanted.pageId);
    // The same call by another way is answered with it.
    const pages = r.pages.filter(
      (p) =>
        p.person === person &&
        isLivePage(p) &&
        (!wanted.pageId || (p.slot === answered?.slot && p.round === answered.round)) &&
        (!wanted.slot || p.slot === wanted.slot),
    );
    if (pages.length === 0)
      throw new DomainError(
        'conflict',
        wanted.onBehalfOf ? `${person} has no open page for this ticket.` : 'You have no open page for this ticket.',
        {
          reason: 'no open page',
        },
      );
    const moved = await patchPages(tx, pages, { state: 'declined', ended_at: tx.at, reason: wanted.reason ?? null });
    for (const page of moved) {
      showPage(tx, page, this.directory.current);
      tx.journal({
        kind: 'declined',
        actor: by.username,
        ticketId: r.ticket.id,
        payload: {
          slot: page.slot,
          round: page.round,
          level: page.level,
          reason: wanted.reason ?? null,
          ...(wanted.onBehalfOf ? { onBehalfOf: person, how: 'by telephone' } : {}),
        },
      });
    }
    for (const name of new Set(moved.map((p) => p.slot))) {
      const slot = r.slots.find((s) => s.slot === name);
      if (slot) await this.escalation.advance(tx, r, slot);
    }
    showTicket(tx, r, this.directory.current);
  }

  /** Accepting a ticket acknowledges its alarms (domain §5). */
  private async acknowledge(tx: EstateTransaction, r: TicketRecord, person: string): Promise<void> {
    for (const alarm of r.alarms) {
      const state = nextAlarmState(alarm.state, 'ack', alarm.latched);
      if (!state) continue;
      await patchAlarm(tx, alarm, {
        state,
        acked_at: tx.at,
        acked_by: person,
        ...(state === 'NORM' ? { ended_at: tx.at, ended_how: 'acknowledged after it cleared', ended_by: person } : {}),
      });
      showAlarm(tx, alarm, this.directory.current);
    }
  }

  private async closePages(tx: EstateTransaction, r: TicketRecord, slot: SlotRow, person: string): Promise<void> {
    const directory = this.directory.current;
    const ofSlot = r.pages.filter((p) => p.slot === slot.slot);
    const mine = await patchPages(
      tx,
      ofSlot.filter((p) => p.person === person),
      { state: 'accepted', ended_at: tx.at },
    );
    const others = await patchPages(
      tx,
      ofSlot.filter((p) => p.person !== person),
      { state: 'recalled', ended_at: tx.at, reason: `taken by ${person}` },
    );
    for (const page of [...mine, ...others]) showPage(tx, page, directory);
    this.recallAfterCommit(tx, [...mine, ...others], person, 'taken');
  }

  /** Withdraws what is out; the accepter's own page stops ringing on his other screens too. */
  recallAfterCommit(tx: EstateTransaction, pages: readonly PageRow[], by: string | null, reason: string): void {
    const byName = by ? personNames(by, this.directory.current) : null;
    recallWork(tx, pages, { by, reason });
    const recalls = pages.map((p) => ({
      person: p.person,
      event: { pageId: p.id, ticketId: p.ticket_id, by, byName, reason },
    }));
    if (recalls.length > 0) tx.afterCommit.push(() => this.courier.recall(recalls));
  }

  private rolesOf(tx: EstateTransaction, by: Principal, onBehalfOf: string | undefined): Role[] {
    if (!onBehalfOf || onBehalfOf === by.username) return rolesIn(by, tx.estate);
    if (!rolesIn(by, tx.estate).some((x) => x === 'control-room' || x === 'supervisor')) {
      throw new DomainError('forbidden', 'Only the control room may answer on somebody’s behalf.');
    }
    const roles = this.directory.current.person(onBehalfOf)?.roles.filter((x) => x.estate === tx.estate) ?? [];
    if (roles.length === 0) throw new DomainError('invalid', `${onBehalfOf} does not work in this estate.`);
    return roles.map((x) => x.role);
  }

  private chooseSlot(
    r: TicketRecord,
    person: string,
    roles: readonly Role[],
    wanted: { slot?: SlotName; pageId?: string },
  ): SlotRow {
    const slots = r.slots.map((s) => s.slot);
    const steps = procedureOf(r).steps.map((s) => s.role);
    const own = roles.map((x) => slotOfRole(x, slots, steps)).filter((x) => x !== null);
    const allowed = new Set<SlotName>(own);
    // Whoever was paged for a slot may take it, whatever the role (a supervisor on the coordinator's second level).
    for (const p of r.pages) if (p.person === person) allowed.add(p.slot as SlotName);
    const mine = r.pages.filter((p) => p.person === person && (wanted.pageId ? p.id === wanted.pageId : isLivePage(p)));
    const ofRole = own[0];
    // Somebody who was told to call the rescuers does not mean their slot when he accepts, but his own role's.
    const name =
      wanted.slot ?? (wanted.pageId ? undefined : ofRole) ?? (mine[0]?.slot as SlotName | undefined) ?? ofRole;
    const slot = name ? slotOf(r, name) : undefined;
    if (!slot) throw new DomainError('conflict', 'This ticket has no place for your role.', { reason: 'no such slot' });
    if (!allowed.has(slot.slot)) {
      throw new DomainError('forbidden', `Your role does not fill the ${slot.slot} slot.`, { slot: slot.slot });
    }
    return slot;
  }

  private taken(slot: SlotRow, r: TicketRecord): DomainError {
    const holder = slot.holder ?? '';
    const names = personNames(holder, this.directory.current);
    return new DomainError('conflict', `Taken by ${names.zh} (${names.en}).`, {
      holder,
      holderName: names,
      slot: slot.slot,
      ticketId: r.ticket.id,
      reason: 'taken',
    });
  }
}
