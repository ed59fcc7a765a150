interface Waiting {
  readonly messageId: number;
  accepted: boolean;
}

/**
 * PUBACKs of one connection to the broker, held until what they stand for is durable, and sent in the order of arrival
 * (MQTT 4.6). A packet id means something within its connection only: when that has ended, what comes is not sent.
 */
export class PubackQueue {
  private waiting: Waiting[] = [];
  private head = 0;
  private ended = false;

  constructor(private readonly send: (messageId: number) => void) {}

  /** Messages that are not acknowledged yet. */
  get size(): number {
    return this.ended ? 0 : this.waiting.length - this.head;
  }

  /** @returns to be called when the message is durable; more than once does no harm */
  hold(messageId: number): () => void {
    const entry: Waiting = { messageId, accepted: false };
    this.waiting.push(entry);
    return () => {
      entry.accepted = true;
      this.release();
    };
  }

  /** The connection is gone: the broker will send again what was not acknowledged. */
  end(): void {
    this.ended = true;
    this.waiting = [];
    this.head = 0;
  }

  private release(): void {
    if (this.ended) return;
    for (let first = this.waiting[this.head]; first?.accepted; first = this.waiting[this.head]) {
      this.head++;
      this.send(first.messageId);
    }
    if (this.head > 1024 && this.head * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
  }
}
