import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import { rolesIn, type Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { definitionFor } from '../estate/event-definition.js';
import type { SlotName } from '../gateway/views.js';
import { EstateTransactions, type EstateTransaction } from '../platform/estate-transaction.js';
import type { StepAction } from '../tickets/step-rules.js';
import { decideMove, mayMove, type TicketMove } from '../tickets/ticket-moves.js';
import {
  type AlarmRow,
  isLivePage,
  loadTicket,
  patchAlarm,
  patchPages,
  patchSlot,
  patchTicket,
  procedureOf,
  type SlotRow,
  type TicketRecord,
} from '../tickets/ticket-record.js';
import { AlarmEndings } from './alarm-endings.js';
import { dropDeadlines } from './deadlines.js';
import { markLateSteps } from './late-steps.js';
import { SlotEscalation } from './slot-escalation.js';
import { SlotFilling } from './slot-filling.js';
import { showAlarm, showPage, showTicket } from './ticket-changes.js';
import { changeStep, requireSteps } from './ticket-steps.js';

export interface MoveRequest {
  readonly slot?: SlotName;
  readonly reason?: string;
  readonly note?: string;
  readonly onBehalfOf?: string;
  readonly dueAt?: string;
}

const DAY_MS = 86_400_000;
const isFinal = (m: TicketMove): boolean => m === 'rescued' || m === 'resolve' || m === 'close';

/** Everything that people do to a ticket: one locked, compare-and-set, journalled transaction each (law 5). */
@Injectable()
export class TicketCommands {
  /** Told of every move that was made, in its transaction. */
  afterMove: (tx: EstateTransaction, r: TicketRecord, move: TicketMove, q: MoveRequest) => Promise<void> = () =>
    Promise.resolve();

  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly filling: SlotFilling,
    private readonly escalation: SlotEscalation,
    private readonly endings: AlarmEndings,
  ) {}

  accept(
    estate: string,
    id: string,
    by: Principal,
    wanted: { slot?: SlotName; pageId?: string; onBehalfOf?: string },
  ): Promise<void> {
    return this.onTicket(estate, id, (tx, r) => this.filling.accept(tx, r, by, wanted));
  }

  decline(
    estate: string,
    id: string,
    by: Principal,
    wanted: { slot?: SlotName; pageId?: string; reason?: string; onBehalfOf?: string },
  ): Promise<void> {
    return this.onTicket(estate, id, (tx, r) => this.filling.decline(tx, r, by, wanted));
  }

  /** @throws DomainError `conflict` with the reason when the table does not allow the move, `forbidden` by role */
  move(estate: string, id: string, move: TicketMove, by: Principal, q: MoveRequest): Promise<void> {
    return this.onTicket(estate, id, async (tx, r) => {
      const person = q.onBehalfOf ?? by.username;
      const roles = rolesIn(by, tx.estate);
      this.requireDesk(tx, by, q.onBehalfOf);
      const held = r.slots.filter((s) => s.state === 'filled' && s.holder === person);
      const slot = held.find((s) => s.slot === q.slot) ?? held[0];
      const progress = slot ? { enRoute: slot.en_route_at !== null, onSite: slot.on_site_at !== null } : null;
      const decision = decideMove(r.ticket.state, move, procedureOf(r).shape, q.reason, progress);
      if (!decision.ok) {
        throw new DomainError(decision.needsReason ? 'invalid' : 'conflict', `Not possible: ${decision.reason}.`, {
          reason: decision.reason,
          state: r.ticket.state,
        });
      }
      if (!mayMove(move, { roles, heldSlots: held.map((s) => s.slot) })) {
        if (move === 'en-route' || move === 'on-site') {
          throw new DomainError('conflict', 'Accept the ticket first.', { reason: 'you hold no slot of this ticket' });
        }
        throw new DomainError('forbidden', `Your role may not report ${move} on this ticket.`);
      }
      if (move === 'resolve') this.requirePanelReset(r);
      if (move === 'resolve' || move === 'close') requireSteps(r);
      await this.perform(tx, r, move, decision.to, { by, person, slot, q });
    });
  }

  /** Smoke stays an alarm until its panel is reset (domain §4): the ticket cannot be done before. */
  private requirePanelReset(r: TicketRecord): void {
    const waits = (a: AlarmRow): boolean =>
      a.ended_at === null &&
      definitionFor(a.event, this.directory.current.device(a.device_id ?? '')).endBy.includes('panel-reset');
    if (r.alarms.some(waits))
      throw new DomainError('conflict', 'Reset the panel first, and end its alarm.', { reason: 'panel not reset' });
  }

  private async perform(
    tx: EstateTransaction,
    r: TicketRecord,
    move: TicketMove,
    to: TicketRecord['ticket']['state'],
    who: { by: Principal; person: string; slot: SlotRow | undefined; q: MoveRequest },
  ): Promise<void> {
    const from = r.ticket.state;
    const { slot, q } = who;
    if (slot && move === 'en-route') await patchSlot(tx, r, slot, { en_route_at: tx.at, asked_again_at: null });
    if (slot && move === 'on-site') await patchSlot(tx, r, slot, { on_site_at: tx.at, asked_again_at: null });
    await patchTicket(tx, r, {
      state: to,
      ...(move === 'rescued' ? { rescued_at: tx.at } : {}),
      ...(move === 'false-alarm' || move === 'cancel' || move === 'close' || move === 'resolve'
        ? { over_at: r.ticket.over_at ?? tx.at }
        : {}),
      ...(move === 'false-alarm' || move === 'cancel' ? { over_reason: q.reason ?? null } : {}),
      ...(move === 'follow-up' ? { follow_up_due_at: new Date(q.dueAt ? Date.parse(q.dueAt) : tx.now + DAY_MS) } : {}),
    });
    if (isFinal(move)) await markLateSteps(tx, r, this.directory.current);
    const open = r.steps.filter((s) => s.required && s.state === 'open').map((s) => s.key);
    tx.journal({
      kind: 'moved',
      actor: who.by.username,
      ticketId: r.ticket.id,
      payload: {
        move,
        from,
        to,
        slot: slot?.slot ?? null,
        reason: q.reason ?? null,
        note: q.note ?? null,
        ...(q.onBehalfOf ? { onBehalfOf: q.onBehalfOf } : {}),
        ...((move === 'resolve' || move === 'close') && open.length > 0 ? { requiredStepsOpen: open } : {}),
      },
    });
    if (move === 'rescued' || move === 'false-alarm' || move === 'cancel' || move === 'resolve') {
      await this.endEmergency(tx, r, move, who.person);
    } else if (slot) {
      await this.escalation.advance(tx, r, slot);
    }
    await this.afterMove(tx, r, move, q);
    showTicket(tx, r, this.directory.current);
  }

  /** The danger is over: its alarms end, nothing rings and nothing waits any more, in the same transaction. */
  private async endEmergency(tx: EstateTransaction, r: TicketRecord, how: TicketMove, person: string): Promise<void> {
    const directory = this.directory.current;
    for (const alarm of r.alarms.filter((a) => a.ended_at === null)) {
      await patchAlarm(tx, alarm, {
        state: 'NORM',
        active: false,
        ended_at: tx.at,
        ended_how: how,
        ended_by: person,
        cleared_at: alarm.cleared_at ?? tx.at,
      });
      showAlarm(tx, alarm, directory);
      tx.journal({
        kind: 'alarm-ended',
        actor: person,
        ticketId: r.ticket.id,
        alarmId: alarm.id,
        payload: { how, event: alarm.event },
      });
      const { device_id: device, event } = alarm;
      const subject = { type: alarm.subject_type, id: alarm.subject_id };
      tx.afterCommit.push(() => this.endings.tell({ subject, device, event, at: tx.now }));
    }
    const recalled = await patchPages(tx, r.pages.filter(isLivePage), {
      state: 'recalled',
      ended_at: tx.at,
      reason: `ticket ${how}`,
    });
    for (const page of recalled) showPage(tx, page, directory);
    this.filling.recallAfterCommit(tx, recalled, person, how);
    for (const slot of r.slots)
      if (slot.state === 'open' || slot.state === 'pending') await patchSlot(tx, r, slot, { state: 'over' });
    await dropDeadlines(tx, r.ticket.id);
  }

  /**
   * A contact with the people in the car, every five minutes (DB32/T 4130). Belongs to the coordinator's slot.
   * @param onBehalfOf who spoke with them, and told it on the telephone
   */
  reassure(estate: string, id: string, by: Principal, note: string | undefined, onBehalfOf?: string): Promise<void> {
    return this.onTicket(estate, id, async (tx, r) => {
      this.requireDesk(tx, by, onBehalfOf);
      const slot = r.slots.find((s) => s.slot === 'coordinator');
      if (!slot)
        throw new DomainError('conflict', 'This ticket has no trapped people to reassure.', {
          reason: 'no coordinator slot',
        });
      if (r.ticket.over_at || r.ticket.rescued_at) {
        throw new DomainError('conflict', `The ticket is ${r.ticket.state}.`, {
          reason: `ticket is ${r.ticket.state}`,
        });
      }
      await patchSlot(tx, r, slot, { last_reassured_at: tx.at, asked_again_at: null });
      tx.journal({
        kind: 'reassured',
        actor: by.username,
        ticketId: id,
        payload: { note: note ?? null, ...(onBehalfOf ? { onBehalfOf } : {}) },
      });
      showTicket(tx, r, this.directory.current);
      await this.escalation.advance(tx, r, slot);
      await this.escalation.keepClock(tx, r);
    });
  }

  /** `reopen` takes back a slip. @throws DomainError as src/tickets/step-rules.ts decides */
  step(
    estate: string,
    id: string,
    no: number,
    action: StepAction,
    by: Principal,
    note: string | undefined,
    onBehalfOf?: string,
  ): Promise<void> {
    return this.onTicket(estate, id, (tx, r) => {
      this.requireDesk(tx, by, onBehalfOf);
      return changeStep(tx, r, { no, action, by: by.username, note, onBehalfOf }, this.directory.current);
    });
  }

  /** The desk writes down what somebody tells it on the telephone; he must work here. */
  private requireDesk(tx: EstateTransaction, by: Principal, onBehalfOf: string | undefined): void {
    if (!onBehalfOf || onBehalfOf === by.username) return;
    if (!rolesIn(by, tx.estate).some((x) => x === 'control-room' || x === 'supervisor'))
      throw new DomainError('forbidden', 'Only the control room may report on somebody’s behalf.');
    if (this.directory.current.rolesIn(onBehalfOf, tx.estate).length === 0)
      throw new DomainError('invalid', `${onBehalfOf} does not work in this estate.`, { reason: 'unknown person' });
  }

  private onTicket(
    estate: string,
    id: string,
    work: (tx: EstateTransaction, r: TicketRecord) => Promise<void>,
  ): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      const r = await loadTicket(tx, id);
      if (!r) throw new DomainError('not-found', 'There is no such ticket.');
      await work(tx, r);
    });
  }
}
