/**
 * Nearest rank: the smallest of the values that at least `share` of them do not exceed. It is always one that was
 * measured; null without values.
 * @param share above 0, at most 1
 */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? null;
}
