import { randomBytes } from 'node:crypto';

/**
 * A version 7 UUID: sortable by creation time, so that indexes stay compact, and unguessable in its tail.
 * @param now steady milliseconds since the epoch
 */
export function newId(now: number): string {
  const b = randomBytes(16);
  b.writeUIntBE(now, 0, 6);
  b[6] = (b[6]! & 0x0f) | 0x70;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const h = b.toString('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}
