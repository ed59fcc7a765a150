/**
 * The textbook rule on the least flow of the night (LeakDB's MNF baseline; domain §4): above (1 + λ) × the lowest of
 * the last unflagged nights, and above a floor.
 */
export interface NightFlow {
  /** Unflagged nights, L/s, newest last. */
  readonly nights: readonly number[];
  readonly open: boolean;
  /** Nights in a row beyond the limit while not open; back under it while open. */
  readonly count: number;
}

export const NO_NIGHTS: NightFlow = Object.freeze({ nights: Object.freeze([]), open: false, count: 0 });

export interface NightLimits {
  readonly share: number;
  readonly floorLps: number;
  /** How many deviations of its own last nights it must be beyond their mean. */
  readonly deviations: number;
  /** Nights in a row before it is raised. */
  readonly hold: number;
}

export const KEPT_NIGHTS = 10;
const BACK_NIGHTS = 2;

/** Above which a night is flagged, L/s; null = not yet learnt. */
export function nightLimitLps(s: NightFlow, limits: NightLimits): number | null {
  const { nights } = s;
  if (nights.length < KEPT_NIGHTS) return null;
  const lowest = Math.min(...nights);
  const mean = nights.reduce((a, b) => a + b, 0) / nights.length;
  const variance = nights.reduce((a, b) => a + (b - mean) ** 2, 0) / (nights.length - 1);
  const byShare = lowest + Math.max(limits.share * Math.max(lowest, 0), limits.floorLps);
  return Math.max(byShare, mean + limits.deviations * Math.sqrt(variance));
}

export function judgeNight(s: NightFlow, lps: number, limits: NightLimits): NightFlow {
  const limit = nightLimitLps(s, limits);
  if (limit === null) return { ...s, nights: [...s.nights, lps] };
  const flagged = lps > limit;
  const nights = flagged ? s.nights : [...s.nights, lps].slice(-KEPT_NIGHTS);
  if (s.open) {
    // While it is open the nights before it stay the measure.
    const count = flagged ? 0 : s.count + 1;
    return count >= BACK_NIGHTS ? { nights, open: false, count: 0 } : { nights: s.nights, open: true, count };
  }
  const count = flagged ? s.count + 1 : 0;
  return count >= limits.hold ? { nights, open: true, count: 0 } : { nights, open: false, count };
}

/** A person said that this is how it is now: learn anew from here, with the last night known. */
export const acceptNight = (lps: number | null): NightFlow => ({
  nights: lps === null ? [] : new Array<number>(KEPT_NIGHTS).fill(lps),
  open: false,
  count: 0,
});
