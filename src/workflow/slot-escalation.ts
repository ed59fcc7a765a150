import { Inject, Injectable } from '@nestjs/common';
import { definitionFor } from '../estate/event-definition.js';
import { newId } from '../kernel/ids.js';
import { seconds } from '../kernel/durations.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { nextEscalation, UNDELIVERED_AFTER_MS, type EscalationState } from '../paging/next-escalation.js';
import { LAST_RESORT, type SlotPolicy, type Target } from '../paging/policy.js';
import { PAGE_COURIER, type PageCourier } from '../paging/page-courier.port.js';
import { onDuty } from '../paging/roster.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import type { Role } from '../gateway/views.js';
import { placeOfTicket } from '../tickets/ticket-views.js';
import { watchSlot, type Missing } from '../tickets/slot-watch.js';
import {
  isLivePage,
  patchPages,
  patchSlot,
  slotPolicyOf,
  type PageRow,
  type SlotRow,
  type TicketRecord,
} from '../tickets/ticket-record.js';
import { setDeadline } from './deadlines.js';
import { showPage, showTicket } from './ticket-changes.js';

export interface Recipient {
  readonly person: string;
  readonly role: Role;
  readonly because: string;
}

const CHANNEL = 'websocket';
/** The outbox waits this long, so that the direct way has the first try and the queue carries only repeats. */
const FIRST_REPEAT_MS = seconds(3);

/** Opens, escalates and watches one slot of a locked ticket: whatever the state asks for now, and the next wake-up. */
@Injectable()
export class SlotEscalation {
  constructor(
    private readonly directory: DirectoryHolder,
    @Inject(PAGE_COURIER) private readonly courier: PageCourier,
  ) {}

  /** Looks at the slot as it is and does what is due. Safe to call too often, too late or twice. */
  async advance(tx: EstateTransaction, r: TicketRecord, slot: SlotRow): Promise<void> {
    const policy = slotPolicyOf(r, slot.slot);
    if (!policy) return;
    if (slot.state === 'pending' && slot.opened_at.getTime() <= tx.now) {
      await patchSlot(tx, r, slot, { state: 'open' });
      tx.journal({ kind: 'slot-opened', ticketId: r.ticket.id, payload: { slot: slot.slot, round: slot.round } });
    }
    if (slot.state === 'filled') return this.watch(tx, r, slot);
    await this.escalate(tx, r, slot, policy);
  }

  private async escalate(tx: EstateTransaction, r: TicketRecord, slot: SlotRow, policy: SlotPolicy): Promise<void> {
    let broughtForward = this.isUnanswerable(tx, r, slot);
    for (;;) {
      const decision = nextEscalation(policy, escalationState(slot, broughtForward), tx.now);
      if (decision.levels.length === 0) {
        if (slot.state === 'open' && decision.wakeAt === null && broughtForward) this.lastResort(tx, r, slot, policy);
        if (decision.wakeAt !== null) {
          await setDeadline(tx, {
            kind: 'slot',
            key: `${r.ticket.id}:${slot.slot}`,
            ticketId: r.ticket.id,
            dueAt: decision.wakeAt,
            fresh: tx.isFresh(slot),
          });
        }
        return;
      }
      broughtForward = false;
      for (const { no, level } of decision.levels) {
        const recipients = this.resolve(tx, r, level.targets);
        const paged = this.createPages(tx, r, slot, no, recipients);
        await patchSlot(tx, r, slot, { level: no });
        showTicket(tx, r, this.directory.current);
        if (paged.length === 0) {
          // An empty or off-shift level is skipped at once: the next one is due now.
          broughtForward = true;
          tx.journal({
            kind: 'level-skipped',
            ticketId: r.ticket.id,
            payload: {
              slot: slot.slot,
              round: slot.round,
              level: no,
              reason: recipients.length === 0 ? 'nobody on duty' : 'everybody on it is paged already',
            },
          });
        } else {
          broughtForward = false;
          tx.journal({
            kind: 'paged',
            ticketId: r.ticket.id,
            payload: {
              slot: slot.slot,
              round: slot.round,
              level: no,
              because: decision.reason,
              people: recipients.map((p) => ({ person: p.person, because: p.because })),
            },
          });
        }
      }
    }
  }

