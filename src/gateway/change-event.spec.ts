import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Principal } from '../access/principal.js';
import type { ChangeRow } from '../platform/estate-transaction.js';
import { changeEvent } from './change-event.js';
import type { Role } from './views.js';

const reader = (...roles: Role[]): Principal => ({
  username: 'somebody',
  names: { zh: '某', en: 'Somebody' },
  roles: roles.map((role) => ({ estate: 'jinyue', role })),
});
const row = (over: Partial<ChangeRow> = {}): ChangeRow => ({
  estate: 'jinyue',
  seq: 12,
  type: 'alarm',
  entityId: 'a1',
  audience: null,
  payload: { id: 'a1' },
  ...over,
});

describe('law 7: a change as its reader may see it', () => {
  it('carries its thing under the name of its type', () => {
    const butler = reader('butler');
    for (const type of ['alarm', 'ticket', 'page'])
      expect(changeEvent(row({ type }), butler)).toEqual({ seq: 12, estate: 'jinyue', type, [type]: { id: 'a1' } });
    expect(changeEvent(row({ type: 'step', payload: { ticketId: 't1', no: 3 } }), butler)).toEqual({
      seq: 12,
      estate: 'jinyue',
      type: 'step',
      ticketId: 't1',
      step: { no: 3 },
    });
    expect(changeEvent(row({ type: 'device', payload: { device: 'd1', life: 'live' } }), butler)).toEqual({
      seq: 12,
      estate: 'jinyue',
      type: 'device',
      device: 'd1',
      life: 'live',
    });
  });

  it('is a number alone for whose role is not in its audience, and for who has no role in that estate', () => {
    const hidden = { seq: 12, estate: 'jinyue', type: 'hidden' };
    expect(changeEvent(row({ audience: ['butler'] }), reader('contractor'))).toEqual(hidden);
    expect(changeEvent(row({ audience: [] }), reader('supervisor'))).toEqual(hidden);
    expect(changeEvent(row(), reader())).toEqual(hidden);
    expect(changeEvent(row({ estate: 'other' }), reader('supervisor'))).toEqual({ ...hidden, estate: 'other' });
    expect(changeEvent(row({ audience: ['butler'] }), reader('contractor', 'butler'))).toMatchObject({ type: 'alarm' });
  });

  it('of a type that this version does not know is a number alone', () => {
    expect(changeEvent(row({ type: 'later' }), reader('butler'))).toEqual({
      seq: 12,
      estate: 'jinyue',
      type: 'hidden',
    });
  });

  it('hidden or not, it always has its number, and hidden it has nothing else', () => {
    const roles = fc.subarray<Role>(['butler', 'contractor', 'control-room', 'supervisor']);
    const audience = fc.option(fc.subarray(['butler', 'contractor', 'control-room']));
    fc.assert(
      fc.property(roles, audience, fc.constantFrom('alarm', 'ticket', 'page', 'step', 'device', 'x'), (r, a, type) => {
        const event = changeEvent(row({ type, audience: a, payload: { secret: 'key under the mat' } }), reader(...r));
        expect(event.seq).toBe(12);
        if (event.type === 'hidden') expect(Object.keys(event).sort()).toEqual(['estate', 'seq', 'type']);
        if (!r.some((x) => a === null || a.includes(x))) expect(JSON.stringify(event)).not.toContain('secret');
      }),
    );
  });
});
