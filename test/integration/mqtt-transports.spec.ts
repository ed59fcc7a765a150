import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import mqtt from 'mqtt';
import WebSocket from 'ws';
import { TlsMaterial } from '../../src/telemetry/embedded-broker/tls-material.js';
import { importWish, tokenOf } from '../support/estate-builder.js';
import { LIFT } from '../support/device-client.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(90_000);

const DAY_MS = 86_400_000;
let database: TestDatabase;
let steward: StartedSteward;
let engineer: RestClient;
let folder: string;
let ca: string;
let urls: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mqtt-transports-'));
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', lifts: 4, doors: 4 });
  steward = await startedSteward(database, {
    STEWARD_DATA_DIR: folder,
    STEWARD_MQTT_TLS_PORT: '0',
    STEWARD_MQTT_WS_PORT: '0',
    STEWARD_MQTT_WSS_PORT: '0',
  });
  engineer = await steward.as('alpha.engineer-1');
  ca = await readFile(join(folder, 'mqtt-tls', 'cert.pem'), 'utf8');
  urls = Object.fromEntries([steward.mqtt, ...steward.moreMqtt].map((u) => [u.split(':')[0], u]));
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  ['mqtt', 'alpha-1-lift-1'],
  ['mqtts', 'alpha-1-lift-2'],
  ['ws', 'alpha-1-lift-3'],
  ['wss', 'alpha-1-lift-4'],
])('a device over %s', (transport, id) => {
  it('tells its readings, and is off within a second of its token being revoked, and cannot return', async () => {
    const device = await steward.device(id, { ca }, urls[transport]);
    await device.tell(LIFT.boarding);
    expect(device.connected).toBe(true);
    await engineer.post(`/devices/${id}/token`);
    await device.closed(1000);
    await expect(steward.device(id, { ca }, urls[transport])).rejects.toThrow(/Bad username or password|closed/);
  });
});

describe('over TLS', () => {
  it('a client that no one here wrote publishes, and refuses another certificate', async () => {
    const publish = async (cafile: string): Promise<number | null> => {
      const { hostname, port } = new URL(urls['mqtts'] as string);
      const id = 'alpha-1-door-1';
      const child = spawn('mosquitto_pub', [
        ...['-h', hostname, '-p', port, '--cafile', cafile, '-i', id, '-u', id, '-P', tokenOf(id), '-q', '1'],
        ...['-t', `steward/v1/alpha/gate/${id}/telemetry`],
        ...['-m', JSON.stringify({ observedAt: new Date().toISOString(), seq: 1, position: 'closed' })],
      ]);
      return new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
    };
    expect(await publish(join(folder, 'mqtt-tls', 'cert.pem'))).toBe(0);
    const other = await TlsMaterial.open(
      { certFile: undefined, keyFile: undefined, folder: join(folder, 'other') },
      Date.now(),
    );
    expect(other.fingerprint).not.toBe(new X509Certificate(ca).fingerprint256);
    expect(await publish(join(folder, 'other', 'cert.pem'))).not.toBe(0);
  });

  it('the key is for its owner alone', async () => {
    expect((await stat(join(folder, 'mqtt-tls', 'key.pem'))).mode & 0o777).toBe(0o600);
  });
});

describe('over WebSocket', () => {
  const ended = (url: string, protocols: string[], say: (ws: WebSocket) => void): Promise<string> =>
    new Promise((resolve) => {
      const ws = new WebSocket(url, protocols);
      ws.once('open', () => say(ws));
      ws.once('close', () => resolve('closed'));
      ws.once('error', (e) => resolve(e.message));
    });

  it('only the subprotocol mqtt is spoken, in binary frames', async () => {
    const url = urls['ws'] as string;
    expect(await ended(url, ['chat'], () => undefined)).toMatch(/401|400/);
    expect(await ended(url, [], () => undefined)).toMatch(/401|400/);
    expect(await ended(url, ['mqtt'], (ws) => ws.send('text'))).toBe('closed');
  });

  it('whoever asks for a page is told what this is', async () => {
    const answer = await fetch((urls['ws'] as string).replace('ws:', 'http:'));
    expect(answer.status).toBe(426);
  });

  it('a packet may come in many frames', async () => {
    const id = 'alpha-1-door-2';
    const device = mqtt.connect(urls['ws'] as string, {
      ...{ clientId: id, username: id, password: tokenOf(id), protocolVersion: 4, reconnectPeriod: 0 },
    });
    await until('connected', 5000, () => device.connected);
    const long = JSON.stringify({
      observedAt: new Date().toISOString(),
      position: 'closed',
      note: 'x'.repeat(100_000),
    });
    await device.publishAsync(`steward/v1/alpha/gate/${id}/telemetry`, long, { qos: 1 });
    await device.endAsync(true);
  });
});

describe('certificates', () => {
  it('one that was made is kept, and renewed a month before its end', async () => {
    const files = { certFile: undefined, keyFile: undefined, folder: join(folder, 'made') };
    const first = await TlsMaterial.open(files, Date.now());
    const again = await TlsMaterial.open(files, Date.now());
    expect(again.fingerprint).toBe(first.fingerprint);
    const seen: string[] = [];
    again.onChanged((pem) => seen.push(new X509Certificate(pem.cert).fingerprint256));
    expect(await again.look(Date.now() + 300 * DAY_MS)).toBe(false);
    expect(await again.look(Date.now() + 380 * DAY_MS)).toBe(true);
    expect(seen).toEqual([again.fingerprint]);
    expect(again.fingerprint).not.toBe(first.fingerprint);
  });

  it('given ones are followed when they change; a broken one changes nothing', async () => {
    const at = { certFile: join(folder, 'c.pem'), keyFile: join(folder, 'k.pem'), folder };
    const made = async (name: string): Promise<void> => {
      const { pem } = await TlsMaterial.open(
        { certFile: undefined, keyFile: undefined, folder: join(folder, name) },
        Date.now(),
      );
      await writeFile(at.keyFile, pem.key);
      await writeFile(at.certFile, pem.cert);
    };
    await made('one');
    const given = await TlsMaterial.open(at, Date.now());
    const first = given.fingerprint;
    await writeFile(at.certFile, 'nonsense');
    expect(await given.look(Date.now())).toBe(false);
    expect(given.fingerprint).toBe(first);
    await made('two');
    expect(await given.look(Date.now())).toBe(true);
    expect(given.fingerprint).not.toBe(first);
    await writeFile(at.certFile, 'nonsense');
    await expect(TlsMaterial.open(at, Date.now())).rejects.toThrow(/cannot be used/);
  });
});
