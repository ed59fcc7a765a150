import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayOf, instantOf, minuteOf } from './local-instant.js';
import { localTime } from './local-time.js';

const at = (zone: string, date: string, time: string): string =>
  new Date(instantOf(zone, dayOf(date), minuteOf(time))).toISOString();

describe('a local wall time as an instant', () => {
  it('on ordinary days is what the clocks show', () => {
    expect(at('Asia/Shanghai', '2026-03-29', '08:00')).toBe('2026-03-29T00:00:00.000Z');
    expect(at('Europe/Berlin', '2026-07-01', '08:00')).toBe('2026-07-01T06:00:00.000Z');
  });

  it('that comes twice is the first of the two', () => {
    expect(at('Europe/Berlin', '2026-10-25', '02:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(at('Europe/Berlin', '2026-10-25', '03:00')).toBe('2026-10-25T02:00:00.000Z');
    expect(at('America/New_York', '2026-11-01', '01:15')).toBe('2026-11-01T05:15:00.000Z');
    expect(at('Australia/Lord_Howe', '2026-04-05', '01:45')).toBe('2026-04-04T14:45:00.000Z');
  });

  it('that is missing is the moment at which the clocks jump', () => {
    for (const time of ['02:00', '02:30', '02:59', '03:00'])
      expect(at('Europe/Berlin', '2026-03-29', time)).toBe('2026-03-29T01:00:00.000Z');
    expect(at('America/New_York', '2026-03-08', '02:30')).toBe('2026-03-08T07:00:00.000Z');
  });

  const zone = fc.constantFrom(
    ...['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'America/St_Johns', 'Australia/Lord_Howe', 'UTC'],
  );
  const day = fc.integer({ min: dayOf('2025-01-01'), max: dayOf('2028-01-01') });
  const minute = fc.integer({ min: 0, max: 1439 });

  it('is the first instant at which the clocks show it or later', () => {
    fc.assert(
      fc.property(zone, day, minute, (z, d, m) => {
        const wall = (t: number): number => localTime(z, t).day * 1440 + localTime(z, t).minuteOfDay;
        const found = instantOf(z, d, m);
        expect(wall(found)).toBeGreaterThanOrEqual(d * 1440 + m);
        expect(wall(found - 1)).toBeLessThan(d * 1440 + m);
      }),
      { numRuns: 2000 },
    );
  });

  it('never goes back: a later wall time is not an earlier instant', () => {
    fc.assert(
      fc.property(zone, day, minute, minute, (z, d, a, b) => {
        expect(instantOf(z, d, Math.min(a, b))).toBeLessThanOrEqual(instantOf(z, d, Math.max(a, b)));
      }),
    );
  });
});
