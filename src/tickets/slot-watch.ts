import { minutes, seconds } from '../kernel/durations.js';
import type { Priority } from '../kernel/events.js';
import type { SlotName } from '../gateway/views.js';
import { CLOCK_LIMITS } from './ticket-clocks.js';

/** A filled slot of a P1 ticket. Times in steady ms, null = not reported. */
export interface WatchedSlot {
  readonly slot: SlotName;
  readonly filledAt: number;
  readonly enRouteAt: number | null;
  readonly onSiteAt: number | null;
  readonly lastReassuredAt: number | null;
  readonly askedAgainAt: number | null;
}

/** What a holder has not reported in its time. */
export type Missing = 'en-route' | 'on-site' | 'reassurance';

export type WatchDecision =
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'ask-again'; readonly missing: Missing; readonly because: string }
  | { readonly kind: 'reopen'; readonly because: string }
  | { readonly kind: 'satisfied' };

/** How long a silent holder has to answer after being asked again. */
export const ANSWER_WITHIN_MS = seconds(60);

/**
 * A holder who goes silent is asked again, then the slot is reopened (domain §6): no en-route in 3 min, no on-site in
 * its limit; the coordinator: no reassurance logged for 5 min. Lesser priorities are not watched.
 */
export function watchSlot(
  s: WatchedSlot,
  priority: Priority,
  setting: 'city' | 'elsewhere',
  rescued: boolean,
  now: number,
): WatchDecision {
  if (priority !== 'P1' || rescued) return { kind: 'satisfied' };
  const expected = expectation(s, setting);
  if (!expected) return { kind: 'satisfied' };
  if (now < expected.by) return { kind: 'wait', until: expected.by };
  const asked = s.askedAgainAt !== null && s.askedAgainAt >= expected.by ? s.askedAgainAt : null;
  if (asked === null) return { kind: 'ask-again', missing: expected.missing, because: expected.because };
  if (now < asked + ANSWER_WITHIN_MS) return { kind: 'wait', until: asked + ANSWER_WITHIN_MS };
  return { kind: 'reopen', because: expected.because };
}

interface Expectation {
  readonly by: number;
  readonly missing: Missing;
  readonly because: string;
}

function expectation(s: WatchedSlot, setting: 'city' | 'elsewhere'): Expectation | null {
  if (s.slot === 'coordinator') {
    // Whoever takes the slot up again is not measured by a contact before his time.
    const from = Math.max(s.filledAt, s.lastReassuredAt ?? s.filledAt);
    return {
      by: from + seconds(CLOCK_LIMITS.reassurance),
      missing: 'reassurance',
      because: 'no reassurance contact logged for 5 minutes',
    };
  }
  if (s.onSiteAt !== null) return null;
  if (s.enRouteAt === null)
    return { by: s.filledAt + minutes(3), missing: 'en-route', because: 'not on the way 3 minutes after accepting' };
  const limit = seconds(CLOCK_LIMITS.contractorArrival[setting]);
  return {
    by: s.filledAt + limit,
    missing: 'on-site',
    because: `not on site ${limit / 60_000} minutes after accepting`,
  };
}
