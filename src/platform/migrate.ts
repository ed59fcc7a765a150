import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { DomainError } from '../kernel/domain-error.js';

/** Any number, the same in every copy: two copies that start at once migrate one after the other. */
const LOCK = 7_832_640_317;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Brings the schema up to date: the SQL files of `folder` in the order of their names, each in its own transaction. Forward
 * only; a file that has been applied never changes again.
 * @returns names of the files applied now
 * @throws DomainError `conflict` when the database and the files do not belong together
 */
export async function migrate(pool: pg.Pool, folder = join(import.meta.dirname, 'migrations')): Promise<string[]> {
  const files = await readMigrations(folder);
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'create table if not exists schema_migration ' +
        '(name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from schema_migration',
    );
    const pending = pendingOf(files, rows);
    for (const file of pending) await apply(client, file);
    await client.query('select pg_advisory_unlock($1)', [LOCK]);
    return pending.map((file) => file.name);
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken); // a broken connection is closed, which also gives the lock back
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), 'utf8');
      // Git may check out other line ends; that is not another migration.
      return { name, sql, checksum: createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex') };
    }),
  );
}

function pendingOf(files: Migration[], applied: { name: string; checksum: string }[]): Migration[] {
  const known = new Map(files.map((file) => [file.name, file]));
  for (const { name, checksum } of applied) {
    const file = known.get(name);
    if (!file) {
      throw new DomainError(
        'conflict',
        `The database is newer than this program: it has had migration ${name}. Start the newer version.`,
      );
    }
    if (file.checksum !== checksum) {
      throw new DomainError(
        'conflict',
        `Migration ${name} was changed after this database had applied it. ` +
          'Restore the file and put the change into a new one; for a demo, start with an empty data folder.',
      );
    }
  }
  const done = new Set(applied.map(({ name }) => name));
  const pending = files.filter((file) => !done.has(file.name));
  const last = [...done].sort().at(-1);
  const early = pending.find((file) => last !== undefined && file.name < last);
  if (early) {
    throw new DomainError(
      'conflict',
      `Migration ${early.name} sorts before ${last ?? ''}, which was already applied. Rename it.`,
    );
  }
  return pending;
}

async function apply(client: pg.PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into schema_migration (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    const { message, position } = error as { message: string; position?: string };
    const line = position ? ` at line ${sql.slice(0, Number(position)).split('\n').length}` : '';
    throw new Error(`Migration ${name} failed${line}: ${message}`, { cause: error });
  }
}
