/**
 * A small seeded generator (mulberry32): the same seed plays the same day, so that a scenario that went wrong can be
 * played again. Not for secrets.
 */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A generator of its own for each device: one device more or fewer does not change what the others do. */
  static for(seed: number, ...labels: readonly (string | number)[]): Random {
    let h = (2166136261 ^ seed) >>> 0; // FNV-1a over the labels
    for (const c of labels.join('\u0000')) h = Math.imul(h ^ c.charCodeAt(0), 16777619) >>> 0;
    return new Random(h);
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** Whole number in [low, high]. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    const chosen = list[Math.floor(this.next() * list.length)];
    if (chosen === undefined) throw new RangeError('nothing to pick from');
    return chosen;
  }

  /** Time to the next of independent arrivals, in the unit of the mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Roughly normal with mean 0 and deviation 1 (sum of uniforms): enough for sensor noise. */
  noise(): number {
    return (this.next() + this.next() + this.next() + this.next() - 2) * Math.sqrt(3);
  }
}
