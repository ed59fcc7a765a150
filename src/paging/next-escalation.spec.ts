import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seconds } from '../kernel/durations.js';
import { lastResortAfterS, nextEscalation, type EscalationState, type Forward } from './next-escalation.js';
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
const open = (level: number, forward: Forward | null = null): EscalationState => ({
  state: 'open',
  openedAt: T0,
  level,
  forward,
});
const at = (s: EscalationState, now: number, policy = THREE) => {
  const d = nextEscalation(policy, s, T0 + now);
  const levels = [...d.levels.map((l) => l.no), ...(d.lastResort === null ? [] : [policy.levels.length])];
  return { levels, wakeIn: d.wakeAt === null ? null : d.wakeAt - T0 };
};

describe('the next level of a slot', () => {
  it('is paged when its time since the opening has come, to the millisecond', () => {
    expect(at(open(-1), 0)).toEqual({ levels: [0], wakeIn: 60_000 });
    expect(at(open(0), 59_999)).toEqual({ levels: [], wakeIn: 60_000 });
    expect(at(open(0), 60_000)).toEqual({ levels: [1], wakeIn: 120_000 });
    expect(at(open(1), 120_000)).toEqual({ levels: [2], wakeIn: 180_000 });
  });

  it('after the last level the control room is rung, a repeat later; then it is repeated until somebody has it', () => {
    expect(at(open(2), 179_999)).toEqual({ levels: [], wakeIn: 180_000 });
    expect(at(open(2), 180_000)).toEqual({ levels: [3], wakeIn: 240_000 });
    expect(at(open(3), 180_000)).toEqual({ levels: [], wakeIn: 240_000 });
    expect(at(open(3), 900_001)).toEqual({ levels: [], wakeIn: 960_000 });
  });

  it('repeats keep to whole intervals since the opening, whoever looks in between', () => {
    const every10 = { ...THREE, repeatS: 10 };
    expect(at(open(0), 0, every10).wakeIn).toBe(10_000);
    expect(at(open(0), 14_321, every10).wakeIn).toBe(20_000);
    expect(nextEscalation(every10, open(0), T0 + 51_000)).toMatchObject({ wakeAt: T0 + 60_000, repeatThen: true });
    expect(nextEscalation(THREE, open(1), T0 + 61_000)).toMatchObject({ wakeAt: T0 + 120_000, repeatThen: true });
    expect(nextEscalation({ ...THREE, repeatS: 45 }, open(1), T0 + 91_000)).toMatchObject({
      ...{ wakeAt: T0 + 120_000, repeatThen: false },
    });
  });

  it('quick repeats slow down to one a minute after ten minutes', () => {
    const every10 = { ...THREE, repeatS: 10 };
    expect(at(open(3), 590_000, every10).wakeIn).toBe(600_000);
    expect(at(open(3), 600_000, every10).wakeIn).toBe(660_000);
    expect(at(open(3), 7_201_000, every10).wakeIn).toBe(7_260_000);
    expect(at(open(3), 7_201_000, { ...THREE, repeatS: 180 }).wakeIn).toBe(7_380_000);
  });

  it('without repeats the control room is rung 15 min after the last level, and every hour it is seen who has come', () => {
    const notice = { ...policyOf(0, 900), repeatS: null };
    expect(at(open(1), 900_000, notice)).toEqual({ levels: [], wakeIn: 1_800_000 });
    expect(at(open(1), 1_800_000, notice)).toEqual({ levels: [2], wakeIn: 3_600_000 });
    expect(at(open(2), 1_800_000, notice)).toEqual({ levels: [], wakeIn: 3_600_000 });
  });

  it('woken late: everything that is due, in order', () => {
    expect(at(open(-1), 130_000)).toEqual({ levels: [0, 1, 2], wakeIn: 180_000 });
    expect(at(open(0), 61_000)).toEqual({ levels: [1], wakeIn: 120_000 });
  });

  it('woken twice: nothing the second time', () => {
    expect(at(open(1), 60_000)).toEqual({ levels: [], wakeIn: 120_000 });
  });

  it('a page that is not delivered brings the next level forward, and only that one', () => {
    expect(at(open(0, 'undelivered'), 10_000)).toEqual({ levels: [1], wakeIn: 60_000 });
    expect(at(open(1, 'undelivered'), 20_000)).toEqual({ levels: [2], wakeIn: 60_000 });
    expect(at(open(2, 'undelivered'), 30_000)).toEqual({ levels: [3], wakeIn: 60_000 });
    expect(at(open(3, 'undelivered'), 40_000)).toEqual({ levels: [], wakeIn: 60_000 });
  });

  it('waits for the opening of a slot that opens later, and rests once it is filled or over', () => {
    expect(at({ ...open(-1), state: 'pending' }, -30_000)).toEqual({ levels: [], wakeIn: 0 });
    for (const state of ['filled', 'over'] as const)
      expect(at({ ...open(0, 'undelivered'), state }, 900_000)).toEqual({ levels: [], wakeIn: null });
  });

  it('says why, whatever it decides', () => {
    const why = (s: EscalationState, now: number): string => nextEscalation(THREE, s, T0 + now).reason;
    expect(why({ ...open(0), state: 'filled' }, 0)).toBe('slot is filled');
    expect(why({ ...open(0), state: 'over' }, 0)).toBe('slot is over');
    expect(why({ ...open(-1), state: 'pending' }, -5000)).toBe('the slot opens later');
    expect(why(open(0), 60_000)).toBe('level 1 is due after 60 s');
    expect(why(open(0, 'undelivered'), 10_000)).toContain('a page below was not delivered in 10 s');
    expect(why(open(0, 'unanswerable'), 5000)).toContain('nobody below is left to answer');
    expect(why(open(0, 'skipped'), 0)).toBe('level 1 is brought forward: the level below was skipped');
    expect(why(open(0), 59_000)).toBe('no level is due: level 1 comes at 60 s');
    expect(why(open(2), 130_000)).toBe('no level is due: the last resort comes at 180 s');
    expect(why(open(2), 180_000)).toBe('the last resort: nobody has accepted in 180 s');
    expect(why(open(2, 'unanswerable'), 130_000)).toBe('the last resort: nobody below is left to answer');
    expect(why(open(3), 190_000)).toBe('everybody has been paged: a repeat comes at 240 s');
    expect(nextEscalation({ ...THREE, repeatS: 10 }, open(0), T0 + 1).reason).toContain('a repeat comes at 10 s');
  });

  it('each of several levels has its own reason', () => {
    const due = nextEscalation(THREE, open(-1), T0 + 130_000).levels.map((l) => l.reason);
    expect(due).toEqual([0, 60, 120].map((s, no) => `level ${no} is due after ${s} s`));
  });
});

