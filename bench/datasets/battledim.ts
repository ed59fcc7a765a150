import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { LPS_PER_M3H, MPA_PER_M, type NetworkSeries, type SensorSeries, type TrueLeak } from './network-series.js';

/**
 * Tank T1 of L-TOWN: 16 m wide, 4 m high. Its level is the storage between the pump and the upper area, without which
 * that area's demand cannot be told from the pump's cycle.
 */
export const T1_HEIGHT_M = 4;
export const T1_STORAGE_M3 = Math.PI * 8 * 8 * T1_HEIGHT_M;

/** The upper area, fed by PUMP_1 through T1; a part of the network with a balance of its own. */
export const UPPER_AREA = 'area-c';

const rows = async (file: string): Promise<Record<string, string>[]> =>
  parse(await readFile(file), { columns: true, skip_empty_lines: true });

/** Wall-clock text of a set without a zone, taken as UTC. */
const instant = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00Z`);

/** How a column of the set (or of our own generator) becomes a device. */
export function ltownSensor(column: string, of: (scale: number) => Float64Array): SensorSeries | null {
  if (column === 'PUMP_1_m3h')
    return { id: 'PUMP_1', channel: 'flowLps', building: UPPER_AREA, values: of(LPS_PER_M3H) };
  if (column.endsWith('_m3h'))
    return { id: column.slice(0, -4), channel: 'flowLps', building: null, values: of(LPS_PER_M3H) };
  if (column === 'T1_level_m')
    return {
      ...{ id: 'T1', channel: 'levelPct', building: UPPER_AREA },
      ...{ attributes: { storageM3: T1_STORAGE_M3 }, values: of(100 / T1_HEIGHT_M) },
    };
  if (/^n\d+_m$/.test(column))
    return { id: column.slice(0, -2), channel: 'pressureMpa', building: null, values: of(MPA_PER_M) };
  return null;
}

async function series(file: string, name: string, leaks: readonly TrueLeak[]): Promise<NetworkSeries> {
  const table = await rows(file);
  const at = Float64Array.from(table, (r) => instant(r['timestamp'] ?? ''));
  const sensors = Object.keys(table[0] ?? {}).flatMap((column) => {
    const of = (scale: number): Float64Array =>
      Float64Array.from(table, (r) => (r[column] === '' ? NaN : Number(r[column]) * scale));
    return ltownSensor(column, of) ?? [];
  });
  const stepS = ((at[1] ?? 0) - (at[0] ?? 0)) / 1000;
  const [first = 0, last = 0] = [at[0], at.at(-1)];
  return { name, timezone: 'UTC', at, stepS, sensors, leaks: leaks.filter((l) => l.from <= last && l.to >= first) };
}

export interface Battledim {
  /** Hourly years, one per file `ltown_epanet_*_hourly.csv`. */
  readonly years: readonly NetworkSeries[];
  /** Five-minute windows around a burst, with the pipe that bursts. */
  readonly windows: readonly { readonly pipe: string; readonly series: NetworkSeries }[];
}

/** The town network of the 2018 contest as regenerated with EPANET (data README, battledim). */
export async function loadBattledim(folder: string): Promise<Battledim> {
  const files = (await readdir(folder)).sort();
  const leaks: TrueLeak[] = [];
  for (const file of files.filter((f) => /^leak_labels_.*\.csv$/.test(f)))
    for (const r of await rows(join(folder, file)))
      leaks.push({ id: r['pipe'] ?? '', from: instant(r['start'] ?? ''), to: instant(r['end'] ?? '') });
  const years: NetworkSeries[] = [];
  const windows: { pipe: string; series: NetworkSeries }[] = [];
  for (const file of files) {
    const hourly = /^ltown_epanet_(.*)_hourly\.csv$/.exec(file);
    if (hourly) years.push(await series(join(folder, file), `battledim-${hourly[1] ?? ''}`, leaks));
    const burst = /^ltown_epanet_(.*)_5min_burst_(.*)\.csv$/.exec(file);
    const pipe = burst?.[2];
    if (pipe) windows.push({ pipe, series: await series(join(folder, file), `battledim-burst-${pipe}`, leaks) });
  }
  return { years, windows };
}
