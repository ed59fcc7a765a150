/** The newest numbered reading of a device. */
export interface LastNumber {
  readonly seq: number;
  /** Ms since the epoch, the device's clock. */
  readonly observedAt: number;
}

/** A jump further than this is a new count, not a loss. */
const NEW_COUNT = 100_000;

/**
 * How many numbers are left out between two readings of a device. 0 when it counts on, has begun anew (a restart), or
 * tells of an earlier time (a stored upload).
 */
export function missingBetween(last: LastNumber | undefined, next: LastNumber): number {
  if (!last || next.observedAt < last.observedAt || next.seq <= last.seq) return 0;
  const missing = next.seq - last.seq - 1;
  return missing > NEW_COUNT ? 0 : missing;
}
