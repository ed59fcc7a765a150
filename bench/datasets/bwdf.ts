import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { localTime } from '../../src/kernel/local-time.js';
import type { NetworkSeries } from './network-series.js';

const ZONE = 'Europe/Rome';
const HOUR_MS = 3_600_000;

/**
 * Instants of a column of wall-clock hours **with** daylight saving: in spring an hour is missing, in autumn one comes
 * twice (or its second occurrence is missing). Rows are in order, so each is the first instant after the row before
 * that shows its time.
 */
export function wallClockInstants(texts: readonly string[], zone: string): Float64Array {
  const at = new Float64Array(texts.length);
  let last = -Infinity;
  texts.forEach((text, i) => {
    const wall = Date.parse(`${text.replace(' ', 'T')}:00Z`);
    const found = [3, 2, 1, 0, -1].map((h) => wall - h * HOUR_MS).find((t) => t > last && wallOf(zone, t) === wall);
    // A wall time that the clock skipped: some loggers write it all the same.
    last = found ?? Math.max(last + HOUR_MS, wall - HOUR_MS);
    at[i] = last;
  });
  return at;
}

function wallOf(zone: string, at: number): number {
  const { day, minuteOfDay } = localTime(zone, at);
  return day * 86_400_000 + minuteOfDay * 60_000;
}

/** Ten real districts, each a network with one inflow (data README, bwdf_real_dma). */
export async function loadBwdf(folder: string): Promise<NetworkSeries[]> {
  const table: Record<string, string>[] = parse(await readFile(`${folder}/inflow_hourly_lps.csv`), { columns: true });
  const at = wallClockInstants(
    table.map((r) => r['ts_cet_cest'] ?? ''),
    ZONE,
  );
  return Object.keys(table[0] ?? {})
    .filter((c) => c.startsWith('DMA'))
    .map((column) => {
      const values = Float64Array.from(table, (r) => (r[column] ? Number(r[column]) : NaN));
      const name = column.replace(' (L/s)', '').toLowerCase().replace(' ', '-');
      const sensors = [{ id: `${name}-inflow`, channel: 'flowLps' as const, building: null, values }];
      return { name, timezone: ZONE, at, stepS: 3600, sensors, leaks: [] };
    });
}
