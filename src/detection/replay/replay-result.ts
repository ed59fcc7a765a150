import type { EventName } from '../../kernel/events.js';
import type { ReplayedAlarm } from './alarm-book.js';
import type { Comparison, RaisedAlarm } from './compare.js';
import type { RuleStanding, TraceLine } from './trace.js';

/** How often each event, alphabetically. `was` is null where nobody knows what was raised (a file of readings). */
export interface EventCount {
  readonly event: EventName;
  readonly would: number;
  readonly was: number | null;
  readonly both: number | null;
}

/** What a replay found. The same log and the same parameters give the same bytes: nothing in here tells when it ran. */
export interface ReplayResult {
  /** ms since the epoch, [from, to). */
  readonly from: number;
  readonly to: number;
  readonly warmUpFrom: number;
  readonly devices: number;
  readonly readings: number;
  readonly duplicates: number;
  readonly overrides: Readonly<Record<string, number>>;
  readonly would: readonly ReplayedAlarm[];
  readonly was: readonly RaisedAlarm[] | null;
  readonly comparison: Comparison | null;
  readonly counts: readonly EventCount[];
  /** What a reader must know to believe it, in sentences. */
  readonly notes: readonly string[];
  readonly trace: { readonly lines: readonly TraceLine[]; readonly standing: readonly RuleStanding[] } | null;
}

export function countEvents(
  would: readonly ReplayedAlarm[],
  was: readonly RaisedAlarm[] | null,
  comparison: Comparison | null,
): EventCount[] {
  const own = would.filter((a) => a.swallowedBy === null);
  const events = [...new Set([...own, ...(was ?? [])].map((a) => a.event))].sort();
  return events.map((event) => ({
    event,
    would: own.filter((a) => a.event === event).length,
    was: was ? was.filter((a) => a.event === event).length : null,
    both: comparison ? comparison.both.filter((b) => b.would.event === event).length : null,
  }));
}
