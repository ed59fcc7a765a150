import { hours, minutes } from '../../kernel/durations.js';
import { deviceSubject, isEmptyUnit, type Device } from '../../estate/device.js';
import type { Subject } from '../../kernel/events.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { beginRun, extendRun, stepTimeMs, type RegisterRun } from './register-run.js';

/** A register that stands still for longer than one step takes at this flow has a flow-free stretch, L/h (domain §4). */
export const FLOW_FREE_LPH = 3;
/** So many steps, without a flow-free stretch, are a flow (domain §4). */
export const MIN_STEPS = 2;
/** (tune) A cistern refills and hands are washed in less: "one flush is not a leak" (domain §4) on a fine register. */
export const FLUSH_MS = minutes(5);
/** At this share of Q3, for {@link FAST_HOLD_MS} and {@link FAST_STEPS} steps, damage is being done (domain §4). */
export const FAST_SHARE_OF_Q3 = 0.02;
export const FAST_HOLD_MS = minutes(15);
export const FAST_STEPS = 3;
/** (tune) … seen in so many readings: one bucket between two slow readings has no duration that anybody saw. */
export const FAST_READINGS = 2;
/** It ends after no step for this long, or twice the step time if that is longer (domain §4). */
export const END_AFTER_MS = hours(1);
/** A household meter, when the device does not say (ISO 4064: DN15 is Q3 = 2.5 m³/h; 1 L is the usual last digit). */
export const DEFAULT_Q3_M3H = 2.5;
export const DEFAULT_STEP_M3 = 0.001;

export interface VacantFlowState {
  /** Register at the last step, m³; null = no real read yet. */
  readonly registerM3: number | null;
  readonly run: RegisterRun | null;
  readonly raised: 'P2' | 'P3' | null;
  /** The last step's reading, while raised. */
  readonly steppedAt: number | null;
}

const INITIAL: VacantFlowState = Object.freeze({ registerM3: null, run: null, raised: null, steppedAt: null });

const stay = (state: VacantFlowState): Step<VacantFlowState> => ({ state, findings: NO_FINDINGS, deadline: null });

const subjectOf = (d: Device): Subject => (d.unit === null ? deviceSubject(d) : { type: 'unit', id: d.unit });

const stepM3Of = (d: Device): number => d.attributes.registerStepM3 ?? DEFAULT_STEP_M3;

const fastM3hOf = (d: Device): number => FAST_SHARE_OF_Q3 * (d.attributes.q3M3h ?? DEFAULT_Q3_M3H);

const clear = (now: number, reason: string, d: Device): Finding => ({
  kind: 'clear',
  event: 'meter.vacant-flow',
  subject: subjectOf(d),
  since: now,
  reason,
  evidence: { device: d.id },
});

/** Registers come as decimals: a tenth of a step is rounding. */
const stepsIn = (m3: number, stepM3: number): number => Math.floor(m3 / stepM3 + 0.1);

/** What the run amounts to; null = nothing yet. */
function severity(run: RegisterRun, d: Device): 'P2' | 'P3' | null {
  const stepM3 = stepM3Of(d);
  const fastMs = run.lastAt - run.fastAt;
  if (
    fastMs >= FAST_HOLD_MS &&
    run.fastReadings >= FAST_READINGS &&
    stepsIn(run.fastM3, stepM3) >= FAST_STEPS &&
    run.fastM3 >= (fastM3hOf(d) * fastMs) / 3_600_000 - stepM3
  )
    return 'P2';
  // The last step may have fallen right after the reading before it, so one interval of the span proves nothing.
  const provenMs = run.lastAt - run.firstAt - d.attributes.expectedIntervalS * 1000;
  return stepsIn(run.passedM3, stepM3) >= MIN_STEPS && provenMs >= FLUSH_MS ? 'P3' : null;
}

