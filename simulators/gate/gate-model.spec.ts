import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ModelMessage } from '../model.js';
import { Random } from '../random.js';
import { GateModel } from './gate-model.js';

const MIDNIGHT = Date.UTC(2026, 0, 4, 16, 0, 0); // in Shanghai

function play(vehicle: boolean, seed: number, hours = 24): readonly ModelMessage[] {
  const random = new Random(seed);
  const model = new GateModel({ vehicle, passagesPerHour: 40, reportEveryMs: 30_000, utcOffsetHours: 8 });
  return model.step(model.start(MIDNIGHT, random), MIDNIGHT + hours * 3_600_000, random).messages;
}

const longestOpenMs = (log: readonly ModelMessage[]): number => {
  let since: number | null = null;
  let longest = 0;
  for (const m of log) {
    since = m.values['position'] === 'open' ? (since ?? m.at) : null;
    longest = Math.max(longest, since === null ? 0 : m.at - since);
  }
  return longest;
};

describe('a gate', () => {
  it('is never open for 20 s, the pre-alarm of a door held open, and never under duress, while nothing is staged', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.integer(), (vehicle, seed) => {
        const log = play(vehicle, seed, 12);
        expect(longestOpenMs(log)).toBeLessThan(20_000);
        expect(log.some((m) => m.values['access'] === 'duress')).toBe(false);
      }),
      { numRuns: 15 },
    );
  });

  it('is busiest in the morning and in the evening', () => {
    const opened = play(true, 3).filter((m) => m.values['access'] === 'granted');
    const in2h = (hour: number): number =>
      opened.filter((m) => m.at >= MIDNIGHT + hour * 3_600_000 && m.at < MIDNIGHT + (hour + 2) * 3_600_000).length;
    expect(in2h(7)).toBeGreaterThan(1.7 * in2h(10));
    expect(in2h(17)).toBeGreaterThan(1.7 * in2h(13));
    expect(in2h(1)).toBeLessThan(in2h(10));
  });

  it('opens a door only after a grant or the exit button', () => {
    let before: ModelMessage | undefined;
    for (const m of play(false, 9)) {
      if (m.values['position'] === 'open' && before?.values['position'] === 'closed') {
        expect(
          before.values['access'] === 'granted' ||
            before.values['egress'] === true ||
            before.values['mode'] === 'accessed',
        ).toBe(true);
      }
      before = m;
    }
  });

  it('held open, stays open and locked until it may close', () => {
    const random = new Random(1);
    const model = new GateModel({ vehicle: false, passagesPerHour: 40, reportEveryMs: 30_000, utcOffsetHours: 8 });
    let state = model.direct(model.start(MIDNIGHT, random), { do: 'hold-open' }, MIDNIGHT + 1000, random);
    const held = model.step(state, MIDNIGHT + 121_000, random);
    expect(longestOpenMs(held.messages)).toBeGreaterThan(85_000);
    expect(held.messages.at(-1)?.values).toMatchObject({ position: 'open', mode: 'locked' });
    state = model.direct(held.state, { do: 'let-close' }, MIDNIGHT + 121_000, random);
    const closed = model.step(state, MIDNIGHT + 121_001, random);
    expect(closed.messages.at(-1)?.values['position']).toBe('closed');
  });

  it('tells a duress code once', () => {
    const random = new Random(1);
    const model = new GateModel({ vehicle: false, passagesPerHour: 1, reportEveryMs: 30_000, utcOffsetHours: 8 });
    const state = model.direct(model.start(MIDNIGHT, random), { do: 'duress' }, MIDNIGHT + 1000, random);
    const log = model.step(state, MIDNIGHT + 60_000, random).messages;
    expect(log.filter((m) => m.values['access'] === 'duress')).toHaveLength(1);
  });
});
