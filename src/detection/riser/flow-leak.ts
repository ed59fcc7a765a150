import {
  EMPTY_SHAPE,
  fitDay,
  followScale,
  HOURS_OF_WEEK,
  isLearnt,
  learnDay,
  meanLps,
  type DemandShape,
  type HourFlow,
} from './demand-shape.js';
import { acceptExtra, closeExtra, judgeExtra, NO_EXTRA, type ExtraFlow } from './extra-flow.js';
import { acceptNight, judgeNight, NO_NIGHTS, type NightFlow, type NightLimits } from './night-flow.js';

/** What the flow of a group tells about leaks, day by day (04:00 to 04:00, so that a night is the end of its day). */
export interface FlowLeak {
  readonly shape: DemandShape;
  readonly extra: ExtraFlow;
  readonly night: NightFlow;
  /** The last whole night's flow, L/s. */
  readonly lastNightLps: number | null;
  /** While extra flow is open: what is left of it by the last hours, L/s. */
  readonly ebb: number | null;
}

export const NO_FLOW_LEAK: FlowLeak = Object.freeze({
  shape: EMPTY_SHAPE,
  extra: NO_EXTRA,
  night: NO_NIGHTS,
  lastNightLps: null,
  ebb: null,
});

export interface FlowLimits {
  readonly night: NightLimits;
  readonly slack: number;
  readonly limit: number;
  readonly floorLps: number;
  /** The least departure worth an alarm, and the least deviation of a day, as shares of the mean flow. */
  readonly leastShare: number;
  readonly leastDeviationShare: number;
}

/** Hours 02:00 to 04:00 (domain §4). */
const isNight = (slot: number): boolean => slot % 24 === 2 || slot % 24 === 3;

export const isLeaking = (s: FlowLeak): boolean => s.extra.open || s.night.open;

/**
 * How much more this night's weekday usually draws than the other nights, L/s: without it every weekend's late hours
 * are flagged once a week.
 */
function usualOf(shape: DemandShape, night: readonly HourFlow[]): number {
  if (!isLearnt(shape)) return 0;
  const all = shape.hours.filter((h, slot): h is number => h !== null && isNight(slot));
  const mean = all.reduce((a, b) => a + b, 0) / Math.max(1, all.length);
  const own = night.reduce((a, [slot]) => a + (shape.hours[slot] ?? mean), 0) / night.length;
  return (own - mean) * shape.scale;
}

/** One whole day of hours. Hours missing on the way are left out by the caller. */
export function judgeDay(s: FlowLeak, day: readonly HourFlow[], limits: FlowLimits): FlowLeak {
  const night = day.filter(([slot]) => isNight(slot));
  const lastNightLps = night.length < 2 ? null : night.reduce((a, [, q]) => a + q, 0) / night.length;
  const judged =
    lastNightLps === null ? s.night : judgeNight(s.night, lastNightLps - usualOf(s.shape, night), limits.night);
  const fit = isLearnt(s.shape) ? fitDay(s.shape, day) : null;
  const mean = meanLps(s.shape);
  const extra =
    fit === null
      ? s.extra
      : judgeExtra(s.extra, fit.extraLps, {
          ...{ slack: limits.slack, limit: limits.limit },
          floorLps: Math.max(limits.floorLps, limits.leastShare * mean),
          leastDeviationLps: limits.leastDeviationShare * mean,
        });
  // A leak must not become the demand: nothing is learnt while one is open.
  const learns = !extra.open && !judged.open && (fit !== null || !isLearnt(s.shape)) && day.length >= 12;
  const shape = learns ? learnDay(s.shape, day, fit) : fit === null ? s.shape : followScale(s.shape, fit);
  return { shape, extra, night: judged, lastNightLps, ebb: extra.open ? (s.ebb ?? extra.peak) : null };
}

/** (tune) How fast what is left of an open leak follows the hours, and below which share of its peak it is over. */
const EBB_FOLLOW = 0.12;
const EBB_SHARE = 0.25;

/**
 * One more hour while a leak is open. Half a day back at the usual demand says more than the four hours of two nights,
 * so a repaired leak ends the same day (docs/adr/0011).
 */
export function judgeHour(s: FlowLeak, slot: number, lps: number): FlowLeak {
  if (!s.extra.open || s.ebb === null) return s;
  const usual = s.shape.hours[slot];
  if (usual === null || usual === undefined) return s;
  const left = lps - s.shape.scale * usual - s.extra.level;
  const ebb = s.ebb + EBB_FOLLOW * (Math.min(left, s.extra.peak) - s.ebb);
  if (ebb >= EBB_SHARE * s.extra.peak) return { ...s, ebb };
  return { ...s, extra: closeExtra(s.extra), ebb: null };
}

/** A person set a new baseline: what runs now is accepted, only more of it is news. */
export const acceptFlow = (s: FlowLeak): FlowLeak => ({
  ...s,
  extra: acceptExtra(s.extra),
  night: acceptNight(s.lastNightLps),
  ebb: null,
});

/**
 * Flow expected at a minute of the week, L/s, on a line between the hours; null = not learnt.
 * @param phaseMin at which minute of their hour the learnt means lie
 */
export function expectedLps(s: FlowLeak, minuteOfWeek: number, phaseMin: number): number | null {
  if (!isLearnt(s.shape)) return null;
  const h = (minuteOfWeek - phaseMin) / 60 + HOURS_OF_WEEK;
  const i = Math.floor(h);
  const a = s.shape.hours[i % HOURS_OF_WEEK];
  const b = s.shape.hours[(i + 1) % HOURS_OF_WEEK];
  if (a === null || a === undefined || b === null || b === undefined) return null;
  return s.shape.scale * (a + (h - i) * (b - a)) + s.extra.level;
}
