import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import type { ChangeRow } from '../platform/estate-transaction.js';

const KEPT = 5000;
const PAGE = 1000;
const POLL_MS = 1000;

/** Reads one estate's changes in order from where it stands; never skips, never repeats. */
export interface FeedReader {
  readonly estate: string;
  cursor: number;
  deliver(rows: readonly ChangeRow[]): void;
}

interface EstateTail {
  /** The last rows, numbers without a gap. */
  rows: ChangeRow[];
  /** Number up to which rows are known. */
  head: number;
  reading: Promise<void> | null;
  /** Something was committed while a read was under way: it may have missed it. */
  again: boolean;
}

/**
 * The change log as it grows (law 7): each reader is brought from its own number to the newest, in order. Told of
 * commits by this process at once, of others by NOTIFY, and looks by itself every second as a floor.
 */
export class ChangeFeed {
  private readonly log = new Logger(ChangeFeed.name);
  private readonly tails = new Map<string, EstateTail>();
  private readonly readers = new Map<string, Set<FeedReader>>();
  private readonly catchingUp = new Set<FeedReader>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly db: Kysely<Database>) {}

  start(): void {
    this.timer = setInterval(() => {
      for (const estate of this.readers.keys()) void this.wake(estate);
    }, POLL_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** The newest number known for an estate. */
  async head(estate: string): Promise<number> {
    const row = await this.db
      .selectFrom('estate_head')
      .select('seq')
      .where('estate_id', '=', estate)
      .executeTakeFirst();
    return row?.seq ?? 0;
  }

  /** The newest number in memory; 0 while nobody reads that estate. */
  knownHead(estate: string): number {
    return this.tails.get(estate)?.head ?? 0;
  }

  /**
   * Brings a reader up to date and keeps it so. @returns false when its number is older than what is kept, or from
   * another life of the database: it must load the lists anew
   */
  async subscribe(reader: FeedReader): Promise<boolean> {
    const head = await this.head(reader.estate);
    if (reader.cursor > head) return false;
    const oldest = await this.db
      .selectFrom('change_log')
      .select((eb) => eb.fn.min('seq').as('seq'))
      .where('estate_id', '=', reader.estate)
      .executeTakeFirst();
    if (reader.cursor < head && (oldest?.seq ?? head + 1) > reader.cursor + 1) return false;
    let set = this.readers.get(reader.estate);
    if (!set) this.readers.set(reader.estate, (set = new Set()));
    set.add(reader);
    await this.catchUp(reader);
    return true;
  }

  unsubscribe(reader: FeedReader): void {
    const set = this.readers.get(reader.estate);
    set?.delete(reader);
    if (set?.size === 0) this.readers.delete(reader.estate);
  }

  /** Rows that this process has just committed; in order within the call. */
  committed(estate: string, rows: readonly ChangeRow[]): void {
    const tail = this.tails.get(estate);
    const first = rows[0];
    if (tail && !tail.reading && first && first.seq === tail.head + 1) {
      this.append(tail, rows);
      this.deliverAll(estate);
    } else {
      void this.wake(estate);
    }
  }

  /** Something was committed somewhere: reads on from what is known. Never fails: what cannot be read now is read later. */
  async wake(estate: string): Promise<void> {
    if (!this.readers.has(estate)) {
      this.tails.delete(estate);
      return;
    }
    const tail = await this.tail(estate);
    if (!tail) return;
    if (tail.reading) tail.again = true;
    else
      tail.reading = this.readOn(estate, tail).finally(() => {
        tail.reading = null;
      });
    await tail.reading;
  }

  private async tail(estate: string): Promise<EstateTail | null> {
    const known = this.tails.get(estate);
    if (known) return known;
    try {
      const head = await this.head(estate);
      const made = this.tails.get(estate) ?? { rows: [], head, reading: null, again: false };
      this.tails.set(estate, made);
      return made;
    } catch (error) {
      this.log.warn(`changes of ${estate} cannot be read now: ${(error as Error).message}`);
      return null;
    }
  }

  private async readOn(estate: string, tail: EstateTail): Promise<void> {
    try {
      for (;;) {
        const rows = await this.read(estate, tail.head, PAGE);
        // While we read, a commit of this process may have put the same rows there.
        this.append(
          tail,
          rows.filter((r) => r.seq > tail.head),
        );
        this.deliverAll(estate);
        if (rows.length < PAGE && !tail.again) return;
        tail.again = false;
      }
    } catch (error) {
      this.log.warn(`changes of ${estate} cannot be read now: ${(error as Error).message}`);
    }
  }

  private append(tail: EstateTail, rows: readonly ChangeRow[]): void {
    for (const row of rows) {
      if (row.seq !== tail.head + 1) break;
      tail.rows.push(row);
      tail.head = row.seq;
    }
    if (tail.rows.length > KEPT * 1.2) tail.rows = tail.rows.slice(-KEPT);
  }

  private deliverAll(estate: string): void {
    for (const reader of this.readers.get(estate) ?? []) {
      if (!this.catchingUp.has(reader)) this.deliverTail(reader);
    }
  }

  /** From memory when it reaches back far enough; else the reader has to catch up from the table. */
  private deliverTail(reader: FeedReader): void {
    const tail = this.tails.get(reader.estate);
    if (!tail || reader.cursor >= tail.head) return;
    const first = tail.rows[0]?.seq ?? tail.head + 1;
    if (reader.cursor + 1 < first) {
      void this.catchUp(reader);
      return;
    }
    const rows = tail.rows.slice(reader.cursor + 1 - first);
    reader.cursor = tail.head;
    reader.deliver(rows);
  }

  private async catchUp(reader: FeedReader): Promise<void> {
    if (this.catchingUp.has(reader)) return;
    this.catchingUp.add(reader);
    try {
      for (;;) {
        const rows = await this.read(reader.estate, reader.cursor, PAGE);
        const last = rows.at(-1);
        if (last) {
          reader.cursor = last.seq;
          reader.deliver(rows);
        }
        if (rows.length < PAGE) break;
      }
    } catch (error) {
      this.log.warn(`a reader of ${reader.estate} cannot catch up now: ${(error as Error).message}`);
      return; // the poll tries again
    } finally {
      this.catchingUp.delete(reader);
    }
    await this.wake(reader.estate);
    this.deliverTail(reader);
  }

  private async read(estate: string, after: number, limit: number): Promise<ChangeRow[]> {
    const rows = await this.db
      .selectFrom('change_log')
      .select(['estate_id', 'seq', 'type', 'entity_id', 'audience', 'payload'])
      .where('estate_id', '=', estate)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(limit)
      .execute();
    return rows.map((r) => ({
      estate: r.estate_id,
      seq: r.seq,
      type: r.type,
      entityId: r.entity_id,
      audience: r.audience,
      payload: r.payload,
    }));
  }
}
