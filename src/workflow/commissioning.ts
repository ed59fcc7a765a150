import type { Device } from '../estate/device.js';
import type { ElevatorValues, ValuesByKind } from '../telemetry/reading.js';

/** What has been seen of a device in commissioning: `presence:true`, `door:open` … as keys. */
export type Sights = Readonly<Record<string, unknown>>;

/** Presence, door, zone and button, each in both states: this is how a wrong polarity is found before it costs a life. */
const LIFT_SIGHTS = [
  ['presence', 'peopleInCar'],
  ['door', 'door'],
  ['zone', 'doorZone'],
  ['button', 'alarmButton'],
] as const;

/** The sights that this reading adds to those known; the same object when none. */
export function addSights(device: Device, known: Sights, values: ValuesByKind[keyof ValuesByKind]): Sights {
  if (device.kind !== 'elevator') return known;
  const v = values as ElevatorValues;
  let more: Record<string, true> | null = null;
  for (const [name, field] of LIFT_SIGHTS) {
    const value = field === 'door' ? (v.door === 'open' ? true : v.door === 'closed' ? false : undefined) : v[field];
    if (typeof value !== 'boolean') continue;
    const key = `${name}:${value}`;
    if (!(key in known)) (more ??= {})[key] = true;
  }
  return more ? { ...known, ...more } : known;
}

/** What has still to be seen before the device may go live; sensors that it declares not to have are not asked for. */
export function missingSights(device: Device, known: Sights): string[] {
  if (device.kind !== 'elevator') return [];
  const declared = device.attributes.capabilities;
  return LIFT_SIGHTS.filter(
    ([, field]) => field !== 'peopleInCar' || declared.length === 0 || declared.includes(field),
  ).flatMap(([name]) => ['true', 'false'].filter((s) => !(`${name}:${s}` in known)).map((s) => `${name} ${s}`));
}
