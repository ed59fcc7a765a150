import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionStore } from './session-store.port.js';

/** What a store is given before each sentence: see {@link CONTRACT_PEOPLE}. */
export type MakeSessionStore = (people: typeof CONTRACT_PEOPLE) => Promise<SessionStore>;

/** Two estates `e1` and `e2`; one person with roles in both, one who left, one who may not sign in. */
export const CONTRACT_PEOPLE = [
  {
    username: 'li.na',
    names: { zh: '李娜', en: 'Li Na' },
    passwordHash: 'hash-of-li-na',
    active: true,
    roles: [
      { estate: 'e1', role: 'butler' },
      { estate: 'e2', role: 'supervisor' },
    ],
  },
  { username: 'left', names: { zh: '离职', en: 'Left' }, passwordHash: 'hash-of-left', active: false, roles: [] },
  { username: 'mute', names: { zh: '无', en: 'Mute' }, passwordHash: null, active: true, roles: [] },
] as const;

const T = Date.UTC(2026, 0, 5);

/** The same sentences for every session store. */
export function sessionStoreContract(name: string, make: MakeSessionStore): void {
  describe(`${name} keeps sign-ins`, () => {
    let store: SessionStore;
    const open = (tokenSha256: string, username: string, createdAt: number, expiresAt: number): Promise<void> =>
      store.open({ tokenSha256, username, createdAt, expiresAt });
    beforeEach(async () => {
      store = await make(CONTRACT_PEOPLE);
    });

    it('gives the password hash of an active person only', async () => {
      expect(await store.passwordHash('li.na')).toBe('hash-of-li-na');
      expect(await store.passwordHash('left')).toBeNull();
      expect(await store.passwordHash('mute')).toBeNull();
      expect(await store.passwordHash('nobody')).toBeNull();
    });

    it('finds an open session with names and every role', async () => {
      await open('a'.repeat(64), 'li.na', T, T + 1000);
      expect(await store.find('a'.repeat(64), T + 999)).toEqual({
        expiresAt: T + 1000,
        principal: {
          username: 'li.na',
          names: { zh: '李娜', en: 'Li Na' },
          roles: [
            { estate: 'e1', role: 'butler' },
            { estate: 'e2', role: 'supervisor' },
          ],
        },
      });
    });

    it('finds a person without any role, who then may see nothing', async () => {
      await open('b'.repeat(64), 'mute', T, T + 1000);
      expect((await store.find('b'.repeat(64), T))?.principal.roles).toEqual([]);
    });

    it('does not find what is unknown, expired or of somebody who left', async () => {
      await open('a'.repeat(64), 'li.na', T, T + 1000);
      await open('c'.repeat(64), 'left', T, T + 1000);
      expect(await store.find('f'.repeat(64), T)).toBeNull();
      expect(await store.find('a'.repeat(64), T + 1000)).toBeNull();
      expect(await store.find('c'.repeat(64), T)).toBeNull();
    });

    it('closes a session once, says whose it was, and leaves the others of that person open', async () => {
      await open('a'.repeat(64), 'li.na', T, T + 1000);
      await open('b'.repeat(64), 'li.na', T, T + 1000);
      expect(await store.close('a'.repeat(64), T + 1)).toBe('li.na');
      expect(await store.close('a'.repeat(64), T + 2)).toBeNull();
      expect(await store.find('a'.repeat(64), T + 3)).toBeNull();
      expect((await store.find('b'.repeat(64), T + 3))?.principal.username).toBe('li.na');
    });

    it('forgets the expired sessions of a person who signs in, so that they do not pile up', async () => {
      await open('a'.repeat(64), 'li.na', T, T + 1000);
      await open('b'.repeat(64), 'li.na', T + 1000, T + 5000);
      expect(await store.close('a'.repeat(64), T + 1000)).toBeNull();
      expect(await store.find('b'.repeat(64), T + 1000)).not.toBeNull();
    });
  });
}
