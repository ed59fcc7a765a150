/** A stretch of time as REST tells it. */
export interface Stretch {
  readonly from: string;
  readonly until: string;
}

/** Where the parts of `stretches` that lie in a day stand in it, as shares of its length (0 … 1). */
export const partsOfDay = (day: Stretch, stretches: readonly Stretch[]): { at: number; width: number }[] => {
  const [from, until] = [Date.parse(day.from), Date.parse(day.until)];
  return stretches.flatMap((s) => {
    const begins = Math.max(from, Date.parse(s.from));
    const ends = Math.min(until, Date.parse(s.until));
    return begins < ends ? [{ at: (begins - from) / (until - from), width: (ends - begins) / (until - from) }] : [];
  });
};