function finding(kind: 'raise' | 'update', priority: 'P2' | 'P3', run: RegisterRun, d: Device): Finding {
  const hoursLong = (run.lastAt - run.firstAt) / 3_600_000;
  const lph = hoursLong > 0 ? Math.round((run.passedM3 / hoursLong) * 1000) : null;
  return {
    kind,
    event: 'meter.vacant-flow',
    subject: subjectOf(d),
    priority,
    since: run.firstAt,
    reason: `water runs in an empty unit: ${Math.round(run.passedM3 * 1000)} L without a pause`,
    evidence: {
      device: d.id,
      litres: Math.round(run.passedM3 * 10_000) / 10,
      litresPerHour: lph,
      steps: stepsIn(run.passedM3, stepM3Of(d)),
      registerStepM3: stepM3Of(d),
      occupancy: d.occupancy,
    },
  };
}

function afterStep(s: VacantFlowState, volumeM3: number, at: number, d: Device): Step<VacantFlowState> {
  const stepM3 = stepM3Of(d);
  const deltaM3 = volumeM3 - (s.registerM3 ?? volumeM3);
  // A pause is seen through readings, so up to one interval of it is only our not having looked.
  const intervalMs = d.attributes.expectedIntervalS * 1000;
  const longestPauseMs = stepTimeMs(stepM3, FLOW_FREE_LPH) + intervalMs;
  const fast = { m3h: fastM3hOf(d), pauseMs: stepTimeMs(stepM3, fastM3hOf(d) * 1000) + intervalMs };
  const goesOn = s.run !== null && at >= s.run.lastAt && at - s.run.lastAt <= longestPauseMs;
  const run = s.run !== null && goesOn ? extendRun(s.run, { deltaM3, at, stepM3 }, fast) : beginRun(deltaM3, at);
  const found = severity(run, d);
  const steppedAt = s.raised === null && found === null ? null : at;
  if (found === null || s.raised === 'P2' || s.raised === found)
    return stay({ registerM3: volumeM3, run, raised: s.raised, steppedAt });
  return {
    state: { registerM3: volumeM3, run, raised: found, steppedAt },
    findings: [finding(s.raised === null ? 'raise' : 'update', found, run, d)],
    deadline: null,
  };
}

function afterReading(
  s: VacantFlowState,
  v: WaterMeterValues,
  at: number,
  now: number,
  d: Device,
): Step<VacantFlowState> {
  if (d.occupancy === null || !isEmptyUnit(d.occupancy)) {
    if (s.raised === null) return stay(INITIAL);
    return { state: INITIAL, findings: [clear(now, 'the unit is not empty any more', d)], deadline: null };
  }
  const { volumeM3 } = v;
  if (volumeM3 === undefined || v.estimated === true) return stay(s);
  if (s.registerM3 === null) return stay({ ...s, registerM3: volumeM3 });
  const stepM3 = stepM3Of(d);
  const delta = volumeM3 - s.registerM3;
  // Fallen by a step or more: another meter hangs there now. What ran before says nothing about what runs next.
  if (delta <= -0.9 * stepM3)
    return stay({ ...s, registerM3: volumeM3, run: null, steppedAt: s.raised === null ? null : at });
  if (delta >= 0.9 * stepM3) return afterStep(s, volumeM3, at, d);
  const quietMs = Math.max(END_AFTER_MS, 2 * stepTimeMs(stepM3, FLOW_FREE_LPH));
  if (s.raised === null || s.steppedAt === null || at - s.steppedAt < quietMs) return stay(s);
  const state = { ...s, run: null, raised: null, steppedAt: null };
  const reason = `no register step for ${Math.round((at - s.steppedAt) / 60_000)} min`;
  return { state, findings: [clear(now, reason, d)], deadline: null };
}

/**
 * Water that runs where nobody lives (domain §4, `meter.vacant-flow`). It works on register steps alone, so that it
 * knows what a coarse register can tell. Readings move it, never the clock: a silent meter proves no dryness.
 */
export const vacantFlowDetector: Detector<VacantFlowState, 'water-meter'> = {
  id: 'meter.vacant-flow',
  version: 1,
  kinds: ['water-meter'],
  events: ['meter.vacant-flow'],
  initial: () => INITIAL,
  step(state, input, now, device): Step<VacantFlowState> {
    if (input.type === 'reading') return afterReading(state, input.values, input.at, now, device);
    // After a person's end the valve may be closed already, and only new steps can tell: the run starts afresh.
    if (input.type === 'alarm-ended' && input.event === 'meter.vacant-flow')
      return stay({ ...state, run: null, raised: null, steppedAt: null });
    return stay(state);
  },
};
