import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './database-schema.js';
import { OutlivingClient } from './outliving-client.js';

/** PostgreSQL's bigint, e.g. a count or a sequence number. */
const INT8 = 20;

/** Our bigints (sequence numbers, counts) stay far below 2^53; pg would hand them over as text. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : (pg.types.getTypeParser(oid, format as 'text') as unknown)) as pg.CustomTypesConfig['getTypeParser'],
};

export interface PoolOptions {
  url: string;
  /** Shown in pg_stat_activity, so that a slow query can be traced to its owner. */
  name: string;
  /** Largest number of connections. */
  max?: number;
  /** Connections that are not in use are kept; else they are closed after a minute. */
  keepIdle?: boolean;
  /** An idle connection broke (a database restart); the pool has already replaced it. */
  onError?: (error: Error) => void;
}

export function createPool({ url, name, max = 10, keepIdle = false, onError }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `steward ${name}`,
    max,
    types,
    Client: OutlivingClient,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: keepIdle ? 0 : 60_000,
    keepAlive: true,
  });
  pool.on('error', (error) => onError?.(error));
  return pool;
}

export const createDatabase = (pool: pg.Pool): Kysely<Database> =>
  new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });

/**
 * Opens every connection of a pool and lets each plan the end of an estate's transaction, so that the first emergencies
 * after a start wait for neither. Changes nothing.
 */
export async function warmUp(pool: pg.Pool, connections: number, estate: string | undefined): Promise<void> {
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  try {
    if (estate === undefined) return;
    const id = pg.escapeLiteral(estate);
    const close = `select close_estate_transaction(${id}, now(), '{}', '[]', '[]', '[]')`;
    await Promise.all(clients.map((client) => client.query(`begin; ${close}; rollback`)));
  } finally {
    for (const client of clients) client.release();
  }
}
