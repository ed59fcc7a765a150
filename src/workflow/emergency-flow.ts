import { Injectable } from '@nestjs/common';
import { newId } from '../kernel/ids.js';
import { moreUrgent, type Priority } from '../kernel/events.js';
import { nextAlarmState } from '../alarms/alarm-transitions.js';
import type { Finding } from '../detection/detector.js';
import type { Device } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { definitionFor } from '../estate/event-definition.js';
import { Metrics } from '../ops/metrics.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import {
  loadOngoingTicketOfCar,
  loadTicket,
  patchAlarm,
  type AlarmRow,
  type TicketRecord,
} from '../tickets/ticket-record.js';
import { isOngoing } from '../tickets/ticket-moves.js';
import { AlarmJoins } from './alarm-joins.js';
import { lifeGate } from './life-gate.js';
import { showAlarm } from './ticket-changes.js';
import { TicketOpening } from './ticket-opening.js';

/** Who says that there is an emergency: a rule over readings, or somebody on the telephone or on the spot. */
export type Source = 'rule' | 'person';

/**
 * The main job, top to bottom: finding → alarm → ticket → pages, inside one transaction of the estate (law 3).
 *
 *   raise, nothing open      → new alarm, then its ticket (a car's or a leak's ongoing ticket if there is one)
 *   raise, open and active   → the same emergency told again: counted, not paged
 *   raise, open but cleared  → a new occurrence: pages again, on a new ticket if the old one is past its emergency
 *   clear                    → the alarm's state moves; the ticket waits for a person
 *
 * What a person says goes the same way, except that nothing keeps it back: neither a device's life, nor a shelf, nor an
 * alarm of the whole building.
 */
