import type { WaterMeterValues } from '../../src/telemetry/reading.js';
import type { Directive } from '../directive.js';
import type { Model, ModelMessage, ModelStep } from '../model.js';
import type { Random } from '../random.js';
import { dayOfWater, flowAt, litresAt, localDay, type DayOfWater, type Household } from './household.js';

export interface WaterMeterState {
  readonly at: number;
  readonly day: DayOfWater;
  /** What a leak has let run since the start, and how fast it runs now. */
  readonly leakedLitres: number;
  readonly leakLph: number;
  readonly reportAt: number;
}

/** A household's meter: its register only ever rises, and shows whole steps. */
export class WaterMeterModel implements Model<WaterMeterState> {
  /**
   * @param registerStepM3 smallest step that the register shows
   * @param reportEveryMs  between readings
   */
  constructor(
    private readonly house: Household,
    private readonly registerStepM3: number,
    private readonly reportEveryMs: number,
  ) {}

  start(now: number, random: Random): WaterMeterState {
    // Meters do not all speak in the same second.
    const reportAt = now + Math.floor(random.next() * Math.min(this.reportEveryMs, 20_000));
    return { at: now, day: dayOfWater(this.house, now), leakedLitres: 0, leakLph: 0, reportAt };
  }

  step(before: WaterMeterState, now: number): ModelStep<WaterMeterState> {
    const messages: ModelMessage[] = [];
    let state = before;
    while (state.reportAt <= now) {
      const at = Math.max(state.at, state.reportAt);
      state = { ...this.runTo(state, at), reportAt: at + this.reportEveryMs };
      messages.push({ at, values: { ...this.values(state) } });
    }
    return { state: this.runTo(state, now), messages };
  }

  direct(before: WaterMeterState, directive: Directive, now: number): WaterMeterState {
    const state = this.runTo(before, now);
    if (directive.do === 'leak') return { ...state, leakLph: directive.flowLph, reportAt: now };
    if (directive.do === 'leak-stopped') return { ...state, leakLph: 0, reportAt: now };
    return state;
  }

  private runTo(state: WaterMeterState, at: number): WaterMeterState {
    const leakedLitres = state.leakedLitres + (state.leakLph * (at - state.at)) / 3_600_000;
    const sameDay = localDay(at, this.house.utcOffsetHours) === state.day.day;
    return { ...state, at, leakedLitres, day: sameDay ? state.day : dayOfWater(this.house, at) };
  }

  private values(state: WaterMeterState): WaterMeterValues {
    const litres = litresAt(state.day, state.at) + state.leakedLitres;
    const steps = Math.floor(litres / 1000 / this.registerStepM3 + 1e-9);
    return {
      volumeM3: Math.round(steps * this.registerStepM3 * 1e6) / 1e6,
      flowLph: Math.round(flowAt(state.day, state.at) + state.leakLph),
      flags: [],
    };
  }
}
