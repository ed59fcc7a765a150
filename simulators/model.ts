import type { Directive } from './directive.js';
import type { Random } from './random.js';

/** Values of one reading in the native JSON names (src/telemetry/reading.ts). */
export type Values = Readonly<Record<string, unknown>>;

export interface ModelMessage {
  /** Model time, ms since the epoch. */
  readonly at: number;
  readonly values: Values;
}

export interface ModelStep<S> {
  readonly state: S;
  readonly messages: readonly ModelMessage[];
}

/**
 * A device's behaviour as a pure state machine: it reads no clock and no network. Time is model time in ms since the
 * epoch, chance comes only from `random`, so that equal seeds and equal steps make equal logs.
 */
export interface Model<S = unknown> {
  start(now: number, random: Random): S;
  /** From the state's own time to `now`. */
  step(state: S, now: number, random: Random): ModelStep<S>;
  /** What a scenario tells the device to do; a directive for another kind changes nothing. */
  direct(state: S, directive: Directive, now: number, random: Random): S;
}
