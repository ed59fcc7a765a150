import type { Clock } from '../kernel/clock.js';

/**
 * Steady time: the wall clock at the start plus what the monotonic clock has counted since. When the wall clock is set
 * while Steward runs, `reanchor` follows it, together with the deadlines (clock-step.service).
 */
export class SystemClock implements Clock {
  private anchor = Date.now() - performance.now();

  now(): number {
    return Math.round(this.anchor + performance.now());
  }

  /** How far the wall clock has moved away from ours, ms; positive = it was set forward. */
  drift(): number {
    return Date.now() - (this.anchor + performance.now());
  }

  reanchor(byMs: number): void {
    this.anchor += byMs;
  }
}
