/**
 * What a value usually is in each hour of the week: mean and variance per hour, and at which minute of its hour the
 * means lie (a device that reports on the hour tells the hour's beginning, one that reports always tells its middle).
 */
export interface WeeklyCourse {
  readonly means: readonly (number | null)[];
  readonly variances: readonly number[];
  readonly phaseMin: number;
  /** Whole hours learnt. */
  readonly hours: number;
}

/** The hour under way: which of the week, and what was told in it. */
export interface CourseHour {
  readonly hour: number;
  readonly slot: number;
  readonly n: number;
  readonly sum: number;
  readonly squares: number;
  readonly minutes: number;
}

const HOURS_OF_WEEK = 168;
/** Domain §4: expected for this hour of the week, learnt over at least 7 days. */
export const LEARN_HOURS = 7 * 24;
const FOLLOW = 0.15;

export const EMPTY_COURSE: WeeklyCourse = Object.freeze({
  means: Object.freeze(new Array<null>(HOURS_OF_WEEK).fill(null)),
  variances: Object.freeze(new Array<number>(HOURS_OF_WEEK).fill(0)),
  phaseMin: 0,
  hours: 0,
});

const rounded = (n: number): number => Number(n.toPrecision(6));

/** Takes a finished hour in. The first weeks count alike, later ones fade. */
export function learnHour(c: WeeklyCourse, h: CourseHour): WeeklyCourse {
  if (h.n === 0) return c;
  const mean = h.sum / h.n;
  const inside = Math.max(0, h.squares / h.n - mean * mean);
  const means = c.means.slice();
  const variances = c.variances.slice();
  const known = means[h.slot];
  const follow = Math.max(FOLLOW, 1 / (Math.floor(c.hours / HOURS_OF_WEEK) + 1));
  if (known === null || known === undefined) {
    means[h.slot] = rounded(mean);
    variances[h.slot] = rounded(inside);
  } else {
    const before = variances[h.slot] ?? 0;
    means[h.slot] = rounded(known + follow * (mean - known));
    variances[h.slot] = rounded(before + follow * (inside + (mean - known) ** 2 - before));
  }
  const phaseMin = c.phaseMin + Math.max(FOLLOW / 24, 1 / (c.hours + 1)) * (h.minutes / h.n - c.phaseMin);
  return { means, variances, phaseMin: rounded(phaseMin), hours: c.hours + 1 };
}

export const isLearnt = (c: WeeklyCourse): boolean => c.hours >= LEARN_HOURS;

export interface Expected {
  readonly value: number;
  readonly deviation: number;
}

/** On a line between the hours; null = not learnt there. @param minuteOfWeek 0 = Monday 00:00 */
export function expectedAt(c: WeeklyCourse, minuteOfWeek: number): Expected | null {
  if (!isLearnt(c)) return null;
  const h = (minuteOfWeek - c.phaseMin) / 60 + HOURS_OF_WEEK;
  const i = Math.floor(h);
  const a = c.means[i % HOURS_OF_WEEK];
  const b = c.means[(i + 1) % HOURS_OF_WEEK];
  if (a === null || a === undefined || b === null || b === undefined) return null;
  const variance = Math.max(c.variances[i % HOURS_OF_WEEK] ?? 0, c.variances[(i + 1) % HOURS_OF_WEEK] ?? 0);
  return { value: a + (h - i) * (b - a), deviation: Math.sqrt(variance) };
}
