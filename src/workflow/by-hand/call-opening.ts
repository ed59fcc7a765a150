import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { definitionFor } from '../../estate/event-definition.js';
import { DomainError } from '../../kernel/domain-error.js';
import { days, minutes } from '../../kernel/durations.js';
import type { EventName, Subject, SubjectType } from '../../kernel/events.js';
import { newId } from '../../kernel/ids.js';
import { canonicalJson } from '../../platform/journal-hash.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { callKind, priorityRange, type TicketPriority } from '../../tickets/call-kinds.js';
import { callSubject, type CallSubject } from '../../tickets/call-subject.js';
import { keptTicket, loadTicket } from '../../tickets/ticket-record.js';
import { EmergencyFlow } from '../emergency-flow.js';
import { showTicket } from '../ticket-changes.js';

/** What somebody at the desk has written down while a resident was on the telephone. */
export interface CallRequest {
  readonly estate: string;
  readonly place: { readonly type: SubjectType; readonly id: string };
  /** Either the event, or what callers say (a call kind). */
  readonly event?: EventName | undefined;
  readonly kind?: string | undefined;
  readonly priority?: TicketPriority | undefined;
  readonly caller: {
    readonly name?: string | undefined;
    readonly phone?: string | undefined;
    readonly unit?: string | undefined;
  };
  readonly said: string;
  /** When the resident told it first; missing = now. ISO 8601. */
  readonly reportedAt?: string | undefined;
  /** Chosen by the client: the same request sent twice is one call. */
  readonly idempotencyKey: string;
}
export interface CallOutcome {
  readonly callId: string;
  readonly ticketId: string;
  /** The ticket was there already: the same alarm, the same car or the same leak. */
  readonly joined: boolean;
}

/** A report older than this is a complaint, not an emergency. */
const OLDEST_MS = days(7);
/** A desk's clock may be ahead of ours by so much. */
const AHEAD_MS = minutes(2);

