import type { Clock } from '../kernel/clock.js';
import { minutes } from '../kernel/durations.js';

interface Repeated {
  loggedAt: number;
  unlogged: number;
}

/**
 * A failure that repeats is one line, not ten thousand: the first is logged at once, those that follow are counted,
 * and the count is said at the first one after `everyMs`, and when it is over. Nothing is dropped without a number.
 */
export class OnceWithCount {
  private readonly known = new Map<string, Repeated>();

  /** @param everyMs the least time between two lines of the same failure, milliseconds */
  constructor(
    private readonly clock: Clock,
    private readonly write: (line: string) => void,
    private readonly everyMs = minutes(1),
  ) {}

  /** @param key what makes two failures the same one; few and fixed, e.g. `outbox-relay` */
  failed(key: string, line: string): void {
    const now = this.clock.now();
    const seen = this.known.get(key);
    if (seen && now - seen.loggedAt < this.everyMs) {
      seen.unlogged++;
      return;
    }
    this.known.set(key, { loggedAt: now, unlogged: 0 });
    this.write(seen && seen.unlogged > 0 ? `${line} (and ${seen.unlogged} times since it was last said)` : line);
  }

  /** It works again: says so, once, if it had failed. */
  recovered(key: string, line: string): void {
    const seen = this.known.get(key);
    if (!seen) return;
    this.known.delete(key);
    this.write(seen.unlogged > 0 ? `${line} (failed ${seen.unlogged} more times since it was last said)` : line);
  }
}
