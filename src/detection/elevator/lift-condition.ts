import type { Priority } from '../../kernel/events.js';
import { RECHECK_AFTER_END_MS } from '../device/held-condition.js';

/**
 * A condition that is either seen (and then must hold for a while) or reported by the lift as a code (and then counts at
 * once), and what became of its alarm. A code is told in every reading by some lifts and once by others, so it holds
 * until something speaks against it. Plain JSON.
 */
export interface LiftCondition {
  /** The last reading reported the code. */
  readonly told: boolean;
  /** The code was reported, and nothing has spoken against it since. */
  readonly codeHeld: boolean;
  /** Seen since. */
  readonly heldSince: number | null;
  /** Raised, and gone since. */
  readonly goneSince: number | null;
  readonly raised: Priority | null;
  /** A person ended the alarm although it held. */
  readonly endedAt: number | null;
}

export const ABSENT: LiftCondition = Object.freeze({
  told: false,
  codeHeld: false,
  heldSince: null,
  goneSince: null,
  raised: null,
  endedAt: null,
});

/**
 * The condition after one reading; the same object while nothing changed.
 * @param code this reading reports it @param over this reading speaks against an earlier report
 */
export function observeLift(c: LiftCondition, seen: boolean, code: boolean, over: boolean, now: number): LiftCondition {
  const anew = code && !c.told;
  // What a person ended and the lift goes on reporting is asked about again only after the usual while (domain §5).
  const again = code && c.endedAt !== null && now >= c.endedAt + RECHECK_AFTER_END_MS;
  const codeHeld = anew || again || (c.codeHeld && (code || !over));
  const heldSince = seen ? (c.heldSince ?? now) : null;
  const held = codeHeld || seen;
  const endedAt = anew || (!held && !code) ? null : c.endedAt;
  const goneSince = c.raised === null || held ? null : (c.goneSince ?? now);
  const same =
    code === c.told &&
    codeHeld === c.codeHeld &&
    heldSince === c.heldSince &&
    goneSince === c.goneSince &&
    endedAt === c.endedAt;
  return same ? c : { told: code, codeHeld, heldSince, goneSince, raised: c.raised, endedAt };
}

/** When it has to raise, steady ms (-Infinity: a code raises at once); Infinity = not at all. */
export function raiseDueAt(c: LiftCondition, holdMs: number): number {
  if (c.raised !== null) return Infinity;
  if (c.codeHeld) return -Infinity;
  if (c.heldSince === null) return Infinity;
  const held = c.heldSince + holdMs;
  return c.endedAt === null ? held : Math.max(held, c.endedAt + RECHECK_AFTER_END_MS);
}

export const clearDueAt = (c: LiftCondition, clearMs: number): number =>
  c.raised === null || c.goneSince === null ? Infinity : c.goneSince + clearMs;

export const raisedLift = (c: LiftCondition, priority: Priority): LiftCondition => ({
  ...c,
  raised: priority,
  goneSince: null,
  endedAt: null,
});

/** Gone; what is still told goes on being told, so that it does not raise again without a change. */
export const clearedLift = (c: LiftCondition): LiftCondition => ({ ...ABSENT, told: c.told });

/** @param at steady ms of a person's end, not later than now */
export const endedLift = (c: LiftCondition, at: number): LiftCondition =>
  c.raised === null ? c : { ...c, raised: null, goneSince: null, codeHeld: false, endedAt: at };
