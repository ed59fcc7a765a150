import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../kernel/domain-error.js';
import { assertEstate } from './estate-scope.js';
import { canSee, estatesOf, hasRole, hasRoleSomewhere, rolesIn, type Principal } from './principal.js';

const wang: Principal = {
  username: 'wang.qiang',
  names: { zh: '王强', en: 'Wang Qiang' },
  roles: [
    { estate: 'e1', role: 'butler' },
    { estate: 'e1', role: 'supervisor' },
    { estate: 'e2', role: 'engineer' },
  ],
};

const refusal = (f: () => void): string => {
  try {
    f();
  } catch (e) {
    if (e instanceof DomainError) return e.code;
    throw e;
  }
  return 'let in';
};

describe('a principal', () => {
  it('has exactly the roles of each estate', () => {
    expect(rolesIn(wang, 'e1')).toEqual(['butler', 'supervisor']);
    expect(rolesIn(wang, 'e2')).toEqual(['engineer']);
    expect(rolesIn(wang, 'e3')).toEqual([]);
    expect(estatesOf(wang)).toEqual(['e1', 'e2']);
  });

  it('does not carry a role of one estate into another', () => {
    expect(hasRole(wang, 'e1', 'butler')).toBe(true);
    expect(hasRole(wang, 'e2', 'butler')).toBe(false);
    expect(hasRole(wang, 'e2', 'butler', 'engineer')).toBe(true);
    expect(hasRole(wang, 'e2')).toBe(true);
    expect(hasRole(wang, 'e3')).toBe(false);
    expect(hasRoleSomewhere(wang, 'engineer')).toBe(true);
    expect(hasRoleSomewhere(wang, 'control-room')).toBe(false);
    expect(hasRoleSomewhere({ ...wang, roles: [] })).toBe(true);
  });

  it('sees a change of its estates when the audience is everybody or one of its roles there', () => {
    expect(canSee(wang, 'e1', null)).toBe(true);
    expect(canSee(wang, 'e1', ['control-room', 'supervisor'])).toBe(true);
    expect(canSee(wang, 'e1', ['control-room'])).toBe(false);
    expect(canSee(wang, 'e2', ['supervisor'])).toBe(false);
    expect(canSee(wang, 'e2', [])).toBe(false);
    expect(canSee(wang, 'e3', null)).toBe(false);
  });

  it('is told "not found" out of its estates and "forbidden" in them with another role', () => {
    expect(refusal(() => assertEstate(wang, 'e1'))).toBe('let in');
    expect(refusal(() => assertEstate(wang, 'e1', 'control-room', 'supervisor'))).toBe('let in');
    expect(refusal(() => assertEstate(wang, 'e2', 'control-room', 'supervisor'))).toBe('forbidden');
    expect(refusal(() => assertEstate(wang, 'e3'))).toBe('not-found');
    expect(refusal(() => assertEstate(wang, 'e3', 'butler'))).toBe('not-found');
  });
});
