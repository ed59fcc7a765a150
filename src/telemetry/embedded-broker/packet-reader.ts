import {
  bodyFault,
  CONNECT,
  DISCONNECT,
  judgeConnect,
  OLD_CONNECT_FLAGS_AT,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  PUBREL,
  SUBSCRIBE,
  topicFault,
  UNSUBSCRIBE,
  type Violation,
} from './packet-rules.js';

/** A PUBLISH as mqtt-packet would hand it to aedes. */
export interface PublishFields {
  cmd: 'publish';
  retain: boolean;
  qos: 0 | 1 | 2;
  dup: boolean;
  length: number;
  topic: string;
  payload: Buffer;
  messageId: number | undefined;
}

/** Where packets go that are as MQTT wants them. */
export interface PacketSink {
  publish(packet: PublishFields): void;
  /** PUBACK, PUBREC, PUBREL or PUBCOMP. `drop` = it goes no further, `wrong` = it answers what it must not. */
  acknowledges(type: number, id: number): 'pass' | 'drop' | 'wrong';
  /** One whole packet of any other kind, its fixed header as MQTT 3.1.1 wants it. */
  frame(bytes: Buffer, type: number): void;
}

export interface ReaderLimits {
  /** Bytes of a CONNECT: who is not known yet gets little memory. */
  readonly connectBytes: number;
  /** Bytes of any other packet, its fixed header included. */
  readonly packetBytes: number;
}

export interface Refusal {
  readonly violation: Violation;
  readonly answer?: Buffer;
}

/** Flags that the fixed header must have; -1 = any, -2 = no packet of a client. */
const FLAGS = [-2, -1, -2, -1, 0, 0, 2, 0, 2, -2, 2, -2, 0, -2, 0, -2];
/** Only there MQTT 3.1 allows the DUP flag that 3.1.1 took away. */
const DUP = 8;
/** A longer rest of a chunk is kept as it is; a shorter one is copied, or it would hold the whole chunk in memory. */
const COPY_BELOW = 4096;

/**
 * Bytes of one connection → packets, each judged by MQTT 3.1 / 3.1.1 before anybody acts on it. aedes and mqtt-packet
 * let much pass that a server must refuse; what comes through here, they can take.
 * How the bytes are split into chunks makes no difference. Holds one unfinished packet at most.
 */
export class PacketReader {
  /** Packets let through so far. */
  packets = 0;
  private version = 0;
  private over = false;
  private rest: Buffer[] = [];
  private restBytes = 0;
  /** Length of the packet that `rest` begins, 0 while its header is incomplete. */
  private needed = 0;
  /** A device speaks on one topic nearly always: it is judged and decoded once. Only ASCII. */
  private lastTopic = '';

  constructor(
    private readonly sink: PacketSink,
    private readonly limits: ReaderLimits,
  ) {}

  /** Bytes of the unfinished packet. */
  get heldBytes(): number {
    return this.restBytes;
  }

  /** Nothing that comes later is looked at. */
  stop(): void {
    this.over = true;
    this.rest = [];
    this.restBytes = 0;
  }

  /** @returns why the connection must end, or null. What came before the fault has gone to the sink. */
  take(chunk: Buffer): Refusal | null {
    if (this.over) return null;
    let bytes = chunk;
    if (this.restBytes > 0) {
      this.rest.push(chunk.length < COPY_BELOW ? Buffer.from(chunk) : chunk);
      this.restBytes += chunk.length;
      if (this.needed > this.restBytes) return null;
      bytes = Buffer.concat(this.rest, this.restBytes);
      this.rest = [];
      this.restBytes = 0;
    }
    let at = 0;
    while (at < bytes.length) {
      const next = this.packet(bytes, at);
      if (typeof next !== 'number') {
        this.stop();
        return next;
      }
      if (this.over) return null;
      if (next < 0) {
        const rest = bytes.subarray(at);
        this.rest = [rest.length < COPY_BELOW ? Buffer.from(rest) : rest];
        this.restBytes = rest.length;
        this.needed = next === -1 ? 0 : -next;
        return null;
      }
      at = next;
    }
    return null;
  }

