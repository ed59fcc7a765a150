const HOUR_MS = 3_600_000;
/** Two nights, so that a home's own constant drip shows in at least one of them. */
const KEPT_HOURS = 48;

/** What a home used hour by hour, as far as its register tells: the hours are whole ones since the epoch. Plain JSON. */
export interface HourlyUse {
  /** Beginning of the hour that is being filled. */
  readonly hourAt: number;
  /** The newest real reading. */
  readonly seenAt: number;
  /** [litres, real readings] of each hour, the present one last, at most 49. */
  readonly hours: readonly (readonly [number, number])[];
}

export const beginUse = (at: number): HourlyUse => ({
  hourAt: Math.floor(at / HOUR_MS) * HOUR_MS,
  seenAt: at,
  hours: [[0, 1]],
});

/** Spreads what passed since the last reading evenly over the time since then. */
export function addUse(u: HourlyUse, litres: number, at: number): HourlyUse {
  if (at < u.seenAt) return u;
  const hours = u.hours.map(([l, reads]): [number, number] => [l, reads]);
  let hourAt = u.hourAt;
  const ahead = Math.floor((at - hourAt) / HOUR_MS);
  if (ahead > KEPT_HOURS)
    return { ...beginUse(at), hours: [...Array.from({ length: KEPT_HOURS }, () => ZERO), [0, 1]] };
  for (let i = 0; i < ahead; i++) hours.push([0, 0]);
  hourAt += ahead * HOUR_MS;
  const perMs = at > u.seenAt ? litres / (at - u.seenAt) : 0;
  if (litres > 0)
    for (let i = hours.length - 1, begin = hourAt; i >= 0 && begin + HOUR_MS > u.seenAt; i--, begin -= HOUR_MS) {
      const there = Math.min(at, begin + HOUR_MS) - Math.max(u.seenAt, begin);
      const hour = hours[i];
      if (hour) hour[0] = Math.round((hour[0] + there * perMs) * 1000) / 1000;
    }
  const present = hours.at(-1);
  if (present) present[1]++;
  return { hourAt, seenAt: at, hours: hours.slice(-KEPT_HOURS - 1) };
}
const ZERO: readonly [number, number] = [0, 0];

/** So many whole hours are known. */
export const hoursKnown = (u: HourlyUse): number => u.hours.length - 1;

/**
 * The flow that never stops, L/h: the smallest two hours in a row among those kept. Two, because a register of whole
 * litres shows a drip of 0.9 L/h as ones with a nought now and then.
 */
export function constantDripLph(u: HourlyUse): number {
  let least = Infinity;
  for (let i = 0; i + 2 < u.hours.length; i++)
    least = Math.min(least, ((u.hours[i]?.[0] ?? 0) + (u.hours[i + 1]?.[0] ?? 0)) / 2);
  return least === Infinity ? 0 : least;
}

/**
 * Use and real readings since the beginning of the `count`th newest whole hour that `counts` picks by its beginning,
 * the hours between and the present one included: water at night shows a person too. Null when fewer are known.
 */
export function useInHours(
  u: HourlyUse,
  count: number,
  counts: (beginAt: number) => boolean,
): { readonly litres: number; readonly reads: number; readonly hours: number } | null {
  let [litres, reads] = u.hours.at(-1) ?? ZERO;
  let left = count;
  let hours = 0;
  for (let i = u.hours.length - 2, begin = u.hourAt - HOUR_MS; i >= 0 && left > 0; i--, begin -= HOUR_MS) {
    litres += u.hours[i]?.[0] ?? 0;
    reads += u.hours[i]?.[1] ?? 0;
    hours++;
    if (counts(begin)) left--;
  }
  return left > 0 ? null : { litres, reads, hours };
}
