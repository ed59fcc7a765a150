import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../kernel/domain-error.js';
import type { DataFolder } from './data-folder.js';
import { freePort } from './free-port.js';
import { databaseUser } from './operating-system-user.js';
import { postgresBinaries } from './postgres-binaries.js';
import { clusterOwner, DATABASE_ROLE, makeCluster } from './postgres-cluster.js';
import { endLeftovers } from './postgres-leftovers.js';
import { launchServer, PortTaken, type PostgresServer, type ServerPlace } from './postgres-server.js';
import { startOf } from './process-table.js';

/** A running database of our own. */
export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  /** The server process; its backends are its children. Changes when it had to be started anew. */
  readonly pid: number;
  /** Returns when everything is on the disk and the processes are gone. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresListener {
  /** What is being done, for a person who waits. */
  onProgress?(text: string): void;
  /** The server died under us and is being started again on the same port; pools reconnect by themselves. */
  onTrouble?(text: string): void;
  /** It cannot be started again: the service should end. */
  onLost?(error: Error): void;
}

/** Left for the command line tools: where the database of a running Steward is. */
export interface RunningDatabase {
  pid: number;
  start: string;
  url: string;
}

const RESTARTS_IN_A_MINUTE = 5;

/**
 * Starts PostgreSQL as a child in its own process group (a Ctrl-C must not reach it before the service has drained), creating
 * it at the first start and recovering from whatever a killed copy left.
 * @param folder open, so locked
 */
export async function startEmbeddedPostgres(
  folder: DataFolder,
  listener: EmbeddedPostgresListener = {},
): Promise<EmbeddedPostgres> {
  const cluster = folder.file('postgres');
  const owner = await clusterOwner(cluster);
  const user = databaseUser(owner ?? undefined);
  if (owner !== null && !user && owner !== process.getuid?.()) {
    throw new DomainError(
      'unavailable',
      `The database files in ${cluster} belong to another user (id ${owner}): start Steward as that user or as root, ` +
        'or give it another folder with STEWARD_DATA_DIR.',
    );
  }
  const binaries = await postgresBinaries(user);
  const password = await folder.secret('database-password', () => randomBytes(32).toString('base64url'));
  if (owner === null) {
    listener.onProgress?.('creating the database, once');
    await makeCluster(cluster, user, binaries, password);
  } else {
    const ended = await endLeftovers(cluster);
    if (ended) listener.onProgress?.(ended);
  }
  const place: ServerPlace = {
    cluster,
    user,
    program: binaries.postgres,
    log: folder.file('log', 'postgres.log'),
    password,
  };
  const portFile = folder.file('run', 'database-port');
  let { server, port } = await launchOnFreePort(
    place,
    Number(await readFile(portFile, 'utf8').catch(() => '0')),
    listener,
  );
  const url = `postgres://${DATABASE_ROLE}:${password}@127.0.0.1:${port}/${DATABASE_ROLE}`;
  await writeFile(portFile, String(port));
  await announce();

  let stopping = false;
  let restart: Promise<void> | null = null;
  const restarts: number[] = [];
  watch();

  return {
    url,
    port,
    get pid() {
      return server.pid;
    },
    stop: async () => {
      stopping = true;
      await restart;
      await server.stop();
      await rm(folder.file('run', 'database.json'), { force: true });
    },
  };

  function watch(): void {
    void server.exited.then((how) => {
      if (!stopping) restart = again(how);
    });
  }

  async function again(how: string): Promise<void> {
    listener.onTrouble?.(`the database server ended by itself (${how}); starting it again`);
    try {
      const now = performance.now();
      restarts.push(now);
      while (restarts[0] !== undefined && now - restarts[0] > 60_000) restarts.shift();
      if (restarts.length > RESTARTS_IN_A_MINUTE) {
        throw new DomainError('unavailable', `The database server ends again and again, see ${place.log}.`);
      }
      await endLeftovers(cluster);
      if (stopping) return;
      server = await launchServer(place, port, listener);
      await announce();
      watch();
    } catch (error) {
      listener.onLost?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async function announce(): Promise<void> {
    const running: RunningDatabase = { pid: server.pid, start: startOf(server.pid) ?? '', url };
    const file = folder.file('run', 'database.json');
    await writeFile(`${file}.tmp`, JSON.stringify(running), { mode: 0o600 });
    await rename(`${file}.tmp`, file);
  }
}

/** Between looking for a free port and listening on it, somebody else may take it. */
async function launchOnFreePort(
  place: ServerPlace,
  remembered: number,
  listener: EmbeddedPostgresListener,
): Promise<{ server: PostgresServer; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? remembered : undefined);
    try {
      return { server: await launchServer(place, port, listener), port };
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === 5) throw error;
      await sleep(50);
    }
  }
}
