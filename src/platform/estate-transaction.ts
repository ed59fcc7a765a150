import { Inject, Injectable } from '@nestjs/common';
import { CompiledQuery, type Kysely, type Selectable, type Transaction } from 'kysely';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { journalHash } from './journal-hash.js';
import { EMERGENCY_DATABASE } from './database-token.js';
import type { Database } from './database-schema.js';

/** A line of evidence: what was decided, by whom, why. Personal data stands in it by reference (user names, ids). */
export interface JournalDraft {
  readonly kind: string;
  readonly actor?: string | null;
  readonly ticketId?: string | null;
  readonly alarmId?: string | null;
  readonly deviceId?: string | null;
  /** A function is asked at the end, when numbers have been given. */
  readonly payload: Readonly<Record<string, unknown>> | (() => Readonly<Record<string, unknown>>);
}

/** Something that a person may see has changed. `payload` is rendered once, at the end of the transaction. */
export interface ChangeDraft {
  readonly type: 'alarm' | 'ticket' | 'page' | 'step' | 'device';
  readonly entityId: string;
  readonly audience?: readonly string[] | null;
  readonly payload: () => Record<string, unknown>;
}

export interface ChangeRow {
  readonly estate: string;
  readonly seq: number;
  readonly type: string;
  readonly entityId: string | null;
  readonly audience: readonly string[] | null;
  readonly payload: Record<string, unknown>;
}

/** Tables whose new rows wait for the last statement of the transaction, with the columns that we write. */
const WRITTEN_LAST = {
  ticket:
    'id, estate_id, no, event, priority, state, subject_type, subject_id, device_id, building_id, unit_id, zone_ids, ' +
    'car_id, round, drill, procedure, policy, opened_at, rescued_at, over_at, over_reason, follow_up_due_at, version, schema',
  slot:
    'ticket_id, slot, round, state, opened_at, level, holder, filled_at, on_behalf_by, en_route_at, on_site_at, ' +
    'asked_again_at, last_reassured_at',
  page:
    'id, estate_id, ticket_id, person, role, slot, round, level, channel, state, reason, silent, attempts, created_at, ' +
    'sent_at, delivered_at, seen_at, ended_at',
  ticket_step:
    'ticket_id, no, key, title_zh, title_en, role, limit_s, required, evidence, state, done_at, done_by, note',
  deadline: 'kind, key, estate_id, ticket_id, due_at, payload, created_at',
  outbox: 'queue, job_id, payload, not_before, created_at',
} as const;

type WrittenLast = keyof typeof WRITTEN_LAST;
export type NewRow<T extends WrittenLast> = T extends 'deadline'
  ? Omit<Selectable<Database['deadline']>, 'id' | 'served_at' | 'outcome'>
  : T extends 'outbox'
    ? Omit<Selectable<Database['outbox']>, 'id'>
    : Selectable<Database[T]>;

/** The estate's own row, locked at the end: whatever is numbered per estate takes its number here. */
export type EstateHead = Selectable<Database['estate_head']>;

/**
 * One unit of work of one estate: what it changes, journals and shows commits together or not at all (laws 3, 7, 12).
 * New rows are gathered and written in one statement at the end, together with journal and changes, under the lock of
 * the estate head: a P1 under load is paged in the time of a few round trips, and the head is locked for two of them.
 */
export class EstateTransaction {
  private readonly journals: JournalDraft[] = [];
  private readonly changes = new Map<string, ChangeDraft>();
  private readonly rows = new Map<WrittenLast, object[]>();
  private readonly fresh = new Set<object>();
  private readonly numbering: ((head: EstateHead) => void)[] = [];
  readonly afterCommit: ((changes: readonly ChangeRow[]) => void)[] = [];

  constructor(
    readonly trx: Transaction<Database>,
    readonly estate: string,
    /** Steady ms at which this transaction decides. */
    readonly now: number,
  ) {}

  get at(): Date {
    return new Date(this.now);
  }

  /** Written as it is then, with the last statement; until then it may be changed in place. */
  insert<T extends WrittenLast>(table: T, row: NewRow<T>): void {
    this.fresh.add(row);
    const rows = this.rows.get(table);
    if (rows) rows.push(row);
    else this.rows.set(table, [row]);
  }

  /** Not in the database yet: changing the object is enough. */
  isFresh(row: object): boolean {
    return this.fresh.has(row);
  }

  /** A new row of that table that is not written yet. */
  findFresh<T extends WrittenLast>(table: T, match: (row: NewRow<T>) => boolean): NewRow<T> | undefined {
    return (this.rows.get(table) as NewRow<T>[] | undefined)?.find(match);
  }

  /** Takes a number of the estate, just before everything is written. */
  number(take: (head: EstateHead) => void): void {
    this.numbering.push(take);
  }

  journal(line: JournalDraft): void {
    this.journals.push(line);
  }

