import { describe, expect, it } from '@jest/globals';
import { EstateDirectory } from '../estate/estate-directory.js';
import type { RosterEntry } from '../estate/roster-entry.js';
import type { Role } from '../gateway/views.js';
import { recipientsOf } from './recipients.js';
import type { Target } from './policy.js';

const names = (text: string) => ({ zh: text, en: text });
const person = (username: string, role: Role, estate = 'jinyue') => ({
  ...{ username, names: names(username), phone: null },
  roles: [{ estate, role }],
});
const duty = (who: string, role: Role, more: Partial<RosterEntry> = {}): RosterEntry => ({
  ...{ id: who, estate: 'jinyue', zone: null, role, duty: 'primary', person: who },
  ...{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' },
  ...more,
});

const directory = new EstateDirectory({
  estates: [{ id: 'jinyue', names: names('jinyue'), timezone: 'Asia/Shanghai', setting: 'city' }],
  ...{ buildings: [], risers: [], units: [], zones: [], devices: [] },
  people: [
    person('butler', 'butler'),
    person('guard', 'security'),
    person('liftman', 'contractor'),
    person('desk', 'control-room'),
    person('gao.feng', 'project-manager'),
    person('stranger', 'butler', 'other'),
  ],
  roster: [
    duty('butler', 'butler', { zone: 'z1' }),
    duty('guard', 'security', { from: '20:00', to: '08:00' }),
    duty('liftman', 'contractor'),
    duty('desk', 'control-room'),
  ],
});
const NOON = Date.parse('2026-01-05T12:00:00+08:00');
const NIGHT = Date.parse('2026-01-05T23:00:00+08:00');
const ask = (at: number, ...targets: Target[]) =>
  recipientsOf(directory, targets, { estate: 'jinyue', zones: ['z1'], at });
const people = (at: number, ...targets: Target[]) => ask(at, ...targets).recipients.map((p) => p.person);

describe('who is meant by a level', () => {
  it('a role on the roster for the zone, at that instant, and why nobody is', () => {
    expect(people(NOON, { kind: 'on-duty', role: 'butler', duty: 'primary' })).toEqual(['butler']);
    expect(people(NIGHT, { kind: 'on-duty', role: 'security', duty: 'any' })).toEqual(['guard']);
    expect(ask(NOON, { kind: 'on-duty', role: 'security', duty: 'any' })).toEqual({
      ...{ recipients: [], missing: ['no security on duty'] },
    });
    expect(ask(NOON, { kind: 'on-duty', role: 'butler', duty: 'backup' }).missing).toEqual([
      'no backup butler on duty',
    ]);
  });

  it('a named person, on shift or not, unless he does not work there', () => {
    expect(ask(NOON, { kind: 'person', person: 'gao.feng' }).recipients).toEqual([
      { person: 'gao.feng', role: 'project-manager', because: 'named in the policy' },
    ]);
    for (const who of ['stranger', 'nobody'])
      expect(ask(NOON, { kind: 'person', person: who })).toEqual({
        ...{ recipients: [], missing: [`${who} does not work here any more`] },
      });
  });

  it('everyone of the staff who is on shift, and no contractor', () => {
    expect(people(NOON, { kind: 'everyone-on-shift' })).toEqual(['butler', 'desk']);
    expect(people(NIGHT, { kind: 'everyone-on-shift' })).toEqual(['butler', 'guard', 'desk']);
  });

  it('a call is made by the control room, which is told whom to ring', () => {
    const [told] = ask(NOON, { kind: 'call', contact: 'fire-brigade' }).recipients;
    expect(told).toMatchObject({ person: 'desk', role: 'control-room' });
    expect(told?.because).toMatch(/^call the fire-brigade/);
  });

  it('each person once, for the first reason', () => {
    const targets: Target[] = [{ kind: 'on-duty', role: 'butler', duty: 'any' }, { kind: 'everyone-on-shift' }];
    expect(people(NIGHT, ...targets)).toEqual(['butler', 'guard', 'desk']);
  });
});
