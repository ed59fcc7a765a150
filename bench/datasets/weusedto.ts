import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** One use of a fixture: water runs from `startAt` to `endAt` (ms), `litres` in all, evenly. */
export interface FixtureUse {
  readonly startAt: number;
  readonly endAt: number;
  readonly litres: number;
}

export interface Fixtures {
  readonly toilet: readonly FixtureUse[];
  readonly dishwasher: readonly FixtureUse[];
  readonly washingMachine: readonly FixtureUse[];
}

type Row = Readonly<Record<string, string>>;

/**
 * Fixtures of one flat. The set states no unit: machines and toilet are read as mL/s, as the magnitudes fit (12 mL/s
 * for 6 min is a cistern of 4.3 L).
 */
export async function loadWeusedto(folder: string): Promise<Fixtures> {
  const from = join(folder, 'weusedto_fixtures');
  const table = async (file: string, delimiter: string): Promise<Row[]> =>
    parse(await readFile(join(from, file)), { columns: true, skip_empty_lines: true, delimiter });
  const uses = async (file: string): Promise<FixtureUse[]> =>
    (await table(file, ' ')).map((row) => {
      const startS = Number(row['Time']);
      const endS = Number(row['End time']);
      return { startAt: startS * 1000, endAt: endS * 1000, litres: (Number(row['Flow']) * (endS - startS)) / 1000 };
    });
  const seconds = (await table('washingmachine.csv', ',')).filter((row) => Number(row['flow']) > 0);
  const washingMachine = seconds.map((row) => {
    const endAt = Number(row['unix_s']) * 1000;
    return { startAt: endAt - 1000, endAt, litres: Number(row['flow']) / 1000 };
  });
  return { toilet: await uses('toilet.csv'), dishwasher: await uses('dishwasher30.csv'), washingMachine };
}
