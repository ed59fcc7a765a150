/**
 * The one source of time for rules and services. Milliseconds since the epoch, *steady*: it runs on the monotonic
 * clock from an anchor taken at start, so that a wall clock that is set back or forward neither fires nor blocks a
 * hold (domain: "Holds run on the server's monotonic clock").
 */
export interface Clock {
  /** Steady milliseconds since the epoch. */
  now(): number;
}

/** DI token of the {@link Clock}. */
export const CLOCK = Symbol('Clock');

/** The fake for tests and replays: time moves only when told. */
export class ManualClock implements Clock {
  constructor(private at = Date.UTC(2026, 0, 5, 2, 0, 0)) {}
  now(): number {
    return this.at;
  }
  advance(ms: number): number {
    this.at += ms;
    return this.at;
  }
}
