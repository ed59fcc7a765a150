import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { explainedBy, isLeakEvent, isSameLeak, ONE_LEAK_WITHIN_MS, swallowers } from '../alarms/correlation.js';
import type { Finding } from '../detection/detector.js';
import { deviceSubject, type Device } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { devicesOnRiser, riserOf, unitsOnRiser } from '../estate/riser-of.js';
import { eventDefinition, type EventName } from '../kernel/events.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import { isOngoing, ONGOING_STATES } from '../tickets/ticket-moves.js';
import {
  keptTicket,
  loadTicket,
  patchAlarm,
  patchSlot,
  patchTicket,
  type AlarmRow,
  type TicketRecord,
} from '../tickets/ticket-record.js';
import { AlarmEndings } from './alarm-endings.js';
import { dropDeadlines } from './deadlines.js';
import { SlotEscalation } from './slot-escalation.js';
import { showAlarm, showTicket } from './ticket-changes.js';

/** What an alarm has to do with what is open around it (domain §4, "Correlation"). The rules: src/alarms/correlation.ts. */
@Injectable()
export class AlarmJoins {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly escalation: SlotEscalation,
    private readonly endings: AlarmEndings,
  ) {}

  /** The building's alarm that explains this finding, while its condition holds; null = it is one of its own. */
  async swallowedBy(tx: EstateTransaction, f: Finding, device: Device | null): Promise<EventName | null> {
    if (!device?.building) return null;
    const greater = swallowers(f.event, f.priority ?? eventDefinition(f.event).priority);
    if (greater.length === 0) return null;
    const open = await tx.trx
      .selectFrom('alarm')
      .select('event')
      .where('subject_type', '=', 'building')
      .where('subject_id', '=', device.building)
      .where('event', 'in', greater)
      .where('ended_at', 'is', null)
      // Cleared and not yet acknowledged explains nothing that happens from now on.
      .where('active', '=', true)
      .executeTakeFirst();
    return open?.event ?? null;
  }

  /**
   * What a building's alarm explained and what still holds when that is over becomes an alarm of its own: the rules
   * are told that theirs was ended, and raise it anew after the usual two minutes if it goes on.
   */
  async outliving(tx: EstateTransaction, greater: AlarmRow): Promise<void> {
    const explained = explainedBy(greater.event);
    if (explained.length === 0) return;
    const devices = this.directory.current.devicesOfBuilding(greater.subject_id);
    const open = await tx.trx
      .selectFrom('alarm')
      .select(['device_id', 'event'])
      .where('estate_id', '=', tx.estate)
      .where('event', 'in', explained)
      .where('ended_at', 'is', null)
      .execute();
    // Whoever has an open alarm was not swallowed, and its rule must go on to clear it.
    const own = new Set(open.map((a) => `${a.device_id} ${a.event}`));
    const hidden = devices.flatMap((d) =>
      explained
        .filter((event) => !own.has(`${d.id} ${event}`))
        .map((event) => ({
          subject: deviceSubject(d),
          device: d.id,
          event,
          at: tx.now,
        })),
    );
    tx.afterCommit.push(() => hidden.forEach((h) => this.endings.tell(h)));
  }

  /**
   * Tickets of a building's devices that its new alarm explains: nobody has taken them yet, so their pages are recalled
   * and their alarms go on under the building's ticket. What somebody works on, and what holds a P1, stays.
   */
  async takeOver(tx: EstateTransaction, into: TicketRecord, greater: AlarmRow): Promise<void> {
    const explained = explainedBy(greater.event);
    if (explained.length === 0) return;
    const found = await tx.trx
      .selectFrom('ticket')
      .select('id')
      .where('estate_id', '=', tx.estate)
      .where('building_id', '=', greater.subject_id)
      .where('event', 'in', explained)
      .where('state', '=', 'opened')
      .where('priority', '<>', 'P1')
      .orderBy('id')
      .execute();
    for (const { id } of found) {
      const r = await loadTicket(tx, id);
      const untouched = r?.ticket.state === 'opened' && r.slots.every((s) => s.holder === null);
      const allExplained = r?.alarms.every((a) => a.priority !== 'P1' && explained.includes(a.event));
      if (r && untouched && allExplained) await this.fold(tx, r, into, greater);
    }
  }

  private async fold(tx: EstateTransaction, r: TicketRecord, into: TicketRecord, greater: AlarmRow): Promise<void> {
    const directory = this.directory.current;
    for (const alarm of r.alarms.splice(0)) {
      await patchAlarm(tx, alarm, { ticket_id: into.ticket.id });
      into.alarms.push(alarm);
      showAlarm(tx, alarm, directory);
      tx.journal({
        kind: 'joined',
        ticketId: into.ticket.id,
        alarmId: alarm.id,
        deviceId: alarm.device_id,
        payload: { event: alarm.event, didNotPage: `${greater.event} explains it` },
      });
    }
    for (const slot of r.slots) {
      await this.escalation.withdraw(tx, r, slot, greater.event);
      await patchSlot(tx, r, slot, { state: 'over' });
    }
    await dropDeadlines(tx, r.ticket.id);
    await patchTicket(tx, r, { state: 'cancelled', over_at: tx.at, over_reason: `${greater.event} explains it` });
    tx.journal({
      kind: 'taken-over',
      ticketId: r.ticket.id,
      payload: () => ({ by: into.ticket.no, because: `${greater.event} explains it` }),
    });
    showTicket(tx, r, directory);
  }

  /**
   * One leak, one ticket: the ongoing ticket of the same riser whose leak this is too. Whoever comes second waits for
   * the first one's commit: two that came together would else open a ticket each.
   */
  async leakTicket(tx: EstateTransaction, alarm: AlarmRow, device: Device | null): Promise<TicketRecord | null> {
    if (!isLeakEvent(alarm.event) || alarm.priority === 'P1') return null;
    const directory = this.directory.current;
    const riser = riserOf(directory, device, { type: alarm.subject_type, id: alarm.subject_id });
    if (riser === null) return null;
    await sql`select pg_advisory_xact_lock(hashtextextended(${`leak on ${riser}`}, 0))`.execute(tx.trx);
    const isThisLeak = (r: TicketRecord): boolean =>
      isOngoing(r.ticket.state) &&
      r.ticket.priority !== 'P1' &&
      r.alarms.some(
        (a) =>
          a.id !== alarm.id &&
          riserOf(directory, deviceOf(a), { type: a.subject_type, id: a.subject_id }) === riser &&
          isSameLeak(
            { event: a.event, priority: a.priority, raisedAt: lastRaised(a) },
            { event: alarm.event, priority: alarm.priority, raisedAt: tx.now },
          ),
      );
    const deviceOf = (a: AlarmRow): Device | null => (a.device_id ? (directory.device(a.device_id) ?? null) : null);
    const mine = keptTicket(tx, isThisLeak);
    if (mine) return mine;
    const ids = devicesOnRiser(directory, riser).map((d) => d.id);
    const units = unitsOnRiser(directory, riser).map((u) => u.id);
    const since = new Date(tx.now - ONE_LEAK_WITHIN_MS);
    const candidates = await tx.trx
      .selectFrom('alarm')
      .innerJoin('ticket', 'ticket.id', 'alarm.ticket_id')
      .select(['ticket.id', 'ticket.opened_at'])
      .distinct()
      .where('alarm.estate_id', '=', tx.estate)
      .where('ticket.state', 'in', ONGOING_STATES)
      .where((eb) => eb.or([eb('alarm.raised_at', '>=', since), eb('alarm.since', '>=', since)]))
      .where((eb) =>
        eb.or([
          ...(ids.length > 0 ? [eb('alarm.device_id', 'in', ids)] : []),
          eb.and([eb('alarm.subject_type', '=', 'riser'), eb('alarm.subject_id', '=', riser)]),
          // What a resident has told of his flat.
          ...(units.length > 0
            ? [eb.and([eb('alarm.subject_type', '=', 'unit'), eb('alarm.subject_id', 'in', units)])]
            : []),
        ]),
      )
      .orderBy('ticket.opened_at')
      .execute();
    for (const { id } of candidates) {
      const r = await loadTicket(tx, id);
      if (r && isThisLeak(r)) return r;
    }
    return null;
  }
}

/** An alarm that recurred was raised again when its condition began again. */
const lastRaised = (a: AlarmRow): number => Math.max(a.raised_at.getTime(), a.since.getTime());
