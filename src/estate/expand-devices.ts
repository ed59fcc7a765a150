import { CAPABILITIES } from './capabilities.js';
import type { ChannelRule } from './channel-rule.js';
import type { DeviceAttributes, DeviceKind } from './device.js';
import type { FileDevice, FileUnit } from './estate-file.js';
import type { GridMeter } from './expand-units.js';
import type { MistakeBook } from './mistake-book.js';
import type { Sourced, WrittenEstate } from './written-estate.js';
import type { Path } from './yaml-source.js';

/** Which attributes belong to which kind, besides those of every device. */
const OWN_ATTRIBUTES: Record<DeviceKind, readonly string[]> = {
  elevator: ['terminalFloors', 'parksOpenAt'],
  'water-meter': ['q3M3h', 'registerStepM3', 'declaredTap'],
  'pipe-sensor': ['role', 'outdoor', 'storageM3'],
  gate: ['egressMonitored', 'vehicle'],
  generic: ['outdoor', 'rules'],
};
const COMMON_ATTRIBUTES = ['expectedIntervalS', 'capabilities', 'via', 'foreignId', 'profile'];

export interface Places {
  readonly floors: ReadonlyMap<string, readonly [number, number]>;
  readonly units: ReadonlyMap<string, FileUnit>;
  readonly riserBuilding: ReadonlyMap<string, string>;
}

/** Every device with its type's attributes filled in and its building found through its unit or riser. */
export function expandDevices(
  written: WrittenEstate,
  meters: readonly Sourced<GridMeter>[],
  places: Places,
  book: MistakeBook,
): Sourced<FileDevice>[] {
  for (const { value, path } of written.types.values()) checkAttributes(value.kind, value.attributes, path, book);
  const devices: Sourced<FileDevice>[] = [];
  const add = (value: Omit<FileDevice, 'kind' | 'attributes' | 'life'>, own: OwnPart, path: Path): void => {
    const typed = withType(value, own, path, written, places, book);
    if (typed) devices.push({ value: { ...value, ...typed }, path });
  };
  for (const { value: d, path } of written.devices) {
    const unit = d.unit === undefined ? undefined : places.units.get(d.unit);
    const building = d.building ?? unit?.building ?? (d.riser ? places.riserBuilding.get(d.riser) : undefined);
    const place = { building: building ?? null, unit: d.unit ?? null, riser: d.riser ?? null };
    const own = { ...d, attributes: d.attributes ?? {} };
    add({ id: d.id, name: d.name, ...place, floor: d.floor ?? unit?.floor ?? null }, own, path);
  }
  for (const { value: m, path } of meters) {
    const place = { building: m.unit.building, unit: m.unit.id, riser: null, floor: m.unit.floor };
    add({ id: m.id, name: { zh: '水表', en: 'Water meter' }, ...place }, { ...m, kind: undefined }, path);
  }
  return devices;
}

interface OwnPart {
  readonly like?: string | undefined;
  readonly kind?: DeviceKind | undefined;
  readonly life?: FileDevice['life'] | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function withType(
  device: Pick<FileDevice, 'building'>,
  own: OwnPart,
  path: Path,
  written: WrittenEstate,
  places: Places,
  book: MistakeBook,
): Pick<FileDevice, 'kind' | 'attributes' | 'life'> | undefined {
  if (own.like !== undefined && !book.refer('device type', own.like, path)) return undefined;
  const type = own.like === undefined ? undefined : written.types.get(own.like);
  // The type itself is faulty, which has been said.
  if (own.like !== undefined && !type) return undefined;
  const kind = own.kind ?? type?.value.kind;
  if (!kind) {
    book.add(path, 'has neither a "kind" nor a type ("like") that has one');
    return undefined;
  }
  if (type && type.value.kind !== kind) {
    book.add(path, `is a ${kind}, but its type "${own.like}" is for the kind ${type.value.kind}`);
    return undefined;
  }
  checkAttributes(kind, own.attributes, path, book);
  const merged: Record<string, unknown> = { ...type?.value.attributes, ...own.attributes };
  merged['capabilities'] ??= [];
  const floors = device.building === null ? undefined : places.floors.get(device.building);
  if (kind === 'elevator' && floors) merged['terminalFloors'] ??= floors;
  checkRequired(kind, merged, type?.path ?? path, book);
  checkChannels(merged, path, book);
  // Those of its building, if it is in one (which may itself be faulty).
  if (kind === 'elevator' && device.building === null && merged['terminalFloors'] === undefined)
    book.add(path, 'is in no building and so needs the attribute "terminalFloors"');
  return {
    kind,
    // Its parts have been through the schema; a missing one has been noted as a mistake.
    attributes: merged as unknown as DeviceAttributes,
    life: own.life ?? type?.value.life ?? 'registered',
  };
}

function checkAttributes(
  kind: DeviceKind,
  given: Readonly<Record<string, unknown>> | undefined,
  path: Path,
  book: MistakeBook,
): void {
  const at = [...path, 'attributes'];
  for (const name of Object.keys(given ?? {}))
    if (!COMMON_ATTRIBUTES.includes(name) && !OWN_ATTRIBUTES[kind].includes(name))
      book.add([...at, name], `is no attribute of the kind ${kind}`);
  const known = CAPABILITIES[kind];
  const capabilities = (given?.['capabilities'] ?? []) as readonly string[];
  for (const [i, c] of capabilities.entries())
    if (known !== 'any' && !known.includes(c))
      book.add([...at, 'capabilities', i], `"${c}" is no capability of the kind ${kind} (${known.join(', ')})`);
}

/** A rule on a channel that the device does not send would never speak. */
function checkChannels(merged: Record<string, unknown>, path: Path, book: MistakeBook): void {
  const declared = merged['capabilities'] as readonly string[];
  const rules = (merged['rules'] ?? []) as readonly ChannelRule[];
  if (declared.length === 0) return;
  for (const { channel, event } of rules)
    if (!declared.includes(channel))
      book.add(path, `the rule for ${event} is on the channel "${channel}", which is none of its capabilities`);
}

function checkRequired(kind: DeviceKind, merged: Record<string, unknown>, path: Path, book: MistakeBook): void {
  const required = ['expectedIntervalS'];
  // Without them no rule can tell how much a step of the register means.
  if (kind === 'water-meter') required.push('q3M3h', 'registerStepM3');
  for (const name of required)
    if (merged[name] === undefined)
      book.add(path, `a device of the kind ${kind} needs the attribute "${name}", in its type or at itself`);
}
