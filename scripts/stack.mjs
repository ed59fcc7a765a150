#!/usr/bin/env node
// npm run stack [-- --json] [-- --demo]: the servers of the production profile on this machine, as children of this process:
// PostgreSQL (embedded), Redis, InfluxDB and Mosquitto on free ports of loopback. Data is temporary, or stays in
// STEWARD_STACK_DIR, where the next start finds it on the same ports. Ctrl-C stops all in order.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { startInflux } from './servers/influx.mjs';
import { startMosquitto } from './servers/mosquitto.mjs';
import { startRedis } from './servers/redis.mjs';
import { clearAbandoned, endLeftServers, recordOf } from './stack/record.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const json = process.argv.includes('--json');
const demoWanted = process.argv.includes('--demo');
const PREFIX = 'steward-stack-';
/** Which program and Debian package each server comes from, the key its address goes to, and who starts it. */
const SERVERS = [
  { name: 'redis', program: 'redis-server', debian: 'redis-server', key: 'REDIS_URL', start: startRedis },
  { name: 'influx', program: 'influxd', debian: 'influxdb', key: 'INFLUX_URL', start: startInflux },
  { name: 'mosquitto', program: 'mosquitto', debian: 'mosquitto', key: 'MQTT_URL', start: startMosquitto },
];

const say = (text) => process.stderr.write(`stack: ${text}\n`);
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined); // the reader has gone
class Refusal extends Error {}

const started = []; // in the order of their start
let postgres = null;
let dataFolder = null;
let temporary = null;
let demo = null;
let stopping = null;

const isInstalled = (program) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

async function main() {
  // Debian keeps servers where an ordinary user's PATH does not look.
  process.env.PATH = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].filter(Boolean).join(delimiter);
  const missing = SERVERS.filter(({ program }) => !isInstalled(program));
  if (missing.length) {
    throw new Refusal(
      `This machine does not have ${missing.map((s) => s.program).join(', ')}. On Debian or Ubuntu, once, as root: ` +
        `apt-get install ${missing.map((s) => s.debian).join(' ')} (and stop the services that this starts: ` +
        `systemctl disable --now ${missing.map((s) => s.debian).join(' ')}).`,
    );
  }
  await ensureBuilt({ web: demoWanted });
  const dist = (module) => import(pathToFileURL(join(root, 'dist/src/platform', module)).href);
  const { openDataFolder } = await dist('data-folder.js');
  const { startEmbeddedPostgres } = await dist('embedded-postgres.js');
  const processes = await dist('process-table.js');

  await clearAbandoned(tmpdir(), PREFIX, processes, say);
  const kept = process.env.STEWARD_STACK_DIR?.trim();
  if (!kept) temporary = mkdtempSync(join(tmpdir(), PREFIX));
  // Its lock keeps two stacks from one folder.
  dataFolder = await openDataFolder(kept ? resolve(kept) : temporary);
  const record = recordOf(dataFolder.path, processes);
  await endLeftServers(record, processes, say);
  if (stopping) return;

  const addresses = {};
  postgres = await startEmbeddedPostgres(dataFolder, {
    onProgress: say,
    onTrouble: say,
    onLost: (error) => void end(`PostgreSQL is lost: ${error.message}`, 1),
  });
  addresses.DATABASE_URL = postgres.url;
  for (const { name, key, start } of SERVERS) {
    if (stopping) return;
    const folder = dataFolder.file(name);
    await mkdir(folder, { recursive: true });
    const server = await start({ folder, port: await record.portOf(name) });
    started.push(server);
    record.add(name, server);
    addresses[key] = server.url;
    void server.exited.then(() => end(`${name} ended by itself. Its last words:\n${server.lastWords()}`, 1));
  }
  if (stopping) return;
  const pids = Object.fromEntries(SERVERS.map(({ name }, i) => [name, started[i].pid]));
  const info = { ...addresses, pids: { stack: process.pid, database: postgres.pid, ...pids } };
  if (demoWanted) return runDemo(addresses);
  if (json) process.stdout.write(`${JSON.stringify(info)}\n`);
  else {
    const lines = Object.entries(addresses).map(([key, url]) => `export ${key}='${url}'`);
    process.stdout.write(`${lines.join('\n')}\n`);
    say(`data in ${dataFolder.path}${temporary ? ' (temporary)' : ''}. Ctrl-C stops everything.`);
  }
}

/** The demo on these servers; it ends, the servers end. */
function runDemo(addresses) {
  const STEWARD_DATA_DIR = process.env.STEWARD_DATA_DIR || dataFolder.file('demo');
  const args = [join(root, 'scripts/demo.mjs'), ...(json ? ['--json'] : [])];
  const env = { ...process.env, ...addresses, STEWARD_DATA_DIR };
  demo = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  demo.once('exit', (code) => {
    demo = null;
    void end(null, code ?? 1);
  });
}

/** Stops everything, last started first, the database last. @param message why, when nobody asked for it */
function end(message, code) {
  stopping ??= (async () => {
    if (message) say(message);
    if (demo) {
      const gone = new Promise((resolve) => demo.once('exit', resolve));
      demo.kill('SIGTERM');
      await gone;
    }
    await starting.catch(() => undefined);
    for (const server of started.reverse()) await server.stop();
    await postgres?.stop();
    await dataFolder?.release();
    if (temporary) await rm(temporary, { recursive: true, force: true });
    process.exit(code);
  })();
  return stopping;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // A Ctrl-C reaches the demo as well, which then ends by itself, and we after it.
  process.on(signal, () => (demo && signal === 'SIGINT' ? undefined : void end(null, 0)));
}
const starting = main();
starting.catch((error) => {
  const expected = error instanceof Refusal || error.name === 'DomainError';
  void end(expected || !process.env.DEBUG ? error.message : error.stack, 1);
});
