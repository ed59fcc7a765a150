import type { Random } from '../random.js';
import type { FaultSettings } from './fault-settings.js';
import type { TimedReading } from './timed-reading.js';

export interface FaultState {
  readonly startedAt: number;
  /** Nothing arrives before this. */
  readonly outUntil: number;
  readonly dropped: number;
}

export interface FaultStep {
  readonly state: FaultState;
  readonly readings: readonly TimedReading[];
}

/** One thing that may go wrong with each message. Pure: chance comes from `random` alone. */
type FaultStage = (state: FaultState, reading: TimedReading, random: Random, settings: FaultSettings) => FaultStep;

const clockSkew: FaultStage = (state, r, _random, s) => {
  const days = (r.observedAt - state.startedAt) / 86_400_000;
  const offMs = Math.round((s.clockSkewS + s.clockDriftSPerDay * days) * 1000);
  return { state, readings: [offMs ? { ...r, observedAt: r.observedAt + offMs } : r] };
};

const dropOut: FaultStage = (state, r, random, s) => {
  if (r.dueAt < state.outUntil) return { state: { ...state, dropped: state.dropped + 1 }, readings: [] };
  if (!s.dropOuts || !random.chance(s.dropOuts)) return { state, readings: [r] };
  const outUntil = r.dueAt + random.between(0.2, 1) * s.dropOutUpToS * 1000;
  return { state: { ...state, outUntil, dropped: state.dropped + 1 }, readings: [] };
};

const GARBAGE = [
  '',
  '{',
  '[]',
  'null',
  '\u0000\u0001\u0002',
  '{"observedAt":"yesterday"}',
  '{"observedAt":1e999,"seq":-1}',
  '<xml/>',
];

const malformed: FaultStage = (state, r, random, s) => {
  if (!s.malformed || !random.chance(s.malformed)) return { state, readings: [r] };
  // Either nonsense, or a reading cut off on its way.
  const raw = random.chance(0.5) ? random.pick(GARBAGE) : JSON.stringify(r.values).slice(0, -random.whole(1, 8));
  return { state, readings: [{ ...r, raw }] };
};

const reordering: FaultStage = (state, r, random, s) => {
  if (!s.reordering || !random.chance(s.reordering)) return { state, readings: [r] };
  return { state, readings: [{ ...r, dueAt: r.dueAt + Math.ceil(random.next() * s.reorderUpToMs) }] };
};

const duplicates: FaultStage = (state, r, random, s) =>
  s.duplicates && random.chance(s.duplicates) ? { state, readings: [r, r] } : { state, readings: [r] };

/** In the order in which it happens to a message: on the device, in the air, at the gateway. */
const STAGES: readonly FaultStage[] = [clockSkew, dropOut, malformed, reordering, duplicates];

export const startFaults = (now: number): FaultState => ({ startedAt: now, outUntil: 0, dropped: 0 });

export function passFaults(
  settings: FaultSettings,
  before: FaultState,
  reading: TimedReading,
  random: Random,
): FaultStep {
  let state = before;
  let readings: readonly TimedReading[] = [reading];
  for (const stage of STAGES) {
    const passed: TimedReading[] = [];
    for (const r of readings) {
      const step = stage(state, r, random, settings);
      state = step.state;
      passed.push(...step.readings);
    }
    readings = passed;
  }
  return { state, readings };
}
