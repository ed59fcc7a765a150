import { readFile } from 'node:fs/promises';
import { DemoSettingsSchema, type DemoSettings } from './demo-settings.js';
import { loadEstateFile, loadTokens, utcOffsetHours } from './estate-source.js';
import { Playground } from './playground.js';
import { simulatedDevices, type SimulatedDevice } from './simulated-device.js';

/** Lifts first, they are what people look at; meters last, they are many and slow. */
const ORDER = ['elevator', 'gate', 'pipe-sensor', 'water-meter', 'generic'];
/** From the directive to the standstill: door, people, door again, and a ride of some floors. */
const LEAD_S = 20;

async function loadSettings(): Promise<DemoSettings> {
  const file = process.env['STEWARD_DEMO_CONFIG'];
  if (file === undefined) throw new Error('STEWARD_DEMO_CONFIG must name the settings file of the demo');
  return DemoSettingsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

function cast(all: readonly SimulatedDevice[], settings: DemoSettings): SimulatedDevice[] {
  const spares = new Set(settings.spares);
  return all
    .filter((d) => d.life === 'live' && !spares.has(d.id))
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** The demo's one accident: two passengers, half a floor short; the rescuer comes when asked, or after a while. */
function stageEntrapment(
  playground: Playground,
  settings: DemoSettings,
  lifts: readonly SimulatedDevice[],
  begunAt: number,
): void {
  const id = settings.staged ?? lifts.at(-1)?.id;
  if (settings.stageEntrapmentAfterS === null || id === undefined) return;
  // Until then this lift waits empty: a ride under way would make the moment uncertain.
  playground.direct(id, { do: 'rest' });
  const startS = Math.max(0, settings.stageEntrapmentAfterS - LEAD_S - (Date.now() - begunAt) / 1000);
  const rescue = (): void => playground.direct(id, { do: 'rescue' });
  setTimeout(() => playground.direct(id, { do: 'trap-between-floors', people: 2 }), startS * 1000).unref();
  setTimeout(rescue, (startS + LEAD_S + settings.trappedForS) * 1000).unref();
  process.on('message', (m: unknown) => {
    if (typeof m === 'object' && m !== null && 'rescue' in m && m.rescue === id) rescue();
  });
}

/** Told to stop, or left alone because the parent died. */
function whenOver(stop: () => void): void {
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.connected) process.once('disconnect', stop);
  else {
    process.stdin.once('end', stop).once('close', stop).once('error', stop);
    process.stdin.resume();
  }
}

async function main(): Promise<void> {
  const settings = await loadSettings();
  const file = await loadEstateFile(settings.estateFile);
  const devices = cast(simulatedDevices(file), settings);
  const troubled = new Map<string, number>();
  const playground = new Playground(devices, {
    mqttUrl: settings.mqtt,
    tokens: await loadTokens(settings.tokensFile),
    seed: settings.seed,
    speed: 1,
    traffic: 1,
    utcOffsetHours: utcOffsetHours(file.estate.timezone, Date.now()),
    // A broker that restarts troubles every device at once: one line for each kind of trouble is enough.
    onTrouble: (device, message) => {
      const times = troubled.get(message) ?? 0;
      troubled.set(message, times + 1);
      if (times === 0) process.stderr.write(`simulators: ${device}: ${message}\n`);
    },
  });
  const begunAt = Date.now();
  let over = false;
  whenOver(() => {
    if (over) return;
    over = true;
    void playground.close().finally(() => process.exit(0));
  });
  await playground.start();
  const lifts = devices.filter((d) => d.kind === 'elevator');
  stageEntrapment(playground, settings, lifts, begunAt);
  process.send?.({ type: 'playing', devices: devices.length });
}

main().catch((error: unknown) => {
  process.stderr.write(`simulators: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
