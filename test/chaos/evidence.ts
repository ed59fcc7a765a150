import pg from 'pg';
import { journalHash } from '../../src/platform/journal-hash.js';
import { storedReadings } from '../support/stored-readings.js';
import type { Policy } from '../../src/paging/policy.js';

export interface StoredReading {
  readonly device: string;
  readonly seq: number;
  readonly received_at: Date;
}
export interface StoredAlarm {
  readonly device_id: string | null;
  readonly event: string;
  readonly ticket_id: string | null;
}
export interface StoredTicket {
  readonly id: string;
  readonly device_id: string | null;
  readonly event: string;
  readonly opened_at: Date;
  readonly policy: Policy;
}
export interface StoredPage {
  readonly id: string;
  readonly ticket_id: string;
  readonly slot: string;
  readonly round: number;
  readonly level: number;
  readonly person: string;
  readonly channel: string;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
}
export interface StoredSlot {
  readonly ticket_id: string;
  readonly slot: string;
  readonly round: number;
  readonly holder: string | null;
  readonly filled_at: Date | null;
}

/** What the database holds after it all, read directly. */
export class Evidence {
  private constructor(private readonly client: pg.Client) {}

  static async open(databaseUrl: string): Promise<Evidence> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new Evidence(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  async readings(): Promise<StoredReading[]> {
    const stored = await storedReadings(this.client);
    return stored.map((r) => ({ device: r.device, seq: r.seq ?? -1, received_at: new Date(r.receivedAt) }));
  }

  alarms(): Promise<StoredAlarm[]> {
    return this.rows('select device_id, event, ticket_id from alarm');
  }

  tickets(): Promise<StoredTicket[]> {
    return this.rows('select id, device_id, event, opened_at, policy from ticket');
  }

  pages(): Promise<StoredPage[]> {
    return this.rows('select * from page order by created_at');
  }

  slots(): Promise<StoredSlot[]> {
    return this.rows('select * from slot');
  }

  /** @returns what is wrong with the chain, or null; and its length */
  async journalFault(estate: string): Promise<{ lines: number; fault: string | null }> {
    // The head first: the service goes on writing, and what it adds stands behind that line.
    const [head] = await this.rows<{ no: number; hash: Buffer }>(
      'select journal_no::int as no, journal_hash as hash from estate_head where estate_id = $1',
      [estate],
    );
    const lines = await this.rows<Parameters<typeof journalHash>[1] & { prev_hash: Buffer; hash: Buffer }>(
      `select estate_id, no::int as no, at, kind, actor, ticket_id, alarm_id, device_id, payload, prev_hash, hash
       from journal where estate_id = $1 and no <= $2 order by no`,
      [estate, head?.no ?? 0],
    );
    let previous = Buffer.alloc(32);
    for (const [i, { prev_hash, hash, ...line }] of lines.entries()) {
      if (line.no !== i + 1) return { lines: lines.length, fault: `line ${i + 1} has number ${line.no}` };
      if (!prev_hash.equals(previous)) return { lines: lines.length, fault: `line ${line.no} follows another line` };
      if (!journalHash(previous, line).equals(hash))
        return { lines: lines.length, fault: `line ${line.no} was changed` };
      previous = Buffer.from(hash);
    }
    const ends = head !== undefined && head.no === lines.length && head.hash.equals(previous);
    return { lines: lines.length, fault: ends ? null : 'the estate head does not point to its last line' };
  }

  async changeNumbers(estate: string): Promise<{ rows: number; first: number; last: number; head: number }> {
    const [found] = await this.rows<{ rows: number; first: number; last: number; head: number }>(
      `select count(*)::int as rows, min(c.seq)::int as first, max(c.seq)::int as last, max(h.seq)::int as head
       from change_log c join estate_head h using (estate_id) where estate_id = $1`,
      [estate],
    );
    if (!found) throw new Error('no change log');
    return found;
  }

  async rows<T>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.client.query(text, values)).rows as T[];
  }
}
