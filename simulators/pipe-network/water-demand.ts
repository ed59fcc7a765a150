/** Demand on a riser relative to its peak, by local hour (two peaks, as every residential demand curve has). */
const BY_HOUR = [
  0.12, 0.08, 0.06, 0.06, 0.08, 0.2, 0.55, 0.8, 0.75, 0.5, 0.42, 0.5, 0.55, 0.42, 0.36, 0.36, 0.42, 0.6, 0.85, 1, 0.95,
  0.8, 0.5, 0.25,
] as const;

/** Between 0 and 1, gliding from hour to hour. */
export function waterDemand(at: number, utcOffsetHours: number): number {
  const hour = (((at / 3_600_000 + utcOffsetHours) % 24) + 24) % 24;
  const from = Math.floor(hour);
  const a = BY_HOUR[from] ?? 0;
  const b = BY_HOUR[(from + 1) % 24] ?? 0;
  return a + (b - a) * (hour - from);
}
