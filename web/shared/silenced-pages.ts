import { safeStorage } from './safe-storage.js';

const KEY = 'steward.silenced';
const KEPT = 100;

const read = (): string[] => {
  try {
    const kept: unknown = JSON.parse(safeStorage.get(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    return [];
  }
};

/** Pages that a hand on this device has silenced: the service shows them again after a reload, quietly. */
export const silencedPages = {
  has: (pageId: string): boolean => read().includes(pageId),
  add: (pageId: string): void => {
    const rest = read().filter((id) => id !== pageId);
    safeStorage.set(KEY, JSON.stringify([...rest, pageId].slice(-KEPT)));
  },
};
