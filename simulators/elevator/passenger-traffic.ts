import type { Random } from '../random.js';
import type { LiftProfile } from './lift-profile.js';
import type { Passenger } from './lift-state.js';

/** Share of an ordinary hour's traffic by local hour: out in the morning, home in the evening, quiet but not dead at night. */
const BY_HOUR = [
  0.35, 0.25, 0.2, 0.2, 0.25, 0.5, 1.1, 2.0, 2.0, 1.2, 1.0, 1.1, 1.3, 1.0, 0.9, 0.9, 1.1, 1.7, 2.0, 1.6, 1.3, 1.1, 0.8,
  0.5,
] as const;

const localHour = (at: number, utcOffsetHours: number): number =>
  Math.floor((((at / 3_600_000 + utcOffsetHours) % 24) + 24) % 24);

/** When the next passenger comes after `at`, model ms. */
export function nextArrival(profile: LiftProfile, at: number, random: Random): number {
  const perHour = profile.passengersPerHour * (BY_HOUR[localHour(at, profile.utcOffsetHours)] ?? 1);
  if (perHour <= 0) return Number.POSITIVE_INFINITY;
  return at + Math.max(500, Math.round(random.exponential(3_600_000 / perHour)));
}

/** Mornings run down to the lobby, evenings up from it; a few visit neighbours. */
export function newPassenger(profile: LiftProfile, at: number, random: Random): Passenger {
  const top = profile.landings.length - 1;
  const lobby = Math.max(0, profile.landings.indexOf(1));
  const hour = localHour(at, profile.utcOffsetHours);
  const goesOut = random.chance(hour >= 5 && hour < 11 ? 0.75 : hour >= 16 ? 0.3 : 0.5);
  const home = random.whole(lobby + 1, top);
  const other = random.chance(0.06) ? random.whole(0, top) : lobby;
  let [from, to] = goesOut ? [home, other] : [other, home];
  if (from === to) [from, to] = [lobby, home];
  return { from, to, kg: random.whole(25, 95), cameAt: at };
}

/** People whom a scenario puts on the landing where the car is, or where it is going next, for a ride of some floors. */
export function placedPassengers(
  profile: LiftProfile,
  landing: number,
  count: number,
  at: number,
  random: Random,
): Passenger[] {
  const top = profile.landings.length - 1;
  const ride = Math.min(4, Math.max(landing, top - landing));
  const to = landing + ride <= top ? landing + ride : landing - ride;
  return Array.from({ length: Math.min(count, profile.seats) }, () => ({
    from: landing,
    to,
    kg: random.whole(45, 90),
    cameAt: at,
  }));
}
