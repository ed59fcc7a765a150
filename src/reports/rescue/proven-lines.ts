import { sql, type Kysely } from 'kysely';
import { journalHash } from '../../platform/journal-hash.js';
import type { Database } from '../../platform/database-schema.js';
import type { ProvenLine } from './rescue-facts.js';

/**
 * The journal lines of a ticket and of its alarms, in order, each held against its hash and against the line before it.
 * This proves the lines themselves; that none is missing between them is proved by the whole chain (verify-journal.ts).
 */
export async function provenLines(
  db: Kysely<Database>,
  estate: string,
  ticketId: string,
  alarmIds: readonly string[],
): Promise<ProvenLine[]> {
  const rows = await db
    .selectFrom('journal as j')
    .leftJoin('journal as before', (join) =>
      join.onRef('before.estate_id', '=', 'j.estate_id').onRef('before.no', '=', sql`j.no - 1`),
    )
    .selectAll('j')
    .select('before.hash as before_hash')
    .where('j.estate_id', '=', estate)
    .where((eb) => {
      const mine = eb('j.ticket_id', '=', ticketId);
      return alarmIds.length > 0 ? eb.or([mine, eb('j.alarm_id', 'in', [...alarmIds])]) : mine;
    })
    .orderBy('j.no')
    .execute();
  return rows.map(({ prev_hash, hash, before_hash, ...line }) => {
    const follows = line.no === 1 ? prev_hash.every((b) => b === 0) : (before_hash?.equals(prev_hash) ?? false);
    return {
      no: line.no,
      at: line.at.getTime(),
      kind: line.kind,
      actor: line.actor,
      payload: line.payload,
      hash: hash.toString('hex'),
      holds: follows && journalHash(prev_hash, line).equals(hash),
    };
  });
}
