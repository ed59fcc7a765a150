import { groupedBy } from '../../kernel/grouped-by.js';

/** An alarm that an operator was shown: raised anew, or once more. */
export interface ShownAlarm {
  /** Ms since the epoch. */
  readonly at: number;
  /** What it is about and which event: the "tag" of ISA-18.2. */
  readonly tag: string;
}

export interface StandingAlarm {
  readonly tag: string;
  /** Ms since the epoch; null = still there. */
  readonly from: number;
  readonly to: number | null;
}

export interface OperatorLoad {
  readonly shown: number;
  /** Alarms per operator in ten minutes, over the whole time. 1 is manageable (ISA-18.2). */
  readonly average: number;
  /** The worst ten minutes. */
  readonly peak: number;
  /** When they began, ms since the epoch; null without alarms. */
  readonly peakAt: number | null;
  /** Flood: more than 10 per operator in ten minutes begins it, fewer than 5 end it. */
  readonly floods: number;
  readonly floodMinutes: number;
  /** Share of the time in flood, 0 to 1; ISA-18.2 aims below 0.01. */
  readonly floodShare: number;
  /** Stood for more than 24 h at some moment of the time. */
  readonly stale: number;
  readonly mostFrequent: readonly { readonly tag: string; readonly count: number; readonly share: number }[];
  /** Tags that came three times or more within a minute. */
  readonly chattering: readonly { readonly tag: string; readonly bursts: number }[];
}

const WINDOW_MS = 600_000;
const FLOOD_BEGINS = 10;
const FLOOD_ENDS = 5;
const STALE_MS = 86_400_000;
const CHATTER_COUNT = 3;
const CHATTER_MS = 60_000;
const TOP = 10;

/**
 * What the alarms of [from, to) asked of the operators, by ISA-18.2 / IEC 62682 (§16, table of performance figures).
 * Windows of ten minutes follow each other from `from`; a last, shorter one counts as it is.
 * @param shown in any order; those outside the time do not count
 * @param operatorsAt how many were at the desk then; nobody counts as one: somebody had to
 */
export function operatorLoad(
  shown: readonly ShownAlarm[],
  standing: readonly StandingAlarm[],
  span: { readonly from: number; readonly to: number },
  operatorsAt: (at: number) => number,
): OperatorLoad {
  const inside = shown.filter((a) => a.at >= span.from && a.at < span.to);
  const counts = new Map<number, number>();
  for (const a of inside) {
    const window = Math.floor((a.at - span.from) / WINDOW_MS);
    counts.set(window, (counts.get(window) ?? 0) + 1);
  }
  let [peak, peakAt, operatorWindows, floods, floodMs, inFlood] = [0, null as number | null, 0, 0, 0, false];
  for (let window = 0, at = span.from; at < span.to; window++, at += WINDOW_MS) {
    const length = Math.min(WINDOW_MS, span.to - at);
    const operators = Math.max(1, operatorsAt(at));
    const rate = (counts.get(window) ?? 0) / operators;
    operatorWindows += (operators * length) / WINDOW_MS;
    if (rate > peak) [peak, peakAt] = [rate, at];
    if (!inFlood && rate > FLOOD_BEGINS) [inFlood, floods] = [true, floods + 1];
    else if (inFlood && rate < FLOOD_ENDS) inFlood = false;
    if (inFlood) floodMs += length;
  }
  const stale = standing.filter((a) => {
    const staleFrom = a.from + STALE_MS;
    return staleFrom < span.to && (a.to === null || a.to > Math.max(staleFrom, span.from));
  });
  const byTag = groupedBy(inside, (a) => a.tag);
  const frequent = [...byTag].map(([tag, of]) => ({ tag, count: of.length, share: of.length / inside.length }));
  return {
    shown: inside.length,
    average: operatorWindows > 0 ? inside.length / operatorWindows : 0,
    ...{ peak, peakAt, floods },
    floodMinutes: floodMs / 60_000,
    floodShare: span.to > span.from ? floodMs / (span.to - span.from) : 0,
    stale: stale.length,
    mostFrequent: frequent.sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1)).slice(0, TOP),
    chattering: [...byTag]
      .map(([tag, of]) => ({ tag, bursts: bursts(of.map((a) => a.at)) }))
      .filter((c) => c.bursts > 0)
      .sort((a, b) => b.bursts - a.bursts || (a.tag < b.tag ? -1 : 1)),
  };
}

/** Times at which a third alarm came within a minute of the first; each alarm counts in one burst at most. */
function bursts(times: number[]): number {
  const sorted = times.sort((a, b) => a - b);
  let found = 0;
  for (let i = 0; i + CHATTER_COUNT <= sorted.length;) {
    const [first, last] = [sorted[i] ?? 0, sorted[i + CHATTER_COUNT - 1] ?? Infinity];
    if (last - first >= CHATTER_MS) {
      i++;
      continue;
    }
    found++;
    while (i < sorted.length && (sorted[i] ?? 0) - first < CHATTER_MS) i++;
  }
  return found;
}
