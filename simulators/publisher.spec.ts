import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Aedes } from 'aedes';
import { Publisher } from './publisher.js';
import type { SimulatedDevice } from './simulated-device.js';

const device: SimulatedDevice = {
  id: 'lift-1',
  estate: 'jinyue',
  kind: 'elevator',
  building: 'b1',
  riser: null,
  attributes: { expectedIntervalS: 5, capabilities: [] },
  life: 'live',
  occupancy: null,
};

interface Heard {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
}

describe('a device on the broker', () => {
  let broker: Aedes;
  let server: Server;
  let heard: Heard[];
  let logins: string[];
  let publisher: Publisher;
  const until = async (what: () => boolean): Promise<void> => {
    for (let i = 0; i < 500 && !what(); i++) await new Promise((r) => setTimeout(r, 10));
    expect(what()).toBe(true);
  };
  const reading = (seq: number) => ({ dueAt: 0, observedAt: 1_767_600_000_000 + seq, seq, values: { floor: seq } });
  const readings = (): { seq: number }[] =>
    heard.filter((h) => h.topic.endsWith('/telemetry')).flatMap((h) => JSON.parse(h.payload) as { seq: number }[]);

  beforeEach(async () => {
    heard = [];
    logins = [];
    broker = await Aedes.createBroker({
      authenticate: (client, username, password, done) => {
        logins.push(`${client.id} ${username} ${password?.toString()}`);
        done(null, true);
      },
    });
    broker.on('publish', (p, client) => {
      if (!p.topic.startsWith('$SYS')) {
        heard.push({ topic: p.topic, payload: p.payload.toString(), qos: p.qos, retain: p.retain });
      }
      void client;
    });
    server = createServer((socket) => broker.handle(socket));
    await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    publisher = new Publisher(device, { url, token: 's3cret', keep: 100, inFlight: 4 });
  });

  afterEach(async () => {
    await publisher.close();
    await new Promise<void>((r) => broker.close(() => r()));
    await new Promise<void>((r) => server.close(() => r()));
  });

  it('logs in as itself, says that it is online, and publishes QoS 1 on its own topic', async () => {
    publisher.connect();
    publisher.send(reading(1));
    await until(() => heard.length === 2);
    expect(logins).toEqual(['lift-1 lift-1 s3cret']);
    const status = heard.find((h) => h.topic === 'steward/v1/jinyue/elevator/lift-1/status');
    expect(status).toMatchObject({ payload: '{"online":true}', retain: true });
    const telemetry = heard.find((h) => h.topic === 'steward/v1/jinyue/elevator/lift-1/telemetry');
    expect(telemetry).toMatchObject({ qos: 1 });
    expect(JSON.parse(telemetry?.payload ?? '')).toEqual({ observedAt: '2026-01-05T08:00:00.001Z', seq: 1, floor: 1 });
  });

  it('keeps what it measured before the broker was there and sends it oldest first, in arrays', async () => {
    for (let i = 0; i < 50; i++) publisher.send(reading(i));
    publisher.connect();
    await until(() => readings().length === 50);
    expect(readings().map((r) => r.seq)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(heard.filter((h) => h.topic.endsWith('/telemetry')).length).toBeLessThan(10);
  });

  it('keeps no more than it may: the oldest go, and are counted', () => {
    for (let i = 0; i < 130; i++) publisher.send(reading(i));
    expect(publisher.dropped).toBe(30);
  });

  it('sends something garbled as it is, alone', async () => {
    for (let i = 0; i < 6; i++) publisher.send(i === 3 ? { ...reading(i), raw: '{"observedAt":"x' } : reading(i));
    publisher.connect();
    await until(() => heard.some((h) => h.payload === '{"observedAt":"x'));
  });

  it('cut off, its will speaks; restored, it is online again', async () => {
    publisher.connect();
    await until(() => heard.length === 1);
    publisher.cut();
    await until(() => heard.some((h) => h.payload === '{"online":false}' && h.retain));
    publisher.restore();
    await until(() => heard.filter((h) => h.payload === '{"online":true}').length === 2);
  });

  it('goes without a will when it is told to stop, with nothing left in flight', async () => {
    publisher.connect();
    publisher.send(reading(1));
    await until(() => publisher.sent === 1);
    await publisher.close();
    expect(publisher.acknowledged).toBe(1);
    await new Promise((r) => setTimeout(r, 50));
    expect(heard.some((h) => h.payload === '{"online":false}')).toBe(false);
  });
});
