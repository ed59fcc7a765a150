import { describe, expect, it } from '@jest/globals';
import { EVENTS } from '../kernel/events.js';
import { PARAMETERS, RULES } from './rule-catalogue.js';

describe('the catalogue of rules', () => {
  it('names each rule once, with events that exist', () => {
    expect(new Set(RULES.map((r) => r.id)).size).toBe(RULES.length);
    for (const r of RULES) for (const e of r.events) expect(EVENTS).toHaveProperty([e]);
  });

  it('has one meaning for each key: overrides are stored under it', () => {
    for (const r of RULES)
      for (const p of r.parameters)
        expect({ rule: r.id, same: PARAMETERS.get(p.key) === p }).toEqual({ rule: r.id, same: true });
  });

  it('has defaults that an override could set as well, said in both languages, with a source', () => {
    for (const p of PARAMETERS.values()) {
      expect(p.default).toBeGreaterThanOrEqual(p.min);
      expect(p.default).toBeLessThanOrEqual(p.max);
      if (p.whole) expect(Number.isInteger(p.default)).toBe(true);
      for (const text of [p.about.zh, p.about.en, p.source, p.unit]) expect(text.trim()).not.toBe('');
    }
  });
});
