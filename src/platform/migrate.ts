import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { DomainError } from '../kernel/domain-error.js';

/** Any number, the same in every copy: two copies that start at once migrate one after the other. */
const LOCK = 7_832_640_317;
/** A migration of a large table takes its time; a copy that waits longer for another says so and gives up. */
const WAIT_MS = 120_000;
const LOOK_AGAIN_MS = 100;
/**
 * A statement that waits for a lock makes everything queue behind it, emergencies too. So it gives up soon, lets them
 * pass and tries anew.
 */
const LOCK_TIMEOUT_MS = 2000;
const LOCK_PAUSE_MS = 500;
const LOCK_TRIES = 30;
const LOCK_NOT_AVAILABLE = '55P03';

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

export interface MigrateOptions {
  /** Where the SQL files are. */
  readonly folder?: string;
  /** How long to wait for another copy that is at it, ms. */
  readonly waitMs?: number;
  /** In words, for whoever watches the start. */
  readonly onProgress?: (text: string) => void;
  /** What else belongs to the schema: done under the same lock, after the files, when it is needed. */
  readonly afterwards?: {
    /** Asked before the lock, and again under it: another copy may have done it meanwhile. */
    readonly isNeeded: (client: pg.PoolClient) => Promise<boolean>;
    readonly run: (client: pg.PoolClient) => Promise<void>;
  };
}

/**
 * Brings the schema up to date: the SQL files of `folder` in the order of their names, each in its own transaction. Forward
 * only; a file that has been applied never changes again. Of several copies one migrates, the others wait for it. A
 * schema that is up to date is only read: that takes no right to change it.
 * @returns names of the files applied now
 * @throws DomainError `conflict` when the database and the files do not belong together, `unavailable` when another copy
 *   does not come to an end, `forbidden` when this role may not change the schema and must
 */
export async function migrate(pool: pg.Pool, options: MigrateOptions = {}): Promise<string[]> {
  const files = await readMigrations(options.folder ?? join(import.meta.dirname, 'migrations'));
  const { afterwards } = options;
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const isCurrent = pendingOf(files, (await appliedIn(client)) ?? []).length === 0;
    if (isCurrent && !(await afterwards?.isNeeded(client))) return [];
    await lock(client, options);
    await makeLedger(client);
    const pending = pendingOf(files, (await appliedIn(client)) ?? []);
    for (const file of pending) {
      options.onProgress?.(`bringing the schema up to date: ${file.name}`);
      await applyBetweenLocks(client, file, options);
    }
    if (await afterwards?.isNeeded(client)) await afterwards?.run(client);
    await client.query('select pg_advisory_unlock($1)', [LOCK]);
    return pending.map((file) => file.name);
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken); // a broken connection is closed, which also gives the lock back
  }
}

/** Asked again and again rather than waited for: so the wait can be told, and ended. */
async function lock(client: pg.PoolClient, { waitMs = WAIT_MS, onProgress }: MigrateOptions): Promise<void> {
  const end = performance.now() + waitMs;
  for (let told = false; ; told = true) {
    const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [LOCK]);
    if (rows[0]?.ours) return;
    if (performance.now() > end) {
      throw new DomainError(
        'unavailable',
        `Another copy has been changing the database's schema for ${waitMs / 1000} s. Start this one again when that is done ` +
          '(pg_locks shows who holds the advisory lock).',
      );
    }
    if (!told) onProgress?.('waiting for another copy that brings the schema up to date');
    await new Promise((r) => setTimeout(r, LOOK_AGAIN_MS));
  }
}

type Applied = { name: string; checksum: string }[];

/** Null: there is no ledger, so nothing has been applied. */
async function appliedIn(client: pg.PoolClient): Promise<Applied | null> {
  const ledger = await client.query<{ there: boolean }>("select to_regclass('schema_migration') is not null as there");
  if (!ledger.rows[0]?.there) return null;
  return (await client.query<Applied[number]>('select name, checksum from schema_migration')).rows;
}

async function makeLedger(client: pg.PoolClient): Promise<void> {
  try {
    await client.query(
      'create table if not exists schema_migration ' +
        '(name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    );
  } catch (error) {
    throw mayNot(error);
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

async function applyBetweenLocks(
  client: pg.PoolClient,
  file: Migration,
  { onProgress }: MigrateOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await apply(client, file);
    } catch (error) {
      const waited = (error as { cause?: { code?: string } }).cause?.code === LOCK_NOT_AVAILABLE;
      if (!waited || attempt >= LOCK_TRIES) throw error;
      if (attempt === 1) onProgress?.(`${file.name} waits for a table that is in use; it is tried again`);
      await new Promise((r) => setTimeout(r, LOCK_PAUSE_MS));
    }
  }
}

async function apply(client: pg.PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query(sql);
    await client.query('insert into schema_migration (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    if ((error as { code?: string }).code === FORBIDDEN) throw mayNot(error);
    const { message, position } = error as { message: string; position?: string };
    const line = position ? ` at line ${sql.slice(0, Number(position)).split('\n').length}` : '';
    throw new Error(`Migration ${name} failed${line}: ${message}`, { cause: error });
  }
}

const FORBIDDEN = '42501';

/** What to do about a role that may not change the schema; other errors as they are. */
function mayNot(error: unknown): unknown {
  if ((error as { code?: string }).code !== FORBIDDEN) return error;
  return new DomainError(
    'forbidden',
    `The database's schema must be brought up to date, and this role may not (${(error as Error).message}). ` +
      'Give STEWARD_MIGRATION_DATABASE_URL the role that owns the tables (config/postgres/roles.sql).',
  );
}
