import type { PipeSensorValues } from '../../src/telemetry/reading.js';
import type { Directive } from '../directive.js';
import type { Model, ModelMessage, ModelStep } from '../model.js';
import type { Random } from '../random.js';
import type { RiserWater } from './hydraulics.js';

/** What a sensor measures at its riser, and what a scenario does to the pipe there. */
export interface RiserSource {
  at(at: number): RiserWater;
  /** From `from` on a hole lets out so much, L/s; 0 = mended. */
  leak(lps: number, from: number): void;
}

export interface RiserState {
  readonly at: number;
  /** A leak takes pressure at once; its water reaches the floor sensor some seconds later. */
  readonly wetFrom: number | null;
  readonly driesAt: number | null;
  readonly wet: boolean;
  readonly reportAt: number;
}

const WATER_REACHES_SENSOR_MS = 3_000;
const DRIES_AFTER_MS = 20_000;
/** Of an ordinary transmitter (1 σ). */
const SENSOR_NOISE_MPA = 0.0005;

/** Pressure of a riser under its demand, and the leak sensor at its foot. */
export class RiserModel implements Model<RiserState> {
  /** @param reportEveryMs between readings of a dry sensor */
  constructor(
    private readonly source: RiserSource,
    private readonly reportEveryMs: number,
  ) {}

  start(now: number, random: Random): RiserState {
    const reportAt = now + Math.floor(random.next() * Math.min(this.reportEveryMs, 10_000));
    return { at: now, wetFrom: null, driesAt: null, wet: false, reportAt };
  }

  step(before: RiserState, now: number, random: Random): ModelStep<RiserState> {
    const messages: ModelMessage[] = [];
    let state = before;
    for (;;) {
      const wetChangeAt = (state.wet ? state.driesAt : state.wetFrom) ?? Number.POSITIVE_INFINITY;
      const next = Math.min(wetChangeAt, state.reportAt);
      if (next > now) break;
      const at = Math.max(state.at, next);
      if (wetChangeAt <= at) {
        state = state.wet ? { ...state, wet: false, driesAt: null } : { ...state, wet: true, wetFrom: null };
      }
      state = { ...state, at, reportAt: at + this.every(state) };
      messages.push({ at, values: { ...this.values(state, random) } });
    }
    return { state: { ...state, at: now }, messages };
  }

  direct(state: RiserState, directive: Directive, now: number): RiserState {
    if (directive.do === 'leak') {
      this.source.leak(directive.flowLph / 3600, now);
      return { ...state, wetFrom: now + WATER_REACHES_SENSOR_MS, driesAt: null, reportAt: now };
    }
    if (directive.do === 'leak-stopped') {
      this.source.leak(0, now);
      return { ...state, wetFrom: null, driesAt: now + DRIES_AFTER_MS, reportAt: now };
    }
    return state;
  }

  /** A wet sensor reports more often. */
  private every(state: RiserState): number {
    return state.wet ? Math.min(2_000, this.reportEveryMs) : this.reportEveryMs;
  }

  private values(state: RiserState, random: Random): PipeSensorValues {
    const { pressureMpa, flowLps } = this.source.at(state.at);
    return {
      pressureMpa: Math.round(Math.max(0, pressureMpa + SENSOR_NOISE_MPA * random.noise()) * 1e4) / 1e4,
      flowLps: Math.round(flowLps * 1000) / 1000,
      wet: state.wet,
    };
  }
}
