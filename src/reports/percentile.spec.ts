import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { percentile } from './percentile.js';

const values = fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1, maxLength: 60 });
const share = fc.double({ min: 0.01, max: 1, noNaN: true });

describe('percentiles by nearest rank', () => {
  it('of nothing is nothing; of one value is that value', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([7], 0.9)).toBe(7);
  });

  it('of ten values: the fifth and the ninth', () => {
    const ten = [10, 1, 9, 2, 8, 3, 7, 4, 6, 5];
    expect([percentile(ten, 0.5), percentile(ten, 0.9), percentile(ten, 1)]).toEqual([5, 9, 10]);
  });

  it('is one of the values, and at least that share of them is not above it, and fewer are below', () => {
    fc.assert(
      fc.property(values, share, (of, s) => {
        const p = percentile(of, s) as number;
        expect(of).toContain(p);
        expect(of.filter((v) => v <= p).length).toBeGreaterThanOrEqual(s * of.length - 1e-9);
        expect(of.filter((v) => v < p).length).toBeLessThan(Math.max(1, Math.ceil(s * of.length)));
      }),
    );
  });

  it('grows with the share and does not care about the order; what it is given stays as it is', () => {
    fc.assert(
      fc.property(values, share, share, (of, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const before = [...of];
        expect(percentile(of, low) as number).toBeLessThanOrEqual(percentile(of, high) as number);
        expect(percentile([...of].reverse(), a)).toBe(percentile(of, a));
        expect(of).toEqual(before);
      }),
    );
  });
});
