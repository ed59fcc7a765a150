import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everyHours, windowAt } from './day-windows.js';
import { localTime } from './local-time.js';
import { afterWorkingDays, instantAt, monthOf, nextWakingMoment } from './zoned-time.js';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString();
const DAY = 86_400_000;
const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC');
const instants = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') });

describe('an instant by the clocks of a place', () => {
  it('is what those clocks show', () => {
    expect(iso(instantAt('Asia/Shanghai', at('2026-03-01T00:00:00Z') / DAY, 21 * 60))).toBe('2026-03-01T13:00:00.000Z');
    expect(iso(instantAt('Europe/Berlin', at('2026-07-01T00:00:00Z') / DAY, 0))).toBe('2026-06-30T22:00:00.000Z');
  });

  it('in an hour that is left out is an hour later, in one that comes twice the first', () => {
    const day = (text: string): number => at(`${text}T00:00:00Z`) / DAY;
    expect(iso(instantAt('Europe/Berlin', day('2026-03-29'), 150))).toBe('2026-03-29T01:30:00.000Z');
    expect(iso(instantAt('Europe/Berlin', day('2026-10-25'), 150))).toBe('2026-10-25T00:30:00.000Z');
  });

  it('reads back, wherever the clocks show it at all', () => {
    fc.assert(
      fc.property(zones, instants, (zone, ms) => {
        const local = localTime(zone, ms);
        const back = instantAt(zone, local.day, local.minuteOfDay);
        expect(localTime(zone, back)).toEqual(local);
        expect(back).toBeLessThanOrEqual(ms);
      }),
    );
  });
});

describe('working days', () => {
  it('leave out the weekend and end at 18:00', () => {
    // A Friday evening in Hangzhou; seven working days later is Tuesday week.
    expect(iso(afterWorkingDays('Asia/Shanghai', at('2026-11-20T14:00:00Z'), 7))).toBe('2026-12-01T10:00:00.000Z');
    expect(iso(afterWorkingDays('Asia/Shanghai', at('2026-11-21T03:00:00Z'), 1))).toBe('2026-11-23T10:00:00.000Z');
  });
});

describe('reminders', () => {
  it('come by day only', () => {
    expect(iso(nextWakingMoment('Asia/Shanghai', at('2026-11-20T15:00:00Z')))).toBe('2026-11-21T01:00:00.000Z');
    expect(iso(nextWakingMoment('Asia/Shanghai', at('2026-11-20T22:00:00Z')))).toBe('2026-11-21T01:00:00.000Z');
    expect(iso(nextWakingMoment('Asia/Shanghai', at('2026-11-21T02:00:00Z')))).toBe('2026-11-21T02:00:00.000Z');
  });
  it('never come before they are asked for, and always between 9 and 18', () => {
    fc.assert(
      fc.property(zones, instants, (zone, ms) => {
        const next = nextWakingMoment(zone, ms);
        expect(next).toBeGreaterThanOrEqual(ms);
        const { minuteOfDay } = localTime(zone, next);
        expect(minuteOfDay).toBeGreaterThanOrEqual(540);
        expect(minuteOfDay).toBeLessThan(1080);
      }),
    );
  });
  it('months are those of the place', () => {
    expect(monthOf('Asia/Shanghai', at('2026-10-31T17:00:00Z'))).toBe('2026-11');
  });
});

describe('a part of the day', () => {
  it('holds its instant, and the parts follow each other without a gap', () => {
    fc.assert(
      fc.property(zones, instants, fc.integer({ min: 1, max: 24 }), (zone, ms, h) => {
        const w = windowAt(zone, everyHours(h), ms);
        expect(w.from).toBeLessThanOrEqual(ms);
        expect(w.to).toBeGreaterThan(ms);
        expect(windowAt(zone, everyHours(h), w.to).from).toBe(w.to);
        expect(windowAt(zone, everyHours(h), w.from - 1).to).toBe(w.from);
      }),
    );
  });
  it('of two hours is longer on the night when the clocks go back', () => {
    const w = windowAt('Europe/Berlin', everyHours(2), at('2026-10-25T01:10:00Z'));
    expect((w.to - w.from) / 3_600_000).toBe(3);
  });
});
