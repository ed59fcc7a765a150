import { describe, expect, it } from '@jest/globals';
import { Random } from './random.js';

const draw = (r: Random): number[] => Array.from({ length: 10_000 }, () => r.next());

describe('the generator', () => {
  it('draws the same from the same seed and something else for another device', () => {
    expect(draw(Random.for(1, 'a'))).toEqual(draw(Random.for(1, 'a')));
    expect(draw(Random.for(1, 'a'))).not.toEqual(draw(Random.for(1, 'b')));
    expect(draw(Random.for(1, 'a'))).not.toEqual(draw(Random.for(2, 'a')));
  });

  it('is uniform enough: each tenth gets its share', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const x of draw(new Random(42))) counts[Math.floor(x * 10)] = (counts[Math.floor(x * 10)] ?? 0) + 1;
    for (const c of counts) expect(Math.abs(c - 1000)).toBeLessThan(150);
  });

  it('has exponential times of the mean it is asked for, and whole numbers within their bounds', () => {
    const r = new Random(1);
    const times = Array.from({ length: 10_000 }, () => r.exponential(30));
    expect(times.reduce((a, b) => a + b, 0) / times.length).toBeCloseTo(30, -1);
    const dice = Array.from({ length: 1000 }, () => r.whole(1, 6));
    expect([Math.min(...dice), Math.max(...dice)]).toEqual([1, 6]);
  });
});
