import { localTime } from './local-time.js';
import { instantAt } from './zoned-time.js';

export interface Window {
  /** ms since the epoch; `to` is the beginning of the next. */
  readonly from: number;
  readonly to: number;
}

/**
 * The part of the local day that `at` lies in, when days are cut at these local minutes. A day on which the clocks change
 * has a longer or a shorter one; none is left out.
 * @param cuts minutes of the day, 0 … 1439, at least one
 */
export function windowAt(zone: string, cuts: readonly number[], at: number): Window {
  const { day } = localTime(zone, at);
  const begins = [-1, 0, 1, 2].flatMap((d) => cuts.map((m) => instantAt(zone, day + d, m)));
  const sorted = [...new Set(begins)].sort((a, b) => a - b);
  const next = sorted.findIndex((b) => b > at);
  return { from: sorted[next - 1] ?? at, to: sorted[next] ?? at };
}

/** Every so many hours from midnight. */
export const everyHours = (h: number): number[] => Array.from({ length: Math.ceil(24 / h) }, (_, i) => i * h * 60);
