import type { Device } from '../../estate/device.js';

/** (tune) Share of a device's own interval below which another reading says nothing new of a slow quantity. */
const SPACING_SHARE = 0.25;
/** (tune) And never more: who speaks every few minutes has something to say, whatever it was registered with. Ms. */
const MOST_SPACING_MS = 10_000;

/**
 * Least time between two readings of one device that count where hours and minutes are judged, ms: a device that speaks much
 * more often than it said shall not cost more.
 */
export const leastSpacingMs = (d: Device): number =>
  Math.min(d.attributes.expectedIntervalS * 1000 * SPACING_SHARE, MOST_SPACING_MS);