  /** Told twice of one thing, it is shown once, as it is at the end. */
  change(change: ChangeDraft): void {
    this.changes.set(`${change.type}:${change.entityId}`, change);
  }

  /** Writes everything that waited, under the next numbers of the estate. Called once, just before the commit. */
  async flush(): Promise<ChangeRow[]> {
    if (this.changes.size === 0 && this.journals.length === 0 && this.rows.size === 0) return [];
    const head = await this.trx
      .selectFrom('estate_head')
      .selectAll()
      .where('estate_id', '=', this.estate)
      .forUpdate()
      .executeTakeFirstOrThrow();
    for (const take of this.numbering) take(head);
    const changes = this.renderChanges(head);
    const lines = this.renderJournal(head);
    const values: unknown[] = [this.estate, this.at];
    const parts = [...this.rows].map(([table, rows]) => {
      values.push(JSON.stringify(rows));
      const columns = WRITTEN_LAST[table];
      return `new_${table} as (insert into ${table} (${columns})
        select ${columns} from jsonb_populate_recordset(null::${table}, $${values.length}::jsonb))`;
    });
    values.push(JSON.stringify(changes), JSON.stringify(lines), `${this.estate}:${head.seq}`);
    const n = values.length;
    parts.push(
      `new_changes as (insert into change_log (estate_id, seq, at, type, entity_id, audience, payload)
        select $1, (x->>'seq')::bigint, $2::timestamptz, x->>'type', x->>'entityId',
          case when jsonb_typeof(x->'audience') = 'array'
            then array(select jsonb_array_elements_text(x->'audience')) end, x->'payload'
        from jsonb_array_elements($${n - 2}::jsonb) x)`,
      `new_lines as (insert into journal (estate_id, no, at, kind, actor, ticket_id, alarm_id, device_id, payload, prev_hash, hash)
        select $1, (x->>'no')::bigint, $2::timestamptz, x->>'kind', x->>'actor', (x->>'ticket_id')::uuid,
          (x->>'alarm_id')::uuid, x->>'device_id', x->'payload', decode(x->>'prev_hash', 'hex'), decode(x->>'hash', 'hex')
        from jsonb_array_elements($${n - 1}::jsonb) x)`,
      `told as (select pg_notify('steward_changes', $${n}))`,
    );
    values.push(head.seq, head.journal_no, head.journal_hash, head.ticket_year, head.ticket_no);
    await this.trx.executeQuery(
      CompiledQuery.raw(
        `with ${parts.join(',\n')}
        update estate_head set seq = $${n + 1}, journal_no = $${n + 2}, journal_hash = $${n + 3},
          ticket_year = $${n + 4}, ticket_no = $${n + 5}
        where estate_id = $1 and (select count(*) from told) = 1`,
        values,
      ),
    );
    return changes;
  }

  private renderChanges(head: EstateHead): ChangeRow[] {
    return [...this.changes.values()].map((c) => ({
      estate: this.estate,
      seq: ++head.seq,
      type: c.type,
      entityId: c.entityId,
      audience: c.audience ?? null,
      payload: c.payload(),
    }));
  }

  private renderJournal(head: EstateHead): object[] {
    return this.journals.map((j) => {
      const line = {
        estate_id: this.estate,
        no: ++head.journal_no,
        at: this.at,
        kind: j.kind,
        actor: j.actor ?? null,
        ticket_id: j.ticketId ?? null,
        alarm_id: j.alarmId ?? null,
        device_id: j.deviceId ?? null,
        payload: (typeof j.payload === 'function' ? j.payload() : j.payload) as Record<string, unknown>,
      };
      const prev = head.journal_hash;
      head.journal_hash = journalHash(prev, line);
      return { ...line, prev_hash: prev.toString('hex'), hash: head.journal_hash.toString('hex') };
    });
  }
}

/** 40P01 deadlock, 40001 serialization, 23505 lost a race for a unique row: the whole decision is taken again. */
const RETRYABLE = new Set(['40P01', '40001', '23505']);
const MAX_ATTEMPTS = 8;

@Injectable()
export class EstateTransactions {
  private readonly listeners: ((estate: string, changes: readonly ChangeRow[]) => void)[] = [];

  constructor(
    @Inject(EMERGENCY_DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Told after each commit of this process; rows in order, numbers without a gap inside one call. */
  onCommitted(listener: (estate: string, changes: readonly ChangeRow[]) => void): void {
    this.listeners.push(listener);
  }

  async run<T>(estate: string, work: (tx: EstateTransaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      let tx: EstateTransaction | undefined;
      let changes: ChangeRow[] = [];
      try {
        const value = await this.db.transaction().execute(async (trx) => {
          tx = new EstateTransaction(trx, estate, this.clock.now());
          const result = await work(tx);
          changes = await tx.flush();
          return result;
        });
        if (changes.length > 0) for (const l of this.listeners) l(estate, changes);
        for (const f of tx?.afterCommit ?? []) f(changes);
        return value;
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (!code || !RETRYABLE.has(code) || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }
}
