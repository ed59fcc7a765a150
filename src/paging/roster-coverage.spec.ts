import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY_ROSTER, type Roster } from '../estate/roster-plan.js';
import type { RosterEntry } from '../estate/roster-entry.js';
import { days, hours, minutes } from '../kernel/durations.js';
import { onDuty } from './roster.js';
import { rosterCoverage } from './roster-coverage.js';

const FROM = Date.parse('2026-10-24T00:00+02:00');
const UNTIL = FROM + days(3);
const line = (l: Partial<RosterEntry>): RosterEntry => ({
  ...{ id: JSON.stringify(l), estate: 'jinyue', zone: 'z1', role: 'butler', duty: 'primary', person: 'an' },
  ...{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' },
  ...l,
});
const look = (roster: Partial<Roster>, zones = ['z1', 'z2']) =>
  rosterCoverage(
    { ...EMPTY_ROSTER, ...roster },
    { timezone: 'Europe/Berlin', zones, roles: ['butler'], from: FROM, until: UNTIL },
  );
const at = (t: number): string => new Date(t).toISOString();

describe('the look ahead over a roster', () => {
  it('is content when a primary is there at every hour', () => {
    expect(look({ lines: [line({ zone: null })] })).toEqual({ gaps: [], doubles: [] });
    expect(look({ lines: [line({ zone: 'z1' }), line({ zone: 'z2', person: 'bo' })] }).gaps).toEqual([]);
  });

  it('names the hours without a primary, zone by zone; the long night is an hour longer', () => {
    const lines = [line({ zone: 'z1', from: '06:00', to: '22:00' }), line({ zone: 'z2', person: 'bo' })];
    const gaps = look({ lines }).gaps;
    expect(gaps.map((g) => (g.until - g.from) / hours(1))).toEqual([6, 9, 8, 1]);
    expect(new Set(gaps.map((g) => g.zone))).toEqual(new Set(['z1']));
    expect(at(gaps[1]?.from ?? 0)).toBe('2026-10-24T20:00:00.000Z');
  });

  it('says it once when it is so everywhere', () => {
    expect(look({}).gaps).toEqual([{ role: 'butler', zone: null, from: FROM, until: UNTIL }]);
  });

  it('sees the gap that a leave makes, and that an override fills', () => {
    const away = {
      id: 'l',
      estate: 'jinyue',
      person: 'an',
      from: FROM + hours(3),
      until: FROM + hours(9),
      reason: 'ill',
    };
    const lines = [line({ zone: null })];
    expect(look({ lines, leaves: [away] }).gaps).toEqual([
      { role: 'butler', zone: null, from: FROM + hours(3), until: FROM + hours(9) },
    ]);
    const cover = {
      ...{ id: 'o', estate: 'jinyue', zone: null, role: 'butler' as const, duty: 'primary' as const, person: 'bo' },
      ...{ insteadOf: null, from: FROM + hours(3), until: FROM + hours(9), reason: 'ill', swap: null },
    };
    expect(look({ lines, leaves: [away], overrides: [cover] }).gaps).toEqual([]);
  });

  it('finds the primary of two zones at once, and not the backup of two', () => {
    const twice = (duty: 'primary' | 'backup') => [line({ zone: 'z1', duty }), line({ zone: 'z2', duty })];
    expect(look({ lines: twice('primary') }).doubles).toMatchObject([
      { kind: 'two-zones', person: 'an', from: FROM, until: UNTIL },
    ]);
    expect(look({ lines: twice('backup') }).doubles).toEqual([]);
  });

  it('finds who would be his own backup, and a line that was left beside a rotation', () => {
    expect(look({ lines: [line({}), line({ duty: 'backup' })] }).doubles).toMatchObject([{ kind: 'own-backup' }]);
    const rotation = {
      ...{ id: 'r', estate: 'jinyue', zone: 'z1', role: 'butler' as const, duty: 'primary' as const, people: ['bo'] },
      ...{ period: 'weekly' as const, startsOn: '2026-01-05', handover: '08:00', endsOn: null, replacesLines: false },
    };
    const left = look({ lines: [line({})], rotations: [rotation] }).doubles;
    expect(new Set(left.map((d) => d.kind))).toEqual(new Set(['two-rotas']));
    expect(look({ lines: [line({})], rotations: [{ ...rotation, replacesLines: true }] }).doubles).toEqual([]);
  });

  it('agrees with asking who is on duty minute by minute', () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '30')).map(([h, m]) => {
      return `${String(h).padStart(2, '0')}:${m}`;
    });
    const lines = fc.array(
      fc.record({ zone: fc.constantFrom(null, 'z1', 'z2'), from: time, to: time, person: fc.constantFrom('an', 'bo') }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(lines, fc.array(fc.integer({ min: 0, max: 3 * 1440 - 1 }), { maxLength: 20 }), (ls, moments) => {
        const roster = { ...EMPTY_ROSTER, lines: ls.map((l, i) => line({ ...l, id: `${i}` })) };
        const { gaps } = look(roster);
        for (const minute of moments) {
          const t = FROM + minutes(minute);
          for (const zone of ['z1', 'z2']) {
            const on = onDuty(roster, {
              ...{ estate: 'jinyue', zones: [zone], role: 'butler', duty: 'primary', at: t, timezone: 'Europe/Berlin' },
            });
            const gap = gaps.some((g) => (g.zone === null || g.zone === zone) && g.from <= t && t < g.until);
            expect({ zone, t: at(t), gap }).toEqual({ zone, t: at(t), gap: on.length === 0 });
          }
        }
      }),
    );
  });
});
