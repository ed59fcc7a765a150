import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely, type Transaction } from 'kysely';
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
  readonly payload: Readonly<Record<string, unknown>>;
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

/**
 * One unit of work of one estate: what it changes, journals and shows commits together or not at all (laws 3, 7, 12).
 * The estate head row is updated last, so that its lock is held for the shortest time and nothing deadlocks.
 */
export class EstateTransaction {
  private readonly journals: JournalDraft[] = [];
  private readonly changes = new Map<string, ChangeDraft>();
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

  journal(line: JournalDraft): void {
    this.journals.push(line);
  }

  /** Told twice of one thing, it is shown once, as it is at the end. */
  change(change: ChangeDraft): void {
    this.changes.set(`${change.type}:${change.entityId}`, change);
  }

  /** Writes journal and changes under the next numbers of the estate. Called once, just before the commit. */
  async flush(): Promise<ChangeRow[]> {
    if (this.changes.size === 0 && this.journals.length === 0) return [];
    const head = await this.trx
      .selectFrom('estate_head')
      .select(['seq', 'journal_no', 'journal_hash'])
      .where('estate_id', '=', this.estate)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const at = this.at;
    let { seq } = head;
    const rows: ChangeRow[] = [...this.changes.values()].map((c) => ({
      estate: this.estate,
      seq: ++seq,
      type: c.type,
      entityId: c.entityId,
      audience: c.audience ?? null,
      payload: c.payload(),
    }));
    let no = head.journal_no;
    let hash = head.journal_hash;
    const lines = this.journals.map((j) => {
      const line = {
        estate_id: this.estate,
        no: ++no,
        at,
        kind: j.kind,
        actor: j.actor ?? null,
        ticket_id: j.ticketId ?? null,
        alarm_id: j.alarmId ?? null,
        device_id: j.deviceId ?? null,
        payload: j.payload as Record<string, unknown>,
      };
      const prev_hash = hash;
      hash = journalHash(prev_hash, line);
      return { ...line, prev_hash, hash };
    });
    // One round trip for the head and both logs: the head's lock is held while these run.
    await sql`
      with c as (
        insert into change_log (estate_id, seq, at, type, entity_id, audience, payload)
        select ${this.estate}, (x->>'seq')::bigint, ${at}, x->>'type', x->>'entityId',
          case when jsonb_typeof(x->'audience') = 'array'
            then array(select jsonb_array_elements_text(x->'audience')) end, x->'payload'
        from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) x
      ), j as (
        insert into journal (estate_id, no, at, kind, actor, ticket_id, alarm_id, device_id, payload, prev_hash, hash)
        select ${this.estate}, (x->>'no')::bigint, ${at}, x->>'kind', x->>'actor', (x->>'ticket_id')::uuid,
          (x->>'alarm_id')::uuid, x->>'device_id', x->'payload', decode(x->>'prev', 'hex'), decode(x->>'hash', 'hex')
        from jsonb_array_elements(${JSON.stringify(
          lines.map((l) => ({ ...l, prev: l.prev_hash.toString('hex'), hash: l.hash.toString('hex') })),
        )}::jsonb) x
      ), n as (select pg_notify('steward_changes', ${`${this.estate}:${seq}`}))
      update estate_head set seq = ${seq}, journal_no = ${no}, journal_hash = ${hash}
      where estate_id = ${this.estate} and (select count(*) from n) = 1`.execute(this.trx);
    return rows;
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