  /** Everybody on the current level declined, failed, or a page was not delivered in time. */
  private isUnanswerable(tx: EstateTransaction, r: TicketRecord, slot: SlotRow): boolean {
    // Level -1: somebody who was asked by name, before all levels.
    if (slot.state !== 'open') return false;
    const current = r.pages.filter((p) => p.slot === slot.slot && p.round === slot.round && p.level === slot.level);
    if (current.length === 0) return false;
    const silent = current.some(
      (p) => (p.state === 'queued' || p.state === 'sent') && tx.now - p.created_at.getTime() >= UNDELIVERED_AFTER_MS,
    );
    return silent || current.every((p) => !isLivePage(p));
  }

  private lastResort(tx: EstateTransaction, r: TicketRecord, slot: SlotRow, policy: SlotPolicy): void {
    const recipients = this.resolve(tx, r, LAST_RESORT);
    const paged = this.createPages(tx, r, slot, policy.levels.length, recipients);
    if (paged.length > 0) {
      tx.journal({
        kind: 'last-resort',
        ticketId: r.ticket.id,
        payload: { slot: slot.slot, round: slot.round, people: paged.map((p) => p.person) },
      });
    }
  }

  private resolve(tx: EstateTransaction, r: TicketRecord, targets: readonly Target[]): Recipient[] {
    const directory = this.directory.current;
    const estate = tx.estate;
    const timezone = directory.estate(estate)?.timezone ?? 'Asia/Shanghai';
    const people = new Map<string, Recipient>();
    for (const t of targets) {
      // Calls are made by the control room: it is told whom to ring.
      const role: Role = t.kind === 'call' ? 'control-room' : t.role;
      const duty = t.kind === 'call' ? 'any' : t.duty;
      const zones = r.ticket.zone_ids;
      for (const d of onDuty(directory.roster(estate), { estate, zones, role, duty, at: tx.now, timezone })) {
        const because = t.kind === 'call' ? `call the ${t.contact} (${d.because})` : d.because;
        if (!people.has(d.person)) people.set(d.person, { person: d.person, role, because });
      }
    }
    return [...people.values()];
  }

  /** Makes pages for people who have none of this slot and round yet, and hands them over after the commit. */
  createPages(
    tx: EstateTransaction,
    r: TicketRecord,
    slot: SlotRow,
    level: number,
    recipients: readonly Recipient[],
  ): PageRow[] {
    const has = new Set(r.pages.filter((p) => p.slot === slot.slot && p.round === slot.round).map((p) => p.person));
    const fresh = recipients.filter((p) => !has.has(p.person));
    if (fresh.length === 0) return [];
    const made = fresh.map((p): PageRow => ({
      id: newId(tx.now),
      estate_id: tx.estate,
      ticket_id: r.ticket.id,
      person: p.person,
      role: p.role,
      slot: slot.slot,
      round: slot.round,
      level,
      channel: CHANNEL,
      state: 'queued',
      reason: null,
      silent: r.ticket.event === 'gate.duress',
      attempts: 0,
      created_at: tx.at,
      sent_at: null,
      delivered_at: null,
      seen_at: null,
      ended_at: null,
    }));
    for (const page of made) tx.insert('page', page);
    r.pages.push(...made);
    for (const page of made) showPage(tx, page, this.directory.current);
    this.scheduleDelivery(tx, r, made);
    tx.afterCommit.push((changes) => {
      const seqOf = new Map(changes.map((c) => [c.entityId, c.seq]));
      this.courier.send(made.map((page) => ({ page, ticket: r.ticket, seq: seqOf.get(page.id) ?? 0 })));
    });
    return made;
  }

  private scheduleDelivery(tx: EstateTransaction, r: TicketRecord, pages: readonly PageRow[]): void {
    for (const p of pages) {
      tx.insert('deadline', {
        kind: 'undelivered',
        key: p.id,
        estate_id: tx.estate,
        ticket_id: r.ticket.id,
        due_at: new Date(tx.now + UNDELIVERED_AFTER_MS),
        payload: { slot: p.slot },
        created_at: tx.at,
      });
      tx.insert('outbox', {
        queue: 'page-delivery',
        job_id: `page-${p.id}`,
        payload: { pageId: p.id, estate: tx.estate },
        not_before: new Date(tx.now + FIRST_REPEAT_MS),
        created_at: tx.at,
      });
    }
  }

