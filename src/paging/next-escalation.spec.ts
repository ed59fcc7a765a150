import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seconds } from '../kernel/durations.js';
import { nextEscalation, type EscalationState } from './next-escalation.js';
import type { SlotPolicy } from './policy.js';

const T0 = 1_000_000;
const policyOf = (...afterS: number[]): SlotPolicy => ({
  slot: 'responder',
  role: 'butler',
  opensAfterS: 0,
  levels: afterS.map((s) => ({ afterS: s, targets: [] })),
  repeatS: 60,
});
const THREE = policyOf(0, 60, 120);
const open = (level: number, undelivered = false): EscalationState => ({
  state: 'open',
  openedAt: T0,
  level,
  undelivered,
});
const at = (s: EscalationState, now: number, policy = THREE) => {
  const d = nextEscalation(policy, s, T0 + now);
  return { levels: d.levels.map((l) => l.no), wakeIn: d.wakeAt === null ? null : d.wakeAt - T0 };
};

describe('the next level of a slot', () => {
  it('is paged when its time since the opening has come, to the millisecond', () => {
    expect(at(open(-1), 0)).toEqual({ levels: [0], wakeIn: 60_000 });
    expect(at(open(0), 59_999)).toEqual({ levels: [], wakeIn: 60_000 });
    expect(at(open(0), 60_000)).toEqual({ levels: [1], wakeIn: 120_000 });
    expect(at(open(1), 120_000)).toEqual({ levels: [2], wakeIn: null });
    expect(at(open(2), 900_000)).toEqual({ levels: [], wakeIn: null });
  });

  it('woken late: everything that is due, in order', () => {
    expect(at(open(-1), 130_000)).toEqual({ levels: [0, 1, 2], wakeIn: null });
    expect(at(open(0), 61_000)).toEqual({ levels: [1], wakeIn: 120_000 });
  });

  it('woken twice: nothing the second time', () => {
    expect(at(open(1), 60_000)).toEqual({ levels: [], wakeIn: 120_000 });
  });

  it('a page that is not delivered brings the next level forward, and only that one', () => {
    expect(at(open(0, true), 10_000)).toEqual({ levels: [1], wakeIn: 120_000 });
    expect(at(open(1, true), 20_000)).toEqual({ levels: [2], wakeIn: null });
    expect(at(open(2, true), 30_000)).toEqual({ levels: [], wakeIn: null });
  });

  it('waits for the opening of a slot that opens later, and rests once it is filled or over', () => {
    expect(at({ ...open(-1), state: 'pending' }, -30_000)).toEqual({ levels: [], wakeIn: 0 });
    for (const state of ['filled', 'over'] as const)
      expect(at({ ...open(0, true), state }, 900_000)).toEqual({ levels: [], wakeIn: null });
  });

  it('says why', () => {
    expect(nextEscalation(THREE, open(0), T0 + 60_000).reason).toContain('due after 60 s');
    expect(nextEscalation(THREE, open(0, true), T0 + 10_000).reason).toContain('not delivered in 10 s');
    expect(nextEscalation(THREE, { ...open(0), state: 'filled' }, T0).reason).toBe('slot is filled');
  });
});

describe('law 4: whoever wakes only re-checks', () => {
  const times = fc
    .array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 6 })
    .map((a) => [0, ...a].sort((x, y) => x - y));

  it('at whatever times it is woken, each level is paged once, in order, and at the end exactly those that are due', () => {
    const wakes = fc.array(fc.integer({ min: 0, max: 700_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(times, wakes, (afterS, unsorted) => {
        const policy = policyOf(...afterS);
        const paged: number[] = [];
        const nows = unsorted.sort((a, b) => a - b);
        for (const now of nows) paged.push(...at(open(paged.at(-1) ?? -1), now, policy).levels);
        const last = nows.at(-1) ?? 0;
        expect(paged).toEqual(afterS.flatMap((s, no) => (seconds(s) <= last ? [no] : [])));
      }),
    );
  });

  it('who wakes exactly when he is told to is never late: each level at its own time', () => {
    fc.assert(
      fc.property(times, (afterS) => {
        const policy = policyOf(...afterS);
        const pagedAt: number[] = [];
        for (let now: number | null = 0; now !== null;) {
          const d: ReturnType<typeof at> = at(open(pagedAt.length - 1), now, policy);
          for (const no of d.levels) pagedAt[no] = now;
          now = d.wakeIn;
        }
        expect(pagedAt).toEqual(afterS.map(seconds));
      }),
    );
  });

  it('undelivered or not, no level is skipped or repeated', () => {
    const looks = fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(times, looks, (afterS, steps) => {
        const paged: number[] = [];
        let now = 0;
        for (const [ms, undelivered] of steps) {
          now += ms;
          paged.push(...at(open(paged.at(-1) ?? -1, undelivered && paged.length > 0), now, policyOf(...afterS)).levels);
        }
        expect(paged).toEqual(paged.map((_, i) => i));
      }),
    );
  });
});
