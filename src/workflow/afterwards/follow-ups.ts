import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Subject } from '../../kernel/events.js';
import { newId } from '../../kernel/ids.js';
import { nextWakingMoment } from '../../kernel/zoned-time.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { Names, Role } from '../../gateway/views.js';
import type { Database } from '../../platform/database-schema.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import {
  FOLLOW_UPS,
  dueInRain,
  followUpsAfter,
  nextReminder,
  SUPERVISOR_AFTER_MS,
  type FollowUpKind,
} from '../../tickets/follow-up-rules.js';
import type { TicketMove } from '../../tickets/ticket-moves.js';
import { loadTicket, patchTicket, procedureOf, type TicketRecord } from '../../tickets/ticket-record.js';
import { dropOpenDeadline, setDeadline } from '../deadlines.js';
import { showTicket } from '../ticket-changes.js';
import { showTask, TaskNotices } from './task-notices.js';

export type FollowUpRow = Selectable<Database['follow_up']>;

/** A job to be made. What is left out follows the rule of its kind. */
export interface FollowUpDraft {
  readonly kind: FollowUpKind;
  readonly subject: Subject;
  readonly ticketId?: string | null;
  readonly title?: Names;
  readonly note?: string | null;
  readonly role?: Role;
  readonly assignee?: string | null;
  /** ms since the epoch. */
  readonly dueAt?: number;
  /** User name; null = a rule. */
  readonly by: string | null;
  readonly because: string;
}

export interface FollowUpEnd {
  readonly state: 'done' | 'skipped';
  readonly outcome?: string;
  /** 1 to 5, what the people concerned said. */
  readonly satisfaction?: number;
  readonly reason?: string;
}

