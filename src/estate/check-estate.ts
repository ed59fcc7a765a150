import { checkBridges } from './check-bridges.js';
import type { EstateFile, FileDevice, FileUnit } from './estate-file.js';
import type { MistakeBook } from './mistake-book.js';
import { rosterClashes } from './roster-clashes.js';
import type { RosterEntry } from './roster-entry.js';
import type { Sourced } from './written-estate.js';

type Element<K extends keyof EstateFile> = EstateFile[K] extends readonly (infer T)[] ? T : never;

/** Everything spelt out, each thing with its place in the file. */
export interface SourcedEstate {
  readonly buildings: readonly Sourced<Element<'buildings'>>[];
  readonly risers: readonly Sourced<Element<'risers'>>[];
  readonly units: readonly Sourced<FileUnit>[];
  readonly zones: readonly Sourced<Element<'zones'>>[];
  readonly devices: readonly Sourced<FileDevice>[];
  readonly bridges: readonly Sourced<Element<'bridges'>>[];
  readonly staff: readonly Sourced<Element<'staff'>>[];
  readonly roster: readonly Sourced<RosterEntry>[];
}

/** What no single item can know: references, and things that contradict each other. */
export function checkEstate(all: SourcedEstate, book: MistakeBook): void {
  const floors = new Map(all.buildings.map(({ value }) => [value.id, value.floors]));
  const risers = new Map(all.risers.map(({ value }) => [value.id, value]));
  const units = new Map(all.units.map(({ value }) => [value.id, value]));
  const roles = new Map(all.staff.map(({ value }) => [value.username, value.roles]));

  const checkFloor = (floor: number | null, building: string, path: Sourced<unknown>['path']): void => {
    const range = floors.get(building);
    if (floor !== null && range && (floor < range[0] || floor > range[1]))
      book.add(path, `floor ${floor} is not in building "${building}" (floors ${range[0]} to ${range[1]})`);
  };

  checkBridges(all, book);

  const labels = new Map<string, string>();
  for (const { value: unit, path } of all.units) {
    checkFloor(unit.floor, unit.building, path);
    for (const [id, kind] of [
      [unit.waterRiser, 'water'],
      [unit.drainRiser, 'drain'],
    ] as const) {
      if (id === null || !book.refer('riser', id, path)) continue;
      const riser = risers.get(id);
      if (riser && riser.building !== unit.building)
        book.add(path, `riser "${id}" is in building "${riser.building}", the unit in "${unit.building}"`);
      if (riser && riser.kind !== kind) book.add(path, `riser "${id}" is a ${riser.kind} riser, not a ${kind} riser`);
    }
    if (unit.since && unit.review && unit.review < unit.since)
      book.add(path, `its occupancy is to be reviewed on ${unit.review}, before it began (${unit.since})`);
    const label = `${unit.building} ${unit.label}`;
    const twin = labels.get(label);
    if (twin !== undefined && twin !== unit.id)
      book.add(path, `unit "${twin}" of the building has the label "${unit.label}", too`);
    labels.set(label, unit.id);
  }

  for (const { value: zone, path } of all.zones) {
    if (!zone.buildings.length && !zone.units.length) book.add(path, 'covers neither a building nor a unit');
    const seen = new Set<string>();
    for (const key of ['buildings', 'units'] as const)
      for (const [i, id] of zone[key].entries()) {
        const at = [...path, key, i];
        if (!book.refer(key === 'buildings' ? 'building' : 'unit', id, at)) continue;
        if (seen.has(`${key} ${id}`)) book.add(at, `"${id}" stands here twice`);
        seen.add(`${key} ${id}`);
        const building = key === 'units' ? units.get(id)?.building : undefined;
        if (building !== undefined && zone.buildings.includes(building))
          book.add(at, `unit "${id}" is in the zone already, with its building "${building}"`);
      }
  }

  for (const { value: device, path } of all.devices) checkDevice(device, path);

  function checkDevice(d: FileDevice, path: Sourced<unknown>['path']): void {
    if (d.unit !== null && book.refer('unit', d.unit, path)) {
      const unit = units.get(d.unit);
      if (unit && d.building !== unit.building)
        book.add(path, `its unit "${unit.id}" is in building "${unit.building}", not in "${d.building}"`);
      if (unit && d.floor !== unit.floor)
        book.add(path, `its unit "${unit.id}" is on floor ${unit.floor}, not on floor ${d.floor}`);
    }
    if (d.riser !== null && book.refer('riser', d.riser, path)) {
      const riser = risers.get(d.riser);
      if (riser && d.building !== riser.building)
        book.add(path, `its riser "${riser.id}" is in building "${riser.building}", not in "${d.building}"`);
    }
    const known = d.building !== null && book.refer('building', d.building, path);
    if (known && d.building !== null) checkFloor(d.floor, d.building, path);
    if (d.building === null && d.floor !== null && d.unit === null && d.riser === null)
      book.add(path, 'has a floor but no building');
    const ends = d.attributes.terminalFloors;
    if (!ends) return;
    if (ends[0] >= ends[1]) book.add(path, `its terminal floors run from low to high, not ${ends[0]} to ${ends[1]}`);
    else if (d.building !== null) for (const end of ends) checkFloor(end, d.building, path);
  }

  for (const { value: entry, path } of all.roster) {
    if (entry.zone !== null) book.refer('zone', entry.zone, [...path, 'zone']);
    if (!book.refer('person', entry.person, [...path, 'person'])) continue;
    if (roles.get(entry.person)?.includes(entry.role) === false)
      book.add(path, `"${entry.person}" is on duty as ${entry.role} but does not have that role`);
  }
  for (const { entry, sentence } of rosterClashes(all.roster)) book.add(entry.path, sentence);
}
