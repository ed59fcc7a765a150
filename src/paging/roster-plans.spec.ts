import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instantOf, dayOf, minuteOf } from '../kernel/local-instant.js';
import { EMPTY_ROSTER, type Leave, type Roster, type RosterOverride, type Rotation } from '../estate/roster-plan.js';
import { whoIsOn, type DutyQuestion } from './roster.js';

let made = 0;
const rotation = (r: Partial<Rotation> = {}): Rotation => ({
  ...{ id: `r${made++}`, estate: 'jinyue', zone: 'z2', role: 'butler', duty: 'primary', people: ['an', 'bo', 'chen'] },
  ...{ period: 'weekly', startsOn: '2026-01-05', handover: '08:00', endsOn: null, replacesLines: false },
  ...r,
});
const time = (t: string): number => Date.parse(t);
const override = (o: Partial<RosterOverride> = {}): RosterOverride => ({
  ...{ id: `o${made++}`, estate: 'jinyue', zone: 'z2', role: 'butler', duty: 'primary', person: 'dai' },
  ...{ insteadOf: null, from: time('2026-01-06T00:00+08:00'), until: time('2026-01-07T00:00+08:00') },
  ...{ reason: 'training', swap: null },
  ...o,
});
const leave = (l: Partial<Leave> = {}): Leave => ({
  ...{ id: `l${made++}`, estate: 'jinyue', person: 'an', reason: 'wedding' },
  ...{ from: time('2026-01-06T00:00+08:00'), until: time('2026-01-08T00:00+08:00') },
  ...l,
});
const ask = (roster: Partial<Roster>, at: string | number, q: Partial<DutyQuestion> = {}) =>
  whoIsOn(
    { ...EMPTY_ROSTER, ...roster },
    {
      ...{ estate: 'jinyue', zones: ['z2'], role: 'butler', duty: 'any', timezone: 'Asia/Shanghai' },
      at: typeof at === 'number' ? at : time(at),
      ...q,
    },
  );
const on = (...args: Parameters<typeof ask>): string[] => ask(...args).on.map((d) => d.person);

