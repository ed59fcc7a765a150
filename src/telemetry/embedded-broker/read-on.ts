import type { Client } from 'aedes';

/** Publishes of one connection that may wait for their commit; with more, nothing more is read from it. */
const HELD_AT_MOST = 1000;

interface Reader {
  _parsingBatch: number;
  /** Publishes whose commit is awaited. */
  held?: number;
}

/**
 * aedes reads on from a connection when all that it has read is handled. With PUBACKs held back it would not see a
 * PINGREQ, and both sides would give the connection up in a database stall: what is held does not count as unhandled.
 */
export function readOn(client: Client, accepted: () => void): () => void {
  const reader = client as unknown as Reader;
  if (!hold(reader)) return accepted;
  reader._parsingBatch--;
  return () => {
    letGo(reader);
    accepted();
  };
}

/** @returns false when so many wait already that nothing more may be taken in */
export function hold(reader: { held?: number }): boolean {
  const held = reader.held ?? 0;
  if (held >= HELD_AT_MOST) return false;
  reader.held = held + 1;
  return true;
}

export function letGo(reader: { held?: number }): void {
  reader.held = (reader.held ?? 1) - 1;
}
