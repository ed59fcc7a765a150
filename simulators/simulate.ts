import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { castScenario } from './casting.js';
import { loadEstateFile, loadTokens, utcOffsetHours } from './estate-source.js';
import { playScenario } from './play-scenario.js';
import { readScenario, type Scenario } from './scenario.js';
import { simulatedDevices } from './simulated-device.js';

const HELP = `npm run simulate -- SCENARIO [options]

Plays a scenario (YAML) as real devices over MQTT. SCENARIO: simulators/scenarios/entrapment.yaml, or
scenarios/entrapment.yaml, or just entrapment.

  --mqtt URL           broker                          (mqtt://127.0.0.1:1883)
  --estate-file FILE   the estate whose devices play   (STEWARD_ESTATE_FILE, else config/demo-estate.yaml)
  --tokens FILE        JSON {"device-id": "token"}     (STEWARD_DEVICE_TOKENS_FILE)
  --token ID=TOKEN     one device's token; may be repeated
  --cast PART=ID       this device plays this part; may be repeated
  --seed N             the same seed plays the same   (1)
  --speed N            the world of the models runs N times faster   (1)
  --help

--speed hurries lifts, taps and the scenario's \`at\` times. Steward's own holds (30 s of an entrapment and the like)
run on its own clock, which nothing hurries: a scenario's \`hold\` is in real seconds for that reason.
A device can be connected once only: stop whatever else plays it (the demo plays all but its spares).
`;

/** Scenarios stay where they are written; the compiled program is in dist/simulators. */
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

async function loadScenario(name: string): Promise<Scenario> {
  const candidates = [name, join('simulators', name), join('simulators', 'scenarios', `${name}.yaml`)];
  const file = candidates.flatMap((c) => [resolve(c), join(root, c)]).find((f) => existsSync(f));
  if (!file) throw new Error(`there is no scenario ${name}`);
  const scenario = readScenario(await readFile(file, 'utf8'));
  if (!scenario.ok) throw new Error(`${name} has mistakes:\n${scenario.error.map((m) => `  ${m}`).join('\n')}`);
  return scenario.value;
}

const pairs = (list: readonly string[] = []): [string, string][] =>
  list.map((p) => {
    const at = p.indexOf('=');
    if (at < 1) throw new Error(`"${p}" must be NAME=VALUE`);
    return [p.slice(0, at), p.slice(at + 1)];
  });

function positive(name: string, text: string): number {
  const n = Number(text);
  if (!(n > 0) || !Number.isFinite(n)) throw new Error(`--${name} must be a number above 0, not "${text}"`);
  return n;
}

async function main(): Promise<void> {
  const { values: o, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      mqtt: { type: 'string', default: 'mqtt://127.0.0.1:1883' },
      'estate-file': {
        type: 'string',
        default: process.env['STEWARD_ESTATE_FILE'] ?? join(root, 'config/demo-estate.yaml'),
      },
      tokens: { type: 'string', default: process.env['STEWARD_DEVICE_TOKENS_FILE'] },
      token: { type: 'string', multiple: true },
      cast: { type: 'string', multiple: true },
      seed: { type: 'string', default: '1' },
      speed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  const name = positionals[0];
  if (o.help || name === undefined) {
    process.stdout.write(HELP);
    if (!o.help) process.exitCode = 2;
    return;
  }
  const written = await loadScenario(name);
  const parts = { ...written.parts, ...Object.fromEntries(pairs(o.cast).map(([part, id]) => [part, { id }])) };
  const scenario: Scenario = { ...written, parts };
  const estate = await loadEstateFile(o['estate-file']);
  const cast = castScenario(scenario, simulatedDevices(estate));
  if (!cast.ok) throw new Error(cast.error.join('\n'));
  const tokens = new Map([...(o.tokens === undefined ? [] : await loadTokens(o.tokens)), ...pairs(o.token)]);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  await playScenario(scenario, cast.value, {
    mqttUrl: o.mqtt,
    tokens,
    seed: Number(o.seed) || 1,
    speed: positive('speed', o.speed),
    traffic: 1,
    utcOffsetHours: utcOffsetHours(estate.estate.timezone, Date.now()),
    say: (line) => process.stdout.write(`${line}\n`),
    signal: stop.signal,
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
