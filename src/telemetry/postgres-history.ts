import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import type { Bucket, History, HistoryAnswer, StoredReading } from './history.port.js';
import { bucketOf, Buckets } from './history/buckets.js';
import { inOrder, landedReadings } from './history/landing-block.js';
import { OLD_ROW_AS_LINE } from './history/new-readings.js';
import { unpackBlock } from './history/packed-block.js';

/** Blocks fetched at a time: a short question must not unpack a year. */
const BLOCKS_AT_A_TIME = 16;
const DAY_MS = 86_400_000;

/** History on the system of record: readings that have landed, packed blocks, and rows of the first release. */
export class PostgresHistory implements History {
  /** Nobody writes rows of the first release any more. */
  private oldAreGone = false;

  constructor(private readonly db: Kysely<Database>) {}

  async readings(device: string, from: number, to: number, limit: number): Promise<HistoryAnswer<StoredReading>> {
    return { items: await this.list(device, from, to, limit), partial: false };
  }

  async downsampled(
    device: string,
    field: string,
    from: number,
    to: number,
    stepMs: number,
  ): Promise<HistoryAnswer<Bucket>> {
    const buckets = new Buckets(field, stepMs);
    // A day at a time, so that a year of a lift does not stand in memory at once.
    const piece = Math.ceil(DAY_MS / stepMs) * stepMs;
    for (let start = from; start < to;) {
      const end = Math.min(to, bucketOf(start, stepMs) + piece);
      buckets.add(await this.list(device, start, end, Infinity));
      start = (await this.nextAt(device, end, to)) ?? to;
    }
    return { items: buckets.list, partial: false };
  }

  private list(device: string, from: number, to: number, limit: number): Promise<StoredReading[]> {
    if (from >= to) return Promise.resolve([]);
    // One snapshot: a compactor that moves readings meanwhile shows them in exactly one place.
    return this.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (trx) => {
        const known = await trx.selectFrom('device').select('no').where('id', '=', device).executeTakeFirst();
        if (!known) return [];
        const inRange = (r: StoredReading): boolean => r.at >= from && r.at < to;
        const found = (await this.unpacked(trx, known.no, from, to)).filter(inRange);
        for (let offset = 0; ; offset += BLOCKS_AT_A_TIME) {
          const blocks = await blocksOf(trx, known.no, from, to, offset);
          for (const b of blocks) found.push(...unpackBlock(b.payload, b.count, b.codec).filter(inRange));
          // No later block holds anything older than where the last one begins.
          const reached = blocks.at(-1)?.first_at;
          if (blocks.length < BLOCKS_AT_A_TIME || reached === undefined) break;
          if (found.filter((r) => r.at < reached).length >= limit) break;
        }
        return found.sort(inOrder).slice(0, limit);
      });
  }

  /** What has landed and is not in a block yet, and rows of the first release. */
  private async unpacked(trx: Transaction<Database>, no: number, from: number, to: number): Promise<StoredReading[]> {
    const landed = await sql<{ payload: string }>`select payload from reading_landing
      where last_at >= ${from} and first_at < ${to} and device_nos @> array[${no}::int] order by id`.execute(trx);
    const lines = landed.rows.map((r) => r.payload);
    if (!this.oldAreGone) {
      const any = await trx.selectFrom('reading_old').select('device_no').limit(1).execute();
      this.oldAreGone = any.length === 0;
      const old = await sql<{ line: string }>`select ${sql.raw(OLD_ROW_AS_LINE)} as line
        from (select *, round(extract(epoch from at) * 1000)::bigint as at_ms from reading_old
          where device_no = ${no} and at >= ${new Date(from)} and at < ${new Date(to)}) r`.execute(trx);
      lines.unshift(...old.rows.map((r) => r.line));
    }
    return lines.flatMap((line) => landedReadings(line, no)).map(({ no: _, ...r }) => r);
  }

  /** A moment that is not later than the first reading in [from, to); null when there is none. */
  private async nextAt(device: string, from: number, to: number): Promise<number | null> {
    const { rows } = await sql<{ at: number | null }>`select least(
        (select min(greatest(first_at, ${from})) from reading_block where device_no = d.no and last_at >= ${from} and first_at < ${to}),
        (select min(greatest(first_at, ${from})) from reading_landing where last_at >= ${from} and first_at < ${to}),
        (select floor(extract(epoch from min(at)) * 1000)::bigint from reading_old
          where device_no = d.no and at >= ${new Date(from)} and at < ${new Date(to)}))::bigint as at
      from device d where d.id = ${device}`.execute(this.db);
    return rows[0]?.at ?? null;
  }
}

const blocksOf = (trx: Transaction<Database>, no: number, from: number, to: number, offset: number) =>
  trx
    .selectFrom('reading_block')
    .select(['first_at', 'count', 'codec', 'payload'])
    .where('device_no', '=', no)
    .where('last_at', '>=', from)
    .where('first_at', '<', to)
    .orderBy('first_at')
    .orderBy(sql`ctid`)
    .limit(BLOCKS_AT_A_TIME)
    .offset(offset)
    .execute();
