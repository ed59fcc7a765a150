import { Injectable } from '@nestjs/common';
import { newId } from '../kernel/ids.js';
import { seconds } from '../kernel/durations.js';
import { moreUrgent } from '../kernel/events.js';
import type { Finding } from '../detection/detector.js';
import type { Device } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { policyFor, type Policy } from '../paging/policy.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import { CLOCK_LIMITS } from '../tickets/ticket-clocks.js';
import {
  keepRecord,
  patchSlot,
  patchTicket,
  type AlarmRow,
  type SlotRow,
  type StepRow,
  type TicketRecord,
  type TicketRow,
} from '../tickets/ticket-record.js';
import type { ProcedureStep } from '../tickets/procedure.js';
import { procedureFor } from '../tickets/procedure-catalogue.js';
import { Metrics } from '../ops/metrics.js';
import { setDeadline } from './deadlines.js';
import { SlotEscalation } from './slot-escalation.js';
import { showStep, showTicket } from './ticket-changes.js';

/** Opens a ticket for an alarm, or raises one that is open: procedure and policy are frozen into it, slots page. */
@Injectable()
export class TicketOpening {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly escalation: SlotEscalation,
    private readonly metrics: Metrics,
  ) {}

  /**
   * @param mark `drill`: an exercise. Its alarm is imagined, and it holds no car: a real emergency of the same car opens
   *   a ticket of its own beside it.
   */
  async open(
    tx: EstateTransaction,
    alarm: AlarmRow,
    f: Finding,
    device: Device | null,
    mark: { drill: boolean } = { drill: false },
  ): Promise<TicketRecord> {
    const directory = this.directory.current;
    const procedure = procedureFor(alarm.event);
    const policy = policyFor(alarm.event, alarm.priority, f.paging);
    const building = device?.building ?? (alarm.subject_type === 'building' ? alarm.subject_id : null);
    const unit = device?.unit ?? (alarm.subject_type === 'unit' ? alarm.subject_id : null);
    const ticket: TicketRow = {
      id: newId(tx.now),
      estate_id: tx.estate,
      no: '',
      event: alarm.event,
      priority: alarm.priority as 'P1' | 'P2' | 'P3',
      state: 'opened',
      subject_type: alarm.subject_type,
      subject_id: alarm.subject_id,
      device_id: device?.id ?? null,
      building_id: building,
      unit_id: unit,
      zone_ids: directory.zonesOf({ building, unit, estate: tx.estate }),
      car_id: device?.kind === 'elevator' && !mark.drill ? device.id : null,
      round: 0,
      drill: mark.drill,
      procedure,
      policy,
      opened_at: tx.at,
      rescued_at: null,
      over_at: null,
      over_reason: null,
      follow_up_due_at: null,
      version: 0,
      schema: 1,
    };
    tx.insert('ticket', ticket);
    this.takeNumber(tx, ticket);
    const steps = procedure.steps.map((s, i) => newStep(tx, ticket.id, i + 1, s));
    const r: TicketRecord = keepRecord(tx, { ticket, slots: [], pages: [], steps, alarms: mark.drill ? [] : [alarm] });
    tx.journal({
      kind: 'ticket-opened',
      ticketId: ticket.id,
      alarmId: mark.drill ? null : alarm.id,
      deviceId: device?.id ?? null,
      payload: () => ({
        no: ticket.no,
        event: alarm.event,
        priority: alarm.priority,
        reason: f.reason,
        procedure: `${procedure.id} v${procedure.version}`,
        policy: policy.id,
        ...(mark.drill ? { drill: true } : {}),
      }),
    });
    // Real figures count real emergencies.
    if (!mark.drill) this.metrics.tickets.inc({ event: alarm.event });
    showTicket(tx, r, directory);
    await this.makeSlots(tx, r, policy);
    if (procedure.shape === 'rescue' && alarm.priority === 'P1') {
      const limitS = CLOCK_LIMITS.rescue[directory.estate(tx.estate)?.setting ?? 'city'];
      await setDeadline(tx, {
        kind: 'tier',
        key: ticket.id,
        ticketId: ticket.id,
        dueAt: tx.now + seconds(limitS / 2),
        payload: { tier: 2 },
        fresh: true,
      });
    }
    return r;
  }

  /**
   * A P1 joins a lesser ticket: its event and priority rise, P1 slots open fresh and empty (`round` + 1), and their
   * levels and clocks count from now. On a ticket that is P1 already, slots that wait (an alarm button's responder)
   * open at once; filled ones are left in peace.
   * @param because why it belongs to this ticket
   */
  async raise(
    tx: EstateTransaction,
    r: TicketRecord,
    alarm: AlarmRow,
    f: Finding,
    because = 'the same car',
  ): Promise<void> {
    const policy = policyFor(alarm.event, alarm.priority, f.paging);
    if (alarm.priority === 'P1' && r.ticket.priority !== 'P1') {
      const round = r.ticket.round + 1;
      await patchTicket(tx, r, { event: alarm.event, priority: 'P1', round, policy });
      await this.adoptProcedure(tx, r, alarm);
      tx.journal({
        kind: 'ticket-raised',
        ticketId: r.ticket.id,
        alarmId: alarm.id,
        payload: { event: alarm.event, priority: 'P1', round, reason: f.reason, policy: policy.id },
      });
      await this.makeSlots(tx, r, policy);
    } else if (alarm.priority === 'P1') {
      const specific = alarm.event.startsWith('elevator.entrapment') && r.ticket.event !== alarm.event;
      const policyNow = specific && !r.ticket.event.startsWith('elevator.entrapment');
      await patchTicket(tx, r, { ...(specific ? { event: alarm.event } : {}), ...(policyNow ? { policy } : {}) });
      for (const p of policyNow ? policy.slots : []) await this.openWaitingSlot(tx, r, p.slot, p.opensAfterS);
      tx.journal({
        kind: 'joined',
        ticketId: r.ticket.id,
        alarmId: alarm.id,
        payload: {
          event: alarm.event,
          didNotPage: 'the ticket is P1 already: filled slots are left, running levels go on',
        },
      });
    } else if (moreUrgent(alarm.priority, r.ticket.priority)) {
      return this.raisePriority(tx, r, alarm, f, because);
    } else {
      tx.journal({
        kind: 'joined',
        ticketId: r.ticket.id,
        alarmId: alarm.id,
        payload: {
          event: alarm.event,
          didNotPage: `${alarm.priority} joins an open ${r.ticket.priority} ticket: ${because}`,
        },
      });
    }
    showTicket(tx, r, this.directory.current);
  }

  /** The priority of a ticket's own alarm rises while it is open: it pages anew under the policy of the new one. */
  async raisePriority(
    tx: EstateTransaction,
    r: TicketRecord,
    alarm: AlarmRow,
    f: Finding,
    because: string | null = null,
  ): Promise<void> {
    if (alarm.priority === 'P4' || !moreUrgent(alarm.priority, r.ticket.priority)) return;
    if (alarm.priority === 'P1') return this.raise(tx, r, alarm, f);
    const round = r.ticket.round + 1;
    const policy = policyFor(alarm.event, alarm.priority, f.paging);
    const newEvent = r.ticket.event !== alarm.event;
    await patchTicket(tx, r, { event: alarm.event, priority: alarm.priority, round, policy });
    // Another emergency has other steps: water on the floor is not a meter that turns.
    if (newEvent) await this.adoptProcedure(tx, r, alarm);
    tx.journal({
      kind: 'ticket-raised',
      ticketId: r.ticket.id,
      alarmId: alarm.id,
      payload: {
        event: alarm.event,
        priority: alarm.priority,
        round,
        reason: f.reason,
        policy: policy.id,
        ...(because === null ? {} : { because }),
      },
    });
    await this.makeSlots(tx, r, policy);
    showTicket(tx, r, this.directory.current);
  }

  /** New evidence on an alarm that had cleared: its ticket pages again, every slot in a new round. */
  async repage(tx: EstateTransaction, r: TicketRecord, alarm: AlarmRow, f: Finding): Promise<void> {
    const round = r.ticket.round + 1;
    await patchTicket(tx, r, { round });
    tx.journal({
      kind: 'recurred',
      ticketId: r.ticket.id,
      alarmId: alarm.id,
      payload: { event: alarm.event, occurrence: alarm.occurrence, round, reason: f.reason },
    });
    await this.makeSlots(tx, r, policyFor(alarm.event, r.ticket.priority, f.paging));
    showTicket(tx, r, this.directory.current);
  }

  private async makeSlots(tx: EstateTransaction, r: TicketRecord, policy: Policy): Promise<void> {
    for (const p of policy.slots) {
      const fresh: SlotRow = {
        ticket_id: r.ticket.id,
        slot: p.slot,
        round: r.ticket.round,
        state: p.opensAfterS > 0 ? 'pending' : 'open',
        opened_at: new Date(tx.now + seconds(p.opensAfterS)),
        level: -1,
        holder: null,
        filled_at: null,
        on_behalf_by: null,
        en_route_at: null,
        on_site_at: null,
        asked_again_at: null,
        last_reassured_at: null,
      };
      const old = r.slots.find((s) => s.slot === p.slot);
      if (old) {
        // Rounds of one slot only grow: a slot reopened twice may be ahead of its ticket.
        await this.escalation.withdraw(tx, r, old);
        await patchSlot(tx, r, old, { ...fresh, round: Math.max(fresh.round, old.round + 1) });
        await this.escalation.advance(tx, r, old);
      } else {
        tx.insert('slot', fresh);
        r.slots.push(fresh);
        await this.escalation.advance(tx, r, fresh);
      }
    }
  }

  private async openWaitingSlot(
    tx: EstateTransaction,
    r: TicketRecord,
    name: string,
    opensAfterS: number,
  ): Promise<void> {
    const slot = r.slots.find((s) => s.slot === name);
    if (!slot || slot.state !== 'pending' || opensAfterS > 0) return;
    await patchSlot(tx, r, slot, { opened_at: tx.at });
    await this.escalation.advance(tx, r, slot);
  }

  /** The steps of the new event's procedure are added below those that were begun. */
  private async adoptProcedure(tx: EstateTransaction, r: TicketRecord, alarm: AlarmRow): Promise<void> {
    const procedure = procedureFor(alarm.event);
    const known = new Set(r.steps.map((s) => s.key));
    const more = procedure.steps.filter((s) => !known.has(s.key));
    await patchTicket(tx, r, { procedure });
    if (more.length === 0) return;
    const added = more.map((s, i) => newStep(tx, r.ticket.id, r.steps.length + i + 1, s));
    r.steps.push(...added);
    for (const s of added) showStep(tx, r.ticket.id, s);
  }

  /** `T-2026-0412`: counted per estate and year of its time zone, without gaps. */
  private takeNumber(tx: EstateTransaction, ticket: TicketRow): void {
    const timeZone = this.directory.current.estate(tx.estate)?.timezone ?? 'UTC';
    const year = Number(new Intl.DateTimeFormat('en', { timeZone, year: 'numeric' }).format(tx.now));
    tx.number(ticket, year);
  }
}

function newStep(tx: EstateTransaction, ticketId: string, no: number, s: ProcedureStep): StepRow {
  const row: StepRow = {
    ticket_id: ticketId,
    no,
    key: s.key,
    title_zh: s.title.zh,
    title_en: s.title.en,
    role: s.role,
    limit_s: s.limitS,
    required: s.required,
    evidence: s.evidence,
    state: 'open',
    done_at: null,
    done_by: null,
    note: null,
  };
  tx.insert('ticket_step', row);
  return row;
}
