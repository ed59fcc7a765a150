import type { NetworkSeries } from '../datasets/network-series.js';
import type { NetworkAlarm } from './network-play.js';

export interface StepCounts {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

export const NO_STEPS: Readonly<StepCounts> = { tp: 0, fp: 0, fn: 0, tn: 0 };

/** LeakDB's way: each step of the year is a leak or none, and alarmed (any alarm open) or not. */
export function scoreSteps(series: NetworkSeries, alarms: readonly NetworkAlarm[]): StepCounts {
  const counts = { ...NO_STEPS };
  for (const at of series.at) {
    const on = alarms.some((a) => a.at <= at && at < (a.until ?? Infinity));
    const leak = series.leaks.some((l) => l.from <= at && at < l.to);
    counts[leak ? (on ? 'tp' : 'fn') : on ? 'fp' : 'tn']++;
  }
  return counts;
}

export const addSteps = (a: StepCounts, b: StepCounts): StepCounts => ({
  ...{ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn, tn: a.tn + b.tn },
});
