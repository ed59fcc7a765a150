import { sql, type Transaction } from 'kysely';
import type { Database } from '../platform/database-schema.js';

export interface Tally {
  created: number;
  updated: number;
  unchanged: number;
}

/**
 * Makes the rows of a table those that are wanted: new ones are inserted, differing ones updated, equal ones left
 * untouched (so that a second import writes nothing at all). Every row names the same columns.
 *
 * Two statements rather than one `on conflict`: that would draw a device number for each device at every import.
 */
export async function reconcileRows(
  trx: Transaction<Database>,
  table: keyof Database,
  key: readonly string[],
  rows: readonly Record<string, unknown>[],
): Promise<Tally> {
  const first = rows[0];
  if (!first) return { created: 0, updated: 0, unchanged: 0 };
  const columns = Object.keys(first);
  const rest = columns.filter((c) => !key.includes(c));
  const list = (from: string, names: readonly string[]) => sql.join(names.map((c) => sql.ref(`${from}.${c}`)));
  const wanted = sql`jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`;
  const same = sql`(${list('t', key)}) = (${list('w', key)})`;
  let updated = 0;
  if (rest.length > 0) {
    const set = sql.join(rest.map((c) => sql`${sql.ref(c)} = ${sql.ref(`w.${c}`)}`));
    const result = await sql`
      update ${sql.table(table)} t set ${set} from ${wanted} w
      where ${same} and (${list('t', rest)}) is distinct from (${list('w', rest)})`.execute(trx);
    updated = Number(result.numAffectedRows ?? 0);
  }
  const result = await sql`
    insert into ${sql.table(table)} (${sql.join(columns.map((c) => sql.ref(c)))})
    select ${list('w', columns)} from ${wanted} w
    where not exists (select from ${sql.table(table)} t where ${same})`.execute(trx);
  const created = Number(result.numAffectedRows ?? 0);
  return { created, updated, unchanged: rows.length - created - updated };
}
