import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LatencyHistogram } from './latency-histogram.js';

const of = (values: readonly number[]): LatencyHistogram => {
  const h = new LatencyHistogram();
  for (const v of values) h.record(v);
  return h;
};
const values = fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 });

describe('a latency histogram', () => {
  it('tells each quantile to a per cent, never below the truth by more and never above the maximum', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.9, 0.99, 1), (list, q) => {
        const exact = [...list].sort((a, b) => a - b)[Math.max(0, Math.ceil(list.length * q) - 1)] ?? 0;
        const told = of(list).quantile(q);
        expect(told).toBeGreaterThanOrEqual(exact * 0.989);
        expect(told).toBeLessThanOrEqual(Math.min(exact * 1.011, Math.max(...list)));
      }),
    );
  });

  it('of several processes is the histogram of all their values', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const merged = LatencyHistogram.from(JSON.parse(JSON.stringify(of(a).toData())) as never);
        merged.add(of(b).toData());
        expect(merged.toData()).toEqual(of([...a, ...b]).toData());
        expect(merged.count).toBe(a.length + b.length);
      }),
    );
  });

  it('without values is zero', () => expect(new LatencyHistogram().quantile(0.99)).toBe(0));
});