  private async watch(tx: EstateTransaction, r: TicketRecord, slot: SlotRow): Promise<void> {
    const time = (d: Date | null): number | null => d?.getTime() ?? null;
    const decision = watchSlot(
      {
        slot: slot.slot,
        filledAt: (slot.filled_at ?? slot.opened_at).getTime(),
        enRouteAt: time(slot.en_route_at),
        onSiteAt: time(slot.on_site_at),
        lastReassuredAt: time(slot.last_reassured_at),
        askedAgainAt: time(slot.asked_again_at),
      },
      r.ticket.priority,
      this.directory.current.estate(tx.estate)?.setting ?? 'city',
      r.ticket.rescued_at !== null,
      tx.now,
    );
    const wake = (dueAt: number): Promise<void> =>
      setDeadline(tx, { kind: 'slot', key: `${r.ticket.id}:${slot.slot}`, ticketId: r.ticket.id, dueAt });
    switch (decision.kind) {
      case 'satisfied':
        return;
      case 'wait':
        return wake(decision.until);
      case 'ask-again': {
        await patchSlot(tx, r, slot, { asked_again_at: tx.at });
        tx.journal({
          kind: 'asked-again',
          ticketId: r.ticket.id,
          payload: { slot: slot.slot, holder: slot.holder, because: decision.because },
        });
        showTicket(tx, r, this.directory.current);
        this.remindAfterCommit(tx, r, slot, decision.missing);
        return this.watch(tx, r, slot);
      }
      case 'reopen': {
        tx.journal({
          kind: 'slot-reopened',
          ticketId: r.ticket.id,
          payload: { slot: slot.slot, holder: slot.holder, because: decision.because, round: slot.round + 1 },
        });
        await this.reopen(tx, r, slot);
        return this.advance(tx, r, slot);
      }
    }
  }

  private remindAfterCommit(tx: EstateTransaction, r: TicketRecord, slot: SlotRow, missing: Missing): void {
    const { holder } = slot;
    if (!holder) return;
    const event = {
      ticketId: r.ticket.id,
      slot: slot.slot,
      title: definitionFor(r.ticket.event, this.directory.current.device(r.ticket.device_id ?? '')).title,
      place: placeOfTicket(r.ticket, this.directory.current),
      missing,
    };
    tx.afterCommit.push(() => this.courier.remind(holder, event));
  }

  /** Pages of a round that is over must not ring on beside the new ones. */
  async withdraw(tx: EstateTransaction, r: TicketRecord, slot: SlotRow, reason = 'a new round'): Promise<void> {
    const old = r.pages.filter((p) => p.slot === slot.slot);
    const expired = await patchPages(tx, old, { state: 'expired', ended_at: tx.at, reason });
    for (const page of expired) showPage(tx, page, this.directory.current);
    const recalls = expired.map((p) => ({
      person: p.person,
      event: { pageId: p.id, ticketId: p.ticket_id, by: null, byName: null, reason },
    }));
    if (recalls.length > 0) tx.afterCommit.push(() => this.courier.recall(recalls));
  }

  /** An empty slot of a new round, whose levels and clocks count from now. */
  async reopen(tx: EstateTransaction, r: TicketRecord, slot: SlotRow): Promise<void> {
    await this.withdraw(tx, r, slot);
    await patchSlot(tx, r, slot, {
      state: 'open',
      round: slot.round + 1,
      opened_at: tx.at,
      level: -1,
      holder: null,
      filled_at: null,
      on_behalf_by: null,
      en_route_at: null,
      on_site_at: null,
      asked_again_at: null,
    });
    showTicket(tx, r, this.directory.current);
  }
}

const escalationState = (slot: SlotRow, undelivered: boolean): EscalationState => ({
  state: slot.state,
  openedAt: slot.opened_at.getTime(),
  level: slot.level,
  undelivered,
});
