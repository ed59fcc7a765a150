import { PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL } from './packet-rules.js';

/**
 * Which acknowledgements a client owes, learned from what is written to it.
 * An acknowledgement nobody asked for is no reason to end a connection: after a restart of this service, devices answer
 * what the one before had sent, and would do it again for ever if they were cut. One of the wrong kind is.
 */
export class AwaitedAcks {
  /** Packet id → type of the packet that must come. Made when the first one is sent: most devices are never sent any. */
  private awaited: Map<number, number> | null = null;
  /** Parsing of what is written, which comes in pieces of packets: what comes next, and how much of it. */
  private stage: 'header' | 'length' | 'topic-length' | 'topic' | 'id' | 'skip' = 'header';
  private first = 0;
  private value = 0;
  private count = 0;
  /** Bytes of the packet that are still to come. */
  private left = 0;
  private topicLeft = 0;

  get size(): number {
    return this.awaited?.size ?? 0;
  }

  /**
   * `drop` = nobody waits for it (a PUBREC is owed a PUBREL all the same). PUBREL always passes: it ends what the client
   * sent, and whoever lost the PUBCOMP must get another one.
   */
  judge(type: number, id: number): 'pass' | 'drop' | 'wrong' {
    if (type === PUBREL) return 'pass';
    const must = this.awaited?.get(id);
    // A PUBREC is repeated when its PUBREL was lost.
    if (must === undefined || (type === PUBREC && must === PUBCOMP)) return 'drop';
    if (type !== must) return 'wrong';
    if (type !== PUBREC) this.awaited?.delete(id);
    return 'pass';
  }

  /** Must see every piece that is written to the client, in order. */
  wrote(piece: Uint8Array | string): void {
    const length = typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
    let at = 0;
    while (at < length) {
      if (this.stage === 'skip' || this.stage === 'topic') {
        const whole = this.stage === 'topic' ? this.topicLeft : this.left;
        const step = Math.min(whole, length - at);
        at += step;
        this.left -= step;
        this.topicLeft -= step;
        if (step === whole) this.next(this.stage === 'topic' ? 'id' : 'header');
        continue;
      }
      this.byte(typeof piece === 'string' ? piece.charCodeAt(at) : (piece[at] as number));
      at++;
    }
  }

  private next(stage: AwaitedAcks['stage']): void {
    this.stage = stage;
    this.value = 0;
    this.count = 0;
  }

  private byte(c: number): void {
    switch (this.stage) {
      case 'header':
        this.first = c;
        return this.next('length');
      case 'length':
        this.value |= (c & 0x7f) << (7 * this.count++);
        if (c >= 0x80) return;
        this.left = this.value;
        return this.next(this.afterLength());
      default:
        this.left--;
        this.value = (this.value << 8) | c;
        if (++this.count === 2) this.pair();
    }
  }

  private afterLength(): AwaitedAcks['stage'] {
    const type = this.first >> 4;
    if (type === PUBLISH && this.first & 6) return 'topic-length';
    if (type === PUBREL) return 'id';
    return this.left > 0 ? 'skip' : 'header';
  }

  private pair(): void {
    if (this.stage === 'topic-length') {
      this.topicLeft = this.value;
      return this.next('topic');
    }
    const type = this.first >> 4;
    const must = type === PUBREL ? PUBCOMP : (this.first & 6) === 2 ? PUBACK : PUBREC;
    (this.awaited ??= new Map()).set(this.value, must);
    this.next(this.left > 0 ? 'skip' : 'header');
  }
}
