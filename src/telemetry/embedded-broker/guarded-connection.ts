import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import { AwaitedAcks } from './awaited-acks.js';
import { BURST_S, CONNECT_BYTES, FAR_OVER_S, type BrokerLimits } from './broker-limits.js';
import { PacketReader, type PublishFields, type Refusal } from './packet-reader.js';
import { PUBACK, PUBREC, PUBREL } from './packet-rules.js';
import { hold, letGo } from './read-on.js';
import type { ReadingTurns } from '../reading-turns.js';
import { TokenBucket } from './token-bucket.js';

/** What this file uses of aedes 1.2 beyond its types: how it reads a connection. */
export interface AedesClient extends Omit<Client, 'emit'> {
  _parser: { parse(bytes: Buffer): number; emit(event: 'packet', packet: PublishFields): boolean };
  _parsingBatch: number;
  /** Ours: see {@link hold}. */
  held?: number;
  _nextBatch(): void;
  _keepaliveTimer: NodeJS.Timeout | null;
  _nextId: number;
  connackSent: boolean;
  waitForDrain(done: () => void): void;
  emit(event: 'error', error: Error): boolean;
}

/** How long a client may take to read why it was refused. */
const PARTING_MS = 500;

export type ConnectionRefusal = 'protocol-violation' | 'packet-too-large' | 'message-flood' | 'slow-client';

export interface ConnectionEvents {
  /** The connection is being ended; called once. Never with bytes of it: a CONNECT holds the token. */
  refused(reason: ConnectionRefusal, detail: string): void;
  /** An acknowledgement that nobody waits for was left aside. */
  unsolicited(): void;
  /** Whether this is where the client's readings come. Asked once a topic: it cannot change while a session lasts. */
  takesReadings(topic: string): boolean;
  /** `accepted` must be called once it is durable, in the order of the readings. */
  reading(packet: PublishFields, accepted: () => void): void;
}

/**
 * Stands between a socket and aedes: aedes goes on reading the socket and answering, but what it reads goes through
 * {@link PacketReader} first, and what it writes is watched. No stream in between: that would cost more than the judging.
 */
export class GuardedConnection {
  private readonly reader: PacketReader;
  private readonly acks = new AwaitedAcks();
  private readonly bucket: TokenBucket;
  private readonly client: AedesClient;
  private topicOfReadings: string | null = null;
  private send: (packet: Buffer) => boolean = () => false;
  private ended = false;
  private stopped = false;
  private waiting: NodeJS.Timeout | null = null;
  /** In the queue of {@link ReadingTurns}. */
  private queued = false;

  constructor(
    client: Client,
    private readonly conn: Duplex,
    private readonly limits: BrokerLimits,
    private readonly events: ConnectionEvents,
    private readonly turns: ReadingTurns,
  ) {
    this.client = client as unknown as AedesClient;
    const { _parser: parser } = this.client;
    const parse = parser.parse.bind(parser);
    this.reader = new PacketReader(
      {
        publish: (packet) => {
          if (!this.shortWay(packet)) parser.emit('packet', packet);
        },
        acknowledges: (type, id) => this.acknowledges(type, id),
        frame: (bytes) => void parse(bytes),
      },
      { connectBytes: CONNECT_BYTES, packetBytes: limits.packetBytes },
    );
    this.bucket = new TokenBucket(limits.messagesPerSecond, limits.messagesPerSecond * BURST_S, performance.now());
    parser.parse = (bytes) => this.take(bytes);
    this.watchWrites();
    this.mayHold();
    conn.once('close', () => this.waiting && clearTimeout(this.waiting));
  }

  /** Nothing more is read from it; what was read is still answered. */
  stopReading(): void {
    this.stopped = true;
  }

  private take(bytes: Buffer): number {
    const before = this.reader.packets;
    const refusal = this.reader.take(bytes);
    if (refusal) this.refuse(refusal);
    else this.slow(this.reader.packets - before);
    return 0;
  }

  /** Over its rate it is read later, and TCP slows it down: nothing that it says is lost. */
  private slow(packets: number): void {
    const owed = this.bucket.take(packets, performance.now());
    if (owed === 0 || !this.client.connackSent || this.waiting || this.ended) return;
    if (owed > FAR_OVER_S * 1000) {
      return this.end('message-flood', `more than ${this.limits.messagesPerSecond} packets a second`);
    }
    this.waiting = setTimeout(() => this.goOn(), owed);
  }

