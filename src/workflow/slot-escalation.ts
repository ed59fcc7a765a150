import { Inject, Injectable } from '@nestjs/common';
import { definitionFor } from '../estate/event-definition.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { nextEscalation, UNDELIVERED_AFTER_MS, type EscalationState, type Forward } from '../paging/next-escalation.js';
import { LAST_RESORT, type SlotPolicy, type Target } from '../paging/policy.js';
import { CHANNEL_PLANS, OPEN_SCREENS_ALONE, type ChannelPlans } from '../paging/channels/channel-plans.js';
import { PAGE_COURIER, type PageCourier } from '../paging/page-courier.port.js';
import { recipientsOf, type Recipient } from '../paging/recipients.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import { placeOfTicket } from '../tickets/ticket-views.js';
import { watchSlot, type Missing } from '../tickets/slot-watch.js';
import {
  isLivePage,
  patchPages,
  patchSlot,
  procedureOf,
  slotPolicyOf,
  type PageRow,
  type SlotRow,
  type TicketRecord,
} from '../tickets/ticket-record.js';
import { setDeadline } from './deadlines.js';
import { recallWork } from './page-channels/recall-work.js';
import { newPage, planQuestion, reachedBy, scheduleDelivery } from './page-rows.js';
import { askTier, isRescue, keepRescueClock } from './rescue-clock.js';
import { showPage, showTicket } from './ticket-changes.js';

/** Opens, escalates and watches one slot of a locked ticket: whatever the state asks for now, and the next wake-up. */
@Injectable()
export class SlotEscalation {
  constructor(
    private readonly directory: DirectoryHolder,
    @Inject(PAGE_COURIER) private readonly courier: PageCourier,
    @Inject(CHANNEL_PLANS) private readonly channels: ChannelPlans = OPEN_SCREENS_ALONE,
  ) {}

  /**
   * Looks at the slot as it is and does what is due. Safe to call too often, too late or twice.
   * @param repeat the time of a repeat has come: only the deadline that was set for it says so, and is served once
   */
  async advance(tx: EstateTransaction, r: TicketRecord, slot: SlotRow, repeat = false): Promise<void> {
    const policy = slotPolicyOf(r, slot.slot);
    if (!policy) return;
    if (slot.state === 'pending' && slot.opened_at.getTime() <= tx.now) {
      await patchSlot(tx, r, slot, { state: 'open' });
      tx.journal({ kind: 'slot-opened', ticketId: r.ticket.id, payload: { slot: slot.slot, round: slot.round } });
    }
    if (slot.state === 'filled') return this.watch(tx, r, slot);
    if (repeat && slot.state === 'open') await this.repeat(tx, r, slot, policy);
    await this.escalate(tx, r, slot, policy);
  }

  private async escalate(tx: EstateTransaction, r: TicketRecord, slot: SlotRow, policy: SlotPolicy): Promise<void> {
    let forward = this.whyForward(tx, r, slot);
    for (;;) {
      const decision = nextEscalation(policy, escalationState(slot, forward), tx.now);
      for (const { no, level, reason } of decision.levels) {
        const { recipients, missing } = this.resolve(tx, r, level.targets);
        const paged = this.createPages(tx, r, slot, no, recipients);
        if (isRescue(r) && level.targets.some((t) => t.kind === 'call')) {
          await askTier(tx, r, this.directory.current, 2, `nobody has answered as ${slot.slot}`);
          await this.keepClock(tx, r);
        }
        await patchSlot(tx, r, slot, { level: no });
        // An empty or off-shift level is skipped at once: the next one is due now.
        forward = paged.length === 0 ? 'skipped' : null;
        this.noteLevel(tx, r, slot, { recipients, missing, paged, because: reason });
      }
      if (decision.lastResort !== null) {
        await this.lastResort(tx, r, slot, policy, decision.lastResort);
        forward = null;
      }
      if (decision.levels.length > 0 || decision.lastResort !== null) {
        showTicket(tx, r, this.directory.current);
        continue;
      }
      if (decision.wakeAt !== null) {
        await setDeadline(tx, {
          kind: 'slot',
          key: `${r.ticket.id}:${slot.slot}`,
          ticketId: r.ticket.id,
          dueAt: decision.wakeAt,
          payload: decision.repeatThen ? { repeat: true } : {},
          fresh: tx.isFresh(slot),
        });
      }
      return;
    }
  }

