import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packStates, unpackStates, type StoredStates } from './packed-states.js';

const rule = (id: string, initial: unknown, version = 1) => ({ id, version, initial: () => initial });
const stored = (rules: ReturnType<typeof rule>[], states: unknown[]): StoredStates =>
  JSON.parse(JSON.stringify(packStates(rules, states))) as StoredStates;

describe('packed states', () => {
  it('are written as what differs from the initial ones, and a part that rules share once', () => {
    const initial = Object.freeze({ car: null, raised: null, floor: 1 });
    const rules = ['a', 'b', 'c', 'd'].map((id) => rule(id, initial));
    const car = { door: 'open', seenAt: 5 };
    const states = [{ ...initial, car }, { car, raised: 7, floor: 1 }, initial, { ...initial }];
    const packed = stored(rules, states);
    expect(packed).toEqual({
      a: { v: 1, s: { car: { door: 'open', seenAt: 5 } } },
      b: { v: 1, s: { car: { '=': ['a', 'car'] }, raised: 7 } },
    });
    expect(unpackStates(rules, packed)).toEqual(states);
  });

  it('are read where nothing was packed, as the first release wrote them', () => {
    const rules = [rule('a', { car: { door: null, load: 0 }, raised: null })];
    const s = { car: { door: 'open', load: 2 }, raised: 3 };
    expect(unpackStates(rules, { a: { v: 1, s } })).toEqual([s]);
  });

  it('of a rule that has another version now are dropped; what others share with it is not', () => {
    const initial = { car: { door: null, load: 0 } };
    const car = { door: 'open', load: 0 };
    const packed = stored([rule('a', initial), rule('b', initial)], [{ car }, { car }]);
    const next = [rule('a', initial, 2), rule('b', initial)];
    expect(unpackStates(next, packed)).toEqual([initial, { car }]);
  });

  it('come back as they were, whatever is in them and however their parts share others', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.constantFrom(null, false, 'x', {}, []),
      fc.array(fc.nat(), { maxLength: 2 }),
    );
    const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { maxKeys: 3 });
    // Each part may hold any earlier one, also an initial one, so that every kind of sharing comes up.
    const link = fc.tuple(fc.nat(50), fc.nat(50), fields);
    const parts = fc.tuple(fields, fc.array(link, { minLength: 1, maxLength: 10 }));
    fc.assert(
      fc.property(parts, fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 4 }), (made, chosen) => {
        const [first, links] = made;
        const pool: object[] = [first];
        for (const [i, j, more] of links) pool.push({ ...more, d: pool[i % pool.length], e: pool[j % pool.length] });
        const at = (i: number): object => pool[i % pool.length] as object;
        const rules = chosen.map(([initial], i) => rule(`rule-${i}`, at(initial)));
        const states = chosen.map(([, state]) => at(state));
        expect(unpackStates(rules, stored(rules, states))).toEqual(states);
      }),
      { numRuns: 1000 },
    );
  });
});
