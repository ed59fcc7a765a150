import { minutes } from '../../kernel/durations.js';
import { isEmptyUnit, type Device } from '../../estate/device.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { valueOf } from '../parameter.js';
import { ARRIVAL_SLACK_MS, intervalMsOf, litres, realRegister, stepM3Of, stepsIn, unitSubject } from './meter.js';
import { beginRun, extendRun, watchRun, type RegisterRun } from './register-run.js';
import { beginTrack, followRegister, type RegisterTrack } from './register-track.js';
import {
  END_AFTER_MIN,
  FAST_HOLD_MIN,
  fastM3hOf,
  FAST_STEPS,
  FLUSH_L,
  FLUSH_MIN,
  limitsOf,
  MIN_READS,
  MIN_STEPS,
  slowestStepMs,
  VACANT_FLOW_PARAMETERS,
  vacantFlowFitness,
} from './vacant-flow-parameters.js';

export interface VacantFlowState {
  /** null = no real read yet. */
  readonly track: RegisterTrack | null;
  readonly run: RegisterRun | null;
  readonly raised: 'P2' | 'P3' | null;
  /** The last step's reading, while raised. */
  readonly steppedAt: number | null;
}

const INITIAL: VacantFlowState = Object.freeze({ track: null, run: null, raised: null, steppedAt: null });

/** (tune) One bucket between two slow readings has no duration that anybody saw. */
const FAST_READINGS = 2;

const stay = (state: VacantFlowState): Step<VacantFlowState> => ({ state, findings: NO_FINDINGS, deadline: null });
/** Readings alone move the run, so that it may be saved when there is time. */
const moved = (state: VacantFlowState): Step<VacantFlowState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: null,
  save: 'later',
});

const clear = (now: number, reason: string, d: Device): Finding => ({
  kind: 'clear',
  event: 'meter.vacant-flow',
  subject: unitSubject(d),
  since: now,
  reason,
  evidence: { device: d.id },
});

/** What the run amounts to; null = nothing yet. */
function severity(run: RegisterRun, d: Device): 'P2' | 'P3' | null {
  const stepM3 = stepM3Of(d);
  const fastMs = run.lastAt - run.fastAt;
  if (
    fastMs >= minutes(valueOf(d, FAST_HOLD_MIN)) - ARRIVAL_SLACK_MS &&
    run.fastReadings >= FAST_READINGS &&
    stepsIn(run.fastM3, stepM3) >= valueOf(d, FAST_STEPS) &&
    run.fastM3 >= (fastM3hOf(d) * fastMs) / 3_600_000 - stepM3
  )
    return 'P2';
  const enough = run.reads >= valueOf(d, MIN_READS) && stepsIn(run.passedM3, stepM3) >= valueOf(d, MIN_STEPS);
  const flushMs = minutes(valueOf(d, FLUSH_MIN));
  // A flush may fall between two slow readings and show in both; its litres tell it from more. The last is uncertain.
  const tooMuch = intervalMsOf(d) >= flushMs && (run.passedM3 - stepM3) * 1000 > valueOf(d, FLUSH_L);
  return enough && (tooMuch || run.provenMs >= flushMs) ? 'P3' : null;
}

function finding(kind: 'raise' | 'update', priority: 'P2' | 'P3', run: RegisterRun, d: Device): Finding {
  const hoursLong = (run.lastAt - run.firstAt) / 3_600_000;
  const lph = hoursLong > 0 ? Math.round(((run.passedM3 - run.firstM3) / hoursLong) * 1000) : null;
  return {
    kind,
    event: 'meter.vacant-flow',
    subject: unitSubject(d),
    priority,
    since: run.firstAt,
    reason: `water runs in an empty unit: ${Math.round(run.passedM3 * 1000)} L without a pause`,
    evidence: {
      device: d.id,
      litres: litres(run.passedM3),
      litresPerHour: lph,
      steps: stepsIn(run.passedM3, stepM3Of(d)),
      registerStepM3: stepM3Of(d),
      occupancy: d.occupancy,
    },
  };
}

