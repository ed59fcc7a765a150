import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localStamp } from './local-stamp.js';
import { monthOf } from './month.js';

const ZONES = [
  'Asia/Shanghai',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'Pacific/Kiritimati',
  'UTC',
];
const text = (y: number, m: number): string => `${y}-${String(m).padStart(2, '0')}`;

describe('months by the clocks of a place', () => {
  it('November in Shanghai begins sixteen hours into the last day of October by UTC', () => {
    const m = monthOf('2026-11', 'Asia/Shanghai');
    expect(new Date(m?.from ?? 0).toISOString()).toBe('2026-10-31T16:00:00.000Z');
    expect(new Date(m?.to ?? 0).toISOString()).toBe('2026-11-30T16:00:00.000Z');
  });

  it('has an hour less or more where the clocks change', () => {
    const hours = (t: string): number => {
      const m = monthOf(t, 'Europe/Berlin');
      return ((m?.to ?? 0) - (m?.from ?? 0)) / 3_600_000;
    };
    expect([hours('2026-03'), hours('2026-10'), hours('2026-01')]).toEqual([31 * 24 - 1, 31 * 24 + 1, 31 * 24]);
  });

  it.each(['2026-13', '2026-00', '2026-1', 'now', '', '26-01', '1999-12'])('knows no month "%s"', (t) => {
    expect(monthOf(t, 'UTC')).toBeNull();
  });

  it('tiles time: each month ends where the next begins, and every instant of it shows its name', () => {
    const year = fc.integer({ min: 2000, max: 2040 });
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        year,
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (zone, y, m, where) => {
          const here = monthOf(text(y, m), zone);
          const next = monthOf(m === 12 ? text(y + 1, 1) : text(y, m + 1), zone);
          if (!here || !next) throw new Error('no month');
          expect(here.to).toBe(next.from);
          const at = Math.floor(here.from + where * (here.to - here.from));
          expect(localStamp(zone, at).slice(0, 7)).toBe(text(y, m));
          expect(localStamp(zone, here.from - 1).slice(0, 7)).not.toBe(text(y, m));
        },
      ),
      { numRuns: 200 },
    );
  });
});
