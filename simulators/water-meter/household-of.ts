import { isEmptyUnit } from '../../src/estate/device.js';
import { Random } from '../random.js';
import type { SimulatedDevice } from '../simulated-device.js';
import type { Household } from './household.js';

/** Who lives behind this meter: follows from its name and the seed, so that its riser knows it too. */
export function householdOf(
  device: SimulatedDevice,
  { seed, utcOffsetHours }: { readonly seed: number; readonly utcOffsetHours: number },
): Household {
  const empty = device.occupancy !== null && isEmptyUnit(device.occupancy);
  const persons = empty ? 0 : Random.for(seed, device.id, 'character').pick([1, 2, 2, 3, 3, 3, 4, 5]);
  return { id: device.id, seed, persons, utcOffsetHours };
}
