import type { EstateView } from '../../src/gateway/views.js';

type Building = EstateView['buildings'][number];

/** A building as a section: one row a floor, units on both sides of the lift shafts. Sizes in SVG units (px at 16 px/rem). */
export interface BuildingLayout {
  readonly width: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly shafts: readonly { readonly x: number; readonly width: number }[];
  readonly units: readonly { readonly id: string; readonly x: number; readonly y: number; readonly width: number }[];
  readonly labels: readonly { readonly text: string; readonly y: number }[];
  /** Top of the row of `floor`; fractions lie between rows. */
  readonly yOf: (floor: number) => number;
}

const WIDTH = 168;
const LABEL = 26;
const SHAFT = 26;
const GAP = 2;
/** About this tall altogether, so that buildings side by side compare. */
const TARGET_HEIGHT = 400;

export const layOut = (building: Building, lifts: number): BuildingLayout => {
  const floors: number[] = [];
  for (let f = building.floorsMax; f >= building.floorsMin; f -= 1) floors.push(f);
  const rowHeight = Math.max(9, Math.min(22, Math.floor(TARGET_HEIGHT / Math.max(1, floors.length))));
  const yOf = (floor: number): number => (building.floorsMax - floor) * rowHeight;

  const byFloor = new Map<number, Building['units'][number][]>();
  for (const unit of building.units) byFloor.set(unit.floor, [...(byFloor.get(unit.floor) ?? []), unit]);
  const perFloor = Math.max(1, ...[...byFloor.values()].map((u) => u.length));
  const left = Math.ceil(perFloor / 2);
  const unitWidth = (WIDTH - LABEL - lifts * (SHAFT + GAP)) / perFloor - GAP;
  const shaftX = LABEL + left * (unitWidth + GAP);
  const xOf = (i: number): number =>
    i < left ? LABEL + i * (unitWidth + GAP) : shaftX + lifts * (SHAFT + GAP) + (i - left) * (unitWidth + GAP);

  const every = rowHeight >= 14 ? 1 : rowHeight >= 10 ? 2 : 5;
  return {
    width: WIDTH,
    height: floors.length * rowHeight,
    rowHeight,
    shafts: Array.from({ length: lifts }, (_, i) => ({ x: shaftX + i * (SHAFT + GAP), width: SHAFT })),
    units: [...byFloor].flatMap(([floor, units]) =>
      units
        .sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }))
        .map((unit, i) => ({ id: unit.id, x: xOf(i), y: yOf(floor), width: unitWidth })),
    ),
    labels: floors
      .filter((_, i) => (floors.length - 1 - i) % every === 0)
      .map((f) => ({ text: f < 0 ? `B${-f}` : String(f), y: yOf(f) })),
    yOf,
  };
};
