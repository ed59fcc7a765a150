import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localTime, localYear } from './local-time.js';

describe('local time', () => {
  it('tells hour and weekday in the place’s own zone', () => {
    // Monday 2026-01-05 18:30 UTC is Tuesday 02:30 in Shanghai.
    expect(localTime('Asia/Shanghai', Date.UTC(2026, 0, 5, 18, 30))).toMatchObject({
      weekday: 2,
      hour: 2,
      minuteOfDay: 150,
    });
  });

  it('follows daylight saving: 02:30 does not exist on the night in March', () => {
    const before = localTime('Europe/Rome', Date.UTC(2022, 2, 27, 0, 59));
    const after = localTime('Europe/Rome', Date.UTC(2022, 2, 27, 1, 0));
    expect([before.hour, after.hour]).toEqual([1, 3]);
    expect(after.day).toBe(before.day);
  });

  it('agrees with Intl at any instant', () => {
    const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Rome', 'America/St_Johns', 'Asia/Kathmandu', 'UTC');
    const at = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) });
    fc.assert(
      fc.property(zone, at, (timeZone, t) => {
        const told = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(t);
        const { minuteOfDay, hour } = localTime(timeZone, t);
        expect(`${String(hour).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`).toBe(told);
      }),
    );
  });
});

describe('the year at a place', () => {
  it('begins at its own midnight', () => {
    const eve = Date.UTC(2025, 11, 31, 15, 59, 59);
    expect([localYear('Asia/Shanghai', eve), localYear('Asia/Shanghai', eve + 1000)]).toEqual([2025, 2026]);
    expect(localYear('America/New_York', eve + 1000)).toBe(2025);
  });
});
