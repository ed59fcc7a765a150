import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AlarmView, ChangeEvent, TicketView } from '../../src/gateway/views.js';
import { emptyEstate, nextEstate, type EstateState } from './estate-store.js';

const alarm = (id: string, occurrence: number) => ({ id, occurrence }) as AlarmView;
const alarmChange = (seq: number, id = 'a', occurrence = seq): ChangeEvent => ({
  seq,
  estate: 'e',
  type: 'alarm',
  alarm: alarm(id, occurrence),
});
const loaded = (seq: number, alarms: AlarmView[] = [], ticketsSeq = seq, tickets: TicketView[] = []) =>
  ({
    type: 'loaded',
    alarms: { items: alarms, seq },
    tickets: { items: tickets, seq: ticketsSeq },
    now: 0,
  }) as const;
const at = (seq: number): EstateState => nextEstate(emptyEstate('e'), loaded(seq)).state;

describe('what a screen knows of an estate', () => {
  it('loads the lists first, then asks for what came after them', () => {
    const first = nextEstate(emptyEstate('e'), { type: 'connected', now: 0 });
    expect(first.effect).toBe('load');
    const second = nextEstate(first.state, loaded(7));
    expect(second.effect).toBe('resume');
    expect(second.state.seq).toBe(7);
  });

  it('does not load twice at once, and loads again after a failure', () => {
    const loading = nextEstate(emptyEstate('e'), { type: 'connected', now: 0 }).state;
    expect(nextEstate(loading, { type: 'reset' }).effect).toBe('none');
    const failed = nextEstate(loading, { type: 'load-failed' }).state;
    expect(nextEstate(failed, { type: 'connected', now: 0 }).effect).toBe('load');
  });

  it('applies the next change and no other', () => {
    const { state } = nextEstate(at(7), { type: 'change', change: alarmChange(8), now: 0 });
    expect(state.seq).toBe(8);
    expect(state.alarms.get('a')?.occurrence).toBe(8);
    const again = nextEstate(state, { type: 'change', change: alarmChange(8, 'a', 99), now: 0 });
    expect(again.state).toBe(state);
  });

  it('asks to resume on a gap, once, and once more when no answer came for 2 s', () => {
    const start = { ...at(7), asked: null };
    const gap = nextEstate(start, { type: 'change', change: alarmChange(9), now: 1000 });
    expect(gap.effect).toBe('resume');
    expect(gap.state.seq).toBe(7);
    expect(nextEstate(gap.state, { type: 'change', change: alarmChange(10), now: 1100 }).effect).toBe('none');
    expect(nextEstate(gap.state, { type: 'live', seq: 10, now: 3100 }).effect).toBe('resume');
  });

  it('learns from a heartbeat that it is behind', () => {
    const start = { ...at(7), asked: null };
    expect(nextEstate(start, { type: 'live', seq: 7, now: 0 }).effect).toBe('none');
    expect(nextEstate(start, { type: 'live', seq: 8, now: 0 }).effect).toBe('resume');
  });

  it('counts hidden changes without knowing them', () => {
    const { state } = nextEstate(at(7), { type: 'change', change: { seq: 8, estate: 'e', type: 'hidden' }, now: 0 });
    expect(state.seq).toBe(8);
  });

  it('loads the lists anew when the server has forgotten its number', () => {
    expect(nextEstate(at(7), { type: 'reset' }).effect).toBe('load');
  });

  it('does not turn a newer list back while replaying from an older one', () => {
    const start = nextEstate(emptyEstate('e'), loaded(9, [alarm('a', 9)], 7)).state;
    expect(start.seq).toBe(7);
    const { state } = nextEstate(start, { type: 'change', change: alarmChange(8), now: 0 });
    expect(state.seq).toBe(8);
    expect(state.alarms.get('a')?.occurrence).toBe(9);
  });

  it('law 7: ends equal to the server however often the connection is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), lost: fc.boolean(), cut: fc.boolean() }), {
          minLength: 1,
          maxLength: 80,
        }),
        (story) => {
          const log: ChangeEvent[] = [];
          let state = at(0);
          let now = 0;
          // The server answers a resume with everything after the number, in order.
          const feed = (input: Parameters<typeof nextEstate>[1]): void => {
            const step = nextEstate(state, input);
            state = step.state;
            if (step.effect === 'resume')
              for (const change of log.slice(state.seq ?? 0)) feed({ type: 'change', change, now });
          };
          for (const { id, lost, cut } of story) {
            now += 100;
            const change = alarmChange(log.length + 1, id);
            log.push(change);
            if (!lost) feed({ type: 'change', change, now });
            if (cut) feed({ type: 'connected', now });
          }
          now += 5000;
          feed({ type: 'live', seq: log.length, now });
          const truth = new Map(log.map((c) => (c.type === 'alarm' ? [c.alarm.id, c.alarm.occurrence] : ['', 0])));
          expect(state.seq).toBe(log.length);
          expect(new Map([...state.alarms].map(([id, a]) => [id, a.occurrence]))).toEqual(truth);
        },
      ),
    );
  });
});