@Injectable()
export class EmergencyFlow {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly tickets: TicketOpening,
    private readonly joins: AlarmJoins,
    private readonly metrics: Metrics,
  ) {}

  async apply(tx: EstateTransaction, f: Finding, device: Device | null, from: Source = 'rule'): Promise<void> {
    this.metrics.findings.inc({ event: f.event, kind: f.kind });
    switch (f.kind) {
      case 'raise':
        return this.raise(tx, f, device, from);
      case 'clear':
        return this.clear(tx, f);
      case 'update':
        return this.update(tx, f, device, from);
    }
  }

  private async raise(tx: EstateTransaction, f: Finding, device: Device | null, from: Source): Promise<void> {
    const gate = lifeGate(f.event, from === 'person' ? null : device, tx.now);
    if (gate.kind === 'ignore') return this.suppressed(tx, f, device, gate.reason);
    const swallowedBy = from === 'person' ? null : await this.joins.swallowedBy(tx, f, device);
    if (swallowedBy) return this.suppressed(tx, f, device, swallowedBy.replace('.', '-'));

    const alarm = await this.insertAlarm(tx, f, device, gate.kind === 'suppress' ? gate.state : 'UNACK');
    if (!alarm) return this.raiseOpenAlarm(tx, f, device, gate.kind === 'page', from);
    this.metrics.alarms.inc({ event: f.event });
    tx.journal({
      kind: 'alarm-raised',
      alarmId: alarm.id,
      deviceId: device?.id ?? null,
      payload: { event: f.event, priority: alarm.priority, state: alarm.state, reason: f.reason, evidence: f.evidence },
    });
    showAlarm(tx, alarm, this.directory.current);
    if (gate.kind === 'suppress') {
      this.metrics.suppressed.inc({ reason: gate.state });
      tx.journal({ kind: 'did-not-page', alarmId: alarm.id, payload: { because: gate.reason } });
      return;
    }
    await this.giveTicket(tx, alarm, f, device);
  }

  /** P1 to P3 get a ticket: the car's or the leak's ongoing one, or a new one. P4 stays in the alarm list. */
  private async giveTicket(
    tx: EstateTransaction,
    alarm: AlarmRow,
    f: Finding,
    device: Device | null,
  ): Promise<TicketRecord | null> {
    const leak = await this.joins.leakTicket(tx, alarm, device);
    if (leak) return this.join(tx, leak, alarm, f, 'the same leak on this riser');
    if (alarm.priority === 'P4') {
      tx.journal({
        kind: 'did-not-page',
        alarmId: alarm.id,
        payload: { because: 'P4 goes to the list and the digest' },
      });
      return null;
    }
    const ongoing = device?.kind === 'elevator' ? await loadOngoingTicketOfCar(tx, device.id) : null;
    if (ongoing) return this.join(tx, ongoing, alarm, f, 'the same car');
    const opened = await this.tickets.open(tx, alarm, f, device);
    await patchAlarm(tx, alarm, { ticket_id: opened.ticket.id });
    if (!device) await this.joins.takeOver(tx, opened, alarm);
    return opened;
  }

  private async join(
    tx: EstateTransaction,
    r: TicketRecord,
    alarm: AlarmRow,
    f: Finding,
    because: string,
  ): Promise<TicketRecord> {
    await patchAlarm(tx, alarm, { ticket_id: r.ticket.id });
    if (!r.alarms.some((a) => a.id === alarm.id)) r.alarms.push(alarm);
    showAlarm(tx, alarm, this.directory.current);
    await this.tickets.raise(tx, r, alarm, f, because);
    return r;
  }

  private async raiseOpenAlarm(
    tx: EstateTransaction,
    f: Finding,
    device: Device | null,
    pages: boolean,
    from: Source,
  ): Promise<void> {
    const ticketId = (await this.openAlarm(tx, f, false))?.ticket_id ?? null;
    // The ticket is locked before its alarm, as every command does: no deadlock between them.
    const ticket = ticketId ? await loadTicket(tx, ticketId) : null;
    const found = await this.openAlarm(tx, f, true);
    // Ended between the two looks: the next evidence raises it anew; here the insert simply runs again.
    if (!found) return this.raise(tx, f, device, from);
    const alarm = ticket?.alarms.find((a) => a.id === found.id) ?? found;
    const hidden = alarm.state === 'DSUPR' || alarm.state === 'OOSRV' || alarm.state === 'SHLVD';
    if (hidden && from === 'rule' && (!pages || alarm.state === 'SHLVD')) {
      this.metrics.suppressed.inc({ reason: alarm.state });
      return;
    }
    if (alarm.active && !hidden) return this.update(tx, f, device, from);

    // Only a person comes here with a shelved one: his word takes it off the shelf.
    const state = nextAlarmState(alarm.state, alarm.state === 'SHLVD' ? 'unshelve' : 'recur', alarm.latched);
    if (!state) return;
    await patchAlarm(tx, alarm, {
      state,
      active: true,
      occurrence: alarm.occurrence + 1,
      priority: f.priority ?? definitionFor(f.event, device).priority,
      since: new Date(f.since),
      cleared_at: null,
      acked_at: null,
      acked_by: null,
      shelved_until: null,
      reason: f.reason,
      evidence: { ...f.evidence },
    });
    tx.journal({
      kind: 'alarm-recurred',
      alarmId: alarm.id,
      deviceId: device?.id ?? null,
      payload: { event: f.event, occurrence: alarm.occurrence, reason: f.reason },
    });
    showAlarm(tx, alarm, this.directory.current);
    if (ticket && isOngoing(ticket.ticket.state)) return this.tickets.repage(tx, ticket, alarm, f);
    await this.giveTicket(tx, alarm, f, device);
  }

  private async update(tx: EstateTransaction, f: Finding, device: Device | null, from: Source): Promise<void> {
    const seen = await this.openAlarm(tx, f, false);
    const ticket = seen?.ticket_id ? await loadTicket(tx, seen.ticket_id) : null;
    const found = await this.openAlarm(tx, f, true);
    if (!found) return;
    const alarm = ticket?.alarms.find((a) => a.id === found.id) ?? found;
    const priority: Priority = f.priority ?? alarm.priority;
    const rises = moreUrgent(priority, alarm.priority);
    const heard = ticket && isOngoing(ticket.ticket.state) ? ticket : null;
    if (!rises && from === 'person' && !heard) return void (await this.giveTicket(tx, alarm, f, device));
    if (!rises && (alarm.reason === f.reason || from === 'person')) {
      this.metrics.suppressed.inc({ reason: 'already-open' });
      return;
    }
    await patchAlarm(tx, alarm, {
      // What a device has measured is worth more than what is said about it on the telephone.
      ...(from === 'person' ? {} : { reason: f.reason, evidence: { ...f.evidence } }),
      ...(rises ? { priority, state: 'UNACK' as const, acked_at: null, acked_by: null } : {}),
    });
    showAlarm(tx, alarm, this.directory.current);
    if (!rises) return;
    tx.journal({ kind: 'priority-raised', alarmId: alarm.id, payload: { to: priority, reason: f.reason } });
    if (heard) await this.tickets.raisePriority(tx, heard, alarm, f);
    else await this.giveTicket(tx, alarm, f, device);
  }

  private async clear(tx: EstateTransaction, f: Finding): Promise<void> {
    // The ticket first, as every command does: an accept at this moment must not acknowledge what has just cleared.
    const ticketId = (await this.openAlarm(tx, f, false))?.ticket_id;
    if (ticketId) await tx.trx.selectFrom('ticket').select('id').where('id', '=', ticketId).forUpdate().execute();
    const alarm = await this.openAlarm(tx, f, true);
    if (!alarm || !alarm.active) return;
    const state = nextAlarmState(alarm.state, 'clear', alarm.latched) ?? alarm.state;
    const over = state === 'NORM';
    await patchAlarm(tx, alarm, {
      state,
      active: false,
      cleared_at: tx.at,
      ...(over ? { ended_at: tx.at, ended_how: 'condition cleared' } : {}),
    });
    tx.journal({
      kind: 'condition-cleared',
      alarmId: alarm.id,
      ticketId: alarm.ticket_id,
      payload: { event: f.event, state, reason: f.reason },
    });
    showAlarm(tx, alarm, this.directory.current);
    if (alarm.subject_type === 'building') await this.joins.outliving(tx, alarm);
  }

  private async insertAlarm(
    tx: EstateTransaction,
    f: Finding,
    device: Device | null,
    state: AlarmRow['state'],
  ): Promise<AlarmRow | undefined> {
    const definition = definitionFor(f.event, device);
    return tx.trx
      .insertInto('alarm')
      .values({
        id: newId(tx.now),
        estate_id: tx.estate,
        subject_type: f.subject.type,
        subject_id: f.subject.id,
        device_id: device?.id ?? null,
        event: f.event,
        priority: f.priority ?? definition.priority,
        state,
        latched: definition.latched,
        active: true,
        raised_at: tx.at,
        since: new Date(f.since),
        reason: f.reason,
        evidence: JSON.stringify(f.evidence),
        late: f.late ?? false,
      })
      .onConflict((c) => c.columns(['subject_type', 'subject_id', 'event']).where('ended_at', 'is', null).doNothing())
      .returningAll()
      .executeTakeFirst();
  }

  private openAlarm(tx: EstateTransaction, f: Finding, lock: boolean): Promise<AlarmRow | undefined> {
    const q = tx.trx
      .selectFrom('alarm')
      .selectAll()
      .where('subject_type', '=', f.subject.type)
      .where('subject_id', '=', f.subject.id)
      .where('event', '=', f.event)
      .where('ended_at', 'is', null);
    return (lock ? q.forUpdate() : q).executeTakeFirst();
  }

  private suppressed(tx: EstateTransaction, f: Finding, device: Device | null, reason: string): void {
    this.metrics.suppressed.inc({ reason });
    tx.journal({
      kind: 'did-not-page',
      deviceId: device?.id ?? null,
      payload: { event: f.event, because: reason, finding: f.reason },
    });
  }
}
