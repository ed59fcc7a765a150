import { describe, expect, it } from '@jest/globals';
import { EVENTS, type CatalogueEvent } from '../kernel/events.js';
import { procedureFor } from './procedure-catalogue.js';
import type { Procedure } from './procedure.js';

const events = Object.keys(EVENTS) as CatalogueEvent[];
const all = [...new Set(events.map(procedureFor))];

describe('the procedures', () => {
  it.each(all.map((p): [string, Procedure] => [p.id, p]))(
    '%s: steps with keys of their own, something required',
    (_, p) => {
      expect(new Set(p.steps.map((s) => s.key)).size).toBe(p.steps.length);
      expect(p.steps.some((s) => s.required)).toBe(true);
      for (const s of p.steps) expect(s.limitS ?? 1).toBeGreaterThan(0);
      expect(p.steps.every((s) => s.title.zh !== '' && s.title.en !== '')).toBe(true);
    },
  );

  it('have ids of their own', () => {
    expect(new Set(all.map((p) => p.id)).size).toBe(all.length);
  });

  it('give every event that may take a person’s life or home one that is more than device trouble', () => {
    const plain = events.filter((e) => procedureFor(e).id === 'device-trouble');
    expect(plain.filter((e) => EVENTS[e].priority === 'P1' || EVENTS[e].priority === 'P2')).toEqual([]);
  });

  it('call the fire brigade before anything else, and an ambulance, police or contractor where they are needed', () => {
    expect(procedureFor('smoke.alarm').steps[0]?.title.en).toContain('119');
    expect(procedureFor('building.fire-mode').id).toBe('smoke-fire');
    expect(procedureFor('gate.forced-open').steps.some((s) => s.title.en.includes('110'))).toBe(true);
    expect(
      procedureFor('meter.no-use-welfare')
        .steps.map((s) => s.key)
        .slice(0, 3),
    ).toEqual(['phone', 'contact', 'visit']);
  });

  it('of what an estate configured itself is device trouble', () => {
    expect(procedureFor('generic.anything').id).toBe('device-trouble');
  });
});
