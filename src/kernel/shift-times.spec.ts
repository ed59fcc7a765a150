import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shiftTimes } from './shift-times.js';

describe('moving the times of a state', () => {
  it('moves numbers called at, since, …At and …Since, at every depth, and nothing else', () => {
    const state = {
      heldSince: 100,
      at: 5,
      since: 6,
      run: [{ lastAt: 7, litres: 8 }],
      raised: null,
      endedAt: null,
      flat: 9,
      atFloor: 3,
      attic: 1,
    };
    expect(shiftTimes(state, 1000)).toEqual({
      heldSince: 1100,
      at: 1005,
      since: 1006,
      run: [{ lastAt: 1007, litres: 8 }],
      raised: null,
      endedAt: null,
      flat: 9,
      atFloor: 3,
      attic: 1,
    });
  });

  it('does not touch the state it was given', () => {
    const state = { heldSince: 1, in: { at: 2 } };
    shiftTimes(state, 10);
    expect(state).toEqual({ heldSince: 1, in: { at: 2 } });
  });

  it('there and back is where it was', () => {
    const key = fc.constantFrom('at', 'since', 'heldAt', 'goneSince', 'floor', 'x');
    const state = fc.dictionary(key, fc.oneof(fc.integer(), fc.constant(null), fc.dictionary(key, fc.integer())));
    fc.assert(
      fc.property(state, fc.integer(), (s, by) => expect(shiftTimes(shiftTimes(s, by), -by)).toEqual({ ...s })),
    );
  });
});