  /** Law 11: who was paged and why, or why nobody was. */
  private noteLevel(
    tx: EstateTransaction,
    r: TicketRecord,
    slot: SlotRow,
    what: { recipients: readonly Recipient[]; missing: readonly string[]; paged: readonly PageRow[]; because: string },
  ): void {
    const { recipients, missing, paged, because } = what;
    const at = { slot: slot.slot, round: slot.round, level: slot.level };
    const empty = missing.length > 0 ? { missing } : {};
    if (paged.length > 0) {
      const people = recipients.map((p) => ({ person: p.person, because: p.because }));
      tx.journal({ kind: 'paged', ticketId: r.ticket.id, payload: { ...at, because, people, ...empty } });
      return;
    }
    const reason = recipients.length === 0 ? 'nobody on duty' : 'everybody on it is paged already';
    tx.journal({ kind: 'level-skipped', ticketId: r.ticket.id, payload: { ...at, reason, ...empty } });
  }

  /**
   * Whoever has come on shift since is paged, and what rings unanswered is sent once more as a further attempt of the same
   * page (domain §7). What no phone has confirmed yet is not: the outbox repeats that every few seconds.
   */
  private async repeat(tx: EstateTransaction, r: TicketRecord, slot: SlotRow, policy: SlotPolicy): Promise<void> {
    const ringing = r.pages.filter(
      (p) => p.slot === slot.slot && p.round === slot.round && (p.state === 'delivered' || p.state === 'seen'),
    );
    const levels = [...policy.levels.map((l) => l.targets), LAST_RESORT];
    for (const [no, targets] of levels.entries()) {
      if (no > slot.level) break;
      const paged = this.createPages(tx, r, slot, no, this.resolve(tx, r, targets).recipients);
      if (paged.length === 0) continue;
      const people = paged.map((p) => p.person);
      const payload = { slot: slot.slot, round: slot.round, level: no, people, because: 'on shift now, not before' };
      tx.journal({ kind: 'paged-newcomers', ticketId: r.ticket.id, payload });
    }
    if (policy.repeatS === null || ringing.length === 0) return;
    const again = await tx.trx
      .updateTable('page')
      .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
      .where(
        'id',
        'in',
        ringing.map((p) => p.id),
      )
      .where('state', 'in', ['delivered', 'seen'])
      .returningAll()
      .execute();
    for (const page of again) Object.assign(ringing.find((p) => p.id === page.id) ?? {}, page);
    tx.afterCommit.push(() => this.courier.send(again.map((page) => ({ page, ticket: r.ticket, seq: 0 }))));
  }

  /** Everybody on the current level declined, failed, or a page was not delivered in time. */
  private whyForward(tx: EstateTransaction, r: TicketRecord, slot: SlotRow): Forward | null {
    // Level -1: somebody who was asked by name, before all levels.
    if (slot.state !== 'open') return null;
    const current = r.pages.filter((p) => p.slot === slot.slot && p.round === slot.round && p.level === slot.level);
    if (current.length === 0) return null;
    const silent = current.some(
      (p) =>
        (p.state === 'queued' || p.state === 'sent') &&
        tx.now - p.created_at.getTime() >= UNDELIVERED_AFTER_MS &&
        !reachedBy(current, p.person),
    );
    if (silent) return 'undelivered';
    return current.every((p) => !isLivePage(p)) ? 'unanswerable' : null;
  }

  /** The control room is rung, whoever else was; after that the slot stands above its levels. */
  private async lastResort(
    tx: EstateTransaction,
    r: TicketRecord,
    slot: SlotRow,
    policy: SlotPolicy,
    because: string,
  ): Promise<void> {
    const { recipients, missing } = this.resolve(tx, r, LAST_RESORT);
    const paged = this.createPages(tx, r, slot, policy.levels.length, recipients);
    await patchSlot(tx, r, slot, { level: policy.levels.length });
    if (paged.length === 0) return this.noteLevel(tx, r, slot, { recipients, missing, paged, because });
    const people = paged.map((p) => p.person);
    const payload = { slot: slot.slot, round: slot.round, people, because };
    tx.journal({ kind: 'last-resort', ticketId: r.ticket.id, payload });
  }

