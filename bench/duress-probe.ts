import { readingPayload } from './background-reading.js';
import { DeviceConnection } from './device-connection.js';
import type { LoadDevice } from './load-messages.js';

export interface SentDuress {
  readonly device: string;
  /** When it should have left, by `performance.now()` of this process. */
  readonly intendedAt: number;
  acknowledged: boolean;
}

export interface Broker {
  readonly host: string;
  readonly port: number;
}

const CLOSED = { mode: 'locked', position: 'closed', tamper: false };
/** A gate that has never spoken raises nothing: it says that it is closed, and some seconds later that somebody is under duress. */
const INTRODUCED_BEFORE_MS = 1500;

/**
 * One duress code on each of these gates, evenly over the time given. Latency counts from the intended moment, so that
 * a sender that is late makes the figure worse, not better.
 */
export async function sendDuress(
  gates: readonly LoadDevice[],
  broker: Broker,
  startInMs: number,
  overMs: number,
): Promise<SentDuress[]> {
  const begun = performance.now() + Math.max(startInMs, INTRODUCED_BEFORE_MS + 500);
  return Promise.all(
    gates.map((gate, i) => oneDuress(gate, broker, begun + ((i + 0.5) * overMs) / Math.max(1, gates.length))),
  );
}

async function oneDuress(gate: LoadDevice, broker: Broker, at: number): Promise<SentDuress> {
  const sent: SentDuress = { device: gate.id, intendedAt: at, acknowledged: false };
  const connection = new DeviceConnection(gate, (intended) => {
    if (intended === at) sent.acknowledged = true;
  });
  await until(at - INTRODUCED_BEFORE_MS);
  await connection.open(broker.host, broker.port);
  connection.publish(readingPayload(CLOSED, 0, Date.now()), 0);
  await until(at);
  connection.publish(readingPayload({ ...CLOSED, mode: 'accessed', access: 'duress' }, 1, Date.now()), at);
  const patience = performance.now() + 10_000;
  while (!sent.acknowledged && performance.now() < patience) await pause(20);
  connection.close();
  return sent;
}

const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));
const until = (at: number): Promise<void> => pause(Math.max(0, at - performance.now()));