/** Opens tickets from residents' calls: a call becomes an alarm, and that a ticket, the way a rule's finding does. */
@Injectable()
export class CallOpening {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly flow: EmergencyFlow,
  ) {}

  /** @throws DomainError `invalid`, `not-found` for a place, `conflict` when the key was used for another call */
  open(by: Principal, q: CallRequest): Promise<CallOutcome> {
    const fingerprint = createHash('sha256')
      .update(canonicalJson({ ...q, by: by.username }))
      .digest('hex');
    return this.transactions.run(q.estate, async (tx) => {
      const known = await this.told(tx, q, fingerprint);
      if (known) return known;
      const reportedAt = this.reportTime(tx, q.reportedAt);
      this.requireUnit(q);
      const { event, subject, device } = await this.understand(tx, q);
      const priority = this.choosePriority(event, device, q.priority);
      const callId = newId(tx.now);
      await this.flow.apply(
        tx,
        {
          kind: 'raise',
          ...{ event, subject, priority },
          since: reportedAt.getTime(),
          reason: `reported by telephone, written down by ${by.username}`,
          evidence: { callId, kind: q.kind ?? null },
        },
        device,
        'person',
      );
      const alarm = await this.openAlarm(tx, subject, event);
      const r = alarm?.ticket_id ? await loadTicket(tx, alarm.ticket_id) : null;
      if (!alarm || !r) throw new Error(`a call about ${subject.type} ${subject.id} has led to no ticket`);
      const joined = !tx.isFresh(r.ticket);
      await tx.trx
        .insertInto('resident_call')
        .values({
          id: callId,
          estate_id: tx.estate,
          ...{ ticket_id: r.ticket.id, alarm_id: alarm.id, event, kind: q.kind ?? null },
          ...{ subject_type: subject.type, subject_id: subject.id },
          caller_name: q.caller.name ?? null,
          caller_phone: q.caller.phone ?? null,
          caller_unit: q.caller.unit ?? null,
          ...{ said: q.said, reported_at: reportedAt, entered_at: tx.at, entered_by: by.username, joined },
          ...{ idempotency_key: q.idempotencyKey, request_sha256: fingerprint },
        })
        .execute();
      tx.journal({
        kind: 'call-taken',
        actor: by.username,
        ticketId: r.ticket.id,
        alarmId: alarm.id,
        deviceId: device?.id ?? null,
        payload: { callId, event, priority, reportedAt: reportedAt.toISOString(), joined },
      });
      showTicket(tx, r, this.directory.current);
      return { callId, ticketId: r.ticket.id, joined };
    });
  }

  private async told(tx: EstateTransaction, q: CallRequest, fingerprint: string): Promise<CallOutcome | null> {
    const row = await tx.trx
      .selectFrom('resident_call')
      .select(['id', 'ticket_id', 'joined', 'request_sha256'])
      .where('estate_id', '=', tx.estate)
      .where('idempotency_key', '=', q.idempotencyKey)
      .executeTakeFirst();
    if (!row) return null;
    if (row.request_sha256 !== fingerprint)
      throw new DomainError('conflict', 'This idempotency key was used for another call.', {
        reason: 'idempotency key used',
        ticketId: row.ticket_id,
      });
    return { callId: row.id, ticketId: row.ticket_id, joined: row.joined };
  }

  private reportTime(tx: EstateTransaction, told: string | undefined): Date {
    if (told === undefined) return tx.at;
    const at = Date.parse(told);
    if (at > tx.now + AHEAD_MS)
      throw new DomainError('invalid', 'The report lies in the future.', { reason: 'future' });
    if (at < tx.now - OLDEST_MS)
      throw new DomainError('invalid', 'The report is older than a week.', { reason: 'too old' });
    return new Date(Math.min(at, tx.now));
  }

  private requireUnit(q: CallRequest): void {
    const { unit } = q.caller;
    if (unit !== undefined && this.directory.current.unit(unit)?.estate !== q.estate)
      throw new DomainError('not-found', 'The caller’s unit is not in this estate.', { unit });
  }

  /** The event that is meant: of a kind, one whose alarm is open there, else the kind's first. */
  private async understand(tx: EstateTransaction, q: CallRequest): Promise<CallSubject & { event: EventName }> {
    const about = (event: EventName): CallSubject & { event: EventName } => ({
      event,
      ...callSubject(this.directory.current, tx.estate, q.place, event),
    });
    if (q.event !== undefined) return about(q.event);
    const kind = callKind(q.kind ?? '');
    if (!kind) throw new DomainError('invalid', `There is no kind of call “${q.kind}”.`, { kind: q.kind ?? null });
    const [first, ...others] = kind.events;
    const meant = about(first);
    for (const event of [first, ...others])
      if (await this.openAlarm(tx, meant.subject, event)) return { ...meant, event };
    return meant;
  }

  private choosePriority(event: EventName, device: CallSubject['device'], wanted?: TicketPriority): TicketPriority {
    const range = priorityRange(event, definitionFor(event, device).priority);
    const [usual] = range;
    if (!usual)
      throw new DomainError('invalid', `“${event}” is for the maintenance list and opens no ticket.`, { event });
    if (wanted && !range.includes(wanted))
      throw new DomainError('invalid', `“${event}” may be ${range.join(' or ')}, not ${wanted}.`, { event, range });
    return wanted ?? usual;
  }

  private openAlarm(tx: EstateTransaction, subject: Subject, event: EventName) {
    const kept = keptTicket(tx, (r) => r.alarms.some((a) => isAbout(a, subject, event)))?.alarms;
    const found = kept?.find((a) => isAbout(a, subject, event));
    if (found) return Promise.resolve(found);
    return tx.trx
      .selectFrom('alarm')
      .selectAll()
      .where('subject_type', '=', subject.type)
      .where('subject_id', '=', subject.id)
      .where('event', '=', event)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
  }
}

const isAbout = (
  a: { subject_type: SubjectType; subject_id: string; event: EventName; ended_at: Date | null },
  subject: Subject,
  event: EventName,
): boolean =>
  a.subject_type === subject.type && a.subject_id === subject.id && a.event === event && a.ended_at === null;