  private resolve(tx: EstateTransaction, r: TicketRecord, targets: readonly Target[]) {
    const question = { estate: tx.estate, zones: r.ticket.zone_ids, at: tx.now };
    return recipientsOf(this.directory.current, targets, question);
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
    const made = fresh.flatMap((p) =>
      this.channels
        .first(planQuestion(tx, r, p.person, this.directory.current))
        .map((channel) => newPage(tx, r, slot, { ...p, level, channel })),
    );
    this.putPages(tx, r, made);
    return made;
  }

  private putPages(tx: EstateTransaction, r: TicketRecord, made: readonly PageRow[]): void {
    for (const page of made) tx.insert('page', page);
    r.pages.push(...made);
    for (const page of made) showPage(tx, page, this.directory.current);
    scheduleDelivery(tx, r, made);
    tx.afterCommit.push((changes) => {
      const seqOf = new Map(changes.map((c) => [c.entityId, c.seq]));
      this.courier.send(made.map((page) => ({ page, ticket: r.ticket, seq: seqOf.get(page.id) ?? 0 })));
    });
  }

  /**
   * A page has not come to its person in 10 s, or its carrier will not take it: the person is tried by the next way, with
   * a page of its own, unless another one has come or is still on its way. Nothing for a slot that is filled (law 5).
   * @param because `not delivered in 10 s`, or what the carrier has said
   */
  tryNextChannel(tx: EstateTransaction, r: TicketRecord, page: PageRow, because: string): void {
    const slot = r.slots.find((s) => s.slot === page.slot && s.round === page.round);
    if (slot?.state !== 'open') return;
    const { person, role, level } = page;
    const mine = r.pages.filter((p) => p.person === person && p.slot === page.slot && p.round === page.round);
    // Whoever has said that he cannot come is not asked again by another way.
    if (reachedBy(mine, person) || mine.some((p) => p.state === 'declined')) return;
    const isConnected = this.channels.isConnected(person);
    const onItsWay = mine.some(
      (p) =>
        p.id !== page.id &&
        isLivePage(p) &&
        tx.now - p.created_at.getTime() < UNDELIVERED_AFTER_MS &&
        (p.channel !== 'websocket' || isConnected),
    );
    if (onItsWay) return;
    const tried = new Set(mine.map((p) => p.channel));
    const channel = this.channels.next(planQuestion(tx, r, person, this.directory.current), tried);
    if (channel === null) return;
    this.putPages(tx, r, [newPage(tx, r, slot, { person, role, level, channel })]);
    tx.journal({
      kind: 'next-channel',
      ticketId: r.ticket.id,
      payload: { person, slot: slot.slot, round: slot.round, level, channel, after: page.channel, because },
    });
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
      {
        priority: r.ticket.priority,
        setting: this.directory.current.estate(tx.estate)?.setting ?? 'city',
        shape: procedureOf(r).shape,
        rescued: r.ticket.rescued_at !== null,
      },
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

  /** Limits, and the rescue tiers that the control room must call. Safe to call too often, too late or twice. */
  keepClock(tx: EstateTransaction, r: TicketRecord): Promise<void> {
    return keepRescueClock(tx, r, this.directory.current, () => {
      const coordinator = r.slots.find((s) => s.slot === 'coordinator');
      if (coordinator) this.remindAfterCommit(tx, r, coordinator, 'tier-call');
    });
  }

  private remindAfterCommit(
    tx: EstateTransaction,
    r: TicketRecord,
    slot: SlotRow,
    missing: Missing | 'tier-call',
  ): void {
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
    recallWork(tx, expired, { by: null, reason });
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
    // Its answer is asked for anew, so its clocks run anew.
    await this.keepClock(tx, r);
  }
}

const escalationState = (slot: SlotRow, forward: Forward | null): EscalationState => ({
  state: slot.state,
  openedAt: slot.opened_at.getTime(),
  level: slot.level,
  forward,
});
