import { Random } from '../random.js';
import { usesOfDay, type WaterUse } from './end-uses.js';

/** Who draws the water of one meter. `persons` 0 = an empty unit. */
export interface Household {
  readonly id: string;
  readonly seed: number;
  readonly persons: number;
  readonly utcOffsetHours: number;
}

export interface DayOfWater {
  /** Days since the epoch, local. */
  readonly day: number;
  readonly startsAt: number;
  /** Register at local midnight, litres. */
  readonly litresBefore: number;
  readonly uses: readonly WaterUse[];
}

const DAY_MS = 86_400_000;
const LITRES_PER_PERSON_DAY = 110;
/** Thursday (day 0 of the epoch) to Wednesday: more at the weekend. */
const BY_WEEKDAY = [0.95, 0.98, 1.2, 1.2, 0.92, 0.95, 0.95] as const;
const WEEK = BY_WEEKDAY.reduce((a, b) => a + b, 0);
/** Meters were put in on this day (2024-01-01). */
const INSTALLED_DAY = 19_723;

export const localDay = (at: number, utcOffsetHours: number): number =>
  Math.floor((at + utcOffsetHours * 3_600_000) / DAY_MS);

function daysOfUse(day: number): number {
  const weeks = Math.floor(day / 7);
  return weeks * WEEK + BY_WEEKDAY.slice(0, day - weeks * 7).reduce((a, b) => a + b, 0);
}

/**
 * A day's uses, scaled to that day's total. The register follows from the date alone, so that a simulator that is
 * started again goes on where it was: a register that falls would be a tampered meter.
 */
export function dayOfWater(house: Household, at: number): DayOfWater {
  const day = localDay(at, house.utcOffsetHours);
  const startsAt = day * DAY_MS - house.utcOffsetHours * 3_600_000;
  const perDay = house.persons * LITRES_PER_PERSON_DAY;
  const before = Random.for(house.seed, house.id, 'register').between(2_000, 60_000);
  const litresBefore = before + perDay * (daysOfUse(day) - daysOfUse(INSTALLED_DAY));
  if (house.persons === 0) return { day, startsAt, litresBefore, uses: [] };
  const uses = usesOfDay(house.persons, Random.for(house.seed, house.id, 'day', day));
  const scale = (perDay * (daysOfUse(day + 1) - daysOfUse(day))) / uses.reduce((sum, u) => sum + u.litres, 0);
  return { day, startsAt, litresBefore, uses: uses.map((u) => ({ ...u, litres: u.litres * scale })) };
}

/** Register at a moment of that day, litres. */
export function litresAt(day: DayOfWater, at: number): number {
  const t = at - day.startsAt;
  let litres = day.litresBefore;
  for (const u of day.uses) {
    if (u.fromMs >= t) break;
    litres += u.litres * Math.min(1, (t - u.fromMs) / (u.toMs - u.fromMs));
  }
  return litres;
}

/** Litres per hour flowing at a moment of that day. */
export function flowAt(day: DayOfWater, at: number): number {
  const t = at - day.startsAt;
  return day.uses
    .filter((u) => u.fromMs <= t && t < u.toMs)
    .reduce((sum, u) => sum + (u.litres / (u.toMs - u.fromMs)) * 3_600_000, 0);
}
