import type { z } from 'zod';
import {
  BridgeItem,
  BuildingItem,
  ContactItem,
  DeviceItem,
  DeviceTypeItem,
  EstateItem,
  FileHead,
  NamedItem,
  RiserItem,
  RosterItem,
  StaffItem,
  UnitGridItem,
  UnitItem,
  UnitOverrideItem,
  ZoneItem,
} from './estate-file.js';
import { isRecord, type MistakeBook } from './mistake-book.js';
import type { Path } from './yaml-source.js';

/** A thing and where in the file it was written. */
export interface Sourced<T> {
  readonly value: T;
  readonly path: Path;
}
type Written<S extends z.ZodType> = Sourced<z.output<S>>;

/** A building as written. Its own line may be faulty (`head` undefined) while its risers and units are good. */
export interface WrittenBuilding {
  readonly id: string;
  readonly path: Path;
  readonly head: z.output<typeof BuildingItem> | undefined;
  readonly risers: Written<typeof RiserItem>[];
  readonly units: Written<typeof UnitItem>[];
  readonly grid: Written<typeof UnitGridItem> | undefined;
  readonly overrides: Map<string, Written<typeof UnitOverrideItem>>;
}

export interface WrittenEstate {
  readonly organisation: z.output<typeof NamedItem> | undefined;
  readonly region: z.output<typeof NamedItem> | undefined;
  readonly estate: z.output<typeof EstateItem> | undefined;
  readonly types: Map<string, Written<typeof DeviceTypeItem>>;
  readonly buildings: WrittenBuilding[];
  readonly zones: Written<typeof ZoneItem>[];
  readonly devices: Written<typeof DeviceItem>[];
  readonly bridges: Written<typeof BridgeItem>[];
  readonly staff: Written<typeof StaffItem>[];
  readonly roster: Written<typeof RosterItem>[];
  readonly contacts: Written<typeof ContactItem>[];
}

/** Takes the data apart item by item. What is faulty is noted and left out; its id still counts as known. */
export function parseWrittenEstate(file: Readonly<Record<string, unknown>>, book: MistakeBook): WrittenEstate {
  book.parse(FileHead, file, []);
  const items = <S extends z.ZodType>(schema: S, key: string, declare?: (raw: unknown, path: Path) => void) =>
    parseItems(book, schema, file[key], [key], declare);
  const types = new Map<string, Written<typeof DeviceTypeItem>>();
  for (const { key, raw, path } of book.entries(file['deviceTypes'], ['deviceTypes'])) {
    book.declare('device type', key, path);
    const value = book.parse(DeviceTypeItem, raw, path);
    if (value) types.set(key, { value, path });
  }
  return {
    organisation: book.parse(NamedItem, file['organisation'], ['organisation']),
    region: book.parse(NamedItem, file['region'], ['region']),
    estate: book.parse(EstateItem, file['estate'], ['estate']),
    types,
    buildings: book.items(file['buildings'], ['buildings']).map(({ raw, path }) => parseBuilding(raw, path, book)),
    zones: items(ZoneItem, 'zones', (raw, path) => book.declare('zone', idOf(raw), path)),
    devices: items(DeviceItem, 'devices', (raw, path) => book.declare('device', idOf(raw), path)),
    bridges: items(BridgeItem, 'bridges', (raw, path) => book.declare('bridge', idOf(raw), path)),
    staff: items(StaffItem, 'staff', (raw, path) => book.declare('person', isRecord(raw) && raw['username'], path)),
    roster: items(RosterItem, 'roster'),
    contacts: items(ContactItem, 'contacts'),
  };
}

function parseBuilding(raw: unknown, path: Path, book: MistakeBook): WrittenBuilding {
  book.declare('building', idOf(raw), path);
  const head = book.parse(BuildingItem, raw, path);
  const inside = isRecord(raw) ? raw : {};
  // A building whose id is missing or faulty still has risers and units to look at.
  const written = idOf(raw);
  const id = typeof written === 'string' ? written : `?${path.at(-1)}`;
  const grid =
    inside['unitGrid'] === undefined ? undefined : book.parse(UnitGridItem, inside['unitGrid'], [...path, 'unitGrid']);
  // Which units a faulty grid would have made cannot be known.
  if (inside['unitGrid'] !== undefined && !grid) book.unsureOfUnits(`${id}-`);
  const overrides = new Map<string, Written<typeof UnitOverrideItem>>();
  const overridesPath = [...path, 'unitGrid', 'overrides'];
  const differences = isRecord(inside['unitGrid']) ? inside['unitGrid']['overrides'] : undefined;
  for (const entry of book.entries(differences, overridesPath)) {
    const value = book.parse(UnitOverrideItem, entry.raw, entry.path);
    if (value) overrides.set(entry.key, { value, path: entry.path });
  }
  return {
    id,
    path,
    head,
    grid: grid && { value: grid, path: [...path, 'unitGrid'] },
    overrides,
    risers: parseItems(book, RiserItem, inside['risers'], [...path, 'risers'], (r, p) =>
      book.declare('riser', idOf(r), p),
    ),
    units: parseItems(book, UnitItem, inside['units'], [...path, 'units'], (r, p) => {
      // Without an id of its own a unit is called after its building and label, like those of a grid.
      const label = isRecord(r) && typeof r['label'] === 'string' ? r['label'] : undefined;
      book.declare('unit', idOf(r) ?? (label && unitId(id, label)), p);
    }),
  };
}

export const unitId = (building: string, label: string): string => `${building}-${label.toLowerCase()}`;

const idOf = (raw: unknown): unknown => (isRecord(raw) ? raw['id'] : undefined);

function parseItems<S extends z.ZodType>(
  book: MistakeBook,
  schema: S,
  list: unknown,
  at: Path,
  declare?: (raw: unknown, path: Path) => void,
): Written<S>[] {
  return book.items(list, at).flatMap(({ raw, path }) => {
    declare?.(raw, path);
    const value = book.parse(schema, raw, path);
    return value === undefined ? [] : [{ value, path }];
  });
}
