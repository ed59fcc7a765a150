import { describe, expect, it } from '@jest/globals';
import { partsOfDay } from './day-bar.js';

const day = { from: '2026-10-25T00:00:00Z', until: '2026-10-26T00:00:00Z' };
const stretch = (from: string, until: string) => ({ from: `2026-10-${from}:00Z`, until: `2026-10-${until}:00Z` });

describe('the bar of a day', () => {
  it('shows what lies in the day, cut at its ends', () => {
    expect(partsOfDay(day, [stretch('25T06:00', '25T12:00')])).toEqual([{ at: 0.25, width: 0.25 }]);
    expect(partsOfDay(day, [stretch('24T06:00', '25T12:00')])).toEqual([{ at: 0, width: 0.5 }]);
    expect(partsOfDay(day, [stretch('24T06:00', '27T12:00')])).toEqual([{ at: 0, width: 1 }]);
  });

  it('shows nothing of other days', () => {
    expect(partsOfDay(day, [stretch('24T06:00', '25T00:00'), stretch('26T00:00', '26T01:00')])).toEqual([]);
  });
});
