import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OVERRIDE_SCOPES, RuleOverrides, type OverrideScope, type RuleOverride } from './rule-overrides.js';

const set = (scope: OverrideScope, scopeId: string, key: string, value: number): RuleOverride => ({
  ...{ scope, scopeId, key, value, by: 'e', at: 0, reason: 'tried' },
});
const place = { organisation: 'o', estate: 'e', building: 'b', device: 'd' };

describe('thresholds set otherwise', () => {
  it('hold where they were set and below, the most specific wins', () => {
    const rules = new RuleOverrides([
      set('device', 'd', 'x', 4),
      set('estate', 'e', 'x', 2),
      set('organisation', 'o', 'y', 1),
    ]);
    expect(rules.at(place)).toEqual({ x: 4, y: 1 });
    expect(rules.at({ ...place, device: 'other' })).toEqual({ x: 2, y: 1 });
    expect(rules.at({ ...place, estate: 'other', building: null, device: null })).toEqual({ y: 1 });
    expect(rules.at({ ...place, organisation: 'other', estate: 'other' })).toEqual({ x: 4 });
    expect(rules.holding('x', place)?.scope).toBe('device');
    expect(rules.holding('y', place)?.scope).toBe('organisation');
    expect(rules.holding('z', place)).toBeUndefined();
  });

  it('in whatever order they are listed: the value is that of the most specific scope that has one', () => {
    const some = fc.record({
      scope: fc.constantFrom(...OVERRIDE_SCOPES),
      key: fc.constantFrom('x', 'y'),
      value: fc.nat(),
    });
    const unique = { selector: (o: { scope: string; key: string }) => `${o.scope} ${o.key}` };
    fc.assert(
      fc.property(fc.uniqueArray(some, unique), (list) => {
        const rules = new RuleOverrides(list.map((o) => set(o.scope, place[o.scope], o.key, o.value)));
        for (const key of ['x', 'y']) {
          const best = OVERRIDE_SCOPES.flatMap((s) => list.filter((o) => o.scope === s && o.key === key)).at(-1);
          expect(rules.at(place)[key]).toBe(best?.value);
          expect(rules.holding(key, place)?.value).toBe(best?.value);
        }
      }),
    );
  });

  it('are one object for all devices of a place that have none of their own', () => {
    const rules = new RuleOverrides([set('estate', 'e', 'x', 2)]);
    expect(rules.at({ ...place, device: 'd1' })).toBe(rules.at({ ...place, device: 'd2' }));
  });
});
