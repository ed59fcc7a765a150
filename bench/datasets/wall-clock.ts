import { localTime } from '../../src/kernel/local-time.js';

const QUARTERS = [-2, -1, 0, 1, 2, 3].map((h) => h * 3_600_000);

/**
 * Turns wall-clock times of a European zone, in their order, into instants. The hour that comes twice in autumn is
 * taken for the first unless the series has passed it already; the hour that is left out in spring is refused.
 */
export class WallClock {
  private last = -Infinity;

  constructor(private readonly zone: string) {}

  /** @param local `2016-10-30T02:36:32` (or with a blank) @returns ms since the epoch @throws for no such time */
  next(local: string): number {
    const at = wallClockInstants(this.zone, local).find((t, i, all) => t > this.last || i === all.length - 1);
    if (at === undefined) throw new Error(`${local} does not exist in ${this.zone}`);
    this.last = at;
    return at;
  }
}

/** Every instant at which the wall clock of `zone` shows `local`: none, one or two, the earlier first. */
function wallClockInstants(zone: string, local: string): number[] {
  const asIfUtc = Date.parse(`${local.replace(' ', 'T')}Z`);
  if (Number.isNaN(asIfUtc)) throw new Error(`not a time: ${local}`);
  const wanted = Math.floor(asIfUtc / 60_000);
  return QUARTERS.map((offset) => asIfUtc - offset)
    .filter((t) => {
      const there = localTime(zone, t);
      return there.day * 1440 + there.minuteOfDay === wanted;
    })
    .sort((a, b) => a - b);
}
