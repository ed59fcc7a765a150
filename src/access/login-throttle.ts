import { minutes } from '../kernel/durations.js';

const FAILURES = 5;
const WINDOW_MS = minutes(1);
/** An attacker who invents names must not fill the memory; past this, the keys that waited longest go. */
const MAX_KEYS = 10_000;

/**
 * Five failures within a minute close the door for one key (a user name from one address) until a minute has passed
 * since the first of them. Checked again after the password has been verified, or a thousand guesses sent at once
 * would all be let in before the first of them had failed.
 */
export class LoginThrottle {
  private readonly failures = new Map<string, number[]>();

  /** Milliseconds until this key may try again; 0 = now. */
  waitMs(key: string, now: number): number {
    const times = this.recent(key, now);
    const first = times[times.length - FAILURES];
    return first === undefined ? 0 : first + WINDOW_MS - now;
  }

  /** @returns true when this very failure closed the door */
  failed(key: string, now: number): boolean {
    const times = [...this.recent(key, now), now].slice(-FAILURES);
    this.failures.delete(key); // put back at the end: the map's order is the order of the newest failure
    this.failures.set(key, times);
    for (const oldest of this.failures.keys()) {
      if (this.failures.size <= MAX_KEYS) break;
      this.failures.delete(oldest);
    }
    return times.length === FAILURES;
  }

  succeeded(key: string): void {
    this.failures.delete(key);
  }

  private recent(key: string, now: number): number[] {
    return (this.failures.get(key) ?? []).filter((at) => at > now - WINDOW_MS);
  }
}
