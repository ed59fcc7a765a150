import { localTime } from './local-time.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The instant (ms since the epoch) at which clocks at a place show `minuteOfDay` on its calendar's `day`. A time that a
 * clock change leaves out is read on the clock that was not changed yet (02:30 becomes 03:30); of one that comes twice it
 * is the first.
 * @param zone IANA name @param day days since 1970-01-01 @param minuteOfDay 0 … 1439
 */
export function instantAt(zone: string, day: number, minuteOfDay: number): number {
  const wall = day * DAY_MS + minuteOfDay * MINUTE_MS;
  const [early, late] = [wall - DAY_MS, wall + DAY_MS]
    .map((near) => wall - offsetAt(zone, near))
    .sort((a, b) => a - b) as [number, number];
  return [early, late].find((at) => at + offsetAt(zone, at) === wall) ?? late;
}

function offsetAt(zone: string, at: number): number {
  const local = localTime(zone, at);
  return local.day * DAY_MS + local.minuteOfDay * MINUTE_MS - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** Saturday and Sunday are no working days; public holidays are not known here. */
const isWorkingDay = (day: number): boolean => ((((day + 3) % 7) + 7) % 7) + 1 <= 5;

/** The end (18:00 local) of the `n`th working day after the local day of `at`. */
export function afterWorkingDays(zone: string, at: number, n: number): number {
  let { day } = localTime(zone, at);
  for (let left = n; left > 0;) if (isWorkingDay(++day)) left--;
  return instantAt(zone, day, 18 * 60);
}

/** Minutes of the local day between which people are reminded of what is no emergency. */
const REMIND_FROM = 9 * 60;
const REMIND_TO = 18 * 60;

/** The next moment, `at` itself included, at which people may be reminded of a job. They work on Sundays too, not at night. */
export function nextWakingMoment(zone: string, at: number): number {
  const { day, minuteOfDay } = localTime(zone, at);
  if (minuteOfDay < REMIND_FROM) return instantAt(zone, day, REMIND_FROM);
  return minuteOfDay < REMIND_TO ? at : instantAt(zone, day + 1, REMIND_FROM);
}

/** `2026-11` of the local calendar. */
export function monthOf(zone: string, at: number): string {
  return new Date(localTime(zone, at).day * DAY_MS).toISOString().slice(0, 7);
}
