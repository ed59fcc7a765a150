import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { valueOf } from '../parameter.js';
import { MOVED_DISTANCE, MOVING_SPEED } from './car-parameters.js';

/** One uninterrupted stand of a car, and how much of it was spent outside the door zone. Plain JSON. */
export interface Standing {
  readonly standingSince: number;
  readonly floor: number | null;
  readonly positionM: number | null;
  /** The last reading that told a speed told a moving one: noise, until a second says the same. */
  readonly jolted: boolean;
  readonly outside: boolean;
  readonly placeSince: number;
  /** Time outside the door zone before {@link placeSince}. */
  readonly outsideMs: number;
}

export const beginStanding = (v: ElevatorValues, outside: boolean, now: number): Standing => ({
  standingSince: now,
  floor: v.floor ?? null,
  positionM: v.positionM ?? null,
  jolted: false,
  outside,
  placeSince: now,
  outsideMs: 0,
});

/**
 * The stand after one more reading; null when the car has moved. Speed noise and door-zone flicker do not end it
 * (domain §4): it takes two moving readings in a row, another floor, or more than {@link MOVED_DISTANCE}.
 */
export function continueStanding(
  s: Standing,
  v: ElevatorValues,
  outside: boolean,
  now: number,
  d: Device,
): Standing | null {
  if (v.floor !== undefined && s.floor !== null && v.floor !== s.floor) return null;
  const away = v.positionM === undefined || s.positionM === null ? 0 : Math.abs(v.positionM - s.positionM);
  if (away > valueOf(d, MOVED_DISTANCE)) return null;
  const jolted = v.speedMps === undefined ? s.jolted : Math.abs(v.speedMps) >= valueOf(d, MOVING_SPEED);
  if (jolted && s.jolted && v.speedMps !== undefined) return null;

  const floor = s.floor ?? v.floor ?? null;
  const positionM = s.positionM ?? v.positionM ?? null;
  const turned = outside !== s.outside;
  if (!turned && jolted === s.jolted && floor === s.floor && positionM === s.positionM) return s;
  return {
    standingSince: s.standingSince,
    floor,
    positionM,
    jolted,
    outside,
    placeSince: turned ? now : s.placeSince,
    outsideMs: s.outsideMs + (turned && s.outside ? now - s.placeSince : 0),
  };
}

/** Whether `b` is `a` some readings later. */
export const sameStand = (a: Standing | null, b: Standing | null): boolean => a?.standingSince === b?.standingSince;

/** Where the car has been for most of the stand; a tie counts as outside, the shorter hold. */
export function mostlyOutside(s: Standing, now: number): boolean {
  const outside = s.outsideMs + (s.outside ? now - s.placeSince : 0);
  return outside * 2 >= now - s.standingSince;
}

/**
 * When the stand is over its hold: `outsideMs` if it was mostly outside the door zone by then, else `insideMs`
 * (the longer). Steady ms, provided that the car stays where it is.
 */
export function standingDueAt(s: Standing, outsideHoldMs: number, insideHoldMs: number): number {
  const insideBefore = s.placeSince - s.standingSince - s.outsideMs;
  const latest = s.standingSince + insideHoldMs;
  const soonest = Math.max(s.standingSince + outsideHoldMs, s.placeSince);
  if (s.outside) return Math.min(latest, Math.max(soonest, s.placeSince + insideBefore - s.outsideMs));
  return insideBefore + (soonest - s.placeSince) <= s.outsideMs ? Math.min(latest, soonest) : latest;
}
