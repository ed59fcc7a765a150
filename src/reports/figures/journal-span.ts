import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database-schema.js';

/**
 * The number of the first line of an estate's journal that is not older than `at`; lines are in order of time, give or
 * take the seconds that a transaction may wait for its turn. Found by halving, over the primary key: an index by time would
 * cost every emergency a write, for a question that is asked once a month.
 */
export async function firstLineSince(db: Kysely<Database>, estate: string, at: number): Promise<number> {
  const head = await db
    .selectFrom('estate_head')
    .select('journal_no')
    .where('estate_id', '=', estate)
    .executeTakeFirst();
  let [low, high] = [1, (head?.journal_no ?? 0) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = await db
      .selectFrom('journal')
      .select('at')
      .where('estate_id', '=', estate)
      .where('no', '=', middle)
      .executeTakeFirst();
    // A line that is missing is for journal:verify to find; here its successors stand for it.
    if (line && line.at.getTime() >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}
