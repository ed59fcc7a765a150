import { describe, expect, it } from '@jest/globals';
import { dueInRain, FOLLOW_UPS, followUpsAfter, type EndedTicket } from './follow-up-rules.js';

const CITY = 'Asia/Shanghai';
const at = (text: string): number => Date.parse(text);
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const trapped: EndedTicket = {
  ...{ event: 'elevator.entrapment-between-floors', procedure: 'lift-entrapment', shape: 'rescue', priority: 'P1' },
  ...{ drill: false, move: 'rescued' },
};
const leak: EndedTicket = {
  ...trapped,
  event: 'pipe.leak',
  procedure: 'water-leak',
  shape: 'contain',
  priority: 'P2',
  move: 'resolve',
};
const kinds = (t: EndedTicket): string[] => followUpsAfter(t).map((f) => `${f.kind} ${f.role}`);

describe('what the end of a ticket asks for', () => {
  it('people who were freed are visited that day', () => {
    expect(kinds(trapped)).toEqual(['visit butler']);
    expect(iso(FOLLOW_UPS.visit.due(CITY, at('2026-11-20T06:00:00Z')))).toBe('2026-11-20T13:00:00.000Z');
    // Freed at 23:10: nobody rings at their door at night.
    expect(iso(FOLLOW_UPS.visit.due(CITY, at('2026-11-20T15:10:00Z')))).toBe('2026-11-21T04:00:00.000Z');
  });
  it('the lift is repaired by its contractor within 24 h', () => {
    expect(kinds({ ...trapped, move: 'resolve' })).toEqual(['urgent-repair contractor']);
  });
  it('a leak is repaired within 24 h and judged on the first rainy day', () => {
    expect(kinds(leak)).toEqual(['urgent-repair engineer', 'first-rain engineer']);
    expect(FOLLOW_UPS['first-rain'].due(CITY, 0)).toBeNull();
    expect(kinds({ ...leak, priority: 'P3', procedure: 'water-empty-unit' })).toEqual(['first-rain engineer']);
  });
  it('what comes back is looked at again', () => {
    expect(kinds({ ...leak, event: 'pipe.backflow', procedure: 'backflow' })).toEqual(['re-inspection engineer']);
  });
  it('nothing after a false alarm, a cancellation, a closing, or a drill', () => {
    for (const move of ['false-alarm', 'cancel', 'close', 'on-site'] as const)
      expect(kinds({ ...leak, move })).toEqual([]);
    expect(kinds({ ...trapped, drill: true })).toEqual([]);
    expect(kinds({ ...leak, drill: true })).toEqual([]);
  });
});

describe('a look on a rainy day', () => {
  it('is due in the evening of the day on which the rain begins', () => {
    expect(iso(dueInRain(CITY, at('2026-11-20T01:00:00Z')))).toBe('2026-11-20T12:00:00.000Z');
  });
  it('of rain by night is due the next noon', () => {
    expect(iso(dueInRain(CITY, at('2026-11-20T13:00:00Z')))).toBe('2026-11-21T04:00:00.000Z');
  });
});
