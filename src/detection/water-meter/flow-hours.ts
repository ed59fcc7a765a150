/**
 * The hours of a flow that does not pause, as readings show them. A reading tells what passed since the one before, so
 * an hour is a stretch between readings of about an hour. Plain JSON; at most about 26 entries.
 */
export interface FlowHours {
  /** From here on no hour without volume is known. */
  readonly fromAt: number;
  /** The reading that showed the last step. */
  readonly stepAt: number;
  /** The hour being filled. */
  readonly hourAt: number;
  readonly hourL: number;
  /** Lowest flow that a single reading of half an hour or more showed within it, L/h; null = none so long. */
  readonly hourLowLph: number | null;
  /** [minutes, L/h], oldest first, of the last 24 hours; L/h null = a gap caught up, in which nobody saw the hours. */
  readonly hours: readonly (readonly [number, number | null])[];
}

/** Meters that send hourly are a minute or two early now and then. */
export const HOUR_MS = 57 * 60_000;
/** A reading that sums up more than this shows no hour. */
export const CAUGHT_UP_MS = 90 * 60_000;
const ONE_READING_MS = 30 * 60_000;
const KEPT_MIN = 24 * 60;

/** @param gapMs how long before `at` the reading before was; the flow counts from there. */
export function beginHours(gapMs: number, l: number, at: number): FlowHours {
  const none: FlowHours = { fromAt: at - gapMs, stepAt: at, hourAt: at - gapMs, hourL: 0, hourLowLph: null, hours: [] };
  return addReading(none, gapMs, l, at);
}

/** Whether so many register steps in so long a time leave an hour without one, however they were spread. */
export const leavesEmptyHour = (steps: number, gapMs: number): boolean => steps < Math.floor(gapMs / 3_600_000);

/** One more reading of a flow that goes on. @param l litres since the reading before, `gapMs` ago; 0 = no step */
export function addReading(f: FlowHours, gapMs: number, l: number, at: number): FlowHours {
  const stepAt = l > 0 ? at : f.stepAt;
  if (gapMs > CAUGHT_UP_MS) {
    const closed = at - gapMs - f.hourAt >= ONE_READING_MS ? closeHour(f, at - gapMs) : f;
    const hours = keep([...closed.hours, [minutesOf(gapMs), null]]);
    return { fromAt: f.fromAt, stepAt, hourAt: at, hourL: 0, hourLowLph: null, hours };
  }
  const lph = gapMs >= ONE_READING_MS ? (l * 3_600_000) / gapMs : Infinity;
  const low = Math.min(f.hourLowLph ?? Infinity, lph);
  const filled = { ...f, stepAt, hourL: f.hourL + l, hourLowLph: low === Infinity ? null : low };
  return at - f.hourAt >= HOUR_MS ? closeHour(filled, at) : filled;
}

function closeHour(f: FlowHours, at: number): FlowHours {
  const mean = (f.hourL * 3_600_000) / (at - f.hourAt);
  const lph = Math.round(Math.min(mean, f.hourLowLph ?? Infinity) * 100) / 100;
  const hours = keep([...f.hours, [minutesOf(at - f.hourAt), lph]]);
  return { ...f, hourAt: at, hourL: 0, hourLowLph: null, hours };
}

const minutesOf = (ms: number): number => Math.round(ms / 60_000);

/** As many as cover the last 24 hours. */
function keep(hours: (readonly [number, number | null])[]): (readonly [number, number | null])[] {
  let total = 0;
  for (let i = hours.length - 1; i >= 0; i--) {
    total += hours[i]?.[0] ?? 0;
    if (total >= KEPT_MIN) return hours.slice(i);
  }
  return hours;
}

/** The smallest hour that was seen, L/h; null = none was. */
export function smallestHourLph(f: FlowHours): number | null {
  let least: number | null = null;
  for (const [, lph] of f.hours) if (lph !== null && (least === null || lph < least)) least = lph;
  return least;
}

/** How much of the hours kept nobody saw, 0 … 1. */
export function unseenShare(f: FlowHours): number {
  let unseen = 0;
  for (const [min, lph] of f.hours) if (lph === null) unseen += min;
  return unseen / KEPT_MIN;
}
