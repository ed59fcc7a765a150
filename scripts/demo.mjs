#!/usr/bin/env node
// npm run demo [-- --json]: the service with a demo estate, and the simulators that play its devices over real MQTT.
// This process only composes the other two, so that each can be killed, and ended in order: simulators, service, database.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { Child } from './demo/child.mjs';
import { castDevices, demoLogins, demoTokens, readDemoEstate, stagedPlace } from './demo/demo-estate.mjs';
import { ownPlaces, withoutLogin } from './demo/own-places.mjs';
import { portProblem } from './demo/ports.mjs';
import { welcome } from './demo/welcome.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const json = process.argv.includes('--json');
const began = performance.now();
const STAGED_AFTER_S = 20;
/** npm passes a Ctrl-C on that the terminal has sent already: two within this time are one. */
const ONE_PRESS_MS = 700;

const elapsed = () => ((performance.now() - began) / 1000).toFixed(1);
const out = json ? process.stderr : process.stdout;
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined); // the reader has gone
const say = (text) => out.write(`[${elapsed().padStart(5)} s] ${text}\n`);

let service = null;
let simulators = null;
let folder = null;
let stopping = null;
let pressedAt = 0;

class Refusal extends Error {}

async function main() {
  say('building what changed');
  await ensureBuilt();
  const dist = (module) => import(pathToFileURL(join(root, 'dist/src', module)).href);
  const modules = Object.assign(
    {},
    ...(await Promise.all(
      [
        'config/environment.js',
        'config/secret-files.js',
        'platform/data-folder.js',
        'platform/process-table.js',
        'estate/read-estate-file.js',
        'paging/roster.js',
      ].map(dist),
    )),
  );
  // A demo is for its own machine, unless it is told otherwise.
  const env = { STEWARD_HTTP_HOST: '127.0.0.1', STEWARD_MQTT_HOST: '127.0.0.1', ...process.env };
  const { environment } = modules.loadEnvironment(env);
  await modules.refuseFolderInUse(environment.dataDir);
  const { http, mqtt } = environment;
  // Secrets given as files are read here once: this demo's own places go into their addresses.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const { values } = modules.readSecretFiles(given, Object.keys(modules.KEYS.shape));
  for (const problem of [
    await portProblem('pages and API', 'STEWARD_HTTP_PORT', http.host, http.port),
    values.MQTT_URL ? null : await portProblem('MQTT', 'STEWARD_MQTT_PORT', mqtt.host, mqtt.port),
  ]) {
    if (problem) throw new Refusal(problem);
  }
  folder = await modules.prepareDataFolder(environment.dataDir);
  const estateFile = environment.estateFile ?? join(root, 'config/demo-estate.yaml');
  const estate = await readDemoEstate(estateFile, modules);
  const { spares, staged } = castDevices(estate);
  const tokens = await demoTokens(estate, folder, modules);
  await mkdir(join(folder, 'demo'), { recursive: true, mode: 0o700 });
  const places = await ownPlaces(values, folder, say);
  if (stopping) return;

  say('starting the service');
  const ready = await startService({
    ...env,
    ...places,
    ...Object.fromEntries(Object.keys(places).map((key) => [`${key}_FILE`, ''])),
    STEWARD_ESTATE_FILE: estateFile,
    STEWARD_DEVICE_TOKENS_FILE: tokens.file,
  });
  if (stopping || !ready) return;
  // Devices and simulators log in as themselves, not as Steward.
  const broker = values.MQTT_URL ? withoutLogin(values.MQTT_URL) : ready.mqtt;
  const stage = await isFirstStart();
  await startSimulators({ mqtt: broker, estateFile, tokensFile: tokens.file, spares, staged, stage });
  const info = {
    http: ready.http,
    mqtt: broker,
    pids: { ...ready.pids, simulators: simulators.pid },
    logins: demoLogins(estate, spares, Date.now(), modules),
    devices: spares.map(({ id, kind }) => ({ id, estate: estate.estate.id, kind, token: tokens.tokens[id] })),
  };
  say('ready');
  if (json) process.stdout.write(`${JSON.stringify(info)}\n`);
  else
    process.stdout.write(
      welcome({
        ...info,
        staged: stage ? stagedPlace(estate, staged) : null,
        stagedInS: STAGED_AFTER_S,
        seconds: elapsed(),
        log: service.log,
      }),
    );
}

