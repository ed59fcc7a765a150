import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { placeReadings } from './place-readings.js';

const at = (...observed: number[]) => observed.map((observedAt) => ({ observedAt, values: {} }));
const placed = (observed: number[], receivedAt: number): number[] =>
  placeReadings('d', at(...observed), receivedAt).map((r) => r.at);

describe('placing readings on our clock (domain §4)', () => {
  it('leaves what is past where it is, however old', () => {
    expect(placed([100, 200, 300], 1000)).toEqual([100, 200, 300]);
    expect(placed([100], 100)).toEqual([100]);
  });

  it('shifts a message from a clock ahead as a whole, so that its newest element is now', () => {
    expect(placed([5000, 5500, 6000], 1000)).toEqual([0, 500, 1000]);
  });

  it('keeps what the device said beside it', () => {
    const [r] = placeReadings('d', [{ observedAt: 6000, seq: 4, values: { wet: true } }], 1000);
    expect(r).toEqual({ device: 'd', observedAt: 6000, receivedAt: 1000, at: 1000, seq: 4, values: { wet: true } });
    const [without] = placeReadings('d', at(6000), 1000);
    expect(without && 'seq' in without).toBe(false);
  });

  it('keeps order and spacing, and never places anything after its receipt', () => {
    const time = fc.integer({ min: -1e12, max: 1e13 });
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 20 }), time, (observed, receivedAt) => {
        const result = placed(observed, receivedAt);
        expect(Math.max(...result)).toBe(Math.min(Math.max(...observed), receivedAt));
        const shift = (result[0] ?? 0) - (observed[0] ?? 0);
        expect(result).toEqual(observed.map((t) => t + shift));
        expect(shift).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('of an empty message is empty', () => {
    expect(placed([], 1000)).toEqual([]);
  });
});
