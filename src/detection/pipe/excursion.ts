import { days, hours, minutes } from '../../kernel/durations.js';

/**
 * A value that leaves its expected course to one side and stays away: an EWMA of its departures, against a control
 * limit from its own usual scatter. Used for pressures that fall and for flows that rise. Plain JSON; the unit is the
 * caller's.
 */
export interface Excursion {
  /** The last reading judged, steady ms; 0 = none. */
  readonly lastAt: number;
  /** Slow mean of the departure (seasons, a known leak), and usual distance from it. */
  readonly usual: number;
  readonly scatter: number;
  readonly learntMs: number;
  /** EWMA of the departure from the usual. */
  readonly mean: number;
  /** Since when it is beyond the limit, and in how many readings; null = it is not. */
  readonly beyondSince: number | null;
  readonly readings: number;
  readonly open: boolean;
  /** While open: the greatest departure, and since when it has been back. */
  readonly peak: number;
  readonly backSince: number | null;
}

export const NO_EXCURSION: Excursion = Object.freeze({
  ...{ lastAt: 0, usual: 0, scatter: 0, learntMs: 0, mean: 0, beyondSince: null, readings: 0 },
  ...{ open: false, peak: 0, backSince: null },
});

export interface ExcursionLimits {
  /** Control limit in deviations, and the least departure that matters. */
  readonly deviations: number;
  readonly least: number;
  readonly holdMs: number;
}

/** (tune) Weight of a new reading in the EWMA: three readings carry seven eighths of a step. */
const NEW_SHARE = 0.5;
const USUAL_MS = hours(12);
const SCATTER_MS = days(5);
/** (tune) Before so much has been seen there is no scatter to compare with. */
const LEARN_MS = days(3);
/** (tune) A hold seen in fewer readings is one wrong reading, or a pump that starts. */
const LEAST_READINGS = 3;
const BACK_MS = minutes(30);
/** A gap longer than this proves nothing about what lay between. */
const GAP_MS = hours(3);
const BACK_SHARE = 0.4;
const FROM_MEAN = 1.2533; // mean absolute deviation to standard deviation

/**
 * @param departure how far the value is beyond the expected, to the bad side
 * @returns the same object for a reading that is not newer than the last
 */
export function judgeExcursion(s: Excursion, at: number, departure: number, limits: ExcursionLimits): Excursion {
  if (at <= s.lastAt) return s;
  const ms = s.lastAt === 0 ? 0 : Math.min(at - s.lastAt, GAP_MS);
  const away = departure - s.usual;
  const isGap = s.lastAt === 0 || at - s.lastAt > GAP_MS;
  const mean = isGap ? away : s.mean + NEW_SHARE * (away - s.mean);
  const told = { ...s, lastAt: at, mean };
  if (s.open) {
    const peak = Math.max(s.peak, mean);
    if (mean >= BACK_SHARE * peak) return { ...told, peak, backSince: null };
    const backSince = s.backSince ?? at;
    return at - backSince < BACK_MS ? { ...told, peak, backSince } : closed(told);
  }
  if (s.learntMs >= LEARN_MS && mean > controlLimit(s, limits) && away > 0) {
    const goesOn = s.beyondSince !== null && !isGap;
    const beyondSince = goesOn ? (s.beyondSince ?? at) : at;
    const readings = goesOn ? s.readings + 1 : 1;
    const open = readings >= LEAST_READINGS && at - beyondSince >= limits.holdMs;
    return { ...told, beyondSince, readings, open, peak: open ? mean : 0, backSince: null };
  }
  const usual = s.usual + share(ms, USUAL_MS) * away;
  const scatter = s.scatter + share(ms, Math.min(SCATTER_MS, s.learntMs + ms)) * (Math.abs(away) - s.scatter);
  return { ...told, usual, scatter, learntMs: s.learntMs + ms, beyondSince: null, readings: 0 };
}

export const controlLimit = (s: Excursion, limits: ExcursionLimits): number =>
  Math.max(limits.deviations * FROM_MEAN * s.scatter, limits.least);

const share = (ms: number, over: number): number => (over <= 0 ? 0 : Math.min(1, ms / over));

const closed = <T extends Excursion>(s: T): T => ({
  ...s,
  ...{ open: false, peak: 0, backSince: null, beyondSince: null, readings: 0 },
});

/** A person ended it: where it is now is the usual. */
export const acceptExcursion = (s: Excursion): Excursion =>
  closed({ ...s, usual: s.usual + (s.open ? s.mean : 0), mean: s.open ? 0 : s.mean });
