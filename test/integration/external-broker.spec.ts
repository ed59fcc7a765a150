import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import pg from 'pg';
import { forgetAccounts, startMosquitto } from '../../scripts/servers/mosquitto.mjs';
import type { StartedServer } from '../../scripts/servers/server-process.mjs';
import { TokenVault } from '../../src/access/token-vault.js';
import type { DeviceClient } from '../support/device-client.js';
import { importWish, tokenOf } from '../support/estate-builder.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { storedReadings } from '../support/stored-readings.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(180_000);

const PIPE = 'alpha-1-pipe';
const key = randomBytes(32);
let folder: string;
let mosquitto: StartedServer;
let database: TestDatabase;
let steward: StartedSteward;
const senders: MqttClient[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-own-broker-'));
  [mosquitto, database] = await Promise.all([startMosquitto({ folder }), startTestDatabase()]);
  await importWish(database.db, { id: 'alpha' }, new TokenVault(key));
  steward = await startedSteward(database, {
    MQTT_URL: mosquitto.url,
    STEWARD_SECRET_KEY: key.toString('base64'),
    STEWARD_DATA_DIR: join(folder, 'data'),
  });
  await known(PIPE);
});
afterAll(async () => {
  for (const s of senders) s.end(true);
  await steward?.stop();
  await mosquitto?.stop();
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Resolves when the broker lets this device in. */
async function known(id: string): Promise<DeviceClient> {
  return until(`${id} may come in`, 30_000, () => steward.device(id).catch(() => null));
}

const stored = async (device = PIPE): Promise<number[]> =>
  (await storedReadings(database.pool))
    .filter((r) => r.device === device)
    .map((r) => r.seq ?? 0)
    .sort((a, b) => a - b);

/** A device that sends on and on, and comes again by itself. */
function sender(): { sent: () => number; stop: () => Promise<void> } {
  const client = mqtt.connect(`mqtt://127.0.0.1:${mosquitto.port}`, {
    ...{ clientId: PIPE, username: PIPE, password: tokenOf(PIPE), protocolVersion: 4, reconnectPeriod: 200 },
    ...{ clean: false, keepalive: 60 },
  });
  client.on('error', () => undefined);
  senders.push(client);
  let seq = 0;
  const timer = setInterval(() => {
    if (!client.connected) return;
    const reading = { observedAt: new Date().toISOString(), seq: ++seq, pressureMpa: 0.3 + (seq % 100) / 1000 };
    client.publish(`steward/v1/alpha/pipe-sensor/${PIPE}/telemetry`, JSON.stringify(reading), { qos: 1 });
  }, 5);
  return {
    sent: () => seq,
    stop: async () => {
      clearInterval(timer);
      await client.endAsync(true);
    },
  };
}

async function grows(what: string): Promise<void> {
  const before = (await stored()).length;
  await until(what, 60_000, async () => (await stored()).length > before + 100);
}

describe("With a broker of the company's own", () => {
  it('the database keeps tokens only sealed, and nobody hears of them', async () => {
    const rows = await database.rows<{ sealed: string }>('select sealed from device_token');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map((r) => Buffer.from(r.sealed, 'base64').toString('latin1')).join()).not.toContain('token-of-');
    expect(steward.log()).not.toContain('token-of-');
  });

  it('law 1: a broker that is killed and frozen under traffic costs nothing that is not counted as missing', async () => {
    const traffic = sender();
    await grows('readings before');
    for (let i = 0; i < 3; i++) {
      await mosquitto.stop('SIGKILL');
      await pause(Math.random() * 500);
      await mosquitto.start();
      await grows(`readings after kill ${i + 1}`);
    }
    mosquitto.freeze();
    await pause(20_000);
    mosquitto.resume();
    await grows('readings after the frost');
    // What is missing counts as lost once it can no longer have been overtaken.
    await pause(5500);
    await traffic.stop();
    await pause(1000);
    const seqs = await stored();
    expect(new Set(seqs).size).toBe(seqs.length);
    const missing = (seqs.at(-1) ?? 0) - (seqs[0] ?? 0) + 1 - seqs.length;
    expect(await steward.metric('steward_sequence_gaps_total{kind="pipe-sensor"}')).toBeGreaterThanOrEqual(missing);
    expect(await database.rows("select event from alarm where event = 'device.offline'")).toEqual([]);
  });

  it('law 1: a database that holds commits back keeps the session, and all is stored after it', async () => {
    const connections = await steward.metric('steward_broker_connections_total{session="kept"}');
    const device = await known('alpha-2-pipe');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('begin');
    await client.query('lock table reading_landing in access exclusive mode');
    const sent = Array.from({ length: 50 }, () => device.tell({ pressureMpa: 0.3 }));
    await until('held PUBACKs', 10_000, async () => (await steward.metric('steward_broker_held_pubacks')) === 50);
    await pause(20_000);
    await client.end();
    await Promise.all(sent);
    await until('all acknowledged', 20_000, async () => (await steward.metric('steward_broker_held_pubacks')) === 0);
    expect(await stored('alpha-2-pipe')).toHaveLength(50);
    expect(await steward.metric('steward_broker_connections_total{session="kept"}')).toBe(connections);
  });

  it('a broker that has lost its accounts is told of them again', async () => {
    await mosquitto.stop();
    forgetAccounts(folder);
    await mosquitto.start();
    const device = await known('alpha-1-door-1');
    await device.tell({ position: 'closed' });
  });

  it('a device whose token is revoked is off within 1 s and cannot return until it has a new one', async () => {
    const device = await known('alpha-2-door-1');
    const supervisor = await steward.as('alpha.supervisor-1');
    const began = performance.now();
    expect((await supervisor.ask('DELETE', '/devices/alpha-2-door-1/token')).status).toBe(200);
    await device.closed(5000);
    expect(performance.now() - began).toBeLessThan(1000);
    await expect(steward.device('alpha-2-door-1')).rejects.toThrow();
    const { token } = await supervisor.post<{ token: string }>('/devices/alpha-2-door-1/token');
    await until('the new token is good', 5000, () =>
      steward.device('alpha-2-door-1', { password: token }).catch(() => null),
    );
    expect(steward.log()).not.toContain(token);
  });
});