function afterStep(s: VacantFlowState, deltaM3: number, at: number, d: Device): Step<VacantFlowState> {
  const run = (s.run && extendRun(s.run, deltaM3, at, limitsOf(d))) ?? beginRun(deltaM3, at);
  const found = severity(run, d);
  const steppedAt = s.raised === null && found === null ? null : at;
  if (found === null || s.raised === 'P2' || s.raised === found) return moved({ ...s, run, steppedAt });
  return {
    state: { ...s, run, raised: found, steppedAt },
    findings: [finding(s.raised === null ? 'raise' : 'update', found, run, d)],
    deadline: null,
  };
}

function afterNoStep(s: VacantFlowState, at: number, now: number, d: Device): Step<VacantFlowState> {
  const run = s.run && watchRun(s.run, at, limitsOf(d));
  const watched = run === s.run ? s : { ...s, run };
  const quietMs = Math.max(minutes(valueOf(d, END_AFTER_MIN)), 2 * slowestStepMs(d));
  if (s.raised === null || s.steppedAt === null || at - s.steppedAt < quietMs)
    return watched === s ? stay(s) : moved(watched);
  const reason = `no register step for ${Math.round((at - s.steppedAt) / 60_000)} min`;
  const state = { ...watched, run: null, raised: null, steppedAt: null };
  return { state, findings: [clear(now, reason, d)], deadline: null };
}

function afterReading(
  s: VacantFlowState,
  v: WaterMeterValues,
  at: number,
  now: number,
  d: Device,
): Step<VacantFlowState> {
  if (d.occupancy === null || !isEmptyUnit(d.occupancy)) {
    if (s.raised === null) return stay(s === INITIAL || s.track === null ? s : INITIAL);
    return { state: INITIAL, findings: [clear(now, 'the unit is not empty any more', d)], deadline: null };
  }
  const volumeM3 = realRegister(v);
  if (volumeM3 === null) return stay(s);
  if (s.track === null) return stay({ ...s, track: beginTrack(volumeM3, v.serial) });
  const { track, deltaM3, swapped, foreign } = followRegister(s.track, volumeM3, v.serial, d);
  const followed = track === s.track ? s : { ...s, track };
  if (swapped) return stay({ ...followed, run: null, steppedAt: s.raised === null ? null : at });
  if (foreign) return moved(followed);
  // Somebody is there and known to be: what runs now is theirs, unless it ran before they came.
  if (s.raised === null && d.visitUntil !== null && at <= d.visitUntil)
    return s.run === null && followed === s ? stay(s) : moved({ ...followed, run: null });
  return deltaM3 > 0 ? afterStep(followed, deltaM3, at, d) : carried(s, followed, afterNoStep(followed, at, now, d));
}

/** The register's track moved although no step was seen: that is worth saving, but not at once. */
const carried = (
  before: VacantFlowState,
  followed: VacantFlowState,
  step: Step<VacantFlowState>,
): Step<VacantFlowState> => (followed !== before && step.state === followed ? moved(followed) : step);

/**
 * Water that runs where nobody lives (domain §4, `meter.vacant-flow`). It works on register steps alone, so that it
 * knows what a coarse register can tell. Readings move it, never the clock: a silent meter proves no dryness.
 */
export const vacantFlowDetector: Detector<VacantFlowState, 'water-meter'> = {
  id: 'meter.vacant-flow',
  version: 2,
  kinds: ['water-meter'],
  events: ['meter.vacant-flow'],
  parameters: VACANT_FLOW_PARAMETERS,
  fitness(device) {
    if (device.occupancy !== null && isEmptyUnit(device.occupancy)) return vacantFlowFitness(device);
    const detail = { zh: '仅适用于空置房屋', en: 'only where nobody lives' };
    return { on: false, why: 'not-for-this-place', detail };
  },
  initial: () => INITIAL,
  step(state, input, now, device): Step<VacantFlowState> {
    if (input.type === 'reading') return afterReading(state, input.values, input.at, now, device);
    // After a person's end the valve may be closed already, and only new steps can tell: the run starts afresh.
    if (input.type === 'alarm-ended' && input.event === 'meter.vacant-flow')
      return stay({ ...state, run: null, raised: null, steppedAt: null });
    return stay(state);
  },
};
