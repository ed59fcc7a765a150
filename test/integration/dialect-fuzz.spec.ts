import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { DIALECTS } from '../../src/telemetry/dialects/dialect-catalogue.js';
import { writeSparkplug, type SparkplugPayload } from '../../src/telemetry/dialects/sparkplug-payload.js';
import { BridgeClient } from '../support/bridge-client.js';
import { importWish } from '../support/estate-builder.js';
import { Chance } from '../support/random.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const MESSAGES = process.env['STEWARD_LONG'] ? 1_000_000 : 20_000;
/** A million, at some thousands a second. */
jest.setTimeout(process.env['STEWARD_LONG'] ? 3_600_000 : 180_000);

type Id = keyof typeof DIALECTS;
interface Fixture {
  messages: { topic: string; json?: unknown; text?: string; sparkplug?: SparkplugPayload }[];
}
const name = { zh: '名', en: 'name' };
const PREFIXES: Record<Id, string> = {
  native: 'steward/v1/jinyue/',
  'lift-bridge-a': 'lifts/a/',
  'lift-bridge-b': 'lifts/b/',
  chirpstack: 'application/17c82e96-be03-4f38-aef3-f83d48582d97/',
  'the-things-stack': 'v3/jinyue@tenant1/',
  zigbee2mqtt: 'zigbee2mqtt/',
  wmbusmeters: 'wmbusmeters/',
  'sparkplug-b': 'spBv1.0/jy/',
};
/** A device behind each bridge, whose fixtures are mutated. */
const DEVICES: Record<Id, [foreignId: string, kind: string, more: object]> = {
  native: ['m-1', 'water-meter', { q3M3h: 2.5, registerStepM3: 0.001 }],
  'lift-bridge-a': ['330106-0417', 'elevator', { terminalFloors: [1, 10] }],
  'lift-bridge-b': ['L-17', 'elevator', { terminalFloors: [1, 10] }],
  chirpstack: ['24e124136b502217', 'pipe-sensor', { profile: 'milesight-em300-leak' }],
  'the-things-stack': ['leak-4', 'pipe-sensor', { profile: 'dragino-lwl02' }],
  zigbee2mqtt: ['door-1', 'gate', {}],
  wmbusmeters: ['33225544', 'water-meter', { q3M3h: 2.5, registerStepM3: 0.001 }],
  'sparkplug-b': ['jy/n1/p1', 'generic', { capabilities: ['Level', 'Temp'] }],
};
const IDS = Object.keys(DIALECTS) as Id[];
const chance = new Chance(20_260_301);
const random = (): number => chance.next();
const pick = <T>(items: readonly T[]): T => chance.pick(items);

let database: TestDatabase;
let steward: StartedSteward;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, {
    id: 'alpha',
    bridges: IDS.map((dialect) => ({ id: `alpha-${dialect}`, name, dialect, prefix: PREFIXES[dialect] })),
    devices: IDS.map((dialect) => {
      const [foreignId, kind, more] = DEVICES[dialect];
      const attributes = { expectedIntervalS: 3600, via: `alpha-${dialect}`, foreignId, ...more };
      return { id: `alpha-of-${dialect}`, kind, name, building: 'alpha-1', attributes };
    }),
  });
  // Everything comes from one address, as fast as it goes.
  steward = await startedSteward(database, { STEWARD_MQTT_MESSAGES_PER_S: '100000', STEWARD_LOG_LEVEL: 'error' });
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

/** Bytes turned, cut out, doubled or put in; now and then left as they are. */
function mutated(payload: Buffer): Buffer {
  let bytes = Buffer.from(payload);
  const times = Math.floor(random() * 5);
  for (let i = 0; i < times && bytes.length > 0; i++) {
    const at = Math.floor(random() * bytes.length);
    const length = 1 + Math.floor(random() * 12);
    switch (Math.floor(random() * 5)) {
      case 0:
        bytes[at] = Math.floor(random() * 256);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 3: {
        const odd = pick(['null', '-1', '1e999', '""', '{}', '[]', 'true', '\u0000', '9'.repeat(30), '"__proto__":{}']);
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(odd), bytes.subarray(at)]);
        break;
      }
      default:
        bytes = bytes.subarray(0, at);
    }
  }
  return bytes;
}

