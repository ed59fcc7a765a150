import type { Device } from '../estate/device.js';
import { sameNumbers } from '../kernel/same-numbers.js';

const SEEN = [
  'life',
  'maintenanceUntil',
  'occupancy',
  'welfare',
  'visitUntil',
  'awayUntil',
  'timezone',
  'unit',
] as const;

/** Whether rules may now decide otherwise about the device: a threshold, an attribute or its place has changed. */
export const rulesSeeChange = (before: Device, after: Device): boolean =>
  SEEN.some((key) => before[key] !== after[key]) ||
  !sameNumbers(before.overrides, after.overrides) ||
  JSON.stringify(before.attributes) !== JSON.stringify(after.attributes);
