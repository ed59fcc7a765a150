import type { DecodedReading } from './decode-native.js';

const WINDOW_MS = 600_000;
/** At least so many readings are remembered, however old. */
const LEAST = 32;
/**
 * A reading is not forgotten for a newer one before this: what a client sends again when its connection broke is all that
 * it had in flight, and one that is forgotten too early makes room in the order of those that follow it.
 */
const KEPT_MS = 60_000;
/** Whoever sends faster than this in {@link KEPT_MS} has the last of it remembered. */
const MOST = 1024;

/** Of one reading, in this order: observedAt, seq (NaN: none), hash of its values, when it was told. */
const WIDTH = 4;

/**
 * Recognises a reading of one device that was told before: same seq, observedAt **and** values within 10 minutes. A
 * bridge that restarts counts from 0 again, so seq alone proves nothing. Remembers the last 32 readings, and those of
 * the last minute up to 1,024; a newer observedAt than all of them is new without a look.
 */
export class DuplicateFilter {
  private newest = -Infinity;
  /** A ring, in one block of numbers: there is one for each device, and objects would be looked at by every collection. */
  private seen = new Float64Array(8 * WIDTH);
  private length = 0;
  /** Where the next one goes; when the ring is full, the oldest stands there. */
  private next = 0;

  /** True when it is a duplicate; else remembers it. */
  check(r: DecodedReading, now: number): boolean {
    const seq = r.seq ?? NaN;
    const hash = hashOf(r.values);
    if (r.observedAt > this.newest) this.newest = r.observedAt;
    else if (this.has(r.observedAt, seq, hash, now)) return true;
    this.remember(r.observedAt, seq, hash, now);
    return false;
  }

  private has(observedAt: number, seq: number, hash: number, now: number): boolean {
    const { seen } = this;
    for (let i = 0; i < this.length * WIDTH; i += WIDTH) {
      if (seen[i] !== observedAt || seen[i + 2] !== hash || !Object.is(seen[i + 1], seq)) continue;
      if (now - (seen[i + 3] as number) <= WINDOW_MS) return true;
    }
    return false;
  }

  private remember(observedAt: number, seq: number, hash: number, now: number): void {
    const capacity = this.seen.length / WIDTH;
    if (this.length === capacity && this.isTooSmall(capacity, now)) this.grow(capacity);
    const i = this.next * WIDTH;
    this.seen[i] = observedAt;
    this.seen[i + 1] = seq;
    this.seen[i + 2] = hash;
    this.seen[i + 3] = now;
    this.length = Math.max(this.length, this.next + 1);
    this.next = (this.next + 1) % (this.seen.length / WIDTH);
  }

  private isTooSmall(capacity: number, now: number): boolean {
    const oldest = this.seen[this.next * WIDTH + 3] as number;
    return capacity < LEAST || (capacity < MOST && now - oldest < KEPT_MS);
  }

  /** Twice as long, the oldest first. */
  private grow(capacity: number): void {
    const grown = new Float64Array(this.seen.length * 2);
    grown.set(this.seen.subarray(this.next * WIDTH));
    grown.set(this.seen.subarray(0, this.next * WIDTH), (capacity - this.next) * WIDTH);
    this.seen = grown;
    this.next = capacity;
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
