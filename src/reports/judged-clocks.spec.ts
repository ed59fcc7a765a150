import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgedClocks, type ClockQuestion, type JudgedClock } from './judged-clocks.js';
import { ticketTimes, type TimedLine } from './ticket-times.js';

const S = 1000;
const lift: ClockQuestion = {
  priority: 'P1',
  shape: 'rescue',
  setting: 'city',
  slots: ['responder', 'rescuer', 'coordinator'],
  now: 3600 * S,
};
const line = (s: number, kind: string, payload: Record<string, unknown> = {}): TimedLine => ({
  at: s * S,
  kind,
  payload,
});
const judge = (lines: TimedLine[], q: Partial<ClockQuestion> = {}): Map<string, JudgedClock> =>
  new Map(judgedClocks(ticketTimes(0, lines), { ...lift, ...q }).map((c) => [c.key, c]));
const called = line(0, 'paged', { slot: 'rescuer' });
const rescue = [
  called,
  line(40, 'accepted', { slot: 'responder', holder: 'a' }),
  line(50, 'accepted', { slot: 'rescuer', holder: 'b' }),
  line(100, 'moved', { move: 'en-route', slot: 'responder' }),
  line(250, 'reassured'),
  line(500, 'reassured'),
  line(700, 'moved', { move: 'on-site', slot: 'rescuer' }),
  line(750, 'reassured'),
  line(900, 'moved', { move: 'rescued', slot: 'rescuer' }),
  line(2000, 'moved', { move: 'resolve' }),
];

describe('clocks judged from the journal', () => {
  it('of a good rescue are all met', () => {
    const clocks = judge(rescue);
    expect([...clocks].map(([key, c]) => `${key} ${c.tookS} ${c.verdict}`)).toEqual([
      'accept 40 met',
      'property-start 100 met',
      'contractor-answer 50 met',
      'contractor-arrival 700 met',
      'statutory 700 met',
      'reassurance 250 met',
      'release 900 told',
    ]);
  });

  it('exactly at the limit is in time, a second later is late', () => {
    const accepted = (s: number) => judge([line(s, 'accepted', { slot: 'responder' })]).get('accept');
    expect(accepted(60)).toMatchObject({ verdict: 'met' });
    expect(accepted(61)).toMatchObject({ verdict: 'late', tookS: 61 });
  });

  it('what has not happened is missed once its limit is over, running before, ended when the ticket was over first', () => {
    expect(judge([], { now: 30 * S }).get('accept')?.verdict).toBe('running');
    expect(judge([], { now: 90 * S }).get('accept')?.verdict).toBe('missed');
    const voice = [called, line(40, 'moved', { move: 'false-alarm' })];
    expect(judge(voice).get('accept')?.verdict).toBe('ended');
    expect(judge(voice).get('statutory')?.verdict).toBe('ended');
  });

  it('a slot that was reopened keeps the time of its first holder', () => {
    const lines = [
      ...rescue.slice(0, 3),
      line(300, 'slot-reopened', { slot: 'rescuer' }),
      line(330, 'accepted', { slot: 'rescuer' }),
    ];
    expect(judge(lines).get('contractor-answer')).toMatchObject({ tookS: 50, verdict: 'met' });
  });

  it('a rise in priority begins the clocks anew, and who accepted before it has not accepted this', () => {
    const lines = [
      line(5, 'accepted', { slot: 'responder' }),
      line(600, 'ticket-raised'),
      line(630, 'accepted', { slot: 'responder' }),
    ];
    expect(judge(lines).get('accept')).toMatchObject({ from: 600 * S, tookS: 30, verdict: 'met' });
  });

  it('reassurance is judged by the longest silence, to the release', () => {
    expect(judge([line(290, 'reassured'), line(900, 'moved', { move: 'rescued' })]).get('reassurance')).toMatchObject({
      tookS: 610,
      verdict: 'late',
    });
    expect(judge([line(290, 'reassured')], { now: 400 * S }).get('reassurance')).toMatchObject({
      tookS: 290,
      verdict: 'running',
    });
  });

  it('out of town there is twice the time; water has the engineer’s half hour; elsewhere only the accept counts', () => {
    expect(judge(rescue, { setting: 'elsewhere' }).get('statutory')?.limitS).toBe(3600);
    expect(
      [
        ...judge([line(1700, 'moved', { move: 'on-site', slot: 'responder' })], {
          shape: 'contain',
          priority: 'P2',
        }).values(),
      ].map((c) => c.verdict),
    ).toEqual(['missed', 'met', 'running']);
    expect([...judge([], { shape: 'plain', priority: 'P3', slots: ['responder'] }).keys()]).toEqual(['accept']);
  });

  it('never takes a negative time, and is late only past a limit', () => {
    const kind = fc.constantFrom('accepted', 'moved', 'reassured', 'ticket-raised', 'paged', 'slot-reopened');
    const lines = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 7200 * S }),
        kind,
        payload: fc.record({
          slot: fc.constantFrom('responder', 'rescuer', 'coordinator', null),
          move: fc.constantFrom('en-route', 'on-site', 'rescued', 'resolve', 'false-alarm'),
        }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(
        lines,
        fc.constantFrom('rescue', 'contain', 'plain' as const),
        fc.integer({ min: 0, max: 9000 * S }),
        (of, shape, now) => {
          for (const c of judgedClocks(ticketTimes(0, of), { ...lift, shape: shape as 'rescue', now })) {
            expect(c.tookS).toBeGreaterThanOrEqual(0);
            if (c.verdict === 'late' || c.verdict === 'missed') expect(c.tookS).toBeGreaterThan(c.limitS ?? Infinity);
            if (c.verdict === 'met') expect(c.tookS).toBeLessThanOrEqual(c.limitS ?? -1);
          }
        },
      ),
    );
  });
});
