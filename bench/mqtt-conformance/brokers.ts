import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { Metrics } from '../../src/ops/metrics.js';
import type { BrokerDesk } from '../../src/telemetry/device-broker.port.js';
import { EmbeddedBroker } from '../../src/telemetry/embedded-broker/embedded-broker.js';
import { freeLowPort } from '../free-low-port.js';

/** A broker that takes any client and any topic, as the conversations assume. */
export interface BrokerUnderTest {
  readonly name: string;
  readonly port: number;
  isAlive(): Promise<boolean>;
  stop(): Promise<void>;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Lets everybody in; what it is told of refusals it counts. */
export class OpenDesk implements BrokerDesk {
  readonly refusals = new Map<string, number>();
  login = (): null => null;
  topicsOf = (): string => '';
  telemetry(_device: string, _payload: Buffer, _resent: boolean, accepted: () => void): void {
    accepted();
  }
  status(): void {}
  will(): void {}
  foreignTopic(): void {}
  refused(reason: string, _from: unknown, detail: string): void {
    const what = `${reason}: ${detail}`;
    this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1);
  }
}

/** The product's own class; only who may do what is left open. */
export async function embedded(): Promise<BrokerUnderTest> {
  const broker = new EmbeddedBroker(new OpenDesk(), new Metrics(), {
    topics: { channel: () => 'pass', maySubscribe: () => true },
    limits: { newConnectionsPerSecond: 100_000 },
  });
  const port = await broker.listen(0, '127.0.0.1');
  return { name: 'embedded', port, isAlive: () => answers(port), stop: () => broker.close() };
}

export async function bareAedes(): Promise<BrokerUnderTest> {
  const aedes = await Aedes.createBroker();
  for (const event of ['connectionError', 'clientError'] as const) aedes.on(event, () => undefined);
  const server: Server = createServer((s) => void aedes.handle(s));
  const port = await freeLowPort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    name: 'aedes',
    port,
    isAlive: () => answers(port),
    stop: async () => {
      server.close();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}

/** @returns null when Mosquitto is not installed */
export async function mosquitto(): Promise<BrokerUnderTest | null> {
  const folder = await mkdtemp(join(tmpdir(), 'mqtt-conformance-'));
  const port = await freeLowPort();
  const config = join(folder, 'mosquitto.conf');
  await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_type none\n`);
  const child = spawn('mosquitto', ['-c', config], { stdio: 'ignore' });
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    const over = (): void => {
      ended = true;
      resolve();
    };
    child.once('error', over).once('exit', over);
  });
  const stop = async (): Promise<void> => {
    child.kill();
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  for (let i = 0; i < 200 && !ended; i++) {
    if (await answers(port)) return { name: 'mosquitto', port, isAlive: () => answers(port), stop };
    await new Promise((r) => setTimeout(r, 25));
  }
  await stop();
  return null;
}
