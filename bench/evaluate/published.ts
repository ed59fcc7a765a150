import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** The published tables that stand beside the sets, for orientation (other data, other noise: not comparable). */
export async function publishedBaselines(data: string): Promise<Record<string, Record<string, string>[]>> {
  const table = async (file: string): Promise<Record<string, string>[]> => {
    try {
      return parse(await readFile(join(data, file)), { columns: true, skip_empty_lines: true });
    } catch {
      return [];
    }
  };
  return {
    battledim: await table('battledim/published_ranking.csv'),
    leakdb: await table('leakdb/published_scores_hanoi_500.csv'),
  };
}
