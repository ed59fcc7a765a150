import { hours, minutes } from '../../kernel/durations.js';
import type { Device } from '../../estate/device.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import { FIT, NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { parameter, valueOf } from '../parameter.js';
import {
  addReading,
  beginHours,
  CAUGHT_UP_MS,
  HOUR_MS,
  leavesEmptyHour,
  smallestHourLph,
  unseenShare,
  type FlowHours,
} from './flow-hours.js';
import {
  ARRIVAL_SLACK_MS,
  intervalMsOf,
  q3Of,
  realRegister,
  stepM3Of,
  stepsIn,
  unitSubject,
  withoutRegister,
} from './meter.js';
import { beginTrack, followRegister, type RegisterTrack } from './register-track.js';

const KEY = 'meter.continuous-flow';

const HOLD_H = parameter({
  key: `${KEY}.holdH`,
  default: 24,
  unit: 'h',
  min: 4,
  max: 168,
  about: { zh: '多长时间内没有一小时不走水', en: 'no hour without volume for so long' },
  source: 'Kamstrup LEAK info code',
});
const SERVICE_SHARE = parameter({
  key: `${KEY}.p3ShareOfQ3`,
  default: 0.005,
  unit: 'share',
  min: 0.0005,
  max: 0.2,
  about: { zh: '最小小时流量达到 Q3 的该比例为 P3', en: 'P3 from this share of Q3 in the smallest hour' },
  source: 'event catalogue (docs/domain.md), meter.continuous-flow',
});
const UNSEEN_SHARE = parameter({
  key: `${KEY}.unseenShare`,
  default: 0.4,
  unit: 'share',
  min: 0,
  max: 0.75,
  about: {
    zh: '24 小时内允许补传、未逐时看见的比例',
    en: 'share of the hours that may be known from catch-up records only',
  },
  source: 'tune: DAIAD household meters, gaps of 5 to 9 h inside runs; a night of 10 h unseen proves nothing',
});

export interface ContinuousFlowState {
  readonly track: RegisterTrack | null;
  /** The newest reading; while the register stands still it is moved once an hour only. */
  readonly seenAt: number;
  readonly run: FlowHours | null;
  readonly raised: 'P3' | 'P4' | null;
}

const INITIAL: ContinuousFlowState = Object.freeze({ track: null, seenAt: 0, run: null, raised: null });

/** A register that stands still for a moment within a run is noted so often: fast meters would save for nothing. */
const LOOK_MS = minutes(10);

const stay = (state: ContinuousFlowState): Step<ContinuousFlowState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: null,
});
const moved = (state: ContinuousFlowState): Step<ContinuousFlowState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: null,
  save: 'later',
});

function finding(kind: 'raise' | 'update', priority: 'P3' | 'P4', run: FlowHours, d: Device): Finding {
  const smallest = smallestHourLph(run);
  const hoursLong = Math.round((run.stepAt - run.fromAt) / 3_600_000);
  return {
    kind,
    event: 'meter.continuous-flow',
    subject: unitSubject(d),
    priority,
    since: run.fromAt,
    reason: `no hour without water for ${hoursLong} h, ${smallest ?? 0} L in the smallest hour`,
    evidence: { device: d.id, hours: hoursLong, smallestHourL: smallest, registerStepM3: stepM3Of(d) },
  };
}

function judge(s: ContinuousFlowState, run: FlowHours, d: Device): Step<ContinuousFlowState> {
  if (run.stepAt - run.fromAt < hours(valueOf(d, HOLD_H)) - ARRIVAL_SLACK_MS) return moved(s);
  if (s.raised === null && unseenShare(run) > valueOf(d, UNSEEN_SHARE)) return moved(s);
  // An hour that nobody saw may have been the smallest: then it cannot say that this is more than a drip.
  const least = unseenShare(run) > 0 ? 0 : (smallestHourLph(run) ?? 0);
  const serious = least >= valueOf(d, SERVICE_SHARE) * q3Of(d) * 1000;
  const priority = serious ? 'P3' : 'P4';
  // A priority may rise while an alarm is open; it never falls by itself (domain §4).
  if (s.raised === priority || s.raised === 'P3') return moved(s);
  const findings = [finding(s.raised === null ? 'raise' : 'update', priority, run, d)];
  return { state: { ...s, raised: priority }, findings, deadline: null };
}

