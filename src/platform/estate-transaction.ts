import { Inject, Injectable } from '@nestjs/common';
import { CompiledQuery, type Kysely, type Selectable, type Transaction } from 'kysely';
import { CLOCK, type Clock } from '../kernel/clock.js';
import pg from 'pg';
import { canonicalJson } from './journal-hash.js';
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

/** Tables whose new rows wait for the end of the transaction (close_estate_transaction writes them). */
type WrittenLast = 'ticket' | 'slot' | 'page' | 'ticket_step' | 'deadline' | 'outbox';
export type NewRow<T extends WrittenLast> = T extends 'deadline'
  ? Omit<Selectable<Database['deadline']>, 'id' | 'served_at' | 'outcome'>
  : T extends 'outbox'
    ? Omit<Selectable<Database['outbox']>, 'id' | 'handed_at'>
    : Selectable<Database[T]>;

/**
 * One unit of work of one estate: what it changes, journals and shows commits together or not at all (laws 3, 7, 12).
 * New rows are gathered and written at the end by one call in the database, together with journal and changes, under the
 * lock of the estate head, and the commit travels in the same message: so a busy process never holds that lock.
 */
export class EstateTransaction {
  private readonly journals: JournalDraft[] = [];
  private readonly changes = new Map<string, ChangeDraft>();
  private readonly rows = new Map<WrittenLast, object[]>();
  private readonly fresh = new Set<object>();
  private readonly unnumbered: { token: string; year: number; ticket: { id: string; no: string } }[] = [];
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

  /** The ticket takes the estate's next number of that year; until the end a token stands for it. */
  number(ticket: { id: string; no: string }, year: number): void {
    ticket.no = `{ticket-number:${ticket.id}}`;
    this.unnumbered.push({ token: ticket.no, year, ticket });
  }

  journal(line: JournalDraft): void {
    this.journals.push(line);
  }

  /** Told twice of one thing, it is shown once, as it is at the end. */
  change(change: ChangeDraft): void {
    this.changes.set(`${change.type}:${change.entityId}`, change);
  }

  /**
   * Writes everything that waited and commits. Called once, as the last thing; an empty transaction follows in its
   * place, for whoever began the first one to end.
   */
  async close(): Promise<ChangeRow[]> {
    if (this.changes.size === 0 && this.journals.length === 0 && this.rows.size === 0) return [];
    const changes = [...this.changes.values()].map((c) => ({
      type: c.type,
      entityId: c.entityId,
      audience: c.audience ?? null,
      payload: c.payload(),
    }));
    const rendered = JSON.stringify(changes);
    const values = [
      this.estate,
      this.at.toISOString(),
      JSON.stringify(Object.fromEntries(this.rows)),
      rendered,
      JSON.stringify(this.journals.map((j) => this.line(j))),
      JSON.stringify(this.unnumbered.map(({ token, year }) => ({ token, year }))),
    ].map((v) => pg.escapeLiteral(v));
    // One message of several statements takes no parameters, hence the literals.
    const closed = await this.trx.executeQuery<{ result: { firstSeq: number; numbers: Record<string, string> } }>(
      CompiledQuery.raw(`select close_estate_transaction(${values.join(', ')}) as result; commit; begin`),
    );
    const result = closed.rows[0]?.result;
    if (!result) throw new Error('the estate transaction has not told its numbers');
    let told = rendered;
    for (const { token, ticket } of this.unnumbered) {
      ticket.no = result.numbers[token] ?? token;
      told = told.replaceAll(token, ticket.no);
    }
    const final = this.unnumbered.length > 0 ? (JSON.parse(told) as typeof changes) : changes;
    return final.map((c, i) => ({ ...c, estate: this.estate, seq: result.firstSeq + i }));
  }

  /** Canonical JSON, as `journalHash` hashes it, cut where the number goes. */
  private line(j: JournalDraft): { before: string; after: string } {
    const text = canonicalJson({
      estate_id: this.estate,
      no: NUMBER,
      at: this.at.toISOString(),
      kind: j.kind,
      actor: j.actor ?? null,
      ticket_id: j.ticketId ?? null,
      alarm_id: j.alarmId ?? null,
      device_id: j.deviceId ?? null,
      payload: typeof j.payload === 'function' ? j.payload() : j.payload,
    });
    // Keys are sorted: nothing before it can hold this text, quotes inside a value are escaped.
    const marker = `"no":"${NUMBER}"`;
    const cut = text.indexOf(marker);
    return { before: `${text.slice(0, cut)}"no":`, after: text.slice(cut + marker.length) };
  }
}

/** Stands for a journal line's number until the database gives it. */
const NUMBER = '#';

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
          changes = await tx.close();
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
