import type { EventName, Priority, Subject } from '../../kernel/events.js';
import { groupedBy } from '../../kernel/grouped-by.js';
import type { ReplayedAlarm } from './alarm-book.js';

/** An alarm that was really raised, as the alarm table tells it. Times are ms since the epoch. */
export interface RaisedAlarm {
  readonly id: string;
  readonly event: EventName;
  readonly subject: Subject;
  readonly device: string | null;
  readonly priority: Priority;
  readonly raisedAt: number;
  /** When it was over, or had cleared; null = open still. */
  readonly endedAt: number | null;
  readonly occurrences: number;
  readonly reason: string;
  readonly ticket: string | null;
}

export interface Comparison {
  /** Raised then, and raised again in the replay. `laterS` > 0: the replay is later. */
  readonly both: readonly { readonly was: RaisedAlarm; readonly would: ReplayedAlarm; readonly laterS: number }[];
  /** Would be raised, and was not. */
  readonly onlyNow: readonly ReplayedAlarm[];
  /** Was raised, and would not be. */
  readonly onlyThen: readonly RaisedAlarm[];
}

/** Two alarms of one subject and event are the same emergency when their times overlap, or miss each other by less. */
const SAME_WITHIN_MS = 5 * 60_000;

/** Pairs what would have been raised with what was. One real alarm may hold several occurrences, and pairs with each. */
export function compareAlarms(would: readonly ReplayedAlarm[], was: readonly RaisedAlarm[]): Comparison {
  const bySubject = groupedBy(was, keyOf);
  const both: Comparison['both'][number][] = [];
  const onlyNow: ReplayedAlarm[] = [];
  const found = new Set<RaisedAlarm>();
  for (const a of would) {
    if (a.swallowedBy !== null) continue;
    const end = a.clearedAt ?? Infinity;
    const same = (bySubject.get(keyOf(a)) ?? []).filter(
      (w) => w.raisedAt - SAME_WITHIN_MS <= end && (w.endedAt ?? Infinity) + SAME_WITHIN_MS >= a.raisedAt,
    );
    const nearest = same.sort((x, y) => Math.abs(x.raisedAt - a.raisedAt) - Math.abs(y.raisedAt - a.raisedAt))[0];
    if (!nearest) onlyNow.push(a);
    else {
      found.add(nearest);
      both.push({ was: nearest, would: a, laterS: (a.raisedAt - nearest.raisedAt) / 1000 });
    }
  }
  return { both, onlyNow, onlyThen: was.filter((w) => !found.has(w)) };
}

const keyOf = (a: { subject: Subject; event: EventName }): string => `${a.subject.type}:${a.subject.id} ${a.event}`;
