import type { DecodedReading } from './decode-native.js';

const REMEMBERED = 32;
const WINDOW_MS = 600_000;

/**
 * Recognises a reading of one device that was told before: same seq, observedAt **and** values within 10 minutes. A
 * bridge that restarts counts from 0 again, so seq alone proves nothing. Remembers the last 32 readings; a newer
 * observedAt than all of them is new without a look.
 */
export class DuplicateFilter {
  private newest = -Infinity;
  private next = 0;
  private readonly seen: { observedAt: number; seq: number | undefined; hash: number; at: number }[] = [];

  /** True when it is a duplicate; else remembers it. */
  check(r: DecodedReading, now: number): boolean {
    const hash = hashOf(r.values);
    if (r.observedAt <= this.newest) {
      for (const s of this.seen) {
        if (s.observedAt === r.observedAt && s.seq === r.seq && s.hash === hash && now - s.at <= WINDOW_MS) return true;
      }
    } else {
      this.newest = r.observedAt;
    }
    const slot = this.seen[this.next];
    if (slot) {
      slot.observedAt = r.observedAt;
      slot.seq = r.seq;
      slot.hash = hash;
      slot.at = now;
    } else {
      this.seen.push({ observedAt: r.observedAt, seq: r.seq, hash, at: now });
    }
    this.next = (this.next + 1) % REMEMBERED;
    return false;
  }
}

const NUMBER = new Float64Array(1);
const HALVES = new Int32Array(NUMBER.buffer);

/** FNV-1a over names and values in their order: 32 bits beside equal times and numbers is evidence enough. */
function hashOf(values: object): number {
  let h = 0x811c9dc5;
  for (const name in values) {
    const value: unknown = (values as Record<string, unknown>)[name];
    h = mixText(h, name);
    if (typeof value === 'number') {
      NUMBER[0] = value;
      h = Math.imul(Math.imul(h ^ (HALVES[0] as number), 0x01000193) ^ (HALVES[1] as number), 0x01000193);
    } else if (typeof value === 'string') h = mixText(h, value);
    else h = mixText(h, JSON.stringify(value) ?? '');
    // The bits of a number's upper half must reach the lower ones.
    h ^= h >>> 15;
  }
  return h;
}

function mixText(hash: number, text: string): number {
  let h = hash;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}
