import { safeStorage } from './safe-storage.js';

const KEY = 'steward.token';

/** The login survives a reload: a phone that reloads at night must ring without asking for a password. */
export const storedLogin = {
  read: (): string | null => {
    const kept = safeStorage.get(KEY);
    if (!kept) return null;
    try {
      const { token, expiresAt } = JSON.parse(kept) as { token: string; expiresAt: string };
      return Date.parse(expiresAt) > Date.now() ? token : null;
    } catch {
      return null;
    }
  },
  save: (login: { token: string; expiresAt: string }): void => safeStorage.set(KEY, JSON.stringify(login)),
  clear: (): void => safeStorage.remove(KEY),
};
