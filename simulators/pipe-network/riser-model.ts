import type { PipeSensorValues } from '../../src/telemetry/reading.js';
import type { Directive } from '../directive.js';
import type { Model, ModelMessage, ModelStep } from '../model.js';
import type { Random } from '../random.js';
import { waterDemand } from './water-demand.js';

export interface RiserProfile {
  /** Pressure at rest, and how much of it the peak demand takes, MPa. */
  readonly staticMpa: number;
  readonly dropAtPeakMpa: number;
  /** Flow at peak demand, L/s. */
  readonly peakFlowLps: number;
  readonly reportEveryMs: number;
  readonly utcOffsetHours: number;
}

export interface RiserState {
  readonly at: number;
  /** Wandering of the demand around its daily curve. */
  readonly wander: number;
  /** A leak takes pressure at once; its water reaches the floor sensor some seconds later. */
  readonly leakLph: number;
  readonly wetFrom: number | null;
  readonly driesAt: number | null;
  readonly wet: boolean;
  readonly reportAt: number;
}

const WATER_REACHES_SENSOR_MS = 3_000;
const DRIES_AFTER_MS = 20_000;

/** Pressure of a riser under its demand, and the leak sensor at its foot. */
export class RiserModel implements Model<RiserState> {
  constructor(private readonly profile: RiserProfile) {}

  start(now: number, random: Random): RiserState {
    const reportAt = now + Math.floor(random.next() * Math.min(this.profile.reportEveryMs, 10_000));
    return { at: now, wander: 0, leakLph: 0, wetFrom: null, driesAt: null, wet: false, reportAt };
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
      state = { ...state, at, wander: 0.9 * state.wander + 0.03 * random.noise(), reportAt: at + this.every(state) };
      messages.push({ at, values: { ...this.values(state) } });
    }
    return { state: { ...state, at: now }, messages };
  }

  direct(state: RiserState, directive: Directive, now: number): RiserState {
    if (directive.do === 'leak') {
      return {
        ...state,
        leakLph: directive.flowLph,
        wetFrom: now + WATER_REACHES_SENSOR_MS,
        driesAt: null,
        reportAt: now,
      };
    }
    if (directive.do === 'leak-stopped') {
      return { ...state, leakLph: 0, wetFrom: null, driesAt: now + DRIES_AFTER_MS, reportAt: now };
    }
    return state;
  }

  /** A wet sensor reports more often. */
  private every(state: RiserState): number {
    return state.wet ? Math.min(2_000, this.profile.reportEveryMs) : this.profile.reportEveryMs;
  }

  private values(state: RiserState): PipeSensorValues {
    const p = this.profile;
    const demand = Math.min(1.2, Math.max(0, waterDemand(state.at, p.utcOffsetHours) + state.wander));
    const leakLps = state.leakLph / 3600;
    const leakDropMpa = Math.min(0.12, leakLps * 0.05);
    return {
      // Friction grows with the square of the flow.
      pressureMpa:
        Math.round(Math.max(0.02, p.staticMpa - p.dropAtPeakMpa * demand * demand - leakDropMpa) * 1e4) / 1e4,
      flowLps: Math.round((demand * p.peakFlowLps + leakLps) * 1000) / 1000,
      wet: state.wet,
    };
  }
}
