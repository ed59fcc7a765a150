import { sql, type Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import type { History, NumberedReading, StoredReading } from './history.port.js';

/** The part of a pg client that the batch writer needs. */
export interface Queryable {
  query(q: { name?: string; text: string; values?: unknown[] }): Promise<unknown>;
}

const DAY_MS = 86_400_000;

/** JSON has no unescaped control character, so this one separates values that are sent as one text. */
const SEPARATOR = '\u001e';

/** `$1` … `$6` as {@link readingParameters} gives them; as a part of a longer statement. */
export const INSERT_READINGS = `insert into reading (device_no, at, observed_at, received_at, seq, vals)
    select n, to_timestamp(a / 1000.0), to_timestamp(o / 1000.0), to_timestamp(r / 1000.0), s, v::jsonb
    from unnest($1::int[], $2::float8[], $3::float8[], $4::float8[], $5::bigint[], string_to_array($6, e'\\x1e'))
      as x(n, a, o, r, s, v)`;

/** The same, leaving out what a device sends again after a restart because its PUBACK was lost. */
const INSERT_NEW = {
  name: 'insert-new-readings',
  text: `${INSERT_READINGS} where not exists (select 1 from reading e where e.device_no = n and e.at = to_timestamp(a / 1000.0)
      and e.seq is not distinct from s and e.vals = v::jsonb)`,
};

export async function insertNewReadings(client: Queryable, readings: readonly NumberedReading[]): Promise<void> {
  await client.query({ ...INSERT_NEW, values: readingParameters(readings) });
}

/**
 * Columns as array literals, made here: the driver's own way, element by element with escapes, costs several times as
 * much, and this runs for every reading.
 */
export function readingParameters(readings: readonly NumberedReading[]): string[] {
  let no = '{';
  let at = '{';
  let observed = '{';
  let received = '{';
  let seq = '{';
  let vals = '';
  for (let i = 0; i < readings.length; i++) {
    const { no: deviceNo, reading } = readings[i] as NumberedReading;
    const comma = i === 0 ? '' : ',';
    no += comma + deviceNo;
    at += comma + reading.at;
    observed += comma + reading.observedAt;
    received += comma + reading.receivedAt;
    seq += comma + (reading.seq ?? 'null');
    vals += (i === 0 ? '' : SEPARATOR) + JSON.stringify(reading.values);
  }
  return [`${no}}`, `${at}}`, `${observed}}`, `${received}}`, `${seq}}`, vals];
}

/** History on the system of record: one partition a day, made ahead; what is older or newer lands in the default one. */
export class PostgresHistory implements History {
  constructor(private readonly db: Kysely<Database>) {}

  async readings(device: string, from: number, to: number, limit: number): Promise<StoredReading[]> {
    const rows = await this.db
      .selectFrom('reading')
      .innerJoin('device', 'device.no', 'reading.device_no')
      .select(['reading.at', 'reading.observed_at', 'reading.received_at', 'reading.seq', 'reading.vals'])
      .where('device.id', '=', device)
      .where('reading.at', '>=', new Date(from))
      .where('reading.at', '<', new Date(to))
      .orderBy('reading.at')
      .orderBy('reading.seq')
      .limit(limit)
      .execute();
    return rows.map((r) => ({
      observedAt: r.observed_at.getTime(),
      receivedAt: r.received_at.getTime(),
      at: r.at.getTime(),
      ...(r.seq === null ? {} : { seq: r.seq }),
      values: r.vals,
    }));
  }
}

/** Makes the partitions of yesterday to the day after tomorrow (UTC days), when they are not there yet. */
export async function ensureReadingPartitions(db: Kysely<Database>, now: number): Promise<void> {
  for (let day = -1; day <= 2; day++) {
    const from = new Date(Math.floor(now / DAY_MS) * DAY_MS + day * DAY_MS);
    const to = new Date(from.getTime() + DAY_MS);
    const name = `reading_${from.toISOString().slice(0, 10).replaceAll('-', '_')}`;
    const exists = await sql<{ t: string | null }>`select to_regclass(${name})::text as t`.execute(db);
    if (exists.rows[0]?.t) continue;
    // Rows that reached the default partition before their own was made would forbid it: they move into it first.
    await db.transaction().execute(async (trx) => {
      // Several copies that start at once make it one after the other.
      await sql`select pg_advisory_xact_lock(hashtext('reading partitions'))`.execute(trx);
      const made = await sql<{ t: string | null }>`select to_regclass(${name})::text as t`.execute(trx);
      if (made.rows[0]?.t) return;
      const bound = (d: Date) => sql.lit(d.toISOString());
      await sql`create table ${sql.id(name)} (like reading including defaults)`.execute(trx);
      await sql`with moved as (delete from reading_default where at >= ${bound(from)} and at < ${bound(to)} returning *)
        insert into ${sql.id(name)} select * from moved`.execute(trx);
      await sql`alter table reading attach partition ${sql.id(name)} for values from (${bound(from)}) to (${bound(to)})`.execute(
        trx,
      );
    });
  }
}
