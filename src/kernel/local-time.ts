/** Wall-clock time at a place. Days are counted by its own calendar, so that a night belongs to one day. */
export interface LocalTime {
  /** Days since 1970-01-01 by the local calendar. */
  readonly day: number;
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
  /** 0 … 23; at a clock change an hour is missing or comes twice. */
  readonly hour: number;
  /** Minutes since local midnight, 0 … 1439. */
  readonly minuteOfDay: number;
}

const QUARTER_MS = 900_000;
const MINUTE_MS = 60_000;
const DAY_MIN = 1440;
const DAY_MS = DAY_MIN * MINUTE_MS;

/** Offsets change only at quarters of an hour; asking Intl costs microseconds, and rules ask for every reading. */
const offsets = new Map<string, Map<number, number>>();
const formats = new Map<string, Intl.DateTimeFormat>();
const KEPT_QUARTERS = 4000;

function offsetMs(zone: string, at: number): number {
  const quarter = Math.floor(at / QUARTER_MS);
  let known = offsets.get(zone);
  if (!known) offsets.set(zone, (known = new Map()));
  const found = known.get(quarter);
  if (found !== undefined) return found;
  let format = formats.get(zone);
  if (!format) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    formats.set(zone, (format = new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', ...fields })));
  }
  const begin = quarter * QUARTER_MS;
  const p = Object.fromEntries(format.formatToParts(begin).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(p['year'] ?? 0, (p['month'] ?? 1) - 1, p['day'] ?? 1, p['hour'] ?? 0, p['minute'] ?? 0);
  if (known.size >= KEPT_QUARTERS) known.clear();
  known.set(quarter, local - begin);
  return local - begin;
}

/**
 * Pure: the same zone and instant give the same answer (the cache only saves work).
 * @param zone IANA name, e.g. `Asia/Shanghai` @param at ms since the epoch
 * @throws RangeError for an unknown zone
 */
export function localTime(zone: string, at: number): LocalTime {
  const minutes = Math.floor((at + offsetMs(zone, at)) / MINUTE_MS);
  const day = Math.floor(minutes / DAY_MIN);
  const minuteOfDay = minutes - day * DAY_MIN;
  return { day, weekday: ((((day + 3) % 7) + 7) % 7) + 1, hour: Math.floor(minuteOfDay / 60), minuteOfDay };
}

/** Calendar year at a place. @throws RangeError for an unknown zone */
export const localYear = (zone: string, at: number): number =>
  new Date(localTime(zone, at).day * DAY_MS).getUTCFullYear();
