import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/database-schema.js';

/** Rows of a ticket in a table that a database of an older version may not have yet. */
export async function rowsIfThere(
  db: Kysely<Database>,
  table: 'evidence' | 'ticket_note',
  ticketId: string,
): Promise<Record<string, unknown>[]> {
  const there = await sql<{ there: boolean }>`select to_regclass(${table}) is not null as there`.execute(db);
  if (!there.rows[0]?.there) return [];
  const { rows } = await sql<{ row: Record<string, unknown> }>`select to_jsonb(t) as row from ${sql.table(table)} t
    where ticket_id = ${ticketId}`.execute(db);
  return rows.map((r) => r.row);
}
