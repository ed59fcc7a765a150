import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { sha256Hex } from '../../src/access/device-credentials.js';
import { DeviceClient, type DeviceLogin } from './device-client.js';
import { RestClient } from './rest-client.js';
import { SocketClient, type Namespace } from './socket-client.js';
import type { TestDatabase } from './test-database.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE_MS = 60_000;

type Told = { type: 'ready'; http: string; mqtt: string; moreMqtt: string[] } | { type: 'advanced'; now: number };

/** The service in a process of its own, and clients of every kind for it. */
export interface StartedSteward {
  readonly http: string;
  readonly mqtt: string;
  /** Of the TLS and WebSocket listeners, where switched on. */
  readonly moreMqtt: readonly string[];
  readonly pid: number;
  /** What it has written to its log so far. */
  log(): string;
  /** Sets its clock forward at once. @returns its time after that, steady ms */
  advance(ms: number): Promise<number>;
  /** Somebody who is signed in, without the slow password. */
  as(username: string): Promise<RestClient>;
  anonymous(): RestClient;
  socket(namespace: Namespace, username: string): Promise<SocketClient>;
  /** @param url another listener than the plain one */
  device(id: string, login?: Partial<DeviceLogin>, url?: string): Promise<DeviceClient>;
  /** The value of one line of /metrics, 0 when there is none. */
  metric(line: string): Promise<number>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** A token that is good for `username`, put straight into the database. */
export async function signIn(database: TestDatabase, username: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await database.pool.query(
    `insert into session (token_sha256, username, expires_at) values ($1, $2, now() + interval '1000 days')`,
    [sha256Hex(token), username],
  );
  return token;
}

/** Scripts that are started as processes run from dist/. */
export function ensureBuilt(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', '--no-web'], { cwd: ROOT, stdio: 'pipe' });
}

export const supportScript = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * @param env more of its environment; `TEST_CLOCK_RATE` lets its clock run faster (10 at most: its own ticks must not
 *   seem to stand still), `TEST_CLOCK_AHEAD_MS` lets it begin later
 */
export async function startedSteward(
  database: TestDatabase,
  env: Record<string, string> = {},
  url = database.url,
): Promise<StartedSteward> {
  ensureBuilt();
  const child = spawn(process.execPath, ['--enable-source-maps', supportScript('steward-process.mjs')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      STEWARD_HTTP_HOST: '127.0.0.1',
      STEWARD_MQTT_HOST: '127.0.0.1',
      STEWARD_HTTP_PORT: '0',
      STEWARD_MQTT_PORT: '0',
      STEWARD_LOG_LEVEL: 'warn',
      DATABASE_URL: url,
      STEWARD_DATA_DIR: database.folder,
      ...env,
    },
  });
  let said = '';
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const told = <T extends Told['type']>(type: T): Promise<Extract<Told, { type: T }>> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the service did not tell "${type}":\n${said}`)), PATIENCE_MS);
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        child.off('message', listen);
        end();
      };
      const listen = (message: Told): void => {
        if (message.type === type) settle(() => resolve(message as Extract<Told, { type: T }>));
      };
      child.on('message', listen);
      void exited.then(() => settle(() => reject(new Error(`the service ended:\n${said}`))));
    });
  const { http, mqtt, moreMqtt } = await told('ready').catch((error: Error) => {
    child.kill('SIGKILL');
    throw error;
  });
  const devices = new Set<DeviceClient>();
  const sockets = new Set<SocketClient>();
  const leave = async (): Promise<void> => {
    for (const s of sockets) s.close();
    await Promise.all([...devices].map((d) => d.close()));
  };
  return {
    http,
    mqtt,
    moreMqtt,
    pid: child.pid ?? 0,
    log: () => said,
    advance: async (ms) => {
      const answer = told('advanced');
      child.send({ advance: ms });
      return (await answer).now;
    },
    as: async (username) => new RestClient(http, await signIn(database, username)),
    anonymous: () => new RestClient(http, null),
    socket: async (namespace, username) => {
      const socket = await SocketClient.open(http, namespace, await signIn(database, username));
      sockets.add(socket);
      return socket;
    },
    device: async (id, login = {}, at = mqtt) => {
      const client = await DeviceClient.connect(at, await placeOf(database, id), login);
      devices.add(client);
      return client;
    },
    metric: async (line) => {
      const text = await (await fetch(`${http}/metrics`)).text();
      const found = text.split('\n').find((l) => l.startsWith(`${line} `));
      return found ? Number(found.slice(line.length + 1)) : 0;
    },
    stop: async () => {
      await leave();
      const patience = setTimeout(() => child.kill('SIGKILL'), 20_000);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(patience);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
      await leave();
    },
  };
}

async function placeOf(database: TestDatabase, id: string): Promise<{ id: string; estate: string; kind: string }> {
  const [row] = await database.rows<{ estate_id: string; kind: string }>(
    'select estate_id, kind from device where id = $1',
    [id],
  );
  if (!row) throw new Error(`the test asks for a device "${id}", which no estate has`);
  return { id, estate: row.estate_id, kind: row.kind };
}
