import { localTime } from '../kernel/local-time.js';

/** A calendar month of a place: [from, to), ms since the epoch. */
export interface Month {
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
/** No zone is further from UTC than this. */
const FURTHEST_MS = 15 * 3_600_000;

/** The first instant at which the calendar there shows the day; offsets change by whole quarters of an hour. */
function beginOfDay(zone: string, day: number): number {
  let at = day * DAY_MS - FURTHEST_MS;
  while (localTime(zone, at).day < day) at += QUARTER_MS;
  return at;
}

/**
 * Months follow each other without a gap and without an overlap, also over clock changes: each ends where the next begins.
 * @param text `2026-11` @param zone IANA name @returns null when it names no month
 */
export function monthOf(text: string, zone: string): Month | null {
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(text) ?? [];
  const [y, m] = [Number(year), Number(month)];
  if (!(y >= 2000 && y <= 9999 && m >= 1 && m <= 12)) return null;
  const first = (n: number): number => Date.UTC(y, n, 1) / DAY_MS;
  return { from: beginOfDay(zone, first(m - 1)), to: beginOfDay(zone, first(m)) };
}
