import { sql, type Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import type { History, NumberedReading, StoredReading } from './history.port.js';

/** The part of a pg client that the batch writer needs. */
export interface Queryable {
  query(q: { name?: string; text: string; values?: unknown[] }): Promise<unknown>;
}

const DAY_MS = 86_400_000;

const INSERT = {
  name: 'insert-readings',
  text: `insert into reading (device_no, at, observed_at, received_at, seq, vals)
    select n, to_timestamp(a / 1000.0), to_timestamp(o / 1000.0), to_timestamp(r / 1000.0), s, v::jsonb
    from unnest($1::int[], $2::float8[], $3::float8[], $4::float8[], $5::bigint[], $6::text[]) as x(n, a, o, r, s, v)`,
};
/** The same, leaving out what a device sends again after a restart because its PUBACK was lost. */
const INSERT_NEW = {
  name: 'insert-new-readings',
  text: `${INSERT.text} where not exists (select 1 from reading e where e.device_no = n and e.at = to_timestamp(a / 1000.0)
      and e.seq is not distinct from s and e.vals = v::jsonb)`,
};

/** Writes a batch in one statement, inside the caller's transaction. */
export async function insertReadings(client: Queryable, readings: readonly NumberedReading[]): Promise<void> {
  const maybe = readings.filter((r) => r.maybeStored);
  const fresh = maybe.length === 0 ? readings : readings.filter((r) => !r.maybeStored);
  if (fresh.length > 0) await client.query({ ...INSERT, values: columns(fresh) });
  if (maybe.length > 0) await client.query({ ...INSERT_NEW, values: columns(maybe) });
}

function columns(readings: readonly NumberedReading[]): unknown[] {
  const n = readings.length;
  const no = new Array<number>(n);
  const at = new Array<number>(n);
  const observed = new Array<number>(n);
  const received = new Array<number>(n);
  const seq = new Array<number | null>(n);
  const vals = new Array<string>(n);
  for (let i = 0; i < n; i++) {
    const { no: deviceNo, reading } = readings[i] as NumberedReading;
    no[i] = deviceNo;
    at[i] = reading.at;
    observed[i] = reading.observedAt;
    received[i] = reading.receivedAt;
    seq[i] = reading.seq ?? null;
    vals[i] = JSON.stringify(reading.values);
  }
  return [no, at, observed, received, seq, vals];
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
