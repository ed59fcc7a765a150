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
 * Until when the last word can be taken for what is so now. After it a hold does not run out on its own: what has become
 * of the people is silent-with-people's question (P1 too), and the next reading is the entrapment's.
 */
export const trustedUntil = (heardAt: number, d: Device): number =>
  heardAt + d.attributes.expectedIntervalS * 1000 + SILENT_SLACK_MS;

/** The car is seen to be occupied now, not only remembered so. */
const isSeen = (c: CarMemory): boolean => c.occupancy === 'occupied' && c.goneSince === null;

export interface HeldBefore {
  readonly heardAt: number | null;
  readonly missed: boolean;
  readonly stand: Standing | null;
  readonly unopenedSince: number | null;
}

/**
 * True while doors may have opened that nobody told of: after a gap in the readings of a car with people shut in, until
 * somebody is seen again. At a landing such a memory counts for nothing, as with a device that is polled (domain §4).
 * @param stands the stand goes on through the gap: same floor, same position
 */
export function mayHaveMissed(s: HeldBefore, car: CarMemory, stands: boolean, now: number, d: Device): boolean {
  const held = s.stand !== null || s.unopenedSince !== null;
  if (car.occupancy !== 'occupied' || isSeen(car)) return false;
  if (!held || s.heardAt === null || now <= trustedUntil(s.heardAt, d)) return s.missed;
  const stood = stands && s.stand !== null && s.heardAt - s.stand.standingSince >= STOOD_MS;
  return !stood;
}
