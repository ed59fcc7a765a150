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

/** FNV-1a over the values' JSON: 32 bits beside equal times and numbers is evidence enough. */
function hashOf(values: object): number {
  const s = JSON.stringify(values);
  let h = 0x811c9dc5;
  for (let i = 0; i < s.length; i++) {
    h ^= s.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  return h;
}
