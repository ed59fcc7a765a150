import type { Subject } from '../kernel/events.js';
import type { Device } from './device.js';
import type { EstateDirectory, UnitEntry } from './estate-directory.js';

/**
 * The riser on which a device, or what an alarm is about, hangs: its own, its unit's, or the building's when that has
 * only one for water. Null = not known: then nothing may be concluded from it.
 */
export function riserOf(directory: EstateDirectory, device: Device | null, subject?: Subject): string | null {
  if (device?.riser) return device.riser;
  if (subject?.type === 'riser') return subject.id;
  const unit = device?.unit ?? (subject?.type === 'unit' ? subject.id : null);
  const own = unit === null ? null : (directory.unit(unit)?.waterRiser ?? null);
  if (own !== null) return own;
  const building = device?.building ?? (subject?.type === 'building' ? subject.id : null);
  const water = building === null ? [] : directory.risersOf(building).filter((r) => r.kind === 'water');
  return water.length === 1 ? (water[0]?.id ?? null) : null;
}

/** Every device on a riser, the meters of its units included, in the order of the directory. */
export function devicesOnRiser(directory: EstateDirectory, riser: string): readonly Device[] {
  const building = directory.riser(riser)?.building;
  if (building === undefined) return [];
  return directory.devicesOfBuilding(building).filter((d) => riserOf(directory, d) === riser);
}

/** The units that a water riser feeds. */
export function unitsOnRiser(directory: EstateDirectory, riser: string): readonly UnitEntry[] {
  const building = directory.riser(riser)?.building;
  return building === undefined ? [] : directory.unitsOf(building).filter((u) => u.waterRiser === riser);
}
