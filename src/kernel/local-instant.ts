import { localTime } from './local-time.js';

const MINUTE_MS = 60_000;
const DAY_MIN = 1440;

/** Minutes since 1970-01-01T00:00 by the local wall clock. */
const wallOf = (zone: string, at: number): number => {
  const { day, minuteOfDay } = localTime(zone, at);
  return day * DAY_MIN + minuteOfDay;
};

/**
 * The first instant at which clocks at a place show `minuteOfDay` of `day` or later. On the night when they go back the
 * time comes twice: the first one counts. When they go forward it may be missing: then it is the moment they jump. So
 * a later wall time is never an earlier instant, and shifts that join on the wall join in fact.
 * @param day days since 1970-01-01 by the local calendar @param minuteOfDay 0 … 1439
 * @returns ms since the epoch @throws RangeError for an unknown zone
 */
export function instantOf(zone: string, day: number, minuteOfDay: number): number {
  const wall = day * DAY_MIN + minuteOfDay;
  const asUtc = wall * MINUTE_MS;
  // What the clocks were ahead of UTC by, a day before and a day after: one of the two holds at the wall time itself.
  const before = aheadMs(zone, asUtc - DAY_MIN * MINUTE_MS);
  const after = aheadMs(zone, asUtc + DAY_MIN * MINUTE_MS);
  const shown = [asUtc - before, asUtc - after].filter((at) => wallOf(zone, at) === wall);
  if (shown.length > 0) return Math.min(...shown);
  let early = asUtc - Math.max(before, after);
  let late = asUtc - Math.min(before, after);
  while (late - early > MINUTE_MS) {
    const middle = early + Math.floor((late - early) / 2 / MINUTE_MS) * MINUTE_MS;
    if (wallOf(zone, middle) >= wall) late = middle;
    else early = middle;
  }
  return late;
}

const aheadMs = (zone: string, at: number): number => wallOf(zone, at) * MINUTE_MS - at;

/** `2026-03-31` as days since 1970-01-01. */
export const dayOf = (date: string): number => Math.floor(Date.parse(`${date}T00:00:00Z`) / (DAY_MIN * MINUTE_MS));

/** `20:30` as minutes since midnight. */
export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
