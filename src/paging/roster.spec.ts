import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RosterEntry } from '../estate/roster-entry.js';
import { EMPTY_ROSTER } from '../estate/roster-plan.js';
import { onDuty, type DutyQuestion } from './roster.js';

const WEEK = [1, 2, 3, 4, 5, 6, 7];
let made = 0;
const entry = (e: Partial<RosterEntry>): RosterEntry => ({
  id: `e${made++}`,
  estate: 'jinyue',
  zone: null,
  role: 'butler',
  duty: 'primary',
  person: 'wang.qiang',
  weekdays: WEEK,
  from: '00:00',
  to: '00:00',
  ...e,
});
const ask = (entries: RosterEntry[], at: string, q: Partial<DutyQuestion> = {}): string[] =>
  onDuty(
    { ...EMPTY_ROSTER, lines: entries },
    {
      estate: 'jinyue',
      zones: ['z2'],
      role: 'butler',
      duty: 'any',
      at: Date.parse(at),
      timezone: 'Asia/Shanghai',
      ...q,
    },
  ).map((d) => d.person);

describe('the roster', () => {
  it('is read in the estate’s own time: 23:30 UTC on Sunday is Monday morning in Shanghai', () => {
    const monday = [entry({ weekdays: [1], from: '07:00', to: '19:00' })];
    expect(ask(monday, '2026-01-04T23:30:00Z')).toEqual(['wang.qiang']);
    expect(ask(monday, '2026-01-04T22:59:59Z')).toEqual([]);
    expect(ask(monday, '2026-01-05T11:00:00Z')).toEqual([]);
  });

  it('hands over at the minute: nobody is doubled and nobody is missing', () => {
    const shifts = [
      entry({ person: 'day', from: '08:00', to: '20:00' }),
      entry({ person: 'night', from: '20:00', to: '08:00' }),
    ];
    expect(ask(shifts, '2026-01-05T19:59:59+08:00')).toEqual(['day']);
    expect(ask(shifts, '2026-01-05T20:00:00+08:00')).toEqual(['night']);
    expect(ask(shifts, '2026-01-06T07:59:59+08:00')).toEqual(['night']);
    expect(ask(shifts, '2026-01-06T08:00:00+08:00')).toEqual(['day']);
  });

  it('carries a Sunday night shift into Monday morning, and not into Sunday morning', () => {
    const sunday = [entry({ weekdays: [7], from: '20:00', to: '08:00' })];
    expect(ask(sunday, '2026-01-05T03:00:00+08:00')).toEqual(['wang.qiang']);
    expect(ask(sunday, '2026-01-04T03:00:00+08:00')).toEqual([]);
    expect(ask(sunday, '2026-01-05T21:00:00+08:00')).toEqual([]);
  });

  it('takes equal times for the whole day, from that hour on', () => {
    const day = [entry({ weekdays: [3], from: '06:00', to: '06:00' })];
    expect(ask(day, '2026-01-07T05:59:00+08:00')).toEqual([]);
    expect(ask(day, '2026-01-07T06:00:00+08:00')).toEqual(['wang.qiang']);
    expect(ask(day, '2026-01-08T05:59:00+08:00')).toEqual(['wang.qiang']);
    expect(ask(day, '2026-01-08T06:00:00+08:00')).toEqual([]);
  });

  it('keeps a night shift whole when the clocks change in Berlin', () => {
    const night = [entry({ weekdays: [6], from: '22:00', to: '06:00' })];
    const q = { timezone: 'Europe/Berlin' };
    // Forward on 29 March 2026: 22:00 CET to 06:00 CEST are seven hours.
    expect(ask(night, '2026-03-28T21:00:00Z', q)).toEqual(['wang.qiang']);
    expect(ask(night, '2026-03-29T03:59:59Z', q)).toEqual(['wang.qiang']);
    expect(ask(night, '2026-03-29T04:00:00Z', q)).toEqual([]);
    // Back on 25 October 2026: 22:00 CEST to 06:00 CET are nine hours.
    expect(ask(night, '2026-10-24T20:00:00Z', q)).toEqual(['wang.qiang']);
    expect(ask(night, '2026-10-25T04:59:59Z', q)).toEqual(['wang.qiang']);
    expect(ask(night, '2026-10-25T05:00:00Z', q)).toEqual([]);
  });

  it('names people of the place’s zone first, then those of the whole estate, and none of other zones', () => {
    const entries = [
      entry({ person: 'a.estate', zone: null }),
      entry({ person: 'z.backup', zone: 'z2', duty: 'backup' }),
      entry({ person: 'z.primary', zone: 'z2' }),
      entry({ person: 'other.zone', zone: 'z1' }),
    ];
    expect(ask(entries, '2026-01-05T12:00:00Z')).toEqual(['z.primary', 'z.backup', 'a.estate']);
    expect(ask(entries, '2026-01-05T12:00:00Z', { duty: 'primary' })).toEqual(['z.primary', 'a.estate']);
    expect(ask(entries, '2026-01-05T12:00:00Z', { zones: [] })).toEqual(['a.estate']);
  });

  it('names a person once, for the nearest reason, and says why', () => {
    const entries = [
      entry({ zone: null, duty: 'backup' }),
      entry({ zone: 'z2', weekdays: [1], from: '08:00', to: '20:00' }),
    ];
    const at = Date.parse('2026-01-05T12:00:00+08:00');
    const found = onDuty(
      { ...EMPTY_ROSTER, lines: entries },
      {
        estate: 'jinyue',
        zones: ['z2'],
        role: 'butler',
        duty: 'any',
        at,
        timezone: 'Asia/Shanghai',
      },
    );
    expect(found).toEqual([{ person: 'wang.qiang', because: 'primary butler of zone z2, Mon 08:00–20:00' }]);
  });

  it('knows neither other estates’ entries nor other roles', () => {
    const entries = [entry({ estate: 'elsewhere' }), entry({ role: 'engineer' })];
    expect(ask(entries, '2026-01-05T12:00:00Z')).toEqual([]);
  });

  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '59'))
    .map(([h, m]) => `${String(h).padStart(2, '0')}:${m}`);
  const instant = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
  const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'UTC');

  it('leaves no gap and no overlap between a shift and its complement, at any instant in any zone', () => {
    fc.assert(
      fc.property(time, time, instant, zone, (from, to, at, timezone) => {
        fc.pre(from !== to);
        const shifts = [entry({ person: 'one', from, to }), entry({ person: 'two', from: to, to: from })];
        expect(ask(shifts, new Date(at).toISOString(), { timezone })).toHaveLength(1);
      }),
    );
  });

  it('gives the same answer in whatever order the entries come', () => {
    const any = fc.record({
      zone: fc.constantFrom(null, 'z1', 'z2'),
      duty: fc.constantFrom('primary' as const, 'backup' as const),
      person: fc.constantFrom('a', 'b', 'c', 'd'),
    });
    const some = fc.array(any, { maxLength: 8 }).map((es) => es.map((e) => entry(e)));
    fc.assert(
      fc.property(
        some.chain((es) => fc.tuple(fc.constant(es), fc.shuffledSubarray(es, { minLength: es.length }))),
        ([es, shuffled]) => {
          const q = { zones: ['z2', 'z1'] };
          expect(ask(shuffled, '2026-01-05T12:00:00Z', q)).toEqual(ask(es, '2026-01-05T12:00:00Z', q));
        },
      ),
    );
  });
});
