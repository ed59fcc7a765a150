import type { Finding } from '../detector.js';
import { seconds } from '../../kernel/durations.js';

/** A condition that still holds so long after a person ended its alarm is a new occurrence (domain §5). */
export const RECHECK_AFTER_END_MS = seconds(120);

/** A condition that must hold for a while before it raises, and what became of its alarm. Plain JSON. */
export interface HeldCondition {
  /** Since when the condition holds; null = it does not. */
  readonly heldSince: number | null;
  readonly raised: boolean;
  /** A person ended the alarm although the condition held; null = nobody did. */
  readonly endedAt: number | null;
}

export const NOT_HELD: HeldCondition = Object.freeze({ heldSince: null, raised: false, endedAt: null });

/** The same object while nothing changed. Losing the condition forgets everything: the next one is fresh. */
export function observeCondition(s: HeldCondition, holds: boolean, now: number): HeldCondition {
  if (!holds) return s.heldSince === null ? s : NOT_HELD;
  return s.heldSince === null ? { heldSince: now, raised: false, endedAt: null } : s;
}

/** When it has to raise, steady ms (possibly past); null = not at all. */
export function conditionDueAt(s: HeldCondition, holdMs: number): number | null {
  if (s.heldSince === null || s.raised) return null;
  const held = s.heldSince + holdMs;
  return s.endedAt === null ? held : Math.max(held, s.endedAt + RECHECK_AFTER_END_MS);
}

export const raisedCondition = (s: HeldCondition): HeldCondition => ({ ...s, raised: true, endedAt: null });

/** A person ended the alarm at `at` (steady ms, not later than `now`). */
export const endedCondition = (s: HeldCondition, at: number, now: number): HeldCondition =>
  s.raised ? { ...s, raised: false, endedAt: Math.min(at, now) } : s;

/** §5: after a person's end the coordinator is asked first, everybody 60 s later. */
export const pagingAfterEnd = (endedAt: number | null): Pick<Finding, 'paging'> =>
  endedAt === null ? {} : { paging: 'coordinator-first' };