/** Small jobs after an emergency (domain §9): made by rule or by hand, reminded of by day, ended with an outcome. */
@Injectable()
export class FollowUps {
  /** Asked before a job is done; may refuse it (an alarm path that was not heard). */
  readonly checks = new Map<string, (tx: EstateTransaction, row: FollowUpRow, end: FollowUpEnd) => Promise<void>>();

  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly notices: TaskNotices,
  ) {}

  /** A ticket has moved: what its end asks for is made in the same transaction. */
  async afterMove(tx: EstateTransaction, r: TicketRecord, move: TicketMove, dueAt: string | undefined): Promise<void> {
    const { ticket } = r;
    const procedure = procedureOf(r);
    const subject = { type: ticket.subject_type, id: ticket.subject_id };
    const { event, priority, drill } = ticket;
    const ended = { event, priority, drill, move, procedure: procedure.id, shape: procedure.shape };
    for (const { kind, role, because } of followUpsAfter(ended))
      await this.make(tx, { kind, role, subject, ticketId: ticket.id, by: null, because });
    if (move === 'follow-up' && !drill) {
      const open = await this.openOf(tx, ticket.id);
      const due = dueAt ? Date.parse(dueAt) : undefined;
      if (open.length === 0 || due !== undefined) {
        const more = due === undefined ? {} : { dueAt: due };
        await this.make(tx, {
          kind: 'other',
          subject,
          ticketId: ticket.id,
          by: null,
          because: 'planned at the end',
          ...more,
        });
      }
    }
    if (move === 'follow-up') await this.tellTicket(tx, r);
  }

  /** @returns null when a rule has made it before */
  async make(tx: EstateTransaction, d: FollowUpDraft): Promise<FollowUpRow | null> {
    const zone = this.zone(tx.estate);
    const rule = FOLLOW_UPS[d.kind];
    const waitsFor = d.dueAt === undefined ? (rule.waitsFor ?? null) : null;
    const due = d.dueAt ?? (waitsFor ? await this.rainDue(tx, zone) : rule.due(zone, tx.now));
    const title = d.title ?? rule.title;
    const directory = this.directory.current;
    const place =
      d.subject.type === 'device'
        ? directory.device(d.subject.id)
        : {
            unit: d.subject.type === 'unit' ? d.subject.id : null,
            building: d.subject.type === 'building' ? d.subject.id : (directory.riser(d.subject.id)?.building ?? null),
          };
    const row: FollowUpRow = {
      id: newId(tx.now),
      estate_id: tx.estate,
      kind: d.kind,
      ticket_id: d.ticketId ?? null,
      subject_type: d.subject.type,
      subject_id: d.subject.id,
      zone_ids: directory.zonesOf({
        building: place?.building ?? null,
        unit: place?.unit ?? null,
        estate: tx.estate,
      }),
      title_zh: title.zh,
      title_en: title.en,
      note: d.note ?? null,
      role: d.role ?? rule.role,
      assignee: d.assignee ?? null,
      state: waitsFor && due === null ? 'waiting' : 'open',
      waits_for: waitsFor,
      due_at: due === null ? null : new Date(due),
      reminded_at: null,
      reminders: 0,
      created_at: tx.at,
      created_by: d.by,
      ended_at: null,
      ended_by: null,
      outcome: null,
      reason: null,
      satisfaction: null,
    };
    const made = await tx.trx
      .insertInto('follow_up')
      .values(row)
      .onConflict((c) => c.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return null;
    tx.journal({
      kind: 'follow-up-made',
      actor: d.by,
      ticketId: row.ticket_id,
      payload: { followUp: row.id, kind: row.kind, role: row.role, dueAt: iso(row.due_at), because: d.because },
    });
    showTask(tx, 'follow-up', row.id);
    if (row.due_at) await this.wake(tx, row, row.due_at.getTime());
    return row;
  }

  /** Rain has come: what waited for it is due that day. @returns how many */
  async releaseForRain(tx: EstateTransaction, from: number): Promise<number> {
    const waiting = await tx.trx
      .selectFrom('follow_up')
      .selectAll()
      .where('estate_id', '=', tx.estate)
      .where('state', '=', 'waiting')
      .where('waits_for', '=', 'rain')
      .forUpdate()
      .execute();
    for (const row of waiting) {
      const due = dueInRain(this.zone(tx.estate), Math.max(from, tx.now));
      await this.patch(tx, row, { state: 'open', due_at: new Date(due) });
      tx.journal({
        kind: 'follow-up-released',
        ticketId: row.ticket_id,
        payload: { followUp: row.id, because: 'rain', dueAt: iso(row.due_at) },
      });
      showTask(tx, 'follow-up', row.id);
      await this.wake(tx, row, due);
      this.notices.tell(tx, this.whose(row, tx.now), this.notice(row, false));
    }
    return waiting.length;
  }

  /** @throws DomainError `conflict` when it is over, `invalid` without outcome or reason, `forbidden` when it is not his */
  end(estate: string, id: string, by: Principal, end: FollowUpEnd): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      const row = await this.lock(tx, id);
      this.assertMine(row, by);
      this.assertOpen(row);
      if (end.state === 'done' && !end.outcome?.trim()) throw new DomainError('invalid', 'Say how it went.');
      if (end.state === 'skipped' && !end.reason?.trim()) throw new DomainError('invalid', 'Say why it is left out.');
      await this.checks.get(row.kind)?.(tx, row, end);
      await this.finish(tx, row, by.username, end);
    });
  }

  /** In somebody's transaction: the same, by a rule when `by` is null. */
  async finish(tx: EstateTransaction, row: FollowUpRow, by: string | null, end: FollowUpEnd): Promise<void> {
    const { state, outcome = null, satisfaction = null, reason = null } = end;
    await this.patch(tx, row, { state, outcome, satisfaction, reason, ended_at: tx.at, ended_by: by });
    tx.journal({
      kind: `follow-up-${state}`,
      actor: by,
      ticketId: row.ticket_id,
      payload: { followUp: row.id, kind: row.kind, outcome, satisfaction, reason },
    });
    await dropOpenDeadline(tx, 'follow-up', row.id);
    showTask(tx, 'follow-up', row.id);
    await this.ofTicket(tx, row);
  }

  /** Another person, role or time. */
  assign(
    estate: string,
    id: string,
    by: Principal,
    to: { assignee?: string | null; role?: Role; dueAt?: number; note?: string },
  ): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      const row = await this.lock(tx, id);
      this.assertOpen(row);
      if (to.assignee && !this.directory.current.person(to.assignee)?.roles.some((x) => x.estate === estate))
        throw new DomainError('invalid', `${to.assignee} does not work in this estate.`, { assignee: to.assignee });
      await this.patch(tx, row, {
        ...(to.assignee === undefined ? {} : { assignee: to.assignee }),
        ...(to.role === undefined ? {} : { role: to.role }),
        ...(to.note === undefined ? {} : { note: to.note }),
        ...(to.dueAt === undefined ? {} : { due_at: new Date(to.dueAt), state: 'open' as const, reminders: 0 }),
      });
      tx.journal({
        kind: 'follow-up-assigned',
        actor: by.username,
        ticketId: row.ticket_id,
        payload: { followUp: row.id, assignee: row.assignee, role: row.role, dueAt: iso(row.due_at) },
      });
      showTask(tx, 'follow-up', row.id);
      if (row.due_at && row.state === 'open') await this.wake(tx, row, row.due_at.getTime());
      if (to.assignee) this.notices.tell(tx, [to.assignee], this.notice(row, false));
      await this.ofTicket(tx, row);
    });
  }

  /** Its deadline: told to those whose it is, by day, until it is done; a day late also to the supervisor. */
  async onDue(tx: EstateTransaction, id: string): Promise<void> {
    const row = await tx.trx
      .selectFrom('follow_up')
      .selectAll()
      .where('id', '=', id)
      .where('state', '=', 'open')
      .forUpdate()
      .executeTakeFirst();
    if (!row?.due_at) return;
    const zone = this.zone(tx.estate);
    const waking = nextWakingMoment(zone, tx.now);
    if (waking > tx.now) return this.wake(tx, row, waking);
    const late = tx.now - row.due_at.getTime();
    const told = [...this.notices.tell(tx, this.whose(row, tx.now), this.notice(row, true))];
    if (told.length === 0 || late >= SUPERVISOR_AFTER_MS)
      told.push(...this.notices.tellRole(tx, 'supervisor', this.notice(row, true), row.zone_ids));
    await this.patch(tx, row, { reminded_at: tx.at, reminders: row.reminders + 1 });
    // The first and every sixth: the journal is no alarm clock.
    if (row.reminders % 6 === 1) {
      tx.journal({
        kind: 'follow-up-overdue',
        ticketId: row.ticket_id,
        payload: { followUp: row.id, kind: row.kind, lateS: Math.round(late / 1000), told },
      });
    }
    showTask(tx, 'follow-up', row.id);
    await this.wake(tx, row, nextWakingMoment(zone, nextReminder(tx.now)));
  }

  /** The first open one that a rule has made for a place. */
  openFor(tx: EstateTransaction, kind: FollowUpKind, subjectId: string): Promise<FollowUpRow | undefined> {
    return tx.trx
      .selectFrom('follow_up')
      .selectAll()
      .where('estate_id', '=', tx.estate)
      .where('kind', '=', kind)
      .where('subject_id', '=', subjectId)
      .where('state', 'in', ['waiting', 'open'])
      .forUpdate()
      .executeTakeFirst();
  }

  /** It rains already, or is known to. */
  private async rainDue(tx: EstateTransaction, zone: string): Promise<number | null> {
    const flag = await tx.trx
      .selectFrom('weather_flag')
      .select('from_at')
      .where('estate_id', '=', tx.estate)
      .where('kind', 'in', ['rain', 'plum-rain', 'typhoon'])
      .where('to_at', '>', tx.at)
      .orderBy('from_at')
      .executeTakeFirst();
    return flag ? dueInRain(zone, Math.max(flag.from_at.getTime(), tx.now)) : null;
  }

  private async lock(tx: EstateTransaction, id: string): Promise<FollowUpRow> {
    const seen = await tx.trx
      .selectFrom('follow_up')
      .select('ticket_id')
      .where('id', '=', id)
      .where('estate_id', '=', tx.estate)
      .executeTakeFirst();
    // The ticket first, as every command does.
    if (seen?.ticket_id) await loadTicket(tx, seen.ticket_id);
    const row = await tx.trx
      .selectFrom('follow_up')
      .selectAll()
      .where('id', '=', id)
      .where('estate_id', '=', tx.estate)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw new DomainError('not-found', 'There is no such follow-up.');
    return row;
  }

  private assertOpen(row: FollowUpRow): void {
    if (row.state === 'done' || row.state === 'skipped')
      throw new DomainError('conflict', `This follow-up is ${row.state} already.`, { reason: `it is ${row.state}` });
  }

  private assertMine(row: FollowUpRow, by: Principal): void {
    const roles = by.roles.filter((x) => x.estate === row.estate_id).map((x) => x.role);
    const lead = roles.some((x) => x === 'supervisor' || x === 'control-room' || x === 'project-manager');
    if (lead || row.assignee === by.username || (row.assignee === null && roles.includes(row.role))) return;
    throw new DomainError('forbidden', 'This follow-up is somebody else’s.', {
      role: row.role,
      assignee: row.assignee,
    });
  }

  private openOf(tx: EstateTransaction, ticketId: string): Promise<FollowUpRow[]> {
    return tx.trx
      .selectFrom('follow_up')
      .selectAll()
      .where('ticket_id', '=', ticketId)
      .where('state', 'in', ['waiting', 'open'])
      .orderBy('due_at')
      .execute();
  }

  private async ofTicket(tx: EstateTransaction, row: FollowUpRow): Promise<void> {
    const r = row.ticket_id ? await loadTicket(tx, row.ticket_id) : null;
    if (r?.ticket.state === 'follow-up') await this.tellTicket(tx, r);
  }

  /** A ticket in its follow-up shows when the next of its jobs is due; none left: it may be closed. */
  private async tellTicket(tx: EstateTransaction, r: TicketRecord): Promise<void> {
    const open = await this.openOf(tx, r.ticket.id);
    const next = open.find((f) => f.due_at)?.due_at ?? null;
    if (iso(next) !== iso(r.ticket.follow_up_due_at)) await patchTicket(tx, r, { follow_up_due_at: next });
    if (open.length === 0)
      tx.journal({ kind: 'follow-ups-over', ticketId: r.ticket.id, payload: { next: 'the ticket may be closed' } });
    showTicket(tx, r, this.directory.current);
  }

  private whose(row: FollowUpRow, now: number): string[] {
    if (row.assignee) return [row.assignee];
    return this.notices.onDuty(row.estate_id, row.role, now, row.zone_ids);
  }

  private notice(row: FollowUpRow, overdue: boolean): Parameters<TaskNotices['tell']>[2] {
    const place = this.directory.current.placeOfSubject({ type: row.subject_type, id: row.subject_id });
    const title = { zh: row.title_zh, en: row.title_en };
    return { kind: 'follow-up', id: row.id, estate: row.estate_id, title, place, dueAt: iso(row.due_at), overdue };
  }

  private async patch(tx: EstateTransaction, row: FollowUpRow, patch: Partial<FollowUpRow>): Promise<void> {
    Object.assign(row, patch);
    await tx.trx.updateTable('follow_up').set(patch).where('id', '=', row.id).execute();
  }

  private wake(tx: EstateTransaction, row: FollowUpRow, dueAt: number): Promise<void> {
    return setDeadline(tx, { kind: 'follow-up', key: row.id, ticketId: null, dueAt });
  }

  private zone(estate: string): string {
    return this.directory.current.estate(estate)?.timezone ?? 'Asia/Shanghai';
  }
}

const iso = (d: Date | null): string | null => d?.toISOString() ?? null;
