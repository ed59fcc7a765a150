import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import { minutes } from '../kernel/durations.js';
import { eventDefinition, type EndHow } from '../kernel/events.js';
import { nextAlarmState } from '../alarms/alarm-transitions.js';
import type { Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { EstateTransactions, type EstateTransaction } from '../platform/estate-transaction.js';
import { isOngoing } from '../tickets/ticket-moves.js';
import { loadTicket, patchAlarm, type AlarmRow } from '../tickets/ticket-record.js';
import { AlarmEndings } from './alarm-endings.js';
import { setDeadline } from './deadlines.js';
import { showAlarm } from './ticket-changes.js';
import { TicketCommands } from './ticket-commands.js';

/** What the control room does to an alarm itself. Acknowledging an alarm accepts nothing. */
@Injectable()
export class AlarmCommands {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly endings: AlarmEndings,
    private readonly tickets: TicketCommands,
  ) {}

  ack(estate: string, id: string, by: Principal): Promise<void> {
    return this.onAlarm(estate, id, async (tx, alarm) => {
      const state = nextAlarmState(alarm.state, 'ack', alarm.latched);
      if (!state) {
        if (alarm.acked_at) return; // told twice: it is acknowledged
        throw this.illegal(alarm, 'acknowledged');
      }
      await patchAlarm(tx, alarm, {
        state,
        acked_at: tx.at,
        acked_by: by.username,
        ...(state === 'NORM'
          ? { ended_at: tx.at, ended_how: 'acknowledged after it cleared', ended_by: by.username }
          : {}),
      });
      tx.journal({
        kind: 'alarm-acknowledged',
        actor: by.username,
        alarmId: id,
        ticketId: alarm.ticket_id,
        payload: { event: alarm.event, state },
      });
    });
  }

  /** Put aside for a while, with an end and a reason. P1 cannot be shelved (law 6). */
  shelve(estate: string, id: string, by: Principal, q: { minutes: number; reason: string }): Promise<void> {
    return this.onAlarm(estate, id, async (tx, alarm) => {
      if (alarm.priority === 'P1') {
        throw new DomainError('conflict', 'A P1 alarm cannot be shelved: a person is in danger.', { reason: 'P1' });
      }
      const state = nextAlarmState(alarm.state, 'shelve', alarm.latched);
      if (!state) throw this.illegal(alarm, 'shelved');
      const until = new Date(tx.now + minutes(q.minutes));
      await patchAlarm(tx, alarm, { state, shelved_until: until, shelved_by: by.username, shelved_reason: q.reason });
      await setDeadline(tx, { kind: 'shelf-end', key: id, ticketId: null, dueAt: until.getTime() });
      tx.journal({
        kind: 'alarm-shelved',
        actor: by.username,
        alarmId: id,
        payload: { event: alarm.event, until: until.toISOString(), reason: q.reason },
      });
    });
  }

  /** The shelf time is over: it is back as new if its condition still holds. */
  unshelve(estate: string, id: string): Promise<void> {
    return this.onAlarm(estate, id, async (tx, alarm) => {
      if (alarm.state !== 'SHLVD') return;
      const state = alarm.active ? 'UNACK' : alarm.latched ? 'LUNACK' : 'NORM';
      await patchAlarm(tx, alarm, {
        state,
        shelved_until: null,
        ...(state === 'NORM' ? { ended_at: tx.at, ended_how: 'cleared while shelved' } : {}),
      });
      tx.journal({ kind: 'alarm-unshelved', alarmId: id, payload: { event: alarm.event, state } });
    });
  }

  /**
   * Ends an alarm as its catalogue row allows. An alarm button answered by voice ends its ticket too, when nothing else
   * is open on it: nobody is in need.
   */
  async end(estate: string, id: string, by: Principal, how: EndHow, note: string | undefined): Promise<void> {
    const ticketToEnd = await this.onAlarm(estate, id, async (tx, alarm) => {
      const allowed = eventDefinition(alarm.event).endBy;
      if (!allowed.includes(how)) {
        throw new DomainError('conflict', `This alarm cannot be ended by ${how}.`, {
          reason: `not by ${how}`,
          allowed,
        });
      }
      const ticket = alarm.ticket_id ? await loadTicket(tx, alarm.ticket_id) : null;
      if (alarm.ended_at) throw this.illegal(alarm, 'ended');
      const others = ticket?.alarms.some((a) => a.id !== id && a.ended_at === null) ?? false;
      const ticketGoesOn = ticket !== null && isOngoing(ticket.ticket.state);
      if (ticketGoesOn && !others && ticket.ticket.priority === 'P1' && how !== 'voice') {
        throw new DomainError('conflict', 'End it through its ticket: report rescued, or false alarm.', {
          reason: 'its ticket is not over',
          ticketId: ticket.ticket.id,
        });
      }
      await patchAlarm(tx, alarm, {
        state: 'NORM',
        active: false,
        ended_at: tx.at,
        ended_how: how,
        ended_by: by.username,
      });
      tx.journal({
        kind: 'alarm-ended',
        actor: by.username,
        alarmId: id,
        ticketId: alarm.ticket_id,
        payload: { how, event: alarm.event, note: note ?? null },
      });
      const { device_id: device, event } = alarm;
      const subject = { type: alarm.subject_type, id: alarm.subject_id };
      tx.afterCommit.push(() => this.endings.tell({ subject, device, event, at: tx.now }));
      return ticketGoesOn && !others && how === 'voice' ? ticket.ticket.id : null;
    });
    if (ticketToEnd) {
      await this.tickets.move(estate, ticketToEnd, 'false-alarm', by, {
        reason: `voice contact: nobody in need${note ? ` (${note})` : ''}`,
      });
    }
  }

  private onAlarm<T>(
    estate: string,
    id: string,
    work: (tx: EstateTransaction, alarm: AlarmRow) => Promise<T>,
  ): Promise<T> {
    return this.transactions.run(estate, async (tx) => {
      // Its ticket first, as every command does: no deadlock between them.
      const seen = await tx.trx
        .selectFrom('alarm')
        .selectAll()
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .executeTakeFirst();
      if (!seen) throw new DomainError('not-found', 'There is no such alarm.');
      if (seen.ticket_id)
        await tx.trx.selectFrom('ticket').select('id').where('id', '=', seen.ticket_id).forUpdate().execute();
      const alarm = await tx.trx
        .selectFrom('alarm')
        .selectAll()
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const result = await work(tx, alarm);
      showAlarm(tx, alarm, this.directory.current);
      return result;
    });
  }

  private illegal(alarm: AlarmRow, what: string): DomainError {
    return new DomainError('conflict', `An alarm that is ${alarm.state} cannot be ${what}.`, {
      reason: `alarm is ${alarm.state}`,
      state: alarm.state,
    });
  }
}
