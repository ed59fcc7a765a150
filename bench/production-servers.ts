import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as MosquittoScript from '../scripts/servers/mosquitto.mjs';
import { sha256Hex } from '../src/access/device-credentials.js';
import { createCommands } from '../src/telemetry/external-broker/device-account.js';
import type { BenchEstate } from './bench-estate.js';

/** Of the files of InfluxDB. */
export interface InfluxBytes {
  readonly packed: number;
  /** Its write-ahead log: what it has not packed yet. */
  readonly log: number;
}

export interface ProductionServers {
  /** DATABASE_URL, REDIS_URL, INFLUX_URL and MQTT_URL, for the service. */
  readonly environment: Readonly<Record<string, string>>;
  /** `database` has its backends as children. */
  readonly pids: Readonly<Record<string, number>>;
  influxBytes(): Promise<InfluxBytes>;
  stop(): Promise<void>;
}

/** Beside the sources, wherever the compiled bench is. */
const SCRIPTS = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'scripts');
const START_LIMIT_MS = 120_000;
/** `stat` counts in these, whatever the file system's own. */
const BLOCK_BYTES = 512;
const STOP_LIMIT_MS = 30_000;

/** The servers of the production profile, as `npm run stack` starts them, on an empty folder that goes with them. */
export async function startProductionServers(estate: BenchEstate): Promise<ProductionServers> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-bench-servers-'));
  await giveDeviceAccounts(join(folder, 'mosquitto'), estate);
  const stack = spawn(process.execPath, [join(SCRIPTS, 'stack.mjs'), '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, STEWARD_STACK_DIR: folder },
  });
  const influxBytes = async (): Promise<InfluxBytes> => ({
    packed: await bytesIn(join(folder, 'influx', 'data')),
    log: await bytesIn(join(folder, 'influx', 'wal')),
  });
  const stop = async (): Promise<void> => {
    await end(stack);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { pids, ...environment } = await addresses(stack);
    return { environment, pids, influxBytes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * What Steward would tell Mosquitto of these devices is in the plugin's file before it starts, so that Steward finds
 * nothing to tell: over the wire it takes minutes for thousands of devices.
 */
async function giveDeviceAccounts(folder: string, estate: BenchEstate): Promise<void> {
  const { giveAccounts } = (await import(
    pathToFileURL(join(SCRIPTS, 'servers/mosquitto.mjs')).href
  )) as typeof MosquittoScript;
  const devices = [...estate.background, ...estate.duressGates, ...estate.trapLifts];
  const commands = devices.flatMap(({ id, kind, token }) =>
    createCommands({ id, kind, estate: estate.id, tokenSha256: sha256Hex(token) }, token, false),
  );
  const those = (name: string): object[] =>
    commands.flatMap(({ command, ...account }) => (command === name ? [account] : []));
  giveAccounts(folder, { clients: those('createClient') as { password: string }[], roles: those('createRole') });
}

type Told = Readonly<Record<string, string>> & { readonly pids: Record<string, number> };

function addresses(stack: ChildProcess): Promise<Told> {
  return new Promise((resolve, reject) => {
    let out = '';
    let trouble = '';
    const limit = setTimeout(() => reject(new Error(`the servers were not ready in time\n${trouble}`)), START_LIMIT_MS);
    stack.stderr?.on('data', (d: Buffer) => (trouble = (trouble + d.toString()).slice(-2000)));
    stack.stdout?.on('data', (d: Buffer) => {
      out += d.toString();
      if (!out.includes('\n')) return;
      clearTimeout(limit);
      resolve(JSON.parse(out) as Told);
    });
    stack.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`the servers ended with ${code}\n${trouble}`));
    });
  });
}

async function end(stack: ChildProcess): Promise<void> {
  if (stack.exitCode !== null || stack.signalCode !== null) return;
  const gone = new Promise((r) => stack.once('exit', r));
  stack.kill('SIGTERM');
  const limit = setTimeout(() => stack.kill('SIGKILL'), STOP_LIMIT_MS);
  await gone;
  clearTimeout(limit);
}

/** Room on the disk: InfluxDB makes its series files 4 MiB long at once, and they stay almost empty. */
async function bytesIn(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((f) => f.isFile());
  // A file may be gone by now: InfluxDB packs what it has logged.
  const sizes = files.map((f) =>
    stat(join(f.parentPath, f.name)).then(
      (s) => s.blocks * BLOCK_BYTES,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, n) => sum + n, 0);
}
