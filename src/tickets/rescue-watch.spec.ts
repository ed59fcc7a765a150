import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minutes } from '../kernel/durations.js';
import type { ClockView } from '../gateway/views.js';
import { ASK_AGAIN_MS, limitKey, watchRescue, type RescueState, type Tier } from './rescue-watch.js';

const T0 = Date.UTC(2026, 0, 5, 2);
const clock = (key: ClockView['key'], limitS: number, done = false): ClockView => ({
  ...{ key, limitS, title: { zh: key, en: key }, from: new Date(T0).toISOString() },
  ...{ doneAt: done ? new Date(T0 + 1).toISOString() : null, met: done },
});
const state = (s: Partial<RescueState> = {}): RescueState => ({
  ...{ clocks: [], rescue: { since: T0, setting: 'city', rescued: false }, noted: new Set(), calls: [] },
  ...s,
});
const tiersAt = (s: RescueState, min: number): Tier[] => watchRescue(s, T0 + minutes(min)).tiers.map((t) => t.tier);

describe('the tiers of a rescue', () => {
  it.each([
    ['city', 15, 30],
    ['elsewhere', 30, 60],
  ] as const)('%s: the district station after %d minutes, fire brigade and police after %d', (setting, two, three) => {
    const s = state({ rescue: { since: T0, setting, rescued: false } });
    expect(watchRescue(s, T0 + minutes(two) - 1)).toMatchObject({ tiers: [], wakeAt: T0 + minutes(two) });
    expect(tiersAt(s, two)).toEqual([2]);
    expect(tiersAt(s, three)).toEqual([2, 3]);
  });

  it('are asked for once, and again every two minutes until somebody confirms the call', () => {
    const asked = state({ calls: [{ tier: 2, askedAt: T0 + minutes(15), called: false }] });
    expect(watchRescue(asked, T0 + minutes(17) - 1)).toMatchObject({
      tiers: [],
      askAgain: [],
      wakeAt: T0 + minutes(17),
    });
    expect(watchRescue(asked, T0 + minutes(17)).askAgain).toEqual([2]);
    const called = state({ calls: [{ tier: 2, askedAt: T0 + minutes(15), called: true }] });
    expect(watchRescue(called, T0 + minutes(20))).toMatchObject({ askAgain: [], wakeAt: T0 + minutes(30) });
  });

  it('are called for nobody who is out, and for no ticket without people to get out', () => {
    const out = state({ rescue: { since: T0, setting: 'city', rescued: true } });
    expect(watchRescue(out, T0 + minutes(300))).toEqual({ missed: [], tiers: [], askAgain: [], wakeAt: null });
    expect(watchRescue(state({ rescue: null }), T0 + minutes(300)).tiers).toEqual([]);
  });
});

describe('limits', () => {
  it('are missed at the instant they are over, once', () => {
    const s = state({ clocks: [clock('accept', 60), clock('property-start', 180, true)], rescue: null });
    expect(watchRescue(s, T0 + 59_999)).toMatchObject({ missed: [], wakeAt: T0 + 60_000 });
    expect(watchRescue(s, T0 + 60_000).missed.map((c) => c.key)).toEqual(['accept']);
    const noted = { ...s, noted: new Set(s.clocks.map(limitKey)) };
    expect(watchRescue(noted, T0 + 90_000)).toMatchObject({ missed: [], wakeAt: null });
  });

  it('woken at any time, late or often: what is noted is not noted again, and nothing that is past is waited for', () => {
    const any = fc.record({
      limits: fc.array(fc.integer({ min: 1, max: 3600 }), { maxLength: 5 }),
      asked: fc.option(fc.integer({ min: 0, max: minutes(60) })),
      called: fc.boolean(),
    });
    fc.assert(
      fc.property(any, fc.integer({ min: 0, max: minutes(90) }), ({ limits, asked, called }, after) => {
        const clocks = limits.map((l, i) => ({ ...clock('accept', l), from: new Date(T0 + i).toISOString() }));
        const calls = asked === null ? [] : [{ tier: 2 as const, askedAt: T0 + asked, called }];
        const first = watchRescue(state({ clocks, calls }), T0 + after);
        if (first.wakeAt !== null) expect(first.wakeAt).toBeGreaterThan(T0 + after);
        const told = [...calls.filter((c) => !first.askAgain.includes(c.tier))];
        for (const tier of [...first.askAgain, ...first.tiers.map((t) => t.tier)])
          told.push({ tier: tier as 2, askedAt: T0 + after, called: false });
        const noted = new Set(first.missed.map(limitKey));
        const again = watchRescue(state({ clocks, calls: told, noted }), T0 + after);
        expect(again).toMatchObject({ missed: [], tiers: [], askAgain: [], wakeAt: first.wakeAt });
        if (first.tiers.length > 0) expect(first.wakeAt).toBeLessThanOrEqual(T0 + after + ASK_AGAIN_MS);
      }),
    );
  });
});
