import { connect, type Socket } from 'node:net';
import type { Conversation, Step } from './conversations.js';

const PING = Buffer.from([0xc0, 0]);
const PONG = Buffer.from([0xd0, 0]);
/** A broker on the same machine answers in a millisecond; who has not within this time does not answer. */
const PATIENCE_MS = 2000;

/** A raw connection that waits for bytes, or for its end. */
class Wire {
  private got = Buffer.alloc(0);
  private over = false;
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (b) => {
      this.got = Buffer.concat([this.got, b]);
      this.wake();
    });
    const end = (): void => {
      this.over = true;
      this.wake();
    };
    socket.on('end', end).on('close', end).on('error', end);
  }

  static open(port: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Wire(socket));
      });
    });
  }

  get ended(): boolean {
    return this.over;
  }

  send(bytes: Buffer): void {
    if (!this.over) this.socket.write(bytes);
  }

  /** @returns the next `n` bytes, or fewer when the connection ended or nothing more came */
  async take(n: number): Promise<Buffer> {
    const until = Date.now() + PATIENCE_MS;
    while (this.got.length < n && !this.over && Date.now() < until) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, until - Date.now());
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const out = this.got.subarray(0, n);
    this.got = this.got.subarray(out.length);
    return out;
  }

  close(): void {
    this.socket.destroy();
  }
}

const hex = (b: Buffer): string => (b.length ? b.toString('hex') : 'nothing');

function connectPacket(version: number, id: string): Buffer {
  const name = version === 3 ? 'MQIsdp' : 'MQTT';
  const body = Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([version, 2, 0, 60]),
    Buffer.from(version === 5 ? [0] : []),
    Buffer.from([0, id.length]),
    Buffer.from(id),
  ]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

/** Somebody else publishes, with the whole handshake of its QoS. */
async function publishFromOutside(port: number, step: Extract<Step, { type: 'publish' }>): Promise<void> {
  const wire = await Wire.open(port);
  wire.send(connectPacket(4, 'helper'));
  await wire.take(4);
  const id = step.qos > 0 ? [0, 1] : [];
  const length = 2 + step.topic.length + id.length + step.payload.length;
  wire.send(
    Buffer.concat([
      Buffer.from([0x30 | (step.qos << 1), length, 0, step.topic.length]),
      Buffer.from(step.topic),
      Buffer.from(id),
      Buffer.from(step.payload),
    ]),
  );
  if (step.qos > 0) await wire.take(4);
  if (step.qos === 2) {
    wire.send(Buffer.from([0x62, 2, 0, 1]));
    await wire.take(4);
  }
  wire.send(Buffer.from([0xe0, 0]));
  wire.close();
}

/** @returns null when everything went as the data expects, else what did not */
export async function holdConversation(port: number, talk: Conversation): Promise<string | null> {
  const wire = await Wire.open(port);
  try {
    if (talk.connect) {
      wire.send(connectPacket(talk.version, 'conformance'));
      const connack = await wire.take(4);
      if (connack[0] !== 0x20 || connack[3] !== 0) return `the plain CONNECT was answered with ${hex(connack)}`;
    }
    for (const step of talk.steps) {
      if (step.type === 'send') wire.send(step.bytes);
      else if (step.type === 'publish') await publishFromOutside(port, step);
      else {
        const got = await wire.take(step.bytes.length);
        if (!got.equals(step.bytes)) return `expected ${hex(step.bytes)}, got ${hex(got)}`;
      }
    }
    // Alive or not is asked with a ping: who is out gets no answer to it.
    wire.send(PING);
    const answer = await wire.take(PONG.length);
    const alive = answer.equals(PONG);
    if (talk.expectDisconnect && alive) return 'still connected';
    if (talk.expectDisconnect && !wire.ended) return `neither alive nor disconnected: ${hex(answer)}`;
    if (!talk.expectDisconnect && !alive) return `expected to stay connected, got ${hex(answer)}`;
    return null;
  } finally {
    wire.close();
  }
}
