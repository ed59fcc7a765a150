import { describe, expect, it } from '@jest/globals';
import { missingBetween } from './sequence-gap.js';

const at = (seq: number, observedAt = seq * 1000) => ({ seq, observedAt });

describe('Between two numbered readings', () => {
  it('nothing is missing when the device counts on', () => expect(missingBetween(at(7), at(8))).toBe(0));
  it('what was left out is counted', () => expect(missingBetween(at(7), at(12))).toBe(4));
  it('nothing is known before the first', () => expect(missingBetween(undefined, at(900))).toBe(0));
  it('a device that begins anew has lost nothing', () => expect(missingBetween(at(700), at(0, 701_000))).toBe(0));
  it('a jump too far is a new count', () => expect(missingBetween(at(1), at(5_000_000))).toBe(0));
  it('an upload of earlier times says nothing', () => expect(missingBetween(at(7), at(90, 2000))).toBe(0));
});
