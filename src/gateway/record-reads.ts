import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { z } from 'zod';
import { hasRole, type Principal } from '../access/principal.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { cursorOf, MOST_ITEMS, pageOf, readCursor, type PageQuery } from './http/paging.js';
import type { AuditEntryView, JournalEntryView, PageOf } from './record-views.js';

const NO = z.tuple([z.number().int().min(0)]);

export interface JournalFilter extends PageQuery {
  readonly order: 'newest' | 'oldest';
  readonly ticket?: string | undefined;
  readonly alarm?: string | undefined;
  readonly device?: string | undefined;
  readonly kind?: string | undefined;
  readonly actor?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
export interface AuditFilter extends PageQuery {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What was decided and what was administered, page by page. Numbers are the order: they only grow. */
@Injectable()
export class RecordReads {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  async journal(estate: string, q: JournalFilter): Promise<PageOf<JournalEntryView>> {
    const limit = q.limit ?? MOST_ITEMS;
    const after = readCursor(q.after, NO);
    const oldest = q.order === 'oldest';
    let rows = this.db.selectFrom('journal').selectAll().where('estate_id', '=', estate);
    if (after) rows = rows.where('no', oldest ? '>' : '<', after[0]);
    if (q.ticket) rows = rows.where('ticket_id', '=', q.ticket);
    if (q.alarm) rows = rows.where('alarm_id', '=', q.alarm);
    if (q.device) rows = rows.where('device_id', '=', q.device);
    if (q.kind) rows = rows.where('kind', '=', q.kind);
    if (q.actor) rows = rows.where('actor', '=', q.actor);
    if (q.from) rows = rows.where('at', '>=', new Date(q.from));
    if (q.to) rows = rows.where('at', '<', new Date(q.to));
    const found = await rows
      .orderBy('no', oldest ? 'asc' : 'desc')
      .limit(limit + 1)
      .execute();
    const page = pageOf(found, limit, (last) => cursorOf(last.no));
    const items = page.rows.map((j) => ({
      no: j.no,
      at: j.at.toISOString(),
      kind: j.kind,
      actor: j.actor,
      payload: j.payload,
      ticketId: j.ticket_id,
      alarmId: j.alarm_id,
      device: j.device_id,
      hash: j.hash.toString('hex'),
    }));
    return { items, next: page.next };
  }

  /** What was done by people who work nowhere but in the estates that the reader answers for. */
  async audit(reader: Principal, q: AuditFilter): Promise<PageOf<AuditEntryView>> {
    const estates = reader.roles
      .map((r) => r.estate)
      .filter((e) => hasRole(reader, e, 'supervisor', 'project-manager'));
    const limit = q.limit ?? MOST_ITEMS;
    const after = readCursor(q.after, NO);
    let rows = this.db
      .selectFrom('audit')
      .selectAll()
      .where('actor', 'in', (eb) =>
        eb
          .selectFrom('person_role')
          .select('username')
          .groupBy('username')
          .having(sql<boolean>`bool_and(estate_id = any(${estates}))`),
      );
    if (after) rows = rows.where('id', '<', after[0]);
    if (q.actor) rows = rows.where('actor', '=', q.actor);
    if (q.action) rows = rows.where('action', '=', q.action);
    if (q.target) rows = rows.where('target', '=', q.target);
    if (q.from) rows = rows.where('at', '>=', new Date(q.from));
    if (q.to) rows = rows.where('at', '<', new Date(q.to));
    const found = await rows
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const page = pageOf(found, limit, (last) => cursorOf(last.id));
    const items = page.rows.map((a) => ({
      no: a.id,
      at: a.at.toISOString(),
      actor: a.actor,
      action: a.action,
      target: a.target,
      details: a.details,
    }));
    return { items, next: page.next };
  }
}
