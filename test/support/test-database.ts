import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { openDataFolder } from '../../src/platform/data-folder.js';
import type { Database } from '../../src/platform/database-schema.js';
import { createDatabase, createPool } from '../../src/platform/database.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { migrate } from '../../src/platform/migrate.js';

/** A PostgreSQL of its own for one test file, with the schema in it. */
export interface TestDatabase {
  readonly url: string;
  /** Its data folder, as STEWARD_DATA_DIR of a tool that finds the running server there. */
  readonly folder: string;
  /** The server process; its backends are its children. */
  readonly pid: number;
  readonly pool: pg.Pool;
  readonly db: Kysely<Database>;
  /** Rows of one statement, on a connection of the test's own. */
  rows<T extends Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  /** One more empty database on the same server, with the schema. */
  another(): Promise<{ url: string; pool: pg.Pool; db: Kysely<Database>; close(): Promise<void> }>;
  stop(): Promise<void>;
}

/** @param data a data folder that exists and is kept; else a temporary one */
export async function startTestDatabase(data?: string): Promise<TestDatabase> {
  const outer = data ? null : await mkdtemp(join(tmpdir(), 'steward-test-'));
  if (outer) await copyOfNewDatabase(join(outer, 'data'));
  const folder = await openDataFolder(data ?? join(outer ?? '', 'data'));
  const server = await startEmbeddedPostgres(folder);
  const pool = createPool({ url: server.url, name: 'test' });
  await migrate(pool);
  const db = createDatabase(pool);
  return {
    url: server.url,
    folder: folder.path,
    pid: server.pid,
    pool,
    db,
    rows: async <T extends Record<string, unknown>>(sql: string, values: unknown[] = []) =>
      (await pool.query<T>(sql, values)).rows,
    another: async () => {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await pool.query(`create database ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      const own = createPool({ url: url.href, name: 'test' });
      await migrate(own);
      const ownDb = createDatabase(own);
      return { url: url.href, pool: own, db: ownDb, close: () => ownDb.destroy() };
    },
    stop: async () => {
      await db.destroy();
      await server.stop();
      await folder.release();
      if (outer) await rm(outer, { recursive: true, force: true });
    },
  };
}

/**
 * Making a database takes seconds, copying one that is new a moment: in a run of all suites, which names a folder for it,
 * the first file makes one and the others copy it. Passwords are thus the same, and nothing else lives in them.
 */
async function copyOfNewDatabase(to: string): Promise<void> {
  const shared = process.env['STEWARD_TEST_TEMPLATES'];
  if (!shared) return;
  const made = join(shared, 'new-database');
  const isMade = await access(made).then(
    () => true,
    () => false,
  );
  if (!isMade) {
    const making = await mkdtemp(join(shared, 'making-'));
    const folder = await openDataFolder(join(making, 'data'));
    const server = await startEmbeddedPostgres(folder);
    const pool = createPool({ url: server.url, name: 'test' });
    await migrate(pool);
    await pool.end();
    await server.stop();
    await folder.release();
    // Each copy looks for a port of its own.
    await rm(folder.file('run', 'database-port'), { force: true });
    // Another worker may have been quicker: then its one is as good.
    await rename(folder.path, made).catch(() => undefined);
    await rm(making, { recursive: true, force: true });
  }
  // The files belong to the database's own user, and must go on doing so.
  await promisify(execFile)('cp', ['-a', made, to]);
}