describe('law 4: whoever wakes only re-checks', () => {
  const times = fc
    .array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 6 })
    .map((a) => [...new Set([0, ...a])].sort((x, y) => x - y));

  it('at whatever times it is woken, each level is paged once, in order, and at the end exactly those that are due', () => {
    const wakes = fc.array(fc.integer({ min: 0, max: 700_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(times, wakes, (afterS, unsorted) => {
        const policy = policyOf(...afterS);
        const paged: number[] = [];
        const nows = unsorted.sort((a, b) => a - b);
        for (const now of nows) paged.push(...at(open(paged.at(-1) ?? -1), now, policy).levels);
        const last = nows.at(-1) ?? 0;
        const resort = paged.at(-1) === afterS.length ? paged.pop() : undefined;
        expect(paged).toEqual(afterS.flatMap((s, no) => (seconds(s) <= last ? [no] : [])));
        // Paged in order; the last resort at the first look after its time that finds nothing else to do.
        if (resort !== undefined) expect(last).toBeGreaterThanOrEqual(seconds(lastResortAfterS(policy)));
      }),
    );
  });

  it('who wakes exactly when he is told to is never late: each level at its own time', () => {
    fc.assert(
      fc.property(times, (afterS) => {
        const policy = policyOf(...afterS);
        const pagedAt: number[] = [];
        for (let now: number | null = 0; now !== null && pagedAt.length <= afterS.length;) {
          const d: ReturnType<typeof at> = at(open(pagedAt.length - 1), now, policy);
          for (const no of d.levels) pagedAt[no] = now;
          now = d.wakeIn;
        }
        expect(pagedAt).toEqual([...afterS, lastResortAfterS(policy)].map(seconds));
      }),
    );
  });

  it('an open slot always has a time to wake, later than now, however it stands', () => {
    const level = fc.integer({ min: -1, max: 7 });
    const forward = fc.constantFrom(null, 'undelivered', 'unanswerable', 'skipped');
    const repeat = fc.option(fc.integer({ min: 5, max: 3600 }));
    const now = fc.integer({ min: 0, max: 100_000_000 });
    fc.assert(
      fc.property(times, level, forward, repeat, now, (afterS, no, why, repeatS, ms) => {
        const s = open(Math.min(no, afterS.length), why as Forward | null);
        const d = nextEscalation({ ...policyOf(...afterS), repeatS }, s, T0 + ms);
        expect(d.wakeAt).toBeGreaterThan(T0 + ms);
        expect(d.reason).not.toBe('');
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
          paged.push(
            ...at(
              open(paged.at(-1) ?? -1, undelivered && paged.length > 0 ? 'undelivered' : null),
              now,
              policyOf(...afterS),
            ).levels,
          );
        }
        expect(paged).toEqual(paged.map((_, i) => i));
      }),
    );
  });
});
