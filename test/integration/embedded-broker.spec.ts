import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import mqtt from 'mqtt';
import mqttPacket from 'mqtt-packet';
import { Metrics } from '../../src/ops/metrics.js';
import type { BrokerLimits } from '../../src/telemetry/embedded-broker/broker-limits.js';
import { EmbeddedBroker } from '../../src/telemetry/embedded-broker/embedded-broker.js';
import { RawMqtt } from '../support/raw-mqtt.js';
import { RememberingDesk } from '../support/remembering-desk.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(60_000);

const TOPIC = 'steward/v1/e/elevator/lift-1/telemetry';
const CONNECTED = '20020000';

let desk: RememberingDesk;
let broker: EmbeddedBroker;
let port: number;
const clients: RawMqtt[] = [];

async function start(limits: Partial<BrokerLimits> = {}): Promise<void> {
  await broker?.close();
  desk = new RememberingDesk();
  broker = new EmbeddedBroker(desk, new Metrics(), { limits });
  port = await broker.listen(0, '127.0.0.1');
}
beforeEach(() => start());
afterEach(async () => {
  for (const c of clients.splice(0)) c.socket.destroy();
  await broker.close();
});

async function open(): Promise<RawMqtt> {
  const raw = await RawMqtt.open(port);
  clients.push(raw);
  return raw;
}
async function loggedIn(id = 'lift-1', more = {}): Promise<RawMqtt> {
  const raw = await open();
  raw.login(id, more);
  await until('CONNACK', 5000, () => raw.told.startsWith(CONNECTED));
  return raw;
}
const publish = (payload: string, messageId: number) =>
  ({ cmd: 'publish', topic: TOPIC, payload, qos: 1, messageId, dup: false, retain: false }) as const;
const refusals = (): string[] => desk.refusals.map((r) => `${r.reason} ${r.device ?? '-'} ${r.detail}`);
const gone = (raw: RawMqtt) => until('the end of the connection', 5000, () => raw.closed);

describe('what MQTT forbids', () => {
  it('ends the connection, is told to the operator with the device, and what came before it counts', async () => {
    const raw = await loggedIn();
    raw.packet(publish('1', 1));
    raw.hex('32 05 0001 74 0000');
    await gone(raw);
    expect(desk.told).toEqual([{ device: 'lift-1', payload: '1' }]);
    expect(refusals()).toEqual(['protocol-violation lift-1 packet-id-0']);
  });

  it('before the login it names nobody, whatever the CONNECT claims, and never shows its token', async () => {
    const raw = await open();
    raw.login('lift-1', { will: { topic: 'a/#', payload: Buffer.alloc(0), qos: 0, retain: false } });
    await gone(raw);
    expect(refusals()).toEqual(['protocol-violation - wildcard-in-topic']);
  });

  it('a client of MQTT 5 is told that its level is not spoken here', async () => {
    const raw = await open();
    raw.login('lift-1', { protocolVersion: 5 });
    await gone(raw);
    expect(raw.told).toBe('20020001');
  });

  it('an acknowledgement that nobody waits for is left aside; the next reading is taken', async () => {
    const raw = await loggedIn();
    raw.hex('4002 0007 7002 0007 5002 0007');
    raw.packet(publish('1', 1));
    await until('PUBREL and PUBACK', 5000, () => raw.told === `${CONNECTED}6202000740020001`);
    expect(refusals()).toHaveLength(3);
    expect(raw.closed).toBe(false);
  });

  it('a will is told when the connection ends for a violation', async () => {
    const will = { topic: 'steward/v1/e/elevator/lift-1/status', payload: Buffer.from('{"online":false}') };
    const raw = await loggedIn('lift-1', { will: { ...will, qos: 1, retain: true } });
    raw.hex('00');
    await until('the will', 5000, () => desk.wills[0] === 'lift-1');
  });
});

describe('damaged sessions', () => {
  it('do no harm to the broker, nor to a device beside them', async () => {
    let seed = 4711;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const good = await loggedIn('lift-2');
    const session = Buffer.concat([
      mqttPacket.generate({
        ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'lift-1', keepalive: 30 },
        ...{ username: 'lift-1', password: Buffer.from('token-of-lift-1') },
      }),
      mqttPacket.generate({
        ...{
          cmd: 'subscribe',
          messageId: 1,
          subscriptions: [{ topic: 'steward/v1/e/elevator/lift-1/command', qos: 1 }],
        },
      }),
      mqttPacket.generate(publish('1', 2)),
      mqttPacket.generate({ ...publish('2', 3), qos: 2 }),
      Buffer.from('62020003c000e000', 'hex'),
    ]);
    for (let run = 0; run < (process.env['STEWARD_LONG'] === '1' ? 1500 : 400); run++) {
      const bytes = Buffer.from(session);
      for (let hurt = random(4); hurt > 0; hurt--) bytes[random(bytes.length)] = random(256);
      const raw = await RawMqtt.open(port);
      const cut = random(bytes.length);
      raw.socket.write(bytes.subarray(0, cut));
      raw.socket.end(bytes.subarray(cut));
      await until('the end', 5000, () => raw.closed);
    }
    good.hex('c000');
    await until('PINGRESP', 5000, () => good.told.endsWith('d000'));
    expect(desk.told.every((t) => t.device === 'lift-1')).toBe(true);
  });
});

