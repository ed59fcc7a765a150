import type { NumberedReading } from '../history.port.js';
import { identity, landedReadings } from './landing-block.js';
import { unpackBlock } from './packed-block.js';

/** The part of a pg client that the batch writer needs. */
export interface Queryable {
  query(q: { name?: string; text: string; values?: unknown[] }): Promise<{ rows: unknown[] }>;
}

/** A row of the first release as a line of a landing block. */
export const OLD_ROW_AS_LINE = `concat_ws(' ', r.device_no, r.at_ms, round(extract(epoch from r.observed_at) * 1000)::bigint - r.at_ms,
  round(extract(epoch from r.received_at) * 1000)::bigint - r.at_ms, coalesce(r.seq::text, ''), r.vals::text)`;

/**
 * Whatever may hold a reading of these devices in their ranges, in one snapshot: while a compactor moves a reading, it
 * stands in exactly one of these places.
 */
const AROUND = {
  name: 'stored-around',
  text: `with wanted as (select * from unnest($1::int[], $2::bigint[], $3::bigint[]) as w(no, lo, hi))
    select null::int as no, count, 0::smallint as codec, payload as landed, null::bytea as packed from reading_landing l
      where exists (select 1 from wanted w where l.last_at >= w.lo and l.first_at <= w.hi and l.device_nos @> array[w.no])
    union all
    select b.device_no, b.count, b.codec, null, b.payload from wanted w
      join reading_block b on b.device_no = w.no and b.last_at >= w.lo and b.first_at <= w.hi
    union all
    select r.device_no, 1, 0, ${OLD_ROW_AS_LINE}, null from wanted w, lateral (
      select o.*, round(extract(epoch from o.at) * 1000)::bigint as at_ms from reading_old o
      where o.device_no = w.no and o.at >= to_timestamp(w.lo / 1000.0) and o.at <= to_timestamp(w.hi / 1000.0)) r`,
};

interface Around {
  readonly no: number | null;
  readonly count: number;
  readonly codec: number;
  readonly landed: string | null;
  readonly packed: Buffer | null;
}

/** Those of `readings` that are not stored yet: what a device sends again after a restart because its PUBACK was lost. */
export async function notYetStored(
  client: Queryable,
  readings: readonly NumberedReading[],
): Promise<NumberedReading[]> {
  const ranges = new Map<number, { lo: number; hi: number }>();
  for (const { no, reading } of readings) {
    const range = ranges.get(no);
    if (!range) ranges.set(no, { lo: reading.at, hi: reading.at });
    else if (reading.at < range.lo) range.lo = reading.at;
    else if (reading.at > range.hi) range.hi = reading.at;
  }
  const wanted = [...ranges.values()];
  const values = [[...ranges.keys()], wanted.map((r) => r.lo), wanted.map((r) => r.hi)];
  const { rows } = await client.query({ ...AROUND, values });
  const known = new Set<string>();
  for (const row of rows as Around[]) {
    const { no, landed, packed } = row;
    if (landed !== null) {
      for (const r of landedReadings(landed)) if (ranges.has(r.no)) known.add(`${r.no} ${identity(r)}`);
    } else if (packed !== null && no !== null) {
      for (const r of unpackBlock(packed, row.count, row.codec)) known.add(`${no} ${identity(r)}`);
    }
  }
  return readings.filter(({ no, reading }) => {
    const key = `${no} ${identity({ ...reading, values: { ...reading.values } })}`;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}
