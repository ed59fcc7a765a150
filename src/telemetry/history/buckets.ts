import type { Bucket, StoredReading } from '../history.port.js';

interface Growing {
  at: number;
  count: number;
  min: number;
  max: number;
  sum: number;
  last: number;
}

/** Numbers of one field by buckets that are aligned to the epoch. Readings come oldest first. */
export class Buckets {
  private readonly growing = new Map<number, Growing>();

  constructor(
    private readonly field: string,
    private readonly stepMs: number,
  ) {}

  add(readings: readonly StoredReading[]): void {
    for (const { at, values } of readings) {
      const value = fieldOf(values, this.field);
      if (typeof value !== 'number') continue;
      const start = bucketOf(at, this.stepMs);
      const known = this.growing.get(start);
      if (!known) {
        this.growing.set(start, { at: start, count: 1, min: value, max: value, sum: value, last: value });
        continue;
      }
      known.count++;
      known.sum += value;
      known.last = value;
      if (value < known.min) known.min = value;
      if (value > known.max) known.max = value;
    }
  }

  get list(): Bucket[] {
    return [...this.growing.values()]
      .sort((a, b) => a.at - b.at)
      .map(({ sum, ...b }) => ({ ...b, mean: sum / b.count }));
  }
}

/** Beginning of the bucket that a moment lies in. */
export const bucketOf = (at: number, stepMs: number): number => Math.floor(at / stepMs) * stepMs;

/** `channels.temperature` is that channel, unless a value has that very name. */
function fieldOf(values: Readonly<Record<string, unknown>>, field: string): unknown {
  if (Object.hasOwn(values, field)) return values[field];
  const dot = field.indexOf('.');
  const within = dot < 0 ? undefined : values[field.slice(0, dot)];
  if (typeof within !== 'object' || within === null) return undefined;
  return Object.entries(within).find(([key]) => key === field.slice(dot + 1))?.[1];
}
