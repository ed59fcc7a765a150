import { sql, type Kysely } from 'kysely';
import { journalHash } from '../platform/journal-hash.js';
import type { Database } from '../platform/database-schema.js';

export interface JournalBreak {
  /** Number of the line that does not fit; null when it is the estate's head. */
  readonly no: number | null;
  readonly what: string;
}

export interface JournalVerdict {
  readonly estate: string;
  readonly lines: number;
  readonly breaks: readonly JournalBreak[];
}

const PAGE = 1000;
const HASH_BYTES = 32;

/**
 * Recomputes an estate's chain (law 12) from its first line to its head, as of one moment. After a broken line it goes
 * on with that line's stored hash, so that one forged line is told as one, and a second one is still found.
 */
export function verifyJournal(db: Kysely<Database>, estate: string): Promise<JournalVerdict> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      // Hashed times have milliseconds; the column has microseconds, in which something could be hidden.
      const exact = sql<boolean>`at = date_trunc('milliseconds', at)`.as('exact');
      const head = await trx
        .selectFrom('estate_head')
        .selectAll()
        .where('estate_id', '=', estate)
        .executeTakeFirstOrThrow();
      const breaks: JournalBreak[] = [];
      let hash: Buffer = Buffer.alloc(HASH_BYTES);
      let no = 0;
      let lines = 0;
      for (;;) {
        const rows = await trx
          .selectFrom('journal')
          .selectAll()
          .select(exact)
          .where('estate_id', '=', estate)
          .where('no', '>', no)
          .orderBy('no')
          .limit(PAGE)
          .execute();
        for (const { prev_hash, hash: stored, exact: isExact, ...line } of rows) {
          const gap = line.no - no - 1;
          if (gap > 0) breaks.push({ no: line.no, what: `${gap === 1 ? '1 line' : `${gap} lines`} before it missing` });
          else if (!prev_hash.equals(hash)) breaks.push({ no: line.no, what: 'it does not follow the line before it' });
          if (!isExact || !journalHash(prev_hash, line).equals(stored))
            breaks.push({ no: line.no, what: 'its content is not what was hashed' });
          hash = stored;
          no = line.no;
        }
        lines += rows.length;
        if (rows.length < PAGE) break;
      }
      if (head.journal_no !== no)
        breaks.push({ no: null, what: `the head names line ${head.journal_no}, the last line is ${no}` });
      else if (!head.journal_hash.equals(hash))
        breaks.push({ no: null, what: 'the head is not the hash of the last line' });
      return { estate, lines, breaks };
    });
}