function afterStep(s: ContinuousFlowState, deltaM3: number, at: number, d: Device): Step<ContinuousFlowState> {
  const sinceSeen = Math.max(0, at - s.seenAt);
  const stepL = deltaM3 * 1000;
  const caughtUp = sinceSeen > CAUGHT_UP_MS;
  const parted = caughtUp && s.raised === null && leavesEmptyHour(stepsIn(deltaM3, stepM3Of(d)), sinceSeen);
  const goesOn = s.run !== null && !parted;
  // While the register stood still, seenAt was moved once an hour only: the reading before may have been nearer.
  const gapMs = goesOn || caughtUp ? sinceSeen : Math.min(sinceSeen, 1.5 * intervalMsOf(d));
  const run =
    s.run !== null && !parted ? addReading(s.run, gapMs, stepL, at) : beginHours(parted ? 0 : gapMs, stepL, at);
  return judge({ ...s, seenAt: Math.max(at, s.seenAt), run }, run, d);
}

function afterNoStep(s: ContinuousFlowState, at: number, now: number, d: Device): Step<ContinuousFlowState> {
  if (at <= s.seenAt) return moved(s);
  if (s.run === null) return at - s.seenAt < HOUR_MS ? moved(s) : moved({ ...s, seenAt: at });
  if (at - s.run.stepAt < HOUR_MS && at - s.seenAt < LOOK_MS) return moved(s);
  if (at - s.run.stepAt < HOUR_MS) return moved({ ...s, seenAt: at, run: addReading(s.run, at - s.seenAt, 0, at) });
  const state = { ...s, seenAt: at, run: null, raised: null };
  if (s.raised === null) return moved(state);
  const reason = `no water for ${Math.round((at - s.run.stepAt) / 60_000)} min`;
  const evidence = { device: d.id };
  const clear: Finding = {
    kind: 'clear',
    event: 'meter.continuous-flow',
    subject: unitSubject(d),
    since: now,
    reason,
    evidence,
  };
  return { state, findings: [clear], deadline: null };
}

function afterReading(
  s: ContinuousFlowState,
  v: WaterMeterValues,
  at: number,
  now: number,
  d: Device,
): Step<ContinuousFlowState> {
  const volumeM3 = realRegister(v);
  if (volumeM3 === null || !fitness(d).on) return stay(s);
  if (s.track === null) return stay({ ...s, track: beginTrack(volumeM3, v.serial), seenAt: at });
  const { track, deltaM3, swapped, foreign } = followRegister(s.track, volumeM3, v.serial, d);
  const followed = track === s.track ? s : { ...s, track };
  if (foreign) return followed === s ? stay(s) : moved(followed);
  // The new meter has told nothing yet. An open alarm waits for an hour without flow on it.
  if (swapped) {
    const run = s.raised === null ? null : beginHours(0, 0, at);
    return stay({ ...followed, seenAt: at, run });
  }
  const step = deltaM3 > 0 ? afterStep(followed, deltaM3, at, d) : afterNoStep(followed, at, now, d);
  return step.state === s ? stay(s) : step;
}

/** A step of more than this share of Q3 in an hour hides every leak that the rule is about. */
const COARSE_SHARE = 0.02;

function fitness(d: Device): Fitness {
  const without = withoutRegister(d);
  if (without) return without;
  const stepL = stepM3Of(d) * 1000;
  if (intervalMsOf(d) > CAUGHT_UP_MS) {
    const detail = { zh: '读数间隔超过一小时', en: 'its readings are more than an hour apart' };
    return { on: false, why: 'resolution-insufficient', detail };
  }
  if (stepL > COARSE_SHARE * q3Of(d) * 1000) {
    const detail = { zh: `读数每步 ${stepL} L`, en: `its register shows steps of ${stepL} L` };
    return { on: false, why: 'resolution-insufficient', detail };
  }
  if (stepL <= 1) return FIT;
  return { on: true, note: { zh: `只看得见 ${stepL} L/h 以上`, en: `sees only ${stepL} L/h and more` } };
}

/**
 * Water that never pauses (domain §4, `meter.continuous-flow`; Kamstrup LEAK): a running cistern, a dripping pipe.
 * Readings move it, never the clock; a catch-up record counts as far as it does not contradict.
 */
export const continuousFlowDetector: Detector<ContinuousFlowState, 'water-meter'> = {
  id: 'meter.continuous-flow',
  version: 1,
  kinds: ['water-meter'],
  events: ['meter.continuous-flow'],
  parameters: [HOLD_H, SERVICE_SHARE, UNSEEN_SHARE],
  fitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<ContinuousFlowState> {
    if (input.type === 'reading') return afterReading(state, input.values, input.at, now, device);
    // Somebody has seen to it: another day without a pause is another alarm.
    if (input.type === 'alarm-ended' && input.event === 'meter.continuous-flow')
      return stay({ ...state, run: null, raised: null });
    return stay(state);
  },
};