it(`law 9: ${MESSAGES} mutated messages of all dialects are acknowledged and counted, and nothing is stuck`, async () => {
  const bridges = new Map<Id, { client: BridgeClient; messages: { topic: string; payload: Buffer }[] }>();
  for (const id of IDS) {
    const file = new URL(`../../src/telemetry/dialects/fixtures/${id}.json`, import.meta.url);
    const fixtures = JSON.parse(readFileSync(file, 'utf8')) as Fixture[];
    const messages = fixtures.flatMap((f) =>
      f.messages.map((m) => ({
        // Dialects without a root are seen without their prefix.
        topic: m.topic.startsWith(PREFIXES[id].split('/')[0] ?? '?') ? m.topic : `${PREFIXES[id]}${m.topic}`,
        payload: m.sparkplug ? writeSparkplug(m.sparkplug) : Buffer.from(m.text ?? JSON.stringify(m.json)),
      })),
    );
    const usable = messages.filter((m) => m.topic.startsWith(PREFIXES[id]));
    bridges.set(id, { client: await BridgeClient.connect(steward.mqtt, `alpha-${id}`), messages: usable });
  }
  const memory: number[] = [];
  const window = 200;
  for (let sent = 0; sent < MESSAGES;) {
    const batch: Promise<unknown>[] = [];
    for (let i = 0; i < window && sent < MESSAGES; i++, sent++) {
      const { client, messages } = bridges.get(IDS[sent % IDS.length] as Id) as NonNullable<
        ReturnType<typeof bridges.get>
      >;
      const { topic, payload } = pick(messages);
      batch.push(client.say(topic, mutated(payload)));
    }
    // Each is acknowledged: what is not would hang here.
    await Promise.all(batch);
    if (sent % (MESSAGES / 10) < window) memory.push(await steward.metric('process_resident_memory_bytes'));
  }
  for (const [id, { client }] of bridges) {
    expect({ id, connected: client.connected }).toEqual({ id, connected: true });
    expect(client.acknowledged).toHaveLength(client.published.length);
  }
  // Counted: a message says one thing at least.
  const text = await (await fetch(`${steward.http}/metrics`)).text();
  const counted = [...text.matchAll(/^steward_bridge_statements_total\{.*\} (\d+)$/gm)].reduce(
    (n, m) => n + Number(m[1]),
    0,
  );
  expect(counted).toBeGreaterThanOrEqual(MESSAGES);
  expect(await steward.metric('steward_rejected_messages_total{reason="not-handled"}')).toBe(0);

  // Not stuck: each device's next good message is a reading.
  const control = await steward.as('alpha.control-1');
  for (const [id, good] of Object.entries(goodOnes()) as [Id, { topic: string; payload: Buffer }[]][]) {
    const before = (await control.readings(`alpha-of-${id}`)).length;
    for (const { topic, payload } of good) await bridges.get(id)?.client.say(topic, payload);
    await until(`a reading of ${id}`, 10_000, async () => (await control.readings(`alpha-of-${id}`)).length > before);
  }
  for (const { client } of bridges.values()) await client.close();

  // Flat: the second half does not grow by more than what a garbage collector leaves lying about.
  const half = memory[Math.floor(memory.length / 2)] ?? 0;
  expect((memory.at(-1) ?? 0) - half).toBeLessThan(150 * 2 ** 20);
});

/** Values that no mutation has told before. */
function goodOnes(): Partial<Record<Id, { topic: string; payload: Buffer }[]>> {
  const now = Date.now();
  const time = new Date(now).toISOString();
  const json = (topic: string, o: object) => [{ topic, payload: Buffer.from(JSON.stringify(o)) }];
  return {
    'lift-bridge-a': json('lifts/a/x', { liftCode: '330106-0417', time, floor: 77 }),
    'lift-bridge-b': json('lifts/b/x', { deviceId: 'L-17', timestamp: now, currentFloor: 77 }),
    zigbee2mqtt: json('zigbee2mqtt/door-1', { contact: true, battery: 77.7 }),
    wmbusmeters: json('wmbusmeters/x', { id: '33225544', media: 'water', total_m3: 77.77, timestamp: time }),
    'the-things-stack': json('v3/jinyue@tenant1/devices/leak-4/up', {
      end_device_ids: { device_id: 'leak-4' },
      uplink_message: { received_at: time, decoded_payload: { MOD: 2, WATER_LEAK_STATUS: 0 } },
    }),
  };
}
