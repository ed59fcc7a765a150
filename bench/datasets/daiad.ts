import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { WallClock } from './wall-clock.js';

/** Alicante; the series shows summer time (no 02:xx on 2016-03-27, two on 2016-10-30). */
export const DAIAD_ZONE = 'Europe/Madrid';

export interface MeterRead {
  /** Ms since the epoch. */
  readonly at: number;
  /** Cumulative register, litres. */
  readonly litres: number;
}
export interface Household {
  readonly id: string;
  readonly reads: readonly MeterRead[];
}
export type ReferenceKind =
  'zero_flow_run' | 'continuous_flow_run' | 'reading_decreased' | 'gap' | 'over_500l_in_record';
/** Something that plain rules found on the series, between two of its reads; nobody labelled it. */
export interface ReferenceEvent {
  readonly household: string;
  readonly kind: ReferenceKind;
  readonly startAt: number;
  readonly endAt: number;
  /** Litres in the smallest record of a continuous run, in a gap, or by which the register fell. */
  readonly valueL: number;
}

type Row = Readonly<Record<string, string>>;

/** Ten real households, hourly for a year. @param folder the folder of all data sets */
export async function loadDaiad(folder: string): Promise<{ households: Household[]; events: ReferenceEvent[] }> {
  const from = join(folder, 'daiad_household_meters');
  const table = async (file: string): Promise<Row[]> =>
    parse(await readFile(join(from, file)), { columns: true, skip_empty_lines: true });
  const series = new Map<string, { clock: WallClock; reads: MeterRead[]; at: Map<string, number> }>();
  for (const row of await table('hourly_dev.csv')) {
    const id = row['household'] ?? '';
    const local = row['ts_local'] ?? '';
    let s = series.get(id);
    if (!s) series.set(id, (s = { clock: new WallClock(DAIAD_ZONE), reads: [], at: new Map() }));
    const at = s.clock.next(local);
    s.reads.push({ at, litres: Number(row['reading_l']) });
    if (!s.at.has(local)) s.at.set(local, at);
  }
  const events = (await table('reference_events.csv')).map((row): ReferenceEvent => {
    const household = row['household'] ?? '';
    const when = (column: string): number => {
      const at = series.get(household)?.at.get(row[column] ?? '');
      if (at === undefined) throw new Error(`reference event at a time without a record: ${JSON.stringify(row)}`);
      return at;
    };
    const kind = row['kind'] as ReferenceKind;
    return { household, kind, startAt: when('start_local'), endAt: when('end_local'), valueL: Number(row['value_l']) };
  });
  return { households: [...series].map(([id, { reads }]) => ({ id, reads })), events };
}
