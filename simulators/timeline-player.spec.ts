import { describe, expect, it } from '@jest/globals';
import type { TimelineEntry } from './scenario.js';
import { dueEntries } from './timeline-player.js';

const entry = (at: number, hold = 0): TimelineEntry => ({ at, hold, who: 'car', directive: { do: 'rescue' } });

describe('a timeline', () => {
  it('plays each entry once, when its model time has come', () => {
    const timeline = [entry(5), entry(5), entry(9)];
    const early = dueEntries(timeline, { next: 0, lastAt: 0 }, 4.9, 1000);
    expect(early.due).toEqual([]);
    const both = dueEntries(timeline, early.state, 5, 1100);
    expect(both.due).toHaveLength(2);
    expect(dueEntries(timeline, both.state, 8, 1200).due).toEqual([]);
  });

  it('keeps a hold in real seconds, however fast the model runs', () => {
    const timeline = [entry(1), entry(2, 30)];
    const first = dueEntries(timeline, { next: 0, lastAt: 0 }, 500, 10_000);
    expect(first.due).toHaveLength(1);
    expect(dueEntries(timeline, first.state, 5000, 39_999).due).toEqual([]);
    expect(dueEntries(timeline, first.state, 5000, 40_000).due).toHaveLength(1);
  });
});
