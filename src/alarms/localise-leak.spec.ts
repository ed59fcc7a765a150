import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OCCUPANCIES, type Occupancy } from '../estate/device.js';
import type { UnitEntry } from '../estate/estate-directory.js';
import { localiseLeak, meanFlow, usualFlow, type UnitFlow } from './localise-leak.js';

const unit = (floor: number, occupancy: Occupancy = 'occupied', column = 1): UnitEntry => ({
  id: `b-${floor}0${column}`,
  estate: 'e',
  building: 'b',
  label: `${floor}0${column}`,
  floor,
  waterRiser: 'w',
  drainRiser: 'd',
  branchValve: null,
  occupancy,
  welfare: false,
  owner: null,
  emergency: null,
  keyCustody: null,
  notes: null,
});
const flow = (u: UnitEntry, nowLph: number | null, usualLph: number | null = 0, alarmed = false): UnitFlow => ({
  unit: u,
  meter: `${u.id}-meter`,
  nowLph,
  usualLph,
  heardAt: 0,
  alarmed,
});
const order = (flows: UnitFlow[], floor: number | null = null): string[] =>
  localiseLeak(flows, { floor }).suspects.map((s) => s.flow.unit.label);

describe('the first suspect', () => {
  it('is the empty flat whose meter turns, before a household that only showers', () => {
    expect(order([flow(unit(8), 600, 30), flow(unit(7, 'vacant'), 12), flow(unit(6), 0)], 5)).toEqual(['701', '801']);
  });

  it('is the household far beyond its usual when no empty flat turns', () => {
    const flows = [flow(unit(8), 40, 35), flow(unit(7), 900, 20), flow(unit(9, 'for-sale'), 0)];
    expect(order(flows)).toEqual(['701', '801']);
  });

  it('is not what lies below the water', () => {
    expect(order([flow(unit(2, 'vacant'), 500), flow(unit(8), 100, 0)], 5)).toEqual(['801', '201']);
  });

  it('is told why, in both languages', () => {
    const [first] = localiseLeak([flow(unit(7, 'for-sale'), 180, 0, true)], { floor: 5 }).suspects;
    expect(first?.reason).toEqual({
      zh: '待售，此刻 180 升/小时，平时此时 0 升/小时，水表已告警',
      en: 'for sale, 180 L/h now, usually 0 L/h at this hour, its meter has an alarm',
    });
  });
});

it('a meter that is not heard cannot be ruled out, one that stands still is', () => {
  const r = localiseLeak([flow(unit(7), null), flow(unit(8, 'vacant'), null), flow(unit(9), 0)], { floor: 5 });
  expect(r.suspects.map((s) => s.flow.unit.label)).toEqual(['801', '701']);
  expect(r.notes.map((n) => n.en)).toEqual([
    '1 meters stand still: ruled out',
    'No meter turns oddly: look at the riser itself, common pipes and rain from the roof',
  ]);
});

it('units below the source may be wet and units above must stop, nearest first', () => {
  const flows = [9, 8, 7, 6, 5, 4].map((f) => flow(unit(f, f === 7 ? 'vacant' : 'occupied'), f === 7 ? 90 : 0));
  const r = localiseLeak(flows, { floor: 5 });
  expect(r.below.map((u) => u.label)).toEqual(['601', '501', '401']);
  expect(r.above.map((u) => u.label)).toEqual(['601', '801', '901']);
});

describe('any riser', () => {
  const anyFlow = fc
    .record({
      floor: fc.integer({ min: 1, max: 30 }),
      column: fc.integer({ min: 1, max: 4 }),
      occupancy: fc.constantFrom(...OCCUPANCIES),
      now: fc.option(fc.double({ min: 0, max: 2000, noNaN: true })),
      usual: fc.option(fc.double({ min: 0, max: 2000, noNaN: true })),
      alarmed: fc.boolean(),
    })
    .map((f) => flow(unit(f.floor, f.occupancy, f.column), f.now, f.usual, f.alarmed));
  const anyRiser = fc.uniqueArray(anyFlow, { selector: (f) => f.unit.id, maxLength: 40 });
  const anyFloor = fc.option(fc.integer({ min: 1, max: 30 }));

  it('accuses nobody whose meter stands still, and ranks alike whatever the order of asking', () => {
    fc.assert(
      fc.property(anyRiser, anyFloor, (flows, floor) => {
        const ranked = order(flows, floor);
        const still = flows.filter((f) => f.nowLph !== null && f.nowLph < 0.5).map((f) => f.unit.label);
        expect(ranked.filter((l) => still.includes(l))).toEqual([]);
        expect(order([...flows].reverse(), floor)).toEqual(ranked);
      }),
    );
  });

  it('puts an empty unit that turns at or above the water before every other', () => {
    fc.assert(
      fc.property(anyRiser, anyFloor, (flows, floor) => {
        const { suspects } = localiseLeak(flows, { floor });
        const grounds = suspects.map((s) => s.ground);
        expect(grounds.lastIndexOf('turns-while-empty')).toBe(
          grounds.filter((g) => g === 'turns-while-empty').length - 1,
        );
      }),
    );
  });
});

describe('a flow', () => {
  const at = (min: number, volumeM3: number) => ({ at: min * 60_000, volumeM3 });
  it('comes from the register, and a register that falls says nothing', () => {
    expect(meanFlow([at(0, 1), at(30, 1.05)])).toBeCloseTo(100);
    expect(meanFlow([at(0, 5), at(30, 0.001)])).toBeNull();
    expect(meanFlow([at(0, 1)])).toBeNull();
    expect(meanFlow([{ at: 0, flowLph: 30 }])).toBe(30);
  });

  it('is usual when it is the middle of at least three days', () => {
    expect(usualFlow([0, 400, 0, 3, null])).toBe(0);
    expect(usualFlow([1, 2, null, null])).toBeNull();
  });
});
