import { seconds } from '../../kernel/durations.js';
import type { Device } from '../../estate/device.js';
import type { CarMemory } from './car-memory.js';
import type { Standing } from './standing.js';

/** How coarsely the last word is kept while a hold runs, so that a steady stream leaves the saved state alone. */
export const HEARD_STEP_MS = seconds(10);
/** (tune) Silent for so long beyond its interval, a device has lost messages or keeps them; the coarse note included. */
const SILENT_SLACK_MS = seconds(15);
/** (tune) A car opens within seconds of its arrival: one that stood shut for so long before the silence is stuck. */
const STOOD_MS = seconds(10);

/**
 * Until when the word of a car that may be running can be taken for what is so now. After it the 180 s without an opening
 * do not run out on their own: that silence is silent-with-people's question (P1 too), and the next reading decides here.
 */
export const trustedUntil = (s: Pick<HeldBefore, 'heardAt' | 'excusedAt'>, d: Device): number =>
  Math.max(s.heardAt ?? 0, s.excusedAt ?? 0) + d.attributes.expectedIntervalS * 1000 + SILENT_SLACK_MS;

/** The car is seen to be occupied now, not only remembered so. */
const isSeen = (c: CarMemory): boolean => c.occupancy === 'occupied' && c.goneSince === null;

export interface HeldBefore {
  readonly heardAt: number | null;
  readonly excusedAt: number | null;
  readonly stand: Standing | null;
  readonly unopenedSince: number | null;
}

/** The readings of a car with people shut in have left a gap before this one, in which doors may have opened. */
export const isGap = (s: HeldBefore, now: number, d: Device): boolean =>
  (s.stand !== null || s.unopenedSince !== null) && s.heardAt !== null && now > trustedUntil(s, d);

/**
 * True while doors may have opened that nobody told of: from a gap on until somebody is seen again. At a landing such a
 * memory counts for nothing, as with a device that is polled (domain §4).
 * @param stood see {@link hadStood}
 */
export function mayHaveMissed(missed: boolean, gap: boolean, stood: boolean, car: CarMemory): boolean {
  if (car.occupancy !== 'occupied' || isSeen(car)) return false;
  return gap ? !stood : missed;
}

/** A car that had stood shut for a while before the gap and stands there still has not been away. */
export const hadStood = (s: HeldBefore): boolean =>
  s.stand !== null && s.heardAt !== null && s.heardAt - s.stand.standingSince >= STOOD_MS;