describe('a device that sends too much', () => {
  it('is read later: nothing is lost, it stays connected, and a reading behind the flood arrives', async () => {
    await start({ messagesPerSecond: 200 });
    const raw = await loggedIn();
    const before = performance.now();
    for (let i = 1; i <= 3000; i++) raw.packet(publish(String(i), i));
    await until('all of it', 30_000, () => desk.told.length === 3000);
    // However much the last read took along, the next one waits until it is paid for: a burst of 2,000, then 200 a second.
    raw.packet(publish('3001', 3001));
    await until('what came after it', 30_000, () => desk.told.length === 3001);
    expect(performance.now() - before).toBeGreaterThan(4000);
    expect(desk.told.map((t) => Number(t.payload))).toEqual(Array.from({ length: 3001 }, (_, i) => i + 1));
    await until('all PUBACKs', 5000, () => raw.received.length === 4 + 3001 * 4);
    expect(raw.closed).toBe(false);
    expect(desk.refusals).toEqual([]);
  });

  it('is ended when it floods far beyond', async () => {
    await start({ messagesPerSecond: 10 });
    const raw = await loggedIn();
    raw.socket.write(Buffer.alloc(60_000, Buffer.from([0xc0, 0])));
    await gone(raw);
    expect(refusals()).toEqual(['message-flood lift-1 more than 10 packets a second']);
  });

  it('with packets that are too large is ended before they are in memory', async () => {
    await start({ packetBytes: 1000 });
    const raw = await loggedIn();
    raw.hex('32 e9 07');
    await gone(raw);
    expect(refusals()).toEqual(['packet-too-large lift-1 packet-too-large']);
  });
});

describe('connections', () => {
  it('are limited, and one that leaves makes room', async () => {
    await start({ connectionsPerAddress: 2 });
    const [first] = [await loggedIn('lift-1'), await loggedIn('lift-2')];
    const third = await open();
    await gone(third);
    expect(refusals()).toEqual(['connection-limit - too many from this address']);
    first?.socket.destroy();
    await until('room', 5000, async () => {
      const again = await open();
      again.login('lift-3');
      return until('an answer', 1000, () => again.closed || again.told === CONNECTED).then(() => !again.closed);
    });
  });

  it('end when no login comes, even if half a CONNECT does', async () => {
    await start({ loginTimeoutMs: 200 });
    const raw = await open();
    raw.hex('10 20 0004');
    await gone(raw);
    expect(refusals()).toEqual(['login-timeout - connect did not arrive in time']);
  });

  it('with keepalive 0 end when nothing comes for long', async () => {
    await start({ idleMs: 300 });
    const raw = await loggedIn('lift-1', { keepalive: 0 });
    await gone(raw);
  });

  it('that do not acknowledge their commands are ended, not queued for without end', async () => {
    await start({ unacknowledged: 10 });
    const raw = await loggedIn();
    raw.packet({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: 'steward/v1/e/elevator/lift-1/command', qos: 1 }],
    });
    await until('SUBACK', 5000, () => raw.told.includes('9003000101'));
    for (let i = 0; i < 20; i++) broker.sendCommand('steward/v1/e/elevator/lift-1/command', '{}');
    await gone(raw);
    expect(refusals()[0]).toMatch(/^slow-client lift-1/);
  });

  it('of a device that is away with its session open keep 100 commands for it', async () => {
    const topic = 'steward/v1/e/elevator/lift-1/command';
    const raw = await loggedIn('lift-1', { clean: false });
    raw.packet({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 1 }] });
    await until('SUBACK', 5000, () => raw.told.includes('9003000101'));
    raw.socket.destroy();
    await gone(raw);
    for (let i = 0; i < 150; i++) broker.sendCommand(topic, `{"n":${i}}`);
    await until('what is too much', 5000, () => desk.refusals.length >= 50);
    const back = await open();
    back.login('lift-1', { clean: false });
    await until('the hundredth', 5000, () => back.received.includes('{"n":99}'));
    expect(back.received.includes('{"n":100}')).toBe(false);
    expect(new Set(refusals())).toEqual(new Set(['slow-client lift-1 100 commands wait for it; this one is dropped']));
  });

  it('nothing is read any more once the intake is stopped', async () => {
    const raw = await loggedIn();
    await broker.stopIntake();
    raw.packet(publish('1', 1));
    await pause(300);
    expect(desk.told).toEqual([]);
    expect(raw.closed).toBe(false);
  });
});

describe('a device whose token is revoked', () => {
  it('is off within a second and cannot return', async () => {
    const device = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      ...{ clientId: 'lift-1', username: 'lift-1', password: 'token-of-lift-1', protocolVersion: 4 },
      reconnectPeriod: 5,
      reconnectOnConnackError: true,
    });
    const errors: string[] = [];
    device.on('error', (e) => errors.push(e.message));
    await until('connected', 5000, () => device.connected);
    desk.revoked.add('lift-1');
    broker.disconnect('lift-1');
    await until('off', 1000, () => !device.connected);
    await until('three more tries', 5000, () => errors.length >= 3);
    expect(device.connected).toBe(false);
    await device.endAsync(true);
  });

  it('is put off too when it is just coming in', async () => {
    desk.onLogin = (id) => process.nextTick(() => broker.disconnect(id));
    const raw = await open();
    raw.login('lift-1');
    await gone(raw);
  });
});
