import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DomainError } from '../kernel/domain-error.js';
import type { OperatingSystemUser } from './operating-system-user.js';
import { DATABASE_ROLE, extra, withFolder } from './postgres-cluster.js';
import { settingArguments } from './postgres-settings.js';

export interface ServerPlace {
  cluster: string;
  user: OperatingSystemUser | null;
  /** Path of the `postgres` program. */
  program: string;
  log: string;
  password: string;
}

/** One life of the server process, ready for queries. */
export interface PostgresServer {
  readonly pid: number;
  /** Resolves with the exit code or signal, whoever ended it. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export class PortTaken extends Error {}

/** After a power cut the server replays its log before it answers: 2 GB of it (max_wal_size) may take that long. */
const READY_WITHIN_MS = 300_000;
/** SQLSTATE invalid_password. */
const WRONG_PASSWORD = '28P01';
const LARGEST_LOG_BYTES = 20_000_000;

/** @throws PortTaken, or DomainError `unavailable` with the server's last words */
export async function launchServer(
  place: ServerPlace,
  port: number,
  listener: { onProgress?(text: string): void },
): Promise<PostgresServer> {
  if (
    await stat(place.log).then(
      (s) => s.size > LARGEST_LOG_BYTES,
      () => false,
    )
  )
    await rename(place.log, `${place.log}.1`);
  const log = await open(place.log, 'a', 0o600);
  const from = (await log.stat()).size;
  let child: ChildProcess;
  try {
    child = await withFolder(place.cluster, place.user, (path, options) =>
      spawn(place.program, ['-D', path, '-p', String(port), ...settingArguments()], {
        ...options,
        detached: true,
        stdio: ['ignore', log.fd, log.fd, ...extra(options)],
      }),
    );
  } finally {
    await log.close();
  }
  let ended: string | null = null;
  const exited = new Promise<string>((resolve) => {
    const end = (how: string): void => resolve((ended = how));
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  });
  const stopIt = (): Promise<void> => stop(child, exited, () => ended !== null);
  try {
    await ready(port, place, listener, () => ended !== null);
  } catch (error) {
    await stopIt();
    throw error;
  }
  if (ended !== null) throw await failure(place, from, ended);
  child.unref(); // a tool that forgets to stop it still ends; the next start clears up
  return { pid: child.pid ?? 0, exited, stop: stopIt };
}

async function ready(
  port: number,
  place: ServerPlace,
  listener: { onProgress?(text: string): void },
  isOver: () => boolean,
): Promise<void> {
  const started = performance.now();
  let told = started;
  for (let answer = ''; !isOver();) {
    answer = await connectOnce(port, place.password);
    if (answer === 'ready') return;
    if (answer === WRONG_PASSWORD) {
      await sleep(200);
      if (isOver()) return; // it was a stranger's server that has our port
      throw new DomainError(
        'unavailable',
        'The password in secrets/database-password does not fit the database files beside it. ' +
          'Restore the file that was made with them.',
      );
    }
    const now = performance.now();
    if (now - started > READY_WITHIN_MS) {
      const message = `The database does not answer after ${READY_WITHIN_MS / 1000} s (${answer}), see ${place.log}.`;
      throw new DomainError('unavailable', message);
    }
    if (now - told > 3000) {
      told = now;
      listener.onProgress?.(`the database is recovering, ${Math.round((now - started) / 1000)} s`);
    }
    await sleep(20);
  }
}

/** Asks for one connection to our database, which is created the first time. */
async function connectOnce(port: number, password: string): Promise<string> {
  const connect = async <T>(database: string, use: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: DATABASE_ROLE,
      password,
      database,
      connectionTimeoutMillis: 2000,
    });
    client.on('error', () => undefined); // the server may die in this moment; the caller sees the rejection
    try {
      await client.connect();
      return await use(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  try {
    await connect(DATABASE_ROLE, (client) => client.query('select 1'));
    return 'ready';
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    if (code === '3D000') {
      await connect('postgres', (client) => client.query(`create database ${DATABASE_ROLE}`)).catch(() => undefined);
    }
    return code ?? message ?? 'no answer';
  }
}

async function failure(place: ServerPlace, from: number, how: string): Promise<Error> {
  const said = (await readFile(place.log)).subarray(from).toString().trim();
  if (/could not bind|Address already in use|could not create any TCP/.test(said)) return new PortTaken(said);
  const last = said.split('\n').slice(-4).join(' · ');
  return new DomainError('unavailable', `The database server did not start (${how}): ${last} (more in ${place.log})`);
}

async function stop(child: ChildProcess, exited: Promise<string>, isOver: () => boolean): Promise<void> {
  child.ref();
  // Fast (open transactions are rolled back, a checkpoint is written), immediate (as after a crash), and by force.
  for (const [signal, patience] of [
    ['SIGINT', 8000],
    ['SIGQUIT', 2000],
    ['SIGKILL', 2000],
  ] as const) {
    if (isOver()) return;
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([exited, sleep(patience, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
}
