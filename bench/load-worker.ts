import { backgroundValues, readingPayload } from './background-reading.js';
import { DeviceConnection } from './device-connection.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { LoadCommand, LoadDevice, LoadReport, LoadResult } from './load-messages.js';
import { sendPaced } from './paced-sender.js';

/*
 * A process of its own that plays thousands of devices: the load must not share an event loop with what measures it,
 * nor with what it measures.
 */

/** After the last message the stragglers have so long; what is not acknowledged then is not acknowledged. */
const DRAIN_MS = 5000;
const AT_ONCE = 100;

interface Played {
  readonly device: LoadDevice;
  readonly connection: DeviceConnection;
  readonly number: number;
  sent: number;
}

let played: Played[] = [];
let measure: Measurement | null = null;
let onFloodAck: ((connection: DeviceConnection) => void) | null = null;

/** What is counted during one run. Times by `performance.now()`. */
class Measurement {
  readonly puback = new LatencyHistogram();
  readonly lateness = new LatencyHistogram();
  sent = 0;
  acknowledged = 0;
  bytes = 0;
  private inWindow = 0;
  private readonly backlog: { at: number; n: number }[] = [];

  constructor(
    private readonly begun: number,
    readonly from: number,
    readonly to: number,
  ) {}

  onSent(intended: number, now: number, bytes: number): void {
    this.sent++;
    this.bytes += bytes;
    if (intended >= this.from && intended < this.to) this.lateness.record(now - intended);
  }

  onAck(intended: number): void {
    // A straggler of the run before: it was counted there as never acknowledged.
    if (intended < this.begun) return;
    const now = performance.now();
    this.acknowledged++;
    if (now >= this.from && now < this.to) this.inWindow++;
    if (intended >= this.from && intended < this.to) this.puback.record(now - intended);
  }

  sampleBacklog(): void {
    this.backlog.push({ at: performance.now(), n: this.sent - this.acknowledged });
  }

  result(): LoadResult {
    const mean = (from: number, to: number): number => {
      const part = this.backlog.filter((b) => b.at >= from && b.at < to);
      return part.length ? part.reduce((sum, b) => sum + b.n, 0) / part.length : 0;
    };
    return {
      sent: this.sent,
      acknowledged: this.acknowledged,
      unacknowledged: this.sent - this.acknowledged,
      closedConnections: played.filter((p) => p.connection.closedByPeer).length,
      acknowledgedPerS: (this.inWindow * 1000) / (this.to - this.from),
      puback: this.puback.toData(),
      lateness: this.lateness.toData(),
      backlogAtStart: mean(this.from, this.from + 1000),
      backlogAtEnd: mean(this.to - 1000, this.to),
      meanBytes: this.sent ? this.bytes / this.sent : 0,
    };
  }
}

async function connectAll(host: string, port: number, devices: readonly LoadDevice[]): Promise<void> {
  played = devices.map((device, number) => ({
    device,
    number,
    sent: 0,
    connection: new DeviceConnection(device, (intended, connection) => {
      measure?.onAck(intended);
      onFloodAck?.(connection);
    }),
  }));
  for (let i = 0; i < played.length; i += AT_ONCE) {
    await Promise.all(played.slice(i, i + AT_ONCE).map((p) => p.connection.open(host, port)));
  }
}

function sendOne(p: Played, intended: number): void {
  const wall = Date.now();
  const payload = readingPayload(backgroundValues(p.device.kind, p.number, p.sent, wall), p.sent, wall);
  p.sent++;
  measure?.onSent(intended, performance.now(), payload.length);
  p.connection.publish(payload, intended);
}

async function run(warmupMs: number, measureMs: number, drive: () => Promise<unknown>): Promise<LoadResult> {
  const now = performance.now();
  const current = new Measurement(now, now + warmupMs, now + warmupMs + measureMs);
  measure = current;
  const sampler = setInterval(() => current.sampleBacklog(), 100);
  await drive();
  const until = performance.now() + DRAIN_MS;
  while (current.acknowledged < current.sent && performance.now() < until) await pause(5);
  clearInterval(sampler);
  measure = null;
  return current.result();
}

const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));

/** Every connection sends its next message as soon as its last one is acknowledged. */
async function flood(durationMs: number): Promise<void> {
  const byConnection = new Map(played.map((p) => [p.connection, p]));
  onFloodAck = (connection) => {
    const p = byConnection.get(connection);
    if (p) sendOne(p, performance.now());
  };
  for (const p of played) sendOne(p, performance.now());
  await pause(durationMs);
  onFloodAck = null;
}

async function obey(command: LoadCommand): Promise<void> {
  switch (command.do) {
    case 'connect':
      await connectAll(command.host, command.port, command.devices);
      return report({ type: 'connected' });
    case 'pace': {
      const { rate, warmupMs, measureMs } = command;
      const n = played.length;
      const drive = (): Promise<number> =>
        sendPaced(rate, warmupMs + measureMs, (i, due) => sendOne(played[i % n] as Played, due));
      return report({ type: 'result', result: await run(warmupMs, measureMs, drive) });
    }
    case 'flood': {
      const { warmupMs, measureMs } = command;
      const result = await run(warmupMs, measureMs, () => flood(warmupMs + measureMs));
      return report({ type: 'result', result });
    }
    case 'stop':
      for (const p of played) p.connection.close();
      await pause(200);
      process.disconnect();
  }
}

const report = (message: LoadReport): void => void process.send?.(message);

process.on('message', (command: LoadCommand) => {
  obey(command).catch((error: unknown) => report({ type: 'failed', message: String(error) }));
});
process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole group: the bench ends its workers itself.
process.on('SIGINT', () => undefined);
