import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './database-schema.js';
import { OutlivingClient, type OutlivingOptions } from './outliving-client.js';

/** PostgreSQL's bigint, e.g. a count or a sequence number. */
const INT8 = 20;

/** Our bigints (sequence numbers, counts) stay far below 2^53; pg would hand them over as text. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : (pg.types.getTypeParser(oid, format as 'text') as unknown)) as pg.CustomTypesConfig['getTypeParser'],
};

export interface ConnectionOptions {
  url: string;
  /** Shown in pg_stat_activity, so that a slow query can be traced to its owner. */
  name: string;
  /** See {@link OutlivingClient}. Milliseconds; 0 = a question may take for ever. */
  answerWithinMs?: number;
  /** A pooler hands out connections per transaction: settings of a session would be those of whoever comes next. */
  pooled?: boolean;
}

export interface PoolOptions extends ConnectionOptions {
  /** Largest number of connections. */
  max?: number;
  /** Connections that are not in use are kept; else they are closed after a minute. */
  keepIdle?: boolean;
  /** An idle connection broke (a database restart); the pool has already replaced it. */
  onError?: (error: Error) => void;
}

const CONNECT_WITHIN_MS = 5000;
/** Most questions take milliseconds; the longest, an import or a report, a few seconds. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * What the server does when our side has gone without a word: it notices within half a minute and ends the session with
 * its locks, or an emergency would wait at them for hours. A transaction that idles is one whose process stands still.
 */
const SESSION =
  '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4 -c tcp_user_timeout=30000 ' +
  '-c idle_in_transaction_session_timeout=15s';

function connectionConfig({
  url,
  name,
  answerWithinMs = ANSWER_WITHIN_MS,
  pooled,
}: ConnectionOptions): OutlivingOptions {
  return {
    connectionString: url,
    application_name: `steward ${name}`,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    answerWithinMs,
    types,
    // Options of the URL itself come after these and win.
    ...(pooled || url.includes('options=') ? {} : { options: SESSION }),
  };
}

/** One connection of its own, not yet connected. */
export const createClient = (options: ConnectionOptions): pg.Client => new OutlivingClient(connectionConfig(options));

export function createPool({ max = 10, keepIdle = false, onError, ...options }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connectionConfig(options),
    max,
    Client: OutlivingClient,
    idleTimeoutMillis: keepIdle ? 0 : 60_000,
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
