import type { Device } from '../../estate/device.js';
import { minutes } from '../../kernel/durations.js';
import type { Fitness } from '../detector.js';
import { parameter, valueOf } from '../parameter.js';
import { intervalMsOf, q3Of, stepM3Of, stepTimeMs, withoutRegister } from './meter.js';
import type { RunLimits } from './register-run.js';

const KEY = 'meter.vacant-flow';
const DOMAIN = 'event catalogue (docs/domain.md), meter.vacant-flow';

export const FLOW_FREE_LPH = parameter({
  key: `${KEY}.flowFreeLph`,
  default: 3,
  unit: 'L/h',
  min: 0.5,
  max: 50,
  about: {
    zh: '读数静止超过该流量走一步所需时间即为停水间歇',
    en: 'a register that stands still for longer than one step takes at this flow has paused',
  },
  source: DOMAIN,
});
export const MIN_STEPS = parameter({
  key: `${KEY}.minSteps`,
  default: 2,
  unit: 'count',
  min: 2,
  max: 100,
  whole: true,
  about: { zh: '连续走字达到的步数', en: 'so many register steps without a pause are a flow' },
  source: DOMAIN,
});
export const MIN_READS = parameter({
  key: `${KEY}.minReads`,
  default: 2,
  unit: 'count',
  min: 2,
  max: 100,
  whole: true,
  about: { zh: '至少多少次读数显示走字', en: 'so many readings must have shown a step' },
  source: 'tune: a bucket between two readings has no duration that anybody saw',
});
export const FLUSH_MIN = parameter({
  key: `${KEY}.flushMin`,
  default: 7,
  unit: 'min',
  min: 1,
  max: 120,
  about: { zh: '一次冲水（含水箱补水）的最长时间', en: 'a flush and its refill last no longer than this' },
  source: 'tune: WEUSEDTO toilet, 6 min',
});
export const FLUSH_L = parameter({
  key: `${KEY}.flushL`,
  default: 10,
  unit: 'L',
  min: 1,
  max: 200,
  about: {
    zh: '读数太慢、分不清时长时，超过该水量即不是一次冲水',
    en: 'where readings are too slow to time a flush: more than this is not one',
  },
  source: 'tune: a cistern holds 3 to 9 L (GB 6952)',
});
const FAST_SHARE = parameter({
  key: `${KEY}.fastShare`,
  default: 0.02,
  unit: 'share',
  min: 0.005,
  max: 0.5,
  about: { zh: '达到 Q3 的该比例升为 P2', en: 'share of Q3 from which damage is being done (P2)' },
  source: DOMAIN,
});
export const FAST_HOLD_MIN = parameter({
  key: `${KEY}.fastHoldMin`,
  default: 15,
  unit: 'min',
  min: 1,
  max: 240,
  about: { zh: '大流量持续时间', en: 'for so long' },
  source: DOMAIN,
});
export const FAST_STEPS = parameter({
  key: `${KEY}.fastSteps`,
  default: 3,
  unit: 'count',
  min: 2,
  max: 100,
  whole: true,
  about: { zh: '大流量的最少步数', en: 'and in so many register steps' },
  source: DOMAIN,
});
export const END_AFTER_MIN = parameter({
  key: `${KEY}.endAfterMin`,
  default: 60,
  unit: 'min',
  min: 10,
  max: 1440,
  about: { zh: '静止多久视为停水', en: 'it ends after no step for so long (or twice the step time, if longer)' },
  source: DOMAIN,
});

export const VACANT_FLOW_PARAMETERS = [
  FLOW_FREE_LPH,
  MIN_STEPS,
  MIN_READS,
  FLUSH_MIN,
  FLUSH_L,
  FAST_SHARE,
  FAST_HOLD_MIN,
  FAST_STEPS,
  END_AFTER_MIN,
];

export const fastM3hOf = (d: Device): number => valueOf(d, FAST_SHARE) * q3Of(d);

/** One step takes so long at the smallest flow that this rule is about. */
export const slowestStepMs = (d: Device): number => stepTimeMs(stepM3Of(d), valueOf(d, FLOW_FREE_LPH));

/** Readings are late by half an interval now and then; more is a gap. */
const GAP_INTERVALS = 2.5;
const LEAST_GAP_MS = minutes(5);
const LATE_SHARE = 1.5;

export function limitsOf(d: Device): RunLimits {
  const stepM3 = stepM3Of(d);
  const fastM3h = fastM3hOf(d);
  const intervalMs = intervalMsOf(d);
  return {
    stepM3,
    pauseMs: slowestStepMs(d),
    gapMs: Math.max(LEAST_GAP_MS, GAP_INTERVALS * intervalMs),
    fastM3h,
    fastPauseMs: stepTimeMs(stepM3, fastM3h * 1000) + LATE_SHARE * intervalMs,
  };
}

/** What a register takes longer than this to show is not shown in time to save a floor. */
const SHOWN_WITHIN_MS = minutes(24 * 60);

/** Two steps at the smallest flow, or else three at P2's: on a register too coarse for both the rule is off. */
export function vacantFlowFitness(d: Device): Fitness {
  const without = withoutRegister(d);
  if (without) return without;
  const shows = (ms: number): boolean => ms + 2 * intervalMsOf(d) <= SHOWN_WITHIN_MS;
  const stepL = Math.round(stepM3Of(d) * 1e5) / 100;
  if (shows(valueOf(d, MIN_STEPS) * slowestStepMs(d))) return { on: true };
  const fastLph = Math.round(fastM3hOf(d) * 1000);
  const zh = `读数每步 ${stepL} L`;
  const en = `the register shows steps of ${stepL} L`;
  if (shows(valueOf(d, FAST_STEPS) * stepTimeMs(stepM3Of(d), fastLph)))
    return {
      on: true,
      note: {
        zh: `${zh}，一天内只看得见 ${fastLph} L/h 以上`,
        en: `${en}: within a day it sees only ${fastLph} L/h and more`,
      },
    };
  return {
    on: false,
    why: 'resolution-insufficient',
    detail: { zh: `${zh}，一天内看不出漏水`, en: `${en}: a day is too short to show a leak` },
  };
}
