import { useSyncExternalStore } from 'react';

/** Where the reader is, kept in the address (`#/tickets/ID`): survives a reload, works with the back button. */
export interface Place {
  readonly kind: string;
  readonly id: string;
}

const read = (): string => location.hash;
const watch = (listener: () => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

export const useHashRoute = (): Place | null => {
  const [, kind, id] = useSyncExternalStore(watch, read).split('/');
  return kind && id ? { kind, id: decodeURIComponent(id) } : null;
};

export const goTo = (kind: 'tickets' | 'alarms' | 'devices' | 'new' | 'tasks' | 'profile', id: string): void => {
  location.hash = `#/${kind}/${encodeURIComponent(id)}`;
};

export const goHome = (): void => {
  if (location.hash !== '') location.hash = '#/';
};
