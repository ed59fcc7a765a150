import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CompiledQuery, type Kysely, type Selectable, type Transaction } from 'kysely';
import { CLOCK, type Clock } from '../kernel/clock.js';
import pg from 'pg';
import { canonicalJson } from './journal-hash.js';
import { EMERGENCY_DATABASE } from './database-token.js';
import type { ClosedTransaction, Database } from './database-schema.js';
import { markCommitted } from './idempotent-command.js';
import { outcomeOf } from './transaction-receipts.js';

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
  readonly type: 'alarm' | 'ticket' | 'page' | 'step' | 'note' | 'device' | 'task';
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
  /** Names this transaction in `transaction_receipt` (ADR 0009). */
  readonly token = randomUUID();
  private rendered: { drafts: readonly RenderedChange[]; text: string } = { drafts: [], text: '[]' };
  private sent = false;
  private closed: ClosedTransaction | null = null;

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

  /** The commit is on its way, or has been made. */
  get isSent(): boolean {
    return this.sent;
  }

  /** The commit has been made, and the database has said so. */
  get isClosed(): boolean {
    return this.closed !== null;
  }

  /**
   * Writes everything that waited and commits. Called once, as the last thing; an empty transaction follows in its
   * place, for whoever began the first one to end.
   */
  async close(): Promise<void> {
    if (this.changes.size === 0 && this.journals.length === 0 && this.rows.size === 0) return;
    const drafts = [...this.changes.values()].map((c) => ({
      type: c.type,
      entityId: c.entityId,
      audience: c.audience ?? null,
      payload: c.payload(),
    }));
    this.rendered = { drafts, text: JSON.stringify(drafts) };
    const values = [
      this.estate,
      this.at.toISOString(),
      JSON.stringify(Object.fromEntries(this.rows)),
      this.rendered.text,
      JSON.stringify(this.journals.map((j) => this.line(j))),
      JSON.stringify(this.unnumbered.map(({ token, year }) => ({ token, year }))),
    ].map((v) => pg.escapeLiteral(v));
    // One message of several statements takes no parameters, hence the literals.
    const close = `insert into transaction_receipt (token, result)
      select '${this.token}', close_estate_transaction(${values.join(', ')}) returning result; commit; begin`;
    this.sent = true;
    const answer = await this.trx.executeQuery<{ result: ClosedTransaction }>(CompiledQuery.raw(close));
    const result = answer.rows[0]?.result;
    if (!result) throw new Error('the estate transaction has not told its numbers');
    this.closed = result;
  }

  /** The answer was lost, and the database has told it since. */
  closedAs(result: ClosedTransaction): void {
    this.closed = result;
  }

  /** The rows that this transaction has shown, with the numbers that it was given. */
  changeRows(): ChangeRow[] {
    const { closed } = this;
    if (!closed) return [];
    let { text } = this.rendered;
    for (const { token, ticket } of this.unnumbered) {
      ticket.no = closed.numbers[token] ?? token;
      text = text.replaceAll(token, ticket.no);
    }
    const final = this.unnumbered.length > 0 ? (JSON.parse(text) as RenderedChange[]) : this.rendered.drafts;
    return final.map((c, i) => ({ ...c, estate: this.estate, seq: closed.firstSeq + i }));
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

type RenderedChange = Pick<ChangeRow, 'type' | 'entityId' | 'audience' | 'payload'>;

/** 40P01 deadlock, 40001 serialization, 23505 lost a race for a unique row: the whole decision is taken again. */
const RETRYABLE = new Set(['40P01', '40001', '23505']);
const MAX_ATTEMPTS = 8;
/** Whoever cannot wait longer for the database to say what became of a commit hears that it is not known. */
const DOUBT_MS = 15_000;

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

  /**
   * Runs `work` and commits it with all that it gathered. A commit whose answer was lost with the connection is looked up:
   * it counts as made if it was, and can never be made any more if not. So whoever tries again never does it twice.
   * @param isOver asked while the database cannot say what became of it: true = wait no longer (then it is not known)
   */
  async run<T>(
    estate: string,
    work: (tx: EstateTransaction) => Promise<T>,
    isOver: () => boolean = patience(DOUBT_MS),
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const under: { tx?: EstateTransaction; done?: { value: T } } = {};
      try {
        await this.db.transaction().execute(async (trx) => {
          const tx = (under.tx = new EstateTransaction(trx, estate, this.clock.now()));
          under.done = { value: await work(tx) };
          await markCommitted(trx, tx.at);
          await tx.close();
        });
      } catch (error) {
        const { tx } = under;
        // What follows a commit is an empty transaction: that one may fail.
        if (!tx?.isClosed) {
          const code = (error as { code?: string }).code ?? '';
          if (RETRYABLE.has(code) && attempt < MAX_ATTEMPTS) continue;
          if (!tx?.isSent || isRefusal(error)) throw error;
          const closed = await outcomeOf(this.db, tx.token, isOver);
          if (!closed) throw error;
          tx.closedAs(closed);
        }
      }
      const { tx, done } = under;
      if (!tx || !done) throw new Error('a transaction has ended without its work');
      const changes = tx.changeRows();
      if (changes.length > 0) for (const l of this.listeners) l(estate, changes);
      for (const f of tx.afterCommit) f(changes);
      return done.value;
    }
  }
}

function patience(ms: number): () => boolean {
  let end = 0;
  return () => {
    end ||= performance.now() + ms;
    return performance.now() > end;
  };
}

/** The database has said no to a statement: then nothing was committed. A cancelled one may be that after the commit. */
function isRefusal(error: unknown): boolean {
  const { severity, code } = error as { severity?: string; code?: string };
  return severity === 'ERROR' && code !== '57014';
}
