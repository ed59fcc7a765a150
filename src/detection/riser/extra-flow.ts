/**
 * Watches the part of a day's flow that no demand explains, L/s (a CUSUM on its departures from its own usual level,
 * in units of its own usual scatter). Small leaks add up over days until they are beyond chance.
 */
export interface ExtraFlow {
  /** Accepted level: what usually runs through the night, known leaks included. */
  readonly level: number;
  /** Usual mean departure of a day, L/s. */
  readonly scatter: number;
  /** Days judged. */
  readonly days: number;
  readonly up: number;
  readonly down: number;
  /** The last days' departures from the level, newest last. */
  readonly recent: readonly number[];
  readonly open: boolean;
  /** While open: the greatest departure (smoothed), and how many days it has been back. */
  readonly peak: number;
  readonly back: number;
}

export const NO_EXTRA: ExtraFlow = Object.freeze({
  level: 0,
  scatter: 0,
  days: 0,
  up: 0,
  down: 0,
  recent: Object.freeze([]),
  open: false,
  peak: 0,
  back: 0,
});

export interface ExtraLimits {
  /** Allowance and limit of the CUSUM, in deviations of a day. */
  readonly slack: number;
  readonly limit: number;
  /** A departure below this is nobody's business, L/s. */
  readonly floorLps: number;
  /** The least deviation to reckon with, L/s. */
  readonly leastDeviationLps: number;
}

/** (tune) Days before the scatter is known. */
const LEARN_DAYS = 7;
const SCATTER_FOLLOW = 1 / 30;
/** (tune) The accepted level follows slowly, so that what creeps with the years is no leak. */
const LEVEL_FOLLOW = 1 / 40;
/** (tune) A departure of one day counts at most so much: one odd day is not three. */
const MOST = 5;
const KEPT = 3;
/** (tune) Back under this share of its peak, two days running, it is over (domain §4: "back under 2 nights"). */
const BACK_SHARE = 0.4;
export const BACK_DAYS = 2;
const FROM_MEAN = 1.2533; // mean absolute deviation to standard deviation

const mean = (list: readonly number[]): number =>
  list.length === 0 ? 0 : list.reduce((a, b) => a + b, 0) / list.length;

export const deviationLps = (s: ExtraFlow, limits: ExtraLimits): number =>
  Math.max(s.scatter * FROM_MEAN, limits.leastDeviationLps);

/** One more day: what ran beyond the demand, L/s. */
export function judgeExtra(s: ExtraFlow, extraLps: number, limits: ExtraLimits): ExtraFlow {
  const away = extraLps - s.level;
  const recent = [...s.recent, away].slice(-KEPT);
  const sd = deviationLps(s, limits);
  const z = Math.max(-MOST, Math.min(MOST, away / sd));
  if (s.open) {
    const peak = Math.max(s.peak, mean(recent));
    const isBack = away < BACK_SHARE * peak;
    const back = isBack ? s.back + 1 : 0;
    if (back < BACK_DAYS) return { ...s, recent, peak, back };
    return { ...closeExtra(s), recent };
  }
  const days = s.days + 1;
  const clipped = Math.min(Math.abs(away), 3 * sd);
  const follow = Math.max(SCATTER_FOLLOW, 1 / days);
  const scatter =
    days <= LEARN_DAYS ? s.scatter + (Math.abs(away) - s.scatter) / days : s.scatter + follow * (clipped - s.scatter);
  if (days <= LEARN_DAYS) return { ...s, recent, days, scatter };
  const up = Math.max(0, s.up + z - limits.slack);
  const down = Math.max(0, s.down - z - limits.slack);
  if (up > limits.limit && mean(recent) > limits.floorLps)
    return { ...s, recent, days, up, down: 0, open: true, peak: mean(recent), back: 0 };
  // Something that ran is repaired, or shut: the lower level is the new one.
  if (down > limits.limit) return { ...s, level: s.level + mean(recent), recent: [], days, up: 0, down: 0 };
  const level = s.level + LEVEL_FOLLOW * Math.max(-2 * sd, Math.min(2 * sd, away));
  return { ...s, level, scatter, days, up, down, recent };
}

export const closeExtra = (s: ExtraFlow): ExtraFlow => ({ ...s, open: false, up: 0, down: 0, peak: 0, back: 0 });

/** A person said that this is how it is now: the level of the last days is the accepted one. */
export const acceptExtra = (s: ExtraFlow): ExtraFlow => ({
  ...s,
  level: s.level + (s.recent.at(-1) ?? 0),
  recent: [],
  up: 0,
  down: 0,
  open: false,
  peak: 0,
  back: 0,
});
