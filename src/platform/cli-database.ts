import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { loadEnvironment } from '../config/environment.js';
import { openDataFolder } from './data-folder.js';
import { createDatabase, createPool } from './database.js';
import type { Database } from './database-schema.js';
import { withAuthority } from './database-urls.js';
import { type RunningDatabase, startEmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from './migrate.js';
import { isSameProcess } from './process-table.js';

export interface CliDatabase {
  pool: pg.Pool;
  db: Kysely<Database>;
  /** Gives everything back that was started for this tool. */
  close(): Promise<void>;
}

/** A database server for a command line tool, untouched. */
export interface CliServer {
  readonly url: string;
  /** Folder of the secrets and logs, whoever runs the database. Absolute. */
  readonly dataDir: string;
  /** Folder of photos and films. Absolute. */
  readonly evidenceDir: string;
  /** Gives everything back that was started for this tool. */
  close(): Promise<void>;
}

/**
 * The server at `DATABASE_URL`, else the embedded one of a Steward that runs on this data folder, else one started for as
 * long as the tool runs.
 */
export async function openServerForCli(env: NodeJS.ProcessEnv = process.env): Promise<CliServer> {
  const { environment } = loadEnvironment(env);
  const { database, dataDir } = environment;
  const own = database.migrationUrl ?? database.directUrl ?? database.url;
  const url = own ? withAuthority(own, database.caFile) : (await runningDatabase(dataDir))?.url;
  const evidenceDir = environment.evidence.folder;
  if (url) return { url, dataDir, evidenceDir, close: () => Promise.resolve() };
  const folder = await openDataFolder(dataDir);
  try {
    const server = await startEmbeddedPostgres(folder, {
      onProgress: (text) => process.stderr.write(`${text}\n`),
    });
    return {
      url: server.url,
      dataDir,
      evidenceDir,
      close: async () => {
        await server.stop();
        await folder.release();
      },
    };
  } catch (error) {
    await folder.release();
    throw error;
  }
}

/** The database for a command line tool, migrated; see {@link openServerForCli}. */
export async function openDatabaseForCli(name: string, env: NodeJS.ProcessEnv = process.env): Promise<CliDatabase> {
  const { url, close } = await openServerForCli(env);
  return open(url, name, close);
}

async function open(url: string, name: string, end: () => Promise<void>): Promise<CliDatabase> {
  const pool = createPool({ url, name, max: 4, answerWithinMs: 0 });
  const db = createDatabase(pool);
  const close = async (): Promise<void> => {
    await db.destroy();
    await end();
  };
  try {
    await migrate(pool);
  } catch (error) {
    await close();
    throw error;
  }
  return { pool, db, close };
}

async function runningDatabase(dataDir: string): Promise<RunningDatabase | null> {
  try {
    const found = JSON.parse(await readFile(join(dataDir, 'run', 'database.json'), 'utf8')) as RunningDatabase;
    if (!isSameProcess(found.pid, found.start)) return null;
    // The server outlives a Steward that was killed: such an orphan is not used but recovered, by whoever holds the lock.
    const lock = JSON.parse(await readFile(join(dataDir, 'lock'), 'utf8')) as { pid: number; start: string };
    return isSameProcess(lock.pid, lock.start) ? found : null;
  } catch {
    return null; // nobody runs here, or has not come that far
  }
}
