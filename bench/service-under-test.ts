import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchEstate } from './bench-estate.js';
import type { Profile } from './bench-options.js';
import { freeLowPort } from './free-low-port.js';
import { startProductionServers, type InfluxBytes, type ProductionServers } from './production-servers.js';

export interface ServiceUnderTest {
  /** http://host:port */
  readonly http: string;
  readonly mqttHost: string;
  readonly mqttPort: number;
  readonly pids: Readonly<Record<string, number>>;
  readonly databaseUrl: string;
  /** null without InfluxDB. */
  influxBytes(): Promise<InfluxBytes | null>;
  readonly startupMs: number;
  /** What the service wrote, kept when the bench fails. */
  readonly log: string;
  stop(): Promise<void>;
}

interface Ready {
  readonly type: 'ready';
  readonly http: string;
  readonly mqtt: string;
  readonly pids: Record<string, number>;
  readonly databaseUrl?: string;
}

const isOf = <T extends string>(type: T, m: unknown): m is { type: T; message?: string } =>
  typeof m === 'object' && m !== null && 'type' in m && m.type === type;

const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 30_000;

/** Options of V8 of `npm start` (told in scripts/node-options.mjs). */
async function startOptions(): Promise<string[]> {
  const file = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(file) as { scripts: { start: string } };
  return scripts.start.match(/--\S+/g) ?? [];
}

/** Starts the service, as `npm start` would, on an empty data folder that goes with it, with the servers of its profile. */
export async function startService(estate: BenchEstate, profile: Profile): Promise<ServiceUnderTest> {
  if (profile === 'embedded') return startProcess(estate, null);
  const servers = await startProductionServers(estate);
  try {
    const service = await startProcess(estate, servers);
    return { ...service, stop: () => service.stop().finally(() => servers.stop()) };
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

async function startProcess(estate: BenchEstate, servers: ProductionServers | null): Promise<ServiceUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-bench-'));
  const estateFile = join(folder, 'estate.yaml');
  const tokensFile = join(folder, 'tokens.json');
  await writeFile(estateFile, estate.yaml);
  await writeFile(tokensFile, JSON.stringify(estate.tokens), { mode: 0o600 });
  const dataDir = join(folder, 'data');
  const [httpPort, mqttPort] = [await freeLowPort(), await freeLowPort()];
  const begun = performance.now();
  const log = join(folder, 'service.log');
  const child = fork(fileURLToPath(new URL('../src/main.js', import.meta.url)), [], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // As npm start and the demo start it.
    execArgv: [...process.execArgv, ...(await startOptions())],
    env: {
      ...process.env,
      ...servers?.environment,
      STEWARD_HTTP_HOST: '127.0.0.1',
      STEWARD_MQTT_HOST: '127.0.0.1',
      STEWARD_HTTP_PORT: String(httpPort),
      STEWARD_MQTT_PORT: String(mqttPort),
      STEWARD_DATA_DIR: dataDir,
      STEWARD_ESTATE_FILE: estateFile,
      STEWARD_DEVICE_TOKENS_FILE: tokensFile,
    },
  });
  const output = createWriteStream(log);
  child.stdout?.pipe(output, { end: false });
  child.stderr?.pipe(output, { end: false });
  const stop = async (): Promise<void> => {
    await end(child);
    output.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ready = await readiness(child, log);
    const mqtt = new URL(ready.mqtt);
    return {
      http: ready.http,
      mqttHost: mqtt.hostname,
      mqttPort: Number(mqtt.port),
      pids: { ...servers?.pids, ...ready.pids },
      databaseUrl: ready.databaseUrl ?? (await announcedDatabase(dataDir)),
      influxBytes: () => servers?.influxBytes() ?? Promise.resolve(null),
      startupMs: performance.now() - begun,
      log,
      stop,
    };
  } catch (error) {
    await end(child);
    const text = await readFile(log, 'utf8').catch(() => '');
    await rm(folder, { recursive: true, force: true });
    throw new Error(`${(error as Error).message}\n${text.slice(-2000)}`);
  }
}

function readiness(child: ChildProcess, log: string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('the service was not ready in 180 s')), START_LIMIT_MS);
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`the service ended with ${code} before it was ready (${log})`));
    });
    child.on('message', (m) => {
      if (isOf('failed', m)) reject(new Error(`the service cannot start: ${m.message ?? ''}`));
      if (!isOf('ready', m)) return;
      clearTimeout(limit);
      child.removeAllListeners('exit');
      resolve(m as unknown as Ready);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((r) => child.once('exit', r));
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await gone;
  clearTimeout(limit);
}

/** The embedded database says where it is for tools on this machine. */
async function announcedDatabase(dataDir: string): Promise<string> {
  const url = process.env['DATABASE_URL'];
  if (url !== undefined) return url;
  return (JSON.parse(await readFile(join(dataDir, 'run', 'database.json'), 'utf8')) as { url: string }).url;
}
