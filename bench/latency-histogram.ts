/** Values in ms, kept in buckets 1 % wide from 1 µs up, so that millions fit in a kilobyte and two can be added. */
const GROWTH = Math.log(1.01);
const BUCKETS = 1900; // up to about 160 s

export interface HistogramData {
  readonly counts: number[];
  readonly max: number;
}

export class LatencyHistogram {
  private readonly counts = new Uint32Array(BUCKETS);
  private highest = 0;
  count = 0;

  static from(data: HistogramData): LatencyHistogram {
    const h = new LatencyHistogram();
    h.add(data);
    return h;
  }

  record(ms: number): void {
    const us = ms * 1000;
    const i = us <= 1 ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(us) / GROWTH));
    this.counts[i] = (this.counts[i] ?? 0) + 1;
    this.count++;
    if (ms > this.highest) this.highest = ms;
  }

  add(data: HistogramData): void {
    for (const [i, n] of data.counts.entries()) {
      this.counts[i] = (this.counts[i] ?? 0) + n;
      this.count += n;
    }
    this.highest = Math.max(this.highest, data.max);
  }

  /** Upper edge of the bucket in which the quantile lies, never above the maximum; 0 without values. */
  quantile(q: number): number {
    let left = Math.max(1, Math.ceil(this.count * q));
    if (!this.count) return 0;
    for (const [i, n] of this.counts.entries()) {
      left -= n;
      if (left <= 0) return Math.min(this.highest, Math.exp(i * GROWTH) / 1000);
    }
    return this.highest;
  }

  get max(): number {
    return this.highest;
  }

  toData(): HistogramData {
    return { counts: [...this.counts], max: this.highest };
  }
}
