import type { z } from 'zod';
import type { FileUnit, UnitOverrideItem } from './estate-file.js';
import type { MistakeBook } from './mistake-book.js';
import { unitId, type Sourced, type WrittenBuilding } from './written-estate.js';

/** A meter that a grid gives to each of its units, before its device type is looked up. */
export interface GridMeter {
  readonly unit: FileUnit;
  readonly id: string;
  readonly like: string | undefined;
  readonly life: 'registered' | 'commissioning' | 'live' | 'retired' | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

type UnitFields = Omit<z.output<typeof UnitOverrideItem>, 'meter'>;

/** The units of a building, those that are listed and those of its grid, and the grid's meters. */
export function expandUnits(
  building: WrittenBuilding,
  book: MistakeBook,
): { units: Sourced<FileUnit>[]; meters: Sourced<GridMeter>[] } {
  const units: Sourced<FileUnit>[] = building.units.map(({ value, path }) => {
    const { id, label, floor, ...fields } = value;
    return { value: toUnit(id ?? unitId(building.id, label), building.id, label, floor, fields), path };
  });
  const meters: Sourced<GridMeter>[] = [];
  if (!building.grid) return { units, meters };

  const { value: grid, path } = building.grid;
  for (const key of ['waterRisers', 'drainRisers'] as const) {
    const columns = grid[key]?.length;
    if (columns !== undefined && columns !== grid.perFloor)
      book.add(
        [...path, key],
        `names ${columns} risers for ${grid.perFloor} units a floor: one for each column wanted`,
      );
  }
  const risers = (key: 'waterRisers' | 'drainRisers') =>
    (grid[key] ?? []).map((id, i) => (book.refer('riser', id, [...path, key, i]) ? id : undefined));
  const waterRisers = risers('waterRisers');
  const drainRisers = risers('drainRisers');
  const like = grid.meters?.like;
  const likeKnown = like === undefined || book.refer('device type', like, [...path, 'meters', 'like']);
  const unused = new Map(building.overrides);
  for (let floor = grid.floors[0]; floor <= grid.floors[1]; floor++) {
    // Floor 0 is written by nobody and labels of basements have no common form: such units are listed one by one.
    if (floor < 1) {
      book.add([...path, 'floors'], 'a grid begins at floor 1; list the units below one by one, under "units"');
      return { units, meters };
    }
    for (let column = 1; column <= grid.perFloor; column++) {
      const label = `${floor}${String(column).padStart(2, '0')}`;
      const override = building.overrides.get(label);
      unused.delete(label);
      const { meter, ...own } = override?.value ?? {};
      const at = override?.path ?? path;
      const inherited: UnitFields = {
        // What is told of the grid's occupancy is not true of a unit that says otherwise.
        ...(own.occupancy ? {} : { occupancy: grid.occupancy, since: grid.since, by: grid.by, review: grid.review }),
        waterRiser: waterRisers[column - 1],
        drainRiser: drainRisers[column - 1],
      };
      const unit = toUnit(unitId(building.id, label), building.id, label, floor, { ...inherited, ...own });
      book.declare('unit', unit.id, at);
      units.push({ value: unit, path: at });
      if (!grid.meters && !meter) continue;
      const id = meter?.id ?? `${unit.id}-meter`;
      book.declare('device', id, at);
      // The grid's own mistake has been told.
      if (meter?.like === undefined && !likeKnown) continue;
      meters.push({
        value: {
          unit,
          id,
          like: meter?.like ?? like,
          life: meter?.life ?? grid.meters?.life,
          attributes: { ...grid.meters?.attributes, ...meter?.attributes },
        },
        path: meter ? at : [...path, 'meters'],
      });
    }
  }
  for (const [label, { path: at }] of unused) book.add(at, `the grid has no unit "${label}"`);
  return { units, meters };
}

function toUnit(id: string, building: string, label: string, floor: number, f: UnitFields): FileUnit {
  return {
    id,
    building,
    label,
    floor,
    waterRiser: f.waterRiser ?? null,
    drainRiser: f.drainRiser ?? null,
    branchValve: f.branchValve ?? null,
    occupancy: f.occupancy ?? 'occupied',
    since: f.since ?? null,
    by: f.by ?? null,
    review: f.review ?? null,
    welfare: f.welfare ?? false,
    owner: f.owner ?? null,
    emergency: f.emergency ?? null,
    keyCustody: f.keyCustody ?? null,
    notes: f.notes ?? null,
  };
}
