/**
 * The week's shape of a demand: how much is drawn in each of its 168 hours when nothing leaks. A day is read against
 * it as `flow = scale × shape + extra`: seasons, holidays and a full house move the scale, a leak is water that runs in
 * every hour alike and moves `extra`. So a hot summer is no leak and a leak is no summer.
 */
export interface DemandShape {
  /** L/s per hour of the week (Monday 00:00 = 0); null = not learnt yet. */
  readonly hours: readonly (number | null)[];
  /** Days learnt from. */
  readonly days: number;
  /** Usual scale of the last days. */
  readonly scale: number;
}

export const HOURS_OF_WEEK = 168;
export const EMPTY_SHAPE: DemandShape = Object.freeze({
  hours: Object.freeze(new Array<null>(HOURS_OF_WEEK).fill(null)),
  days: 0,
  scale: 1,
});

/** An hour of the week and its mean flow, L/s. */
export type HourFlow = readonly [slot: number, lps: number];

export interface DayFit {
  readonly scale: number;
  /** L/s that ran in every hour beyond the shape. */
  readonly extraLps: number;
}

/** (tune) Hours that must be known for a day to count. */
const MIN_HOURS = 16;
/** (tune) Weight, in hours, of "the scale is what it was": without it a flat demand could hide any leak as scale. */
const SCALE_PRIOR_HOURS = 3;
/** (tune) A demand flatter than this (relative variance of the inverse) needs that; elsewhere it would only be a bias. */
const FLAT = 0.02;
/** (tune) The scale of the last days, and the shape, follow by these shares. */
const SCALE_FOLLOW = 0.2;
const SHAPE_FOLLOW = 0.15;
/** (tune) Before this many days there is no week to compare with (domain §4: at least 7). */
export const LEARN_DAYS = 7;

export const isLearnt = (s: DemandShape): boolean => s.days >= LEARN_DAYS;

/** Mean of what is known of the shape, L/s. */
export function meanLps(s: DemandShape): number {
  let sum = 0;
  let n = 0;
  for (const h of s.hours)
    if (h !== null) {
      sum += h;
      n++;
    }
  return n === 0 ? 0 : sum / n;
}

/**
 * Least squares with errors in proportion to the demand (night hours, small and steady, say most about a leak).
 * @returns null when too little of the day is known
 */
export function fitDay(shape: DemandShape, day: readonly HourFlow[]): DayFit | null {
  const floor = Math.max(meanLps(shape) * 0.1, 1e-6);
  let n = 0;
  let su = 0;
  let sy = 0;
  let suu = 0;
  let suy = 0;
  for (const [slot, q] of day) {
    const p = shape.hours[slot];
    if (p === null || p === undefined) continue;
    const by = Math.max(p, floor);
    const u = 1 / by;
    const y = (q - Math.max(p, 0)) / by; // departure from the shape at scale 1
    n++;
    su += u;
    sy += y;
    suu += u * u;
    suy += u * y;
  }
  if (n < MIN_HOURS) return null;
  // The prior is one more observation at u = 0, of the usual scale.
  const isFlat = (suu * n) / (su * su) - 1 < FLAT;
  const prior = isFlat ? SCALE_PRIOR_HOURS : 0;
  const w = n + prior;
  sy += prior * (shape.scale - 1);
  const meanU = su / w;
  const meanY = sy / w;
  const spread = suu - w * meanU * meanU;
  const extraLps = spread > 0 ? (suy - w * meanU * meanY) / spread : 0;
  return { scale: 1 + meanY - extraLps * meanU, extraLps };
}

/** Takes a day that nothing was wrong with into the shape, cleaned of its own scale and extra. */
export function learnDay(shape: DemandShape, day: readonly HourFlow[], fit: DayFit | null): DemandShape {
  const hours = shape.hours.slice();
  for (const [slot, q] of day) {
    const clean = fit === null ? q : (q - fit.extraLps) / Math.max(fit.scale, 0.2);
    const known = hours[slot];
    if (known === null || known === undefined) hours[slot] = clean;
    else hours[slot] = known + followOf(shape.days) * (clean - known);
  }
  const { scale } = fit === null ? shape : followScale(shape, fit);
  return { hours: hours.map((h) => (h === null ? null : Math.round(h * 1e5) / 1e5)), days: shape.days + 1, scale };
}

/** The scale of the days goes on even while a leak keeps the shape from being learnt. */
export const followScale = (shape: DemandShape, fit: DayFit): DemandShape => ({
  ...shape,
  scale: shape.scale + SCALE_FOLLOW * (fit.scale - shape.scale),
});

/** The first weeks count alike, later ones fade. */
const followOf = (days: number): number => Math.max(SHAPE_FOLLOW, 1 / (Math.floor(days / 7) + 1));
