import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { evidenceLines } from './evidence-files.js';
import { type BackupHead, type BackupLine, FORMAT, FORMAT_VERSION } from './backup-file.js';

/** Of the server that it opens, not of what is in it: a restored server has a password of its own. */
const NOT_CARRIED = ['database-password'];
/** The list of migrations is written by the migrations themselves. */
const SCHEMA_TABLE = 'schema_migration';
/** Rows are fetched in portions of about this much text, whatever a row weighs. */
const PORTION_BYTES = 2_000_000;
const LARGEST_PORTION_ROWS = 10_000;

/**
 * Everything in the service's schema as of one moment, while the service goes on: one transaction that sees the database
 * as it was when it began (so that tickets, journal and heads fit together) and locks nobody out. Outbound jobs of the
 * work queue are not in it: they follow from the rows.
 * @param dataDir folder whose secrets go along
 * @param evidence folder of the photos and films that the rows name; one that is not there is told, and the rest goes on
 */
export async function* backupLines(
  client: pg.PoolClient,
  dataDir: string,
  evidence: { readonly folder: string; readonly onMissing?: (sha256: string) => void },
): AsyncGenerator<BackupLine> {
  await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set timezone = UTC');
  await client.query('begin transaction isolation level repeatable read, read only');
  try {
    yield await head(client, dataDir);
    const counts: Record<string, number> = {};
    for (const table of await tables(client)) {
      yield table;
      counts[table.table] = 0;
      for await (const rows of portions(client, table.table)) {
        counts[table.table] = (counts[table.table] ?? 0) + rows.length;
        yield { rows };
      }
    }
    yield* evidenceLines(client, evidence.folder, evidence.onMissing);
    // Sequences stand outside of transactions. Read last they are at or past every number that was copied.
    yield { sequences: await sequences(client) };
    yield { end: true, counts };
  } finally {
    await client.query('rollback');
  }
}

async function head(client: pg.PoolClient, dataDir: string): Promise<BackupHead> {
  const { rows: moment } = await client.query<{ at: Date }>('select now() as at');
  const { rows: migrations } = await client.query<{ name: string; checksum: string }>(
    `select name, checksum from ${SCHEMA_TABLE} order by name`,
  );
  const { rows: partitions } = await client.query<{ name: string; parent: string; bound: string }>(`
    select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
    where c.relispartition and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
    order by c.oid`);
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    at: (moment[0]?.at ?? new Date(0)).toISOString(),
    migrations,
    partitions,
    secrets: await secretFiles(join(dataDir, 'secrets')),
  };
}

async function secretFiles(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((e) => e.isFile() && !e.name.endsWith('.tmp') && !NOT_CARRIED.includes(e.name));
  const files = await Promise.all(
    names.map(async ({ name }) => [name, (await readFile(join(folder, name))).toString('base64')] as const),
  );
  return Object.fromEntries(files);
}

/** Partitions are read through their parents. */
async function tables(client: pg.PoolClient): Promise<{ table: string; columns: string[] }[]> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and c.relname <> $1
    group by c.relname order by c.relname`,
    [SCHEMA_TABLE],
  );
  return rows;
}

async function* portions(client: pg.PoolClient, table: string): AsyncGenerator<string[]> {
  await client.query(
    `declare backup no scroll cursor for select t::text as row from ${client.escapeIdentifier(table)} t`,
  );
  for (let size = 100; ;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${size} from backup`);
    if (rows.length > 0) yield rows.map(({ row }) => row);
    if (rows.length < size) break;
    const bytes = rows.reduce((sum, { row }) => sum + row.length, 0);
    size = Math.max(1, Math.min(LARGEST_PORTION_ROWS, 2 * size, Math.floor((size * PORTION_BYTES) / bytes)));
  }
  await client.query('close backup');
}

async function sequences(client: pg.PoolClient): Promise<Record<string, { last: string; called: boolean }>> {
  const { rows: names } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace order by 1",
  );
  const found: Record<string, { last: string; called: boolean }> = {};
  for (const { name } of names) {
    const { rows } = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${client.escapeIdentifier(name)}`,
    );
    if (rows[0]) found[name] = rows[0];
  }
  return found;
}