  private goOn(): void {
    this.waiting = null;
    if (this.stopped || this.ended) return;
    this.readOn();
  }

  private readonly itsTurn = (): void => {
    this.queued = false;
    if (!this.stopped && !this.ended && !this.waiting) this.readOn();
  };

  private readOn(): void {
    // It was silent because it was not read.
    this.client._keepaliveTimer?.refresh();
    // aedes takes one off for each call, as if a packet had been handled.
    this.client._parsingBatch++;
    this.client._nextBatch();
  }

  /**
   * Readings are nearly all that devices say, and end at Steward: aedes, which would look for their subscribers, handle each in
   * five steps and answer it in three pieces, does not see them.
   */
  private shortWay(packet: PublishFields): boolean {
    const { client } = this;
    const { messageId, topic } = packet;
    if (packet.qos !== 1 || messageId === undefined || !client.connackSent || !client.connected) return false;
    if (topic !== this.topicOfReadings) {
      if (!this.events.takesReadings(topic)) return false;
      this.topicOfReadings = topic;
    }
    if (!hold(client)) return false;
    client._keepaliveTimer?.refresh();
    this.events.reading(packet, () => this.answer(messageId));
    return true;
  }

  private answer(messageId: number): void {
    letGo(this.client);
    if (this.ended || !this.client.connected) return;
    const wasFull = this.conn.writableNeedDrain;
    const more = this.send(Buffer.from([PUBACK << 4, 2, messageId >> 8, messageId & 255]));
    // Who does not read its answers is put off, as aedes puts off who does not read anything else.
    if (!more && !wasFull) this.client.waitForDrain(() => undefined);
  }

  private acknowledges(type: number, id: number): 'pass' | 'drop' | 'wrong' {
    const verdict = this.acks.judge(type, id);
    if (verdict === 'drop') {
      this.events.unsolicited();
      if (type === PUBREC) this.conn.write(Buffer.from([(PUBREL << 4) | 2, 2, id >> 8, id & 255]));
    }
    return verdict;
  }

  /**
   * aedes reads with `read(null)`, nobody else does: it finds nothing while the connection is held. (Its own way to pause
   * loses count of what is handled meanwhile.)
   */
  private mayHold(): void {
    const read = this.conn.read.bind(this.conn) as (n?: number | null) => unknown;
    this.conn.read = (n?: number | null) => {
      if (n !== null) return read(n);
      if (this.stopped || this.waiting || this.queued) return null;
      if (this.conn.readableLength === 0) return read(n);
      this.queued = !this.turns.admits(this.itsTurn);
      return this.queued ? null : read(n);
    };
  }

  private watchWrites(): void {
    const write = this.conn.write.bind(this.conn) as (piece: Buffer | string, ...rest: unknown[]) => boolean;
    // A whole acknowledgement asks for none, and aedes writes whole packets in one go: it need not be watched.
    this.send = write;
    this.conn.write = ((piece: Buffer | string, ...rest: unknown[]) => {
      const before = this.acks.size;
      this.acks.wrote(piece);
      const more = write(piece, ...rest);
      if (this.acks.size > before) this.checkReads();
      return more;
    }) as Duplex['write'];
  }

  /** A command was written to it. */
  private checkReads(): void {
    const { unreadBytes, unacknowledged } = this.limits;
    if (this.conn.writableLength > unreadBytes || this.acks.size > unacknowledged) {
      // aedes is in the middle of writing.
      setImmediate(() => this.end('slow-client', `${this.acks.size} commands not acknowledged`));
    }
  }

  private refuse(refusal: Refusal): void {
    const tooLarge = refusal.violation === 'packet-too-large';
    const reason = tooLarge ? 'packet-too-large' : 'protocol-violation';
    this.end(reason, refusal.violation, refusal.answer);
  }

  private end(reason: ConnectionRefusal, detail: string, answer?: Buffer): void {
    if (this.ended) return;
    this.ended = true;
    this.reader.stop();
    this.events.refused(reason, detail);
    if (!answer) {
      this.client.emit('error', new Error(detail));
      return;
    }
    // With bytes unread the kernel would reset the connection and the answer would be lost: the client goes first.
    this.conn.end(answer);
    const parting = setTimeout(() => this.conn.destroy(), PARTING_MS);
    this.conn.once('close', () => clearTimeout(parting));
  }
}
