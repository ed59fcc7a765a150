import { describe, expect, it } from '@jest/globals';
import type { TrueEntrapment } from './labels.js';
import { judge, type Alarm } from './score.js';

const trapped = (more: Partial<TrueEntrapment> = {}): TrueEntrapment => ({
  ...{ cause: 'test', outside: true, sinceAt: 0, dueAt: 30_000, endAt: 600_000, heardAt: -5000 },
  ...more,
});
const alarm = (at: number, event: Alarm['event'] = 'elevator.entrapment-between-floors'): Alarm => ({
  ...{ at, event, priority: 'P1', since: at, reason: '', cause: 'test', afterOutS: Infinity },
});
const judged = (truth: TrueEntrapment, ...alarms: Alarm[]) => {
  const { caught, falseAlarms, unspoken } = judge([truth], alarms, 40_000);
  return { by: caught.map((c) => c.by), false: falseAlarms.length, unspoken };
};

describe('an entrapment', () => {
  it('is told by an alarm while they are in, and by none after', () => {
    expect(judged(trapped(), alarm(31_000))).toEqual({
      by: ['elevator.entrapment-between-floors'],
      ...{ false: 0, unspoken: 0 },
    });
    expect(judged(trapped(), alarm(620_000))).toEqual({ by: [null], false: 1, unspoken: 0 });
  });

  it('whose device fell silent with them counts as missed, however long it said nothing', () => {
    expect(judged(trapped())).toEqual({ by: [null], false: 0, unspoken: 0 });
  });

  it('of which somebody heard late counts as missed when there was time for a hold, and is told of otherwise', () => {
    expect(judged(trapped({ heardAt: 600_000 - 70_000 }))).toEqual({ by: [null], false: 0, unspoken: 0 });
    expect(judged(trapped({ heardAt: 600_000 - 69_999 }))).toEqual({ by: [], false: 0, unspoken: 1 });
    expect(judged(trapped({ heardAt: null }))).toEqual({ by: [], false: 0, unspoken: 1 });
    // At a landing the hold is longer.
    expect(judged(trapped({ heardAt: 600_000 - 70_000, outside: false }))).toEqual({ by: [], false: 0, unspoken: 1 });
    expect(judged(trapped({ heardAt: null }), alarm(40_000))).toMatchObject({ unspoken: 0, false: 0 });
  });

  it('which ended by itself soon after its hold need not be told', () => {
    expect(judged(trapped({ endAt: 69_000 }))).toEqual({ by: [], false: 0, unspoken: 0 });
  });
});
