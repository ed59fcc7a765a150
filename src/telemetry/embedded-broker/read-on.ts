import type { Client } from 'aedes';

/** Publishes of one connection that may wait for their commit; with more, nothing more is read from it. */
const HELD_AT_MOST = 1000;

/**
 * aedes reads on from a connection when all that it has read is handled. With PUBACKs held back it would not see a
 * PINGREQ, and both sides would give the connection up in a database stall: what is held does not count as unhandled.
 */
export function readOn(client: Client, accepted: () => void): () => void {
  const reader = client as unknown as { _parsingBatch: number; held?: number };
  const held = reader.held ?? 0;
  if (held >= HELD_AT_MOST) return accepted;
  reader.held = held + 1;
  reader._parsingBatch--;
  return () => {
    reader.held = (reader.held ?? 1) - 1;
    accepted();
  };
}
