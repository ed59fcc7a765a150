import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { operatorLoad, type ShownAlarm } from './operator-load.js';

const MIN = 60_000;
const DAY = 86_400_000;
const span = { from: 0, to: DAY };
const at = (minutes: number, tag = 'a'): ShownAlarm => ({ at: minutes * MIN, tag });
const many = (n: number, minutes: number, tag = 'a'): ShownAlarm[] =>
  Array.from({ length: n }, (_, i) => at(minutes + i / 1000, `${tag}${i}`));
const one = (): number => 1;

describe('what alarms ask of operators (ISA-18.2)', () => {
  it('of a quiet day is nothing', () => {
    expect(operatorLoad([], [], span, one)).toMatchObject({
      shown: 0,
      average: 0,
      peak: 0,
      peakAt: null,
      floods: 0,
      floodMinutes: 0,
      stale: 0,
      mostFrequent: [],
      chattering: [],
    });
  });

  it('counts alarms per operator and ten minutes: 144 of them on one day are one each', () => {
    const all = Array.from({ length: 144 }, (_, i) => at(i * 10 + 3, `t${i}`));
    expect(operatorLoad(all, [], span, one)).toMatchObject({ shown: 144, average: 1, peak: 1 });
    expect(operatorLoad(all, [], span, () => 2)).toMatchObject({ average: 0.5, peak: 0.5 });
  });

  it('a desk without anybody on the roster counts as one: somebody had to look', () => {
    expect(operatorLoad(many(6, 0), [], span, () => 0).peak).toBe(6);
  });

  it('a flood begins above ten, goes on at five, ends below five', () => {
    const load = operatorLoad([...many(11, 0), ...many(5, 10, 'b'), ...many(4, 20, 'c')], [], span, one);
    expect(load).toMatchObject({ floods: 1, floodMinutes: 20 });
    expect(load.floodShare).toBeCloseTo(20 / 1440);
    expect(operatorLoad(many(10, 0), [], span, one)).toMatchObject({ floods: 0, floodMinutes: 0 });
  });

  it('an alarm is stale when it stands longer than a day, also one that came before', () => {
    const standing = [
      { tag: 'still there', from: -2 * DAY, to: null },
      { tag: 'gone within', from: -2 * DAY, to: 0.5 * DAY },
      { tag: 'gone before', from: -2 * DAY, to: -1 },
      { tag: 'too young', from: 0, to: null },
      { tag: 'a short one', from: -0.5 * DAY, to: 0.4 * DAY },
    ];
    expect(operatorLoad([], standing, span, one).stale).toBe(2);
  });

  it('names the ten most frequent, and what chattered: three within a minute', () => {
    const chatter = [0, 0.3, 0.9, 1.2, 30, 40, 50].map((m) => at(m, 'door'));
    const load = operatorLoad([...chatter, at(5, 'pipe'), at(5.5, 'pipe'), at(7, 'pipe')], [], span, one);
    expect(load.mostFrequent).toEqual([
      { tag: 'door', count: 7, share: 0.7 },
      { tag: 'pipe', count: 3, share: 0.3 },
    ]);
    expect(load.chattering).toEqual([{ tag: 'door', bursts: 1 }]);
  });

  it('loses no alarm and no minute, in whatever order they come', () => {
    const alarm = fc.record({ at: fc.integer({ min: -DAY, max: 2 * DAY }), tag: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(
        fc.array(alarm, { maxLength: 80 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: DAY }),
        (alarms, operators, to) => {
          const time = { from: 0, to };
          const load = operatorLoad(alarms, [], time, () => operators);
          const inside = alarms.filter((a) => a.at >= 0 && a.at < to);
          expect(load.shown).toBe(inside.length);
          expect(load.average).toBeCloseTo((inside.length * 600_000) / (operators * to), 6);
          expect(load.peak * operators).toBeLessThanOrEqual(inside.length + 1e-9);
          expect(load.floodShare).toBeLessThanOrEqual(1);
          expect(load.mostFrequent.reduce((n, t) => n + t.count, 0)).toBe(inside.length);
          expect(operatorLoad([...alarms].reverse(), [], time, () => operators)).toEqual(load);
        },
      ),
    );
  });
});
