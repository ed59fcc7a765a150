import { isEmptyUnit } from '../src/estate/device.js';
import { err, ok, type Result } from '../src/kernel/result.js';
import type { Part, Scenario } from './scenario.js';
import type { SimulatedDevice } from './simulated-device.js';

/** Which devices play which part. */
export type Cast = ReadonlyMap<string, readonly SimulatedDevice[]>;

/** Gives every part of a scenario its devices out of an estate. A device plays in one part only. */
export function castScenario(scenario: Scenario, devices: readonly SimulatedDevice[]): Result<Cast, string[]> {
  const cast = new Map<string, readonly SimulatedDevice[]>();
  const taken = new Set<string>();
  const mistakes: string[] = [];
  // Parts that stand in another's building come after it.
  const parts = Object.entries(scenario.parts).sort(([, a], [, b]) => dependence(a) - dependence(b));
  for (const [name, part] of parts) {
    const fitting = devices.filter((d) => !taken.has(d.id) && fits(part, d, cast));
    const chosen = 'id' in part || part.all ? fitting : fitting.slice(part.number - 1, part.number);
    if (!chosen.length) mistakes.push(`no device of this estate can play "${name}" (${JSON.stringify(part)})`);
    for (const d of chosen) taken.add(d.id);
    cast.set(name, chosen);
  }
  return mistakes.length ? err(mistakes) : ok(cast);
}

const dependence = (part: Part): number => ('id' in part ? 0 : part.buildingOf === undefined ? 1 : 2);

function fits(part: Part, device: SimulatedDevice, cast: Cast): boolean {
  if ('id' in part) return device.id === part.id;
  const { attributes, occupancy } = device;
  const empty = occupancy !== null && isEmptyUnit(occupancy);
  return (
    device.life === 'live' &&
    device.kind === part.kind &&
    (part.unit === undefined || (occupancy !== null && empty === (part.unit === 'empty'))) &&
    (part.vehicle === undefined || (attributes.vehicle ?? false) === part.vehicle) &&
    (part.sends === undefined || !attributes.capabilities.length || attributes.capabilities.includes(part.sends)) &&
    (part.building === undefined || device.building === part.building) &&
    (part.buildingOf === undefined || (cast.get(part.buildingOf) ?? []).some((d) => d.building === device.building))
  );
}
