import type { TimelineEntry } from './scenario.js';

export interface TimelineState {
  /** Index of the entry that comes next. */
  readonly next: number;
  /** Wall ms of the last entry, or of the beginning. */
  readonly lastAt: number;
}

/**
 * Which entries are due: model time has come (hurried by the speed) and the real seconds since the entry before are
 * over (hurried by nothing). Pure.
 */
export function dueEntries(
  timeline: readonly TimelineEntry[],
  state: TimelineState,
  modelSeconds: number,
  wallNow: number,
): { state: TimelineState; due: readonly TimelineEntry[] } {
  const due: TimelineEntry[] = [];
  let { next, lastAt } = state;
  for (;;) {
    const entry = timeline[next];
    if (!entry || modelSeconds < entry.at || wallNow < lastAt + entry.hold * 1000) break;
    due.push(entry);
    next++;
    lastAt = wallNow;
  }
  return { state: due.length ? { next, lastAt } : state, due };
}
