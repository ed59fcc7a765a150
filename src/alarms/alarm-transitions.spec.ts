import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AlarmState } from '../gateway/views.js';
import { nextAlarmState, type AlarmAction } from './alarm-transitions.js';

const STATES: readonly AlarmState[] = [
  ...(['NORM', 'UNACK', 'ACKED', 'RTNUN', 'LUNACK', 'LACKED', 'SHLVD', 'DSUPR', 'OOSRV'] as const),
];
const ACTIONS: readonly AlarmAction[] = ['clear', 'recur', 'ack', 'shelve', 'unshelve', 'end'];

/** Domain §5 written out, one row a state, in the order of {@link ACTIONS}; `-` is not legal there. */
const TABLES: Record<'transient' | 'latched', Record<AlarmState, string>> = {
  transient: {
    NORM: '- - - - - -',
    UNACK: 'RTNUN - ACKED SHLVD - NORM',
    ACKED: 'NORM - - SHLVD - NORM',
    RTNUN: '- UNACK NORM SHLVD - NORM',
    LUNACK: '- - - - - -',
    LACKED: '- - - - - -',
    SHLVD: 'NORM - - - UNACK NORM',
    DSUPR: 'NORM UNACK - - - NORM',
    OOSRV: 'NORM UNACK - - - NORM',
  },
  latched: {
    NORM: '- - - - - -',
    UNACK: 'LUNACK - ACKED SHLVD - NORM',
    ACKED: 'LACKED - - SHLVD - NORM',
    RTNUN: '- UNACK NORM SHLVD - NORM',
    LUNACK: '- UNACK LACKED SHLVD - NORM',
    LACKED: '- UNACK - SHLVD - NORM',
    SHLVD: '- - - - UNACK NORM',
    DSUPR: 'NORM UNACK - - - NORM',
    OOSRV: 'NORM UNACK - - - NORM',
  },
};

describe.each(['transient', 'latched'] as const)('a %s alarm', (sort) => {
  const cases = STATES.flatMap((state) =>
    ACTIONS.map((action, i) => [state, action, TABLES[sort][state].split(' ')[i] as string] as const),
  );
  it.each(cases)('%s by %s → %s', (state, action, to) => {
    expect(nextAlarmState(state, action, sort === 'latched') ?? '-').toBe(to);
  });
});

describe('any life of an alarm', () => {
  const actions = fc.array(fc.constantFrom(...ACTIONS), { maxLength: 60 });
  /** The states that it goes through from its raising on, with what led there. */
  const life = (latched: boolean, taken: readonly AlarmAction[]) => {
    const seen: { action: AlarmAction; to: AlarmState }[] = [];
    let state: AlarmState = 'UNACK';
    for (const action of taken) {
      const to = nextAlarmState(state, action, latched);
      if (!to) continue;
      seen.push({ action, to });
      state = to;
    }
    return seen;
  };

  it('latched: it leaves only by a person who ends it', () => {
    fc.assert(
      fc.property(actions, (taken) => {
        for (const { action, to } of life(true, taken)) if (to === 'NORM') expect(action).toBe('end');
      }),
    );
  });

  it('not latched: it never comes into a latched state; ended, it is ended for good', () => {
    fc.assert(
      fc.property(actions, (taken) => {
        const steps = life(false, taken);
        expect(steps.filter((s) => s.to === 'LUNACK' || s.to === 'LACKED')).toEqual([]);
        const end = steps.findIndex((s) => s.to === 'NORM');
        if (end >= 0) expect(steps.slice(end + 1)).toEqual([]);
      }),
    );
  });
});
