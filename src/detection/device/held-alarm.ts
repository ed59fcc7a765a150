import type { Finding } from '../detector.js';
import { RECHECK_AFTER_END_MS } from './held-condition.js';

/**
 * A condition that must hold for a while before it raises and be over for a while before it clears, with room between
 * the two (hysteresis). Plain JSON. A `HeldCondition` is the same without a hold on its end.
 */
export interface HeldAlarm {
  /** Since when the condition holds; null = it does not. */
  readonly heldSince: number | null;
  readonly raised: boolean;
  /** While raised: since when it is over; null = it is not. */
  readonly overSince: number | null;
  /** A person ended the alarm although the condition held; null = nobody did. */
  readonly endedAt: number | null;
  /** A second reading has said the same since `heldSince` or `overSince`. */
  readonly again: boolean;
  /** What was read when it began, for people. */
  readonly value: number | null;
}

export const QUIET: HeldAlarm = Object.freeze({
  heldSince: null,
  raised: false,
  overSince: null,
  endedAt: null,
  again: false,
  value: null,
});

/** What one reading says of the condition. `between`: neither it nor its opposite (the room of the hysteresis). */
export type Sight = 'holds' | 'over' | 'between';

export interface Holds {
  readonly holdMs: number;
  readonly clearMs: number;
  /** One reading alone does not raise, however long ago: for devices that speak less often than the hold is long. */
  readonly raiseNeedsTwo?: boolean;
  /** One reading alone does not clear: silence is no proof that all is well. */
  readonly clearNeedsTwo?: boolean;
}

/** The same object while nothing changed. */
export function observeHeld(s: HeldAlarm, seen: Sight, now: number, value: number | null = null): HeldAlarm {
  if (!s.raised) {
    if (seen !== 'holds') return s.heldSince === null ? s : QUIET;
    if (s.heldSince === null) return { ...QUIET, heldSince: now, value };
    return s.again ? s : { ...s, again: true };
  }
  if (seen !== 'over') return s.overSince === null ? s : { ...s, overSince: null, again: false };
  if (s.overSince === null) return { ...s, overSince: now, again: false };
  return s.again ? s : { ...s, again: true };
}

/** When time alone has something to say, steady ms (possibly past); null = only a reading has. */
export function heldDueAt(s: HeldAlarm, h: Holds): number | null {
  if (s.raised) return s.overSince === null || (h.clearNeedsTwo && !s.again) ? null : s.overSince + h.clearMs;
  if (s.heldSince === null || (h.raiseNeedsTwo && !s.again)) return null;
  const held = s.heldSince + h.holdMs;
  return s.endedAt === null ? held : Math.max(held, s.endedAt + RECHECK_AFTER_END_MS);
}

export interface Settled {
  readonly state: HeldAlarm;
  readonly did: 'raise' | 'clear' | null;
  readonly deadline: number | null;
  /** Of a raise: since when, and whether a person had ended it before. */
  readonly since: number;
  readonly paging: Pick<Finding, 'paging'>;
}

/** What time makes of it: raises and clears what is due at `now` (steady ms), else says when to look again. */
export function settleHeld(s: HeldAlarm, h: Holds, now: number): Settled {
  const dueAt = heldDueAt(s, h);
  if (dueAt === null || now < dueAt) return { state: s, did: null, deadline: dueAt, since: now, paging: {} };
  if (s.raised) return { state: QUIET, did: 'clear', deadline: null, since: now, paging: {} };
  const state = { ...s, raised: true, overSince: null, endedAt: null, again: false };
  const paging = s.endedAt === null ? {} : ({ paging: 'coordinator-first' } as const);
  return { state, did: 'raise', deadline: null, since: s.heldSince ?? now, paging };
}

/** A person ended the alarm at `at`: what holds on is told again after 120 s, what is over already is forgotten. */
export function endHeld(s: HeldAlarm, at: number, now: number): HeldAlarm {
  if (!s.raised) return s;
  return s.overSince === null ? { ...s, raised: false, endedAt: Math.min(at, now), again: false } : QUIET;
}