describe('a rotation', () => {
  it('hands over weekly at its wall time, one person after the other and round again', () => {
    const rotations = [rotation()];
    expect(on({ rotations }, '2026-01-05T07:59:59+08:00')).toEqual([]);
    expect(on({ rotations }, '2026-01-05T08:00:00+08:00')).toEqual(['an']);
    expect(on({ rotations }, '2026-01-12T07:59:59+08:00')).toEqual(['an']);
    expect(on({ rotations }, '2026-01-12T08:00:00+08:00')).toEqual(['bo']);
    expect(on({ rotations }, '2026-01-25T12:00:00+08:00')).toEqual(['chen']);
    expect(on({ rotations }, '2026-01-26T12:00:00+08:00')).toEqual(['an']);
  });

  it('says which turn it is', () => {
    expect(ask({ rotations: [rotation()] }, '2026-01-13T12:00:00+08:00').on).toEqual([
      { person: 'bo', because: 'primary butler of zone z2, weekly rotation, turn 2 from 2026-01-12 08:00' },
    ]);
  });

  it('ends at the hand-over of its last day, and leaves a gap where somebody has left', () => {
    const rotations = [rotation({ period: 'daily', people: ['an', null], endsOn: '2026-01-08' })];
    expect(on({ rotations }, '2026-01-05T09:00+08:00')).toEqual(['an']);
    expect(ask({ rotations }, '2026-01-06T09:00+08:00')).toMatchObject({ on: [], absent: [{ person: null }] });
    expect(on({ rotations }, '2026-01-08T07:59+08:00')).toEqual(['an']);
    expect(on({ rotations }, '2026-01-08T08:00+08:00')).toEqual([]);
  });

  it('lets the weekly lines of its post rest while it runs, and only those', () => {
    const line = (id: string, person: string, duty: 'primary' | 'backup') => ({
      ...{ id, person, duty, estate: 'jinyue', zone: 'z2', role: 'butler' as const },
      ...{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' },
    });
    const lines = [line('p', 'wang', 'primary'), line('b', 'li', 'backup')];
    const rotations = [rotation({ replacesLines: true, endsOn: '2026-01-19' })];
    expect(on({ lines, rotations }, '2026-01-05T07:59:59+08:00')).toEqual(['wang', 'li']);
    expect(on({ lines, rotations }, '2026-01-05T08:00:00+08:00')).toEqual(['an', 'li']);
    expect(on({ lines, rotations }, '2026-01-19T07:59:59+08:00')).toEqual(['bo', 'li']);
    expect(on({ lines, rotations }, '2026-01-19T08:00:00+08:00')).toEqual(['wang', 'li']);
  });

  it('keeps one person on for all 25 hours of the night when the clocks go back, and does not flap', () => {
    // 02:30 comes twice on 25 October 2026 in Berlin: the turn changes at the first, and stays changed.
    const rotations = [rotation({ period: 'daily', startsOn: '2026-10-24', handover: '02:30', people: ['an', 'bo'] })];
    const berlin = { timezone: 'Europe/Berlin' };
    const turns: string[] = [];
    for (let t = time('2026-10-24T00:30Z'); t < time('2026-10-26T01:30Z'); t += 60_000) {
      const [who] = on({ rotations }, t, berlin);
      if (turns.at(-1) !== who) turns.push(who ?? 'nobody');
    }
    expect(turns).toEqual(['an', 'bo']);
    const hours = (from: string, until: string): number => (time(until) - time(from)) / 3_600_000;
    expect(hours('2026-10-25T00:30Z', '2026-10-26T01:30Z')).toBe(25);
  });

  const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
  const handover = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '59'))
    .map(([h, m]) => `${String(h).padStart(2, '0')}:${m}`);
  const around = fc.constantFrom(
    ...['2026-03-08T00:00Z', '2026-03-29T00:00Z', '2026-04-04T00:00Z', '2026-10-25T00:00Z', '2026-11-01T00:00Z'],
  );
  const period = fc.constantFrom('daily' as const, 'weekly' as const);

  it('has exactly one person on at every instant, through every change of the clocks', () => {
    fc.assert(
      fc.property(zone, handover, period, around, fc.integer({ min: -2880, max: 2880 }), (timezone, h, p, day, min) => {
        const rotations = [rotation({ handover: h, period: p, startsOn: '2026-01-01' })];
        expect(on({ rotations }, time(day) + min * 60_000, { timezone })).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });

  it('changes hands once a turn, at the wall time, whatever the clocks do', () => {
    fc.assert(
      fc.property(zone, handover, fc.integer({ min: 0, max: 364 }), (timezone, h, n) => {
        const rotations = [rotation({ handover: h, period: 'daily', startsOn: '2026-01-01' })];
        const change = instantOf(timezone, dayOf('2026-01-01') + n + 1, minuteOf(h));
        const q = { timezone };
        expect(on({ rotations }, change - 1, q)).toEqual([['an', 'bo', 'chen'][n % 3]]);
        expect(on({ rotations }, change, q)).toEqual([['an', 'bo', 'chen'][(n + 1) % 3]]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an override', () => {
  const rotations = [rotation()];
  it('puts one person in another’s place, says so, and ends to the millisecond', () => {
    const overrides = [override()];
    expect(ask({ rotations, overrides }, '2026-01-06T12:00+08:00').on).toEqual([
      { person: 'dai', because: 'primary butler of zone z2, instead of an until 2026-01-07 00:00 (training)' },
    ]);
    expect(on({ rotations, overrides }, time('2026-01-07T00:00+08:00') - 1)).toEqual(['dai']);
    expect(on({ rotations, overrides }, '2026-01-07T00:00+08:00')).toEqual(['an']);
  });

  it('for one person counts only while that one would be on duty', () => {
    const overrides = [override({ insteadOf: 'bo' })];
    expect(on({ rotations, overrides }, '2026-01-06T12:00+08:00')).toEqual(['an']);
  });

  it('fills a post that nobody has', () => {
    expect(on({ overrides: [override()] }, '2026-01-06T12:00+08:00')).toEqual(['dai']);
  });

  it('on an override stands in for whoever stood in', () => {
    const overrides = [override({ person: 'dai', insteadOf: 'an' }), override({ person: 'eva', insteadOf: 'dai' })];
    expect(on({ rotations, overrides }, '2026-01-06T12:00+08:00')).toEqual(['eva']);
  });
});

describe('leave', () => {
  const rotations = [rotation()];
  it('takes a person off, and says who is away until when', () => {
    expect(ask({ rotations, leaves: [leave()] }, '2026-01-06T12:00+08:00')).toEqual({
      on: [],
      absent: [{ person: 'an', because: expect.stringContaining('away until 2026-01-08 00:00') as unknown }],
    });
    expect(on({ rotations, leaves: [leave()] }, '2026-01-08T00:00+08:00')).toEqual(['an']);
  });

  it('of who stands in brings back whom it stands in for: better somebody unprepared than nobody', () => {
    const found = ask(
      { rotations, overrides: [override()], leaves: [leave({ person: 'dai' })] },
      '2026-01-06T12:00+08:00',
    );
    expect(found.on.map((d) => d.person)).toEqual(['an']);
    expect(found.absent.map((d) => d.person)).toEqual(['dai']);
  });
});
