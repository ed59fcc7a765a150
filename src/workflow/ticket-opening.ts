import { Injectable } from '@nestjs/common';
import { newId } from '../kernel/ids.js';
import { localYear } from '../kernel/local-time.js';
import { seconds } from '../kernel/durations.js';
import { moreUrgent } from '../kernel/events.js';
import type { Finding } from '../detection/detector.js';
import type { Device } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { addedPolicy, pagedAs, policyInForce, type Policy } from '../paging/policy.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import {
  keepRecord,
  patchSlot,
  patchTicket,
  policyOf,
  type AlarmRow,
  type SlotRow,
  type StepRow,
  type TicketRecord,
  type TicketRow,
} from '../tickets/ticket-record.js';
import type { ProcedureStep } from '../tickets/procedure.js';
import { ProcedureHolder } from '../tickets/procedure-holder.js';
import { Metrics } from '../ops/metrics.js';
import { watchLimits } from './late-steps.js';
import { SlotEscalation } from './slot-escalation.js';
import { showStep, showTicket } from './ticket-changes.js';

/** Opens a ticket for an alarm, or raises one that is open: procedure and policy are frozen into it, slots page. */
@Injectable()
export class TicketOpening {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly escalation: SlotEscalation,
    private readonly metrics: Metrics,
    private readonly procedures: ProcedureHolder = new ProcedureHolder(),
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
    const procedure = this.procedures.procedureFor(alarm.event, this.owners(tx.estate));
    const { frozen, policy } = this.policyFor(tx, alarm, f);
    const unit = device?.unit ?? (alarm.subject_type === 'unit' ? alarm.subject_id : null);
    const building =
      device?.building ??
      (alarm.subject_type === 'building' ? alarm.subject_id : null) ??
      (unit === null ? null : (directory.unit(unit)?.building ?? null));
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
      zone_ids:
        alarm.subject_type === 'zone' ? [alarm.subject_id] : directory.zonesOf({ building, unit, estate: tx.estate }),
      car_id: device?.kind === 'elevator' && !mark.drill ? device.id : null,
      round: 0,
      drill: mark.drill,
      procedure,
      policy: frozen,
      opened_at: tx.at,
      rescued_at: null,
      over_at: null,
      over_reason: null,
      follow_up_due_at: null,
      danger_since: null,
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
        procedure: `${procedure.id} v${procedure.version}${procedure.scope ? ` (${procedure.scope})` : ''}`,
        policy: nameOf(policy),
        ...(mark.drill ? { drill: true } : {}),
      }),
    });
    // Real figures count real emergencies.
    if (!mark.drill) this.metrics.tickets.inc({ event: alarm.event });
    showTicket(tx, r, directory);
    await this.makeSlots(tx, r, policy);
    await watchLimits(tx, r, true);
    await this.escalation.keepClock(tx, r);
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
    const { frozen, policy } = this.policyFor(tx, alarm, f, r);
    if (alarm.priority === 'P1' && r.ticket.priority !== 'P1') {
      const round = r.ticket.round + 1;
      await patchTicket(tx, r, { event: alarm.event, priority: 'P1', round, policy: frozen, danger_since: tx.at });
      await this.adoptProcedure(tx, r, alarm);
      tx.journal({
        kind: 'ticket-raised',
        ticketId: r.ticket.id,
        alarmId: alarm.id,
        payload: { event: alarm.event, priority: 'P1', round, reason: f.reason, policy: nameOf(policy) },
      });
      await this.makeSlots(tx, r, policy);
      await this.escalation.keepClock(tx, r);
    } else if (alarm.priority === 'P1') {
      const specific = alarm.event.startsWith('elevator.entrapment') && r.ticket.event !== alarm.event;
      const policyNow = specific && !r.ticket.event.startsWith('elevator.entrapment');
      // A ticket that paged the coordinator alone has no other slots yet: they are made now.
      const lacking = policy.slots.filter((p) => !r.slots.some((s) => s.slot === p.slot));
      const kept = policyNow ? frozen : addedPolicy(policy, policyOf(r));
      await patchTicket(tx, r, {
        ...(specific ? { event: alarm.event } : {}),
        ...(policyNow || lacking.length > 0 ? { policy: kept } : {}),
      });
      for (const p of policyNow ? policy.slots : []) await this.openWaitingSlot(tx, r, p.slot, p.opensAfterS);
      await this.makeSlots(tx, r, { ...policy, slots: lacking });
      tx.journal({
        kind: 'joined',
        ticketId: r.ticket.id,
        alarmId: alarm.id,
        payload: {
          event: alarm.event,
          didNotPage: 'the ticket is P1 already: filled slots are left, running levels go on',
          ...(lacking.length > 0 ? { opens: lacking.map((p) => p.slot) } : {}),
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
    const { frozen, policy } = this.policyFor(tx, alarm, f, r);
    const newEvent = r.ticket.event !== alarm.event;
    await patchTicket(tx, r, {
      event: alarm.event,
      priority: alarm.priority,
      round,
      policy: frozen,
      danger_since: tx.at,
    });
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
        policy: nameOf(policy),
        ...(because === null ? {} : { because }),
      },
    });
    await this.makeSlots(tx, r, policy);
    await this.escalation.keepClock(tx, r);
    showTicket(tx, r, this.directory.current);
  }

  /**
   * New evidence on an alarm that had cleared: its ticket pages again, every slot in a new round, under the policy that it
   * has. A lesser alarm pages nobody on a ticket that is more urgent: its people are on their way to people in danger. One
   * that is not the ticket's own (the button, pressed again by those who wait for the rescue) takes nobody's slot away but
   * the coordinator's, who is asked to speak with the car again.
   */
  async repage(tx: EstateTransaction, r: TicketRecord, alarm: AlarmRow, f: Finding): Promise<void> {
    const { event, occurrence } = alarm;
    if (moreUrgent(r.ticket.priority, alarm.priority)) {
      const didNotPage = `${alarm.priority} on a ticket that is ${r.ticket.priority}: filled slots are left`;
      const payload = { event, occurrence, round: r.ticket.round, reason: f.reason, didNotPage };
      tx.journal({ kind: 'recurred', ticketId: r.ticket.id, alarmId: alarm.id, payload });
      return showTicket(tx, r, this.directory.current);
    }
    const round = r.ticket.round + 1;
    const whole = pagedAs(policyOf(r), f.paging);
    const isLeft = (name: string): boolean =>
      event !== r.ticket.event &&
      name !== 'coordinator' &&
      r.slots.some((s) => s.slot === name && s.state === 'filled');
    const policy = { ...whole, slots: whole.slots.filter((s) => !isLeft(s.slot)) };
    await patchTicket(tx, r, { round, policy: addedPolicy(whole, policyOf(r)) });
    tx.journal({
      kind: 'recurred',
      ticketId: r.ticket.id,
      alarmId: alarm.id,
      payload: { event, occurrence, round, reason: f.reason, slots: policy.slots.map((s) => s.slot) },
    });
    await this.makeSlots(tx, r, policy);
    await this.escalation.keepClock(tx, r);
    showTicket(tx, r, this.directory.current);
  }

  /**
   * The policy in force for an alarm. `policy`: as it pages now; `frozen`: what the ticket keeps, with all slots in their
   * own time, and those of the ticket's earlier policy that the new one does not have.
   */
  private policyFor(
    tx: EstateTransaction,
    alarm: AlarmRow,
    f: Finding,
    r?: TicketRecord,
  ): { policy: Policy; frozen: Policy } {
    const { current } = this.directory;
    const published = current.publishedPolicy.bind(current, tx.estate);
    const base = policyInForce(alarm.event, alarm.priority, published).policy;
    const policy = pagedAs(base, f.paging);
    const whole = addedPolicy(policy, base);
    return { policy, frozen: r ? addedPolicy(policyOf(r), whole) : whole };
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
    const procedure = this.procedures.procedureFor(alarm.event, this.owners(tx.estate));
    const known = new Set(r.steps.map((s) => s.key));
    const more = procedure.steps.filter((s) => !known.has(s.key));
    await patchTicket(tx, r, { procedure });
    if (more.length === 0) return;
    const added = more.map((s, i) => newStep(tx, r.ticket.id, r.steps.length + i + 1, s, tx.at));
    r.steps.push(...added);
    for (const s of added) showStep(tx, r.ticket.id, s);
    await watchLimits(tx, r);
  }

  private owners(estate: string): { estate: string; organisation: string | null } {
    return { estate, organisation: this.directory.current.estate(estate)?.organisation ?? null };
  }

  /** `T-2026-0412`: counted per estate and year of its time zone, without gaps. */
  private takeNumber(tx: EstateTransaction, ticket: TicketRow): void {
    const timeZone = this.directory.current.estate(tx.estate)?.timezone ?? 'UTC';
    tx.number(ticket, localYear(timeZone, tx.now));
  }
}

/** The built-in ones have no versions of their own. */
const nameOf = (p: Policy): string => (p.id.includes('/') ? `${p.id} v${p.version}` : p.id);

/** @param from its limit counts from here; null = from the ticket's opening */
function newStep(
  tx: EstateTransaction,
  ticketId: string,
  no: number,
  s: ProcedureStep,
  from: Date | null = null,
): StepRow {
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
    limit_from: from,
    late_at: null,
    after_keys: s.after ? [...s.after] : null,
    skip_reasons: s.skipReasons ?? null,
  };
  tx.insert('ticket_step', row);
  return row;
}
