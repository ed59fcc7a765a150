import type { Names } from '../../src/gateway/views.js';

/** Something the butler has done that the service may not know yet. Sent strictly in order. */
export type UnsentAction = {
  readonly id: string;
  readonly ticketId: string;
  readonly place: Names;
  /** Milliseconds since the epoch, when the butler did it. */
  readonly at: number;
  /** Times that sending it was tried and nothing came back: it may have arrived all the same. */
  readonly tries: number;
} & (
  | {
      readonly kind: 'move';
      readonly move: string;
      readonly body: Readonly<Record<string, string>>;
      readonly pageId?: string;
    }
  | { readonly kind: 'step'; readonly no: number; readonly change: 'done' | 'skip' | 'reopen'; readonly note?: string }
);

interface QueueStorage {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

const keyFor = (username: string) => `steward.unsent.${username}`;

/** What was left unsent by this person on this phone; a damaged entry loses the queue, never the page. */
export const readQueue = (storage: QueueStorage, username: string): UnsentAction[] => {
  try {
    const kept: unknown = JSON.parse(storage.get(keyFor(username)) ?? '[]');
    return Array.isArray(kept) ? (kept as UnsentAction[]) : [];
  } catch {
    return [];
  }
};

export const writeQueue = (storage: QueueStorage, username: string, queue: readonly UnsentAction[]): void =>
  storage.set(keyFor(username), JSON.stringify(queue));

export type SendResult = 'sent' | 'refused' | 'offline';

/**
 * Sends from the head until the queue is empty or the line is down. `send` decides each; `save` is called after every
 * change, so that a phone that dies in between sends nothing twice that was answered. Actions added meanwhile are
 * taken in turn, because the queue is read afresh each time.
 */
export const drain = async (
  read: () => readonly UnsentAction[],
  save: (queue: readonly UnsentAction[]) => void,
  send: (action: UnsentAction) => Promise<SendResult>,
): Promise<'empty' | 'offline'> => {
  for (;;) {
    const head = read()[0];
    if (!head) return 'empty';
    const result = await send(head);
    if (result === 'offline') {
      save(read().map((a) => (a.id === head.id ? { ...a, tries: a.tries + 1 } : a)));
      return 'offline';
    }
    save(read().filter((a) => a.id !== head.id));
  }
};