  /**
   * Judges the packet that begins at `at`.
   * @returns where the next one begins; -1 when its header is incomplete, minus its length when the rest of it is
   */
  private packet(b: Buffer, at: number): number | Refusal {
    const first = b[at] as number;
    const type = first >> 4;
    const flags = first & 15;
    const mustBe = FLAGS[type] as number;
    if (mustBe === -2) return { violation: type === 0 || type === 15 ? 'reserved-packet-type' : 'packet-of-a-server' };
    if (type === CONNECT ? this.version !== 0 : this.version === 0) {
      return { violation: type === CONNECT ? 'second-connect' : 'first-packet-not-connect' };
    }
    if (mustBe >= 0 && flags !== mustBe && !(this.version === 3 && mustBe === 2 && flags === (mustBe | DUP))) {
      return { violation: 'reserved-flags' };
    }

    // Remaining length: at most four bytes of seven bits.
    let p = at + 1;
    let length = 0;
    let shift = 0;
    for (;;) {
      if (p >= b.length) return -1;
      const c = b[p++] as number;
      length |= (c & 0x7f) << shift;
      if (c < 0x80) break;
      shift += 7;
      if (shift > 21) return { violation: 'malformed-length' };
    }
    const end = p + length;
    if (end - at > (type === CONNECT ? this.limits.connectBytes : this.limits.packetBytes)) {
      return { violation: 'packet-too-large' };
    }
    if (end > b.length) return -(end - at);

    const violation = type === PUBLISH ? this.publish(b, flags, p, end) : this.other(type, flags, b, at, p, end);
    if (violation !== null) return typeof violation === 'string' ? { violation } : violation;
    this.packets++;
    return end;
  }

  private publish(b: Buffer, flags: number, start: number, end: number): Violation | null {
    const qos = (flags >> 1) & 3;
    if (qos === 3) return 'qos-3';
    if (qos === 0 && flags & DUP) return 'dup-on-qos-0';
    if (start + 2 > end) return 'wrong-length';
    const topicStart = start + 2;
    let p = topicStart + (((b[start] as number) << 8) | (b[start + 1] as number));
    if (p > end) return 'wrong-length';
    let topic = this.lastTopic;
    if (!sameText(topic, b, topicStart, p)) {
      const fault = topicFault(b, topicStart, p);
      if (fault) return fault;
      topic = b.toString('utf8', topicStart, p);
      if (topic.length === p - topicStart) this.lastTopic = topic;
    }
    let messageId: number | undefined;
    if (qos > 0) {
      if (p + 2 > end) return 'wrong-length';
      messageId = ((b[p] as number) << 8) | (b[p + 1] as number);
      if (messageId === 0) return 'packet-id-0';
      p += 2;
    }
    this.sink.publish({
      cmd: 'publish',
      retain: (flags & 1) === 1,
      qos: qos as 0 | 1 | 2,
      dup: (flags & DUP) !== 0,
      length: end - start,
      topic,
      payload: b.subarray(p, end),
      messageId,
    });
    return null;
  }

  private other(type: number, flags: number, b: Buffer, at: number, start: number, end: number) {
    if (type === CONNECT) {
      const verdict = judgeConnect(b, flags, start, end);
      if (verdict.violation) return { violation: verdict.violation, answer: verdict.answer };
      this.version = verdict.version;
    } else {
      const fault = bodyFault(type, b, start, end);
      if (fault) return fault;
      if (type === PUBACK || type === PUBREC || type === PUBREL || type === PUBCOMP) {
        const known = this.sink.acknowledges(type, ((b[start] as number) << 8) | (b[start + 1] as number));
        if (known === 'wrong') return 'acknowledgement-of-wrong-kind';
        if (known === 'drop') return null;
      }
    }
    const frame = b.subarray(at, end);
    this.sink.frame(this.version === 3 ? asNewer(frame, type, start - at) : frame, type);
    // Whatever follows a DISCONNECT was not sent by somebody who keeps to the protocol; nobody is there to be told.
    if (type === DISCONNECT) this.stop();
    return null;
  }
}

/** A packet of MQTT 3.1 without what that leaves open and 3.1.1 forbids, which mqtt-packet would not take. */
function asNewer(frame: Buffer, type: number, bodyAt: number): Buffer {
  const copy = Buffer.from(frame);
  copy[0] = (type << 4) | (type === PUBREL || type === SUBSCRIBE || type === UNSUBSCRIBE ? 2 : 0);
  if (type === CONNECT) {
    const flagsAt = bodyAt + OLD_CONNECT_FLAGS_AT;
    copy[flagsAt] = (copy[flagsAt] as number) & 0xfe;
  }
  return copy;
}

/** Whether `bytes[start, end)` are the characters of `text`, which is not empty. */
function sameText(text: string, b: Buffer, start: number, end: number): boolean {
  const n = end - start;
  if (n === 0 || text.length !== n) return false;
  // From the end: topics of one device differ in their last level.
  for (let i = n - 1; i >= 0; i--) if (text.charCodeAt(i) !== b[start + i]) return false;
  return true;
}
