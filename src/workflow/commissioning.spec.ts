import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice } from '../detection/device/fake-engine.js';
import { addSights, missingSights, type Sights } from './commissioning.js';

const lift = (...capabilities: string[]) =>
  fakeDevice('elevator', { life: 'commissioning', attributes: { expectedIntervalS: 5, capabilities } });
const CLOSED_EMPTY = { peopleInCar: false, door: 'closed', doorZone: false, alarmButton: false } as const;
const OPEN_FULL = { peopleInCar: true, door: 'open', doorZone: true, alarmButton: true } as const;
const ALL_EIGHT = ['presence', 'door', 'zone', 'button'].flatMap((s) => [`${s} true`, `${s} false`]);

describe('before a lift goes live', () => {
  it('presence, door, zone and button must each have been seen in both states', () => {
    expect(missingSights(lift(), {})).toEqual(ALL_EIGHT);
    const half = addSights(lift(), {}, CLOSED_EMPTY);
    expect(missingSights(lift(), half)).toEqual(ALL_EIGHT.filter((s) => s.endsWith('true')));
    expect(missingSights(lift(), addSights(lift(), half, OPEN_FULL))).toEqual([]);
  });

  it('a sensor that it declares not to have is not asked for', () => {
    expect(missingSights(lift('doorZone'), {})).not.toContain('presence true');
    expect(missingSights(lift('doorZone', 'peopleInCar'), {})).toContain('presence true');
  });

  it('a door on its way, and what is not told, count for nothing', () => {
    expect(addSights(lift(), {}, { door: 'opening' })).toEqual({});
    expect(addSights(lift(), {}, { door: 'unknown', floor: 3 })).toEqual({});
  });

  it('nothing new leaves the same object, so that nothing is written', () => {
    const seen = addSights(lift(), {}, OPEN_FULL);
    expect(addSights(lift(), seen, OPEN_FULL)).toBe(seen);
  });

  it('what has been seen stays seen, whatever comes after', () => {
    const value = fc.record(
      {
        peopleInCar: fc.boolean(),
        door: fc.constantFrom('open' as const, 'closed' as const, 'opening' as const),
        doorZone: fc.boolean(),
        alarmButton: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(value), (values) => {
        let sights: Sights = {};
        for (const v of values) {
          const before = missingSights(lift(), sights);
          sights = addSights(lift(), sights, v);
          const after = missingSights(lift(), sights);
          expect(after.every((s) => before.includes(s))).toBe(true);
        }
      }),
    );
  });

  it('other kinds have nothing to show', () => {
    expect(missingSights(fakeDevice('gate'), {})).toEqual([]);
    const known = {};
    expect(addSights(fakeDevice('gate'), known, { position: 'open' })).toBe(known);
  });
});
