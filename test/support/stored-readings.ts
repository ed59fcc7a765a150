import type pg from 'pg';
import type { StoredReading } from '../../src/telemetry/history.port.js';
import { landedReadings } from '../../src/telemetry/history/landing-block.js';
import { OLD_ROW_AS_LINE } from '../../src/telemetry/history/new-readings.js';
import { unpackBlock } from '../../src/telemetry/history/packed-block.js';

interface Row {
  readonly no: number | null;
  readonly count: number;
  readonly codec: number;
  readonly landed: string | null;
  readonly packed: Buffer | null;
}

/** Every reading that the database holds, packed or not, with the id of its device; in one snapshot. */
export async function storedReadings(
  client: pg.Client | pg.Pool,
): Promise<(StoredReading & { readonly device: string })[]> {
  const { rows } = await client.query<Row>(`
    select null::int as no, count, 0::smallint as codec, payload as landed, null::bytea as packed from reading_landing
    union all select device_no, count, codec, null, payload from reading_block
    union all select device_no, 1, 0, ${OLD_ROW_AS_LINE}, null
      from (select *, round(extract(epoch from at) * 1000)::bigint as at_ms from reading_old) r`);
  const devices = new Map<number, string>(
    (await client.query<{ no: number; id: string }>('select no, id from device')).rows.map((d) => [d.no, d.id]),
  );
  const found = rows.flatMap(({ no, count, codec, landed, packed }) =>
    packed && no !== null ? unpackBlock(packed, count, codec).map((r) => ({ ...r, no })) : landedReadings(landed ?? ''),
  );
  return found.map(({ no, ...r }) => ({ ...r, device: devices.get(no) ?? `no-${no}` }));
}
