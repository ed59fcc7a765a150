import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minutes } from '../kernel/durations.js';
import type { DecodedReading } from './decode-native.js';
import { DuplicateFilter } from './duplicate-filter.js';

const reading = (observedAt: number, seq?: number, wet = false): DecodedReading => ({
  observedAt,
  ...(seq === undefined ? {} : { seq }),
  values: { wet },
});

describe('a reading is a duplicate', () => {
  it('when seq, observedAt and values were told before', () => {
    const f = new DuplicateFilter();
    expect([f.check(reading(1, 5), 0), f.check(reading(1, 5), 0), f.check(reading(1, 5), 9)]).toEqual([
      ...[false, true],
      true,
    ]);
  });

  it('not when one of the three differs: a bridge that restarts counts from 0 again', () => {
    const f = new DuplicateFilter();
    f.check(reading(100, 0), 0);
    expect(f.check(reading(100, 1), 0)).toBe(false);
    expect(f.check(reading(99, 0), 0)).toBe(false);
    expect(f.check(reading(100, 0, true), 0)).toBe(false);
    expect(f.check(reading(100), 0)).toBe(false);
    expect(f.check(reading(100, 0), 0)).toBe(true);
  });

  it('within 10 minutes, not after', () => {
    const f = new DuplicateFilter();
    f.check(reading(1, 1), 0);
    expect(f.check(reading(1, 1), minutes(10))).toBe(true);
    expect(f.check(reading(1, 1), minutes(10) + 1)).toBe(false);
  });

  it('also out of order, of any of the last 32', () => {
    const f = new DuplicateFilter();
    for (let i = 0; i < 32; i++) f.check(reading(i, i), 0);
    expect(Array.from({ length: 32 }, (_, i) => f.check(reading(i, i), 0))).toEqual(Array(32).fill(true));
  });

  it('of any that was in flight when a connection broke, however many a busy device had', () => {
    const f = new DuplicateFilter();
    for (let i = 0; i < 1000; i++) f.check(reading(i, i), i * 50);
    const again = Array.from({ length: 1000 }, (_, i) => f.check(reading(i, i), 400_000 + i));
    expect(again).toEqual(Array(1000).fill(true));
  });

  it('told or not: the answer is that of a list, for all that must be remembered and for all that must not', () => {
    const some = fc.record({ observedAt: fc.nat(6), seq: fc.option(fc.nat(2), { nil: undefined }), wet: fc.boolean() });
    const wait = fc.oneof(fc.nat(50), fc.nat(3000), fc.nat(120_000));
    fc.assert(
      fc.property(fc.array(fc.tuple(some, wait), { maxLength: 200 }), (told) => {
        const f = new DuplicateFilter();
        const model: { key: string; at: number }[] = [];
        let now = 0;
        for (const [{ observedAt, seq, wet }, waited] of told) {
          now += waited;
          const key = `${observedAt}/${seq}/${wet}`;
          const isIt = (m: { key: string; at: number }): boolean => m.key === key && now - m.at <= minutes(10);
          const answer = f.check(reading(observedAt, seq, wet), now);
          const lastMinute = model.filter((m) => now - m.at < minutes(1));
          if ([...model.slice(-32), ...lastMinute].some(isIt)) expect(answer).toBe(true);
          if (!model.some(isIt)) expect(answer).toBe(false);
          if (!answer) model.push({ key, at: now });
        }
      }),
      { numRuns: 300 },
    );
  });
});
