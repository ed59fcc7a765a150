import { flowAt, dayOfWater, localDay, type DayOfWater, type Household } from '../water-meter/household.js';
import { householdOf } from '../water-meter/household-of.js';
import type { PlaySettings } from '../model-for-device.js';
import type { SimulatedDevice } from '../simulated-device.js';
import { PipeNetwork } from './pipe-network.js';
import { waterDemand } from './water-demand.js';

/** At the town's main; leaves 0.1 to 0.35 MPa at every riser while nothing is broken (GB 50015). */
const SUPPLY_MPA = 0.315;
/** Draw of a riser whose households have no meters, L/s at its peak. */
const UNMETERED_PEAK_LPS = 1.5;

/** The pipes of the estate to which these devices belong; null when none of them stands on a riser. */
export async function openEstateWater(
  devices: readonly SimulatedDevice[],
  settings: PlaySettings,
): Promise<PipeNetwork | null> {
  const buildings = new Map<string, Set<string>>();
  const households = new Map<string, Household[]>();
  for (const d of devices) {
    if (d.riser === null) continue;
    const building = d.building ?? '';
    buildings.set(building, (buildings.get(building) ?? new Set()).add(d.riser));
    if (d.kind === 'water-meter')
      households.set(d.riser, [...(households.get(d.riser) ?? []), householdOf(d, settings)]);
  }
  if (!devices.some((d) => d.kind === 'pipe-sensor' && d.riser !== null)) return null;
  const plan = {
    buildings: [...buildings].map(([id, risers]) => ({ id, risers: [...risers] })),
    supplyMpa: SUPPLY_MPA,
  };
  const days = new Map<Household, DayOfWater>();
  const drawn = (house: Household, at: number): number => {
    let day = days.get(house);
    if (day?.day !== localDay(at, house.utcOffsetHours)) days.set(house, (day = dayOfWater(house, at)));
    return flowAt(day, at);
  };
  const demandLps = (riser: string, at: number): number => {
    const metered = households.get(riser);
    if (!metered) return UNMETERED_PEAK_LPS * waterDemand(at, settings.utcOffsetHours);
    return metered.reduce((sum, house) => sum + drawn(house, at), 0) / 3600;
  };
  return PipeNetwork.open(plan, demandLps, settings.seed);
}
