import type { UpTime } from './service-process.js';

/**
 * The latest instant at which something due at `due` may happen when the service was only up at times: `latenessMs` after
 * it is due, or `graceMs` after the service is ready again, in the first stretch of time long enough for either.
 * All ms since the epoch. Infinity: no stretch was long enough, so nothing can be asked for.
 */
export function mustBeBy(
  due: number,
  up: readonly UpTime[],
  allowed: { latenessMs: number; graceMs: number },
  now: number,
): number {
  for (const stretch of up) {
    const by = Math.max(due + allowed.latenessMs, stretch.from + allowed.graceMs);
    if (by <= (stretch.to ?? now)) return by;
  }
  return Infinity;
}
