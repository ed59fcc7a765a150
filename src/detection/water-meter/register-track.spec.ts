import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice } from '../device/fake-engine.js';
import { beginTrack, followRegister } from './register-track.js';

const device = fakeDevice('water-meter', {
  attributes: { expectedIntervalS: 3600, capabilities: [], q3M3h: 2.5, registerStepM3: 0.001 },
});

/** Litres told one after the other; the litres that passed with each, and what became of it. */
function follow(litres: readonly (number | [number, string])[]): (number | 'swap' | 'foreign')[] {
  const told = litres.map((l) => (typeof l === 'number' ? ([l, undefined] as const) : l));
  const [first, ...rest] = told;
  let track = beginTrack((first?.[0] ?? 0) / 1000, first?.[1]);
  return rest.map(([l, serial]) => {
    const f = followRegister(track, l / 1000, serial, device);
    track = f.track;
    return f.swapped ? 'swap' : f.foreign ? 'foreign' : Math.round(f.deltaM3 * 1000);
  });
}

describe('a register that is followed', () => {
  it('counts what it rises by, and small falls only once they are made up', () => {
    expect(follow([1000, 1003, 1003, 1001, 1002, 1005])).toEqual([3, 0, 0, 0, 2]);
  });

  it('takes another level for another meter when it is kept for three readings', () => {
    expect(follow([500_000, 12, 14, 14, 20])).toEqual(['foreign', 'foreign', 'swap', 6]);
  });

  it('takes another serial number for another meter at once, even on a level near', () => {
    expect(follow([[5000, 'A'], [5002, 'A'], [5003, 'B'], [5004, 'B']])).toEqual([2, 'swap', 1]); // prettier-ignore
  });

  it('keeps two series under one name apart, the higher first or the lower', () => {
    expect(follow([207_774, 456_017, 207_814, 456_273, 207_851])).toEqual(['foreign', 40, 'foreign', 37]);
    expect(follow([456_017, 207_814, 456_273, 207_851, 456_353])).toEqual(['foreign', 256, 'foreign', 80]);
  });

  it('does not take a day at full flow for a swap', () => {
    expect(follow([0, 60_000])).toEqual([60_000]);
    expect(follow([0, 80_000])).toEqual(['foreign']);
  });

  it('never counts more water than the register has risen by', () => {
    const litres = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(litres, (series) => {
        const found = follow(series);
        if (found.includes('swap')) return;
        const passed = found.reduce<number>((sum, f) => sum + (typeof f === 'number' ? f : 0), 0);
        expect(passed).toBeLessThanOrEqual(Math.max(...series) - (series[0] ?? 0));
      }),
    );
  });
});
