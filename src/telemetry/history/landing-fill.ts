import type { Queryable } from './new-readings.js';

/** What waits in the landing table. */
export interface LandingFill {
  readonly rows: number;
  readonly readings: number;
  /** On disk, compressed; without the space that deleted rows have left. */
  readonly bytes: number;
  /** Seconds since the oldest of it was committed; 0 when nothing waits. */
  readonly oldestS: number;
}

export async function landingFill(client: Queryable): Promise<LandingFill> {
  const { rows } = await client.query({
    text: `select count(*)::int as rows, coalesce(sum(count), 0)::int as readings,
        coalesce(sum(pg_column_size(payload) + pg_column_size(device_nos) + 100), 0)::float8 as bytes,
        coalesce(greatest(extract(epoch from clock_timestamp() - min(landed_at)), 0), 0)::float8 as "oldestS"
      from reading_landing`,
  });
  return rows[0] as LandingFill;
}
