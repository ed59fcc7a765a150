import type { Aedes } from 'aedes';

interface Subscription {
  readonly clientId: string;
}

/** What is used of the memory in which aedes keeps what a session has not acknowledged yet. */
interface Sessions {
  outgoingEnqueueCombi(subs: Subscription[], packet: unknown): Promise<void>;
  /** @returns the packet that it took out */
  outgoingClearMessageId(client: { id: string }, packet: unknown): Promise<unknown>;
}

/** A device that is away with its session open gets this many commands kept for it; else they would grow without end. */
export const KEPT_AT_MOST = 100;

/** @param dropped is told of each command that is not kept */
export function boundSessions(aedes: Aedes, dropped: (device: string) => void): void {
  const sessions = (aedes as unknown as { persistence: Sessions }).persistence;
  const keep = sessions.outgoingEnqueueCombi.bind(sessions);
  const clear = sessions.outgoingClearMessageId.bind(sessions);
  const kept = new Map<string, number>();

  sessions.outgoingEnqueueCombi = (subs, packet) => {
    // Nearly always: nobody subscribes to readings.
    if (subs.length === 0) return keep(subs, packet);
    const room = subs.filter((s) => {
      const n = kept.get(s.clientId) ?? 0;
      if (n >= KEPT_AT_MOST) dropped(s.clientId);
      else kept.set(s.clientId, n + 1);
      return n < KEPT_AT_MOST;
    });
    return keep(room, packet);
  };
  sessions.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet);
    const n = (kept.get(client.id) ?? 0) - (cleared ? 1 : 0);
    if (n > 0) kept.set(client.id, n);
    else kept.delete(client.id);
    return cleared;
  };
}
