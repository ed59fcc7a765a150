import { seconds } from '../../kernel/durations.js';
import type { Device } from '../../estate/device.js';

/** So many missed intervals are silence, and never less than {@link SILENCE_FLOOR_MS} (domain §4, `device.offline`). */
export const SILENCE_INTERVALS = 3;
export const SILENCE_FLOOR_MS = seconds(120);

/** How long a device may say nothing before it counts as silent, ms. */
export const silenceLimitMs = (d: Pick<Device, 'attributes'>): number =>
  Math.max(SILENCE_INTERVALS * d.attributes.expectedIntervalS * 1000, SILENCE_FLOOR_MS);