/** Resolves with its `ready` message. */
async function startService(env) {
  let refused = null;
  const ready = new Promise((resolve) => {
    service = new Child({
      name: 'service',
      module: join(root, 'dist/src/main.js'),
      env,
      cwd: root,
      log: join(folder, 'log', 'service.log'),
      onMessage: (message) => {
        if (message?.type === 'progress') say(message.text);
        if (message?.type === 'failed') refused = message.message;
        if (message?.type === 'ready') resolve(message);
      },
    });
  });
  void service.exited.then(async (how) => {
    if (stopping) return;
    const message =
      refused ?? `The service ended by itself (${how}). The end of ${service.log}:\n${service.lastWords()}`;
    await end(message, 1);
  });
  return Promise.race([ready, service.exited.then(() => null)]);
}

async function startSimulators({ mqtt, estateFile, tokensFile, spares, staged, stage }) {
  const file = join(folder, 'demo', 'simulators.json');
  const settings = {
    mqtt,
    estateFile,
    tokensFile,
    spares: spares.map((d) => d.id),
    staged,
    stageEntrapmentAfterS: stage ? STAGED_AFTER_S : null,
  };
  await writeFile(file, JSON.stringify(settings));
  simulators = new Child({
    name: 'simulators',
    module: join(root, 'dist/simulators/demo.js'),
    env: { STEWARD_DEMO_CONFIG: file },
    cwd: root,
    log: join(folder, 'log', 'simulators.log'),
    onMessage: (message) => {
      if (message?.type === 'playing') say(`simulators: ${message.devices} devices are playing`);
    },
  });
  void simulators.exited.then((how) => {
    if (!stopping) say(`The simulators ended by themselves (${how}); the service goes on.\n${simulators.lastWords(3)}`);
  });
}

/** The first accident is staged once in the life of a data folder, also when the demo is killed before it happens. */
async function isFirstStart() {
  const file = join(folder, 'demo', 'state.json');
  const staged = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text).entrapmentStaged === true)
    .catch(() => false);
  if (!staged) await writeFile(file, JSON.stringify({ entrapmentStaged: true }));
  return !staged;
}

/** Ends everything in order. @param message why, when it is not what the visitor asked for */
function end(message, code) {
  stopping ??= (async () => {
    if (message) out.write(`\n${message}\n`);
    if (simulators) {
      if (simulators.over === null) say('stopping the simulators');
      await simulators.stop(2500);
    }
    if (service) {
      if (service.over === null) say('stopping the service, then its database');
      await service.stop(10_000);
      await stopOrphanedDatabase();
    }
    if (service) say('everything is stopped');
    process.exit(code);
  })();
  return stopping;
}

/** A service that died, or had to be killed, left its database behind. */
async function stopOrphanedDatabase() {
  const orphan = await readFile(join(folder, 'run', 'database.json'), 'utf8').then(JSON.parse, () => null);
  if (!orphan) return;
  const { isSameProcess } = await import(pathToFileURL(join(root, 'dist/src/platform/process-table.js')).href);
  for (const [signal, patience] of [
    ['SIGINT', 1500],
    ['SIGQUIT', 500],
    ['SIGKILL', 200],
  ]) {
    if (!isSameProcess(orphan.pid, orphan.start)) return;
    process.kill(orphan.pid, signal);
    for (const until = performance.now() + patience; performance.now() < until;) {
      if (!isSameProcess(orphan.pid, orphan.start)) return;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

function onSignal() {
  const now = performance.now();
  if (!stopping) {
    pressedAt = now;
    void end(null, 0);
  } else if (now - pressedAt > ONE_PRESS_MS) {
    say('stopping by force');
    simulators?.kill();
    service?.kill();
    void (folder ? stopOrphanedDatabase() : Promise.resolve()).finally(() => process.exit(130));
  }
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);

main().catch(async (error) => {
  const expected = error instanceof Refusal || error.name === 'DomainError';
  const text = expected || !process.env.DEBUG ? error.message : error.stack;
  await end(text, 1);
});
