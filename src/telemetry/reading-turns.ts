import type { Urgency } from './device-broker.port.js';

/**
 * (tune) So long readings are taken in at a stretch, ms. An emergency makes a dozen round trips to the database, and each waits
 * for the end of a stretch: without one, a thousand devices that speak at once held every page back for seconds.
 * While one is under way, shorter ones cost more turns of the loop than they save it in waiting; a backlog of
 * them has the loop to itself but for a few readings a turn.
 */
const STRETCH_MS: Readonly<Record<Urgency, number>> = { none: 10, emergency: 2, backlog: 0.2 };

/**
 * Shares the event loop between what devices send and everything else. Within a stretch connections are read as they come;
 * beyond it they queue, first come, first served, and go on after the loop has seen to sockets and timers once.
 */
export class ReadingTurns {
  private readonly queue: (() => void)[] = [];
  private running = false;
  private serving = false;
  private begunAt = 0;

  constructor(
    private readonly urgency: () => Urgency = () => 'none',
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @param later called, once, when it is this connection's turn @returns true = read on at once */
  admits(later: () => void): boolean {
    if (this.serving) return true;
    if (!this.running) this.begin();
    else if (this.queue.length > 0 || this.isOver()) {
      this.queue.push(later);
      return false;
    }
    return true;
  }

  private isOver(): boolean {
    return this.now() - this.begunAt >= STRETCH_MS[this.urgency()];
  }

  private begin(): void {
    this.running = true;
    this.begunAt = this.now();
    setImmediate(() => this.serve());
  }

  private serve(): void {
    this.running = false;
    if (this.queue.length === 0) return;
    this.begin();
    this.serving = true;
    let served = 0;
    for (; served < this.queue.length; served++) {
      if (served > 0 && this.isOver()) break;
      this.queue[served]?.();
    }
    this.serving = false;
    this.queue.splice(0, served);
  }
}
