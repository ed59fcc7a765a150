import { minutes, seconds } from '../kernel/durations.js';
import type { Priority } from '../kernel/events.js';
import type { SlotName } from '../gateway/views.js';
import { CLOCK_LIMITS } from './ticket-clocks.js';
import type { ProcedureShape } from './ticket-moves.js';

/** A filled slot. Times in steady ms, null = not reported. */
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

/** How long a silent holder has to answer after being asked again: as long as the first accept of that priority takes. */
const answerWithinMs = (priority: Priority): number => seconds(CLOCK_LIMITS.accept[priority]);

/** What the watch must know of the ticket beside the slot. */
export interface WatchedTicket {
  readonly priority: Priority;
  readonly setting: 'city' | 'elsewhere';
  readonly shape: ProcedureShape;
  readonly rescued: boolean;
}

/**
 * A holder who goes silent is asked again, then the slot is reopened (domain §6). P1: no en-route in 3 min, no on-site in
 * its limit; the coordinator of people to be got out: no reassurance logged for 5 min. P2: no en-route in 10 min (tune),
 * no on-site in 30 min (the handbook's engineering response). P3: nobody there a day after accepting (tune).
 */
export function watchSlot(s: WatchedSlot, t: WatchedTicket, now: number): WatchDecision {
  if (t.rescued) return { kind: 'satisfied' };
  const expected = s.slot === 'coordinator' ? contact(s, t) : presence(s, t);
  if (!expected) return { kind: 'satisfied' };
  if (now < expected.by) return { kind: 'wait', until: expected.by };
  const asked = s.askedAgainAt !== null && s.askedAgainAt >= expected.by ? s.askedAgainAt : null;
  if (asked === null) return { kind: 'ask-again', missing: expected.missing, because: expected.because };
  const answer = asked + answerWithinMs(t.priority);
  if (now < answer) return { kind: 'wait', until: answer };
  return { kind: 'reopen', because: expected.because };
}

interface Expectation {
  readonly by: number;
  readonly missing: Missing;
  readonly because: string;
}

/** Only trapped people are spoken to every five minutes: of a fire or a duress nobody logs that. */
function contact(s: WatchedSlot, t: WatchedTicket): Expectation | null {
  if (t.priority !== 'P1' || t.shape !== 'rescue') return null;
  // Whoever takes the slot up again is not measured by a contact before his time.
  const from = Math.max(s.filledAt, s.lastReassuredAt ?? s.filledAt);
  return {
    by: from + seconds(CLOCK_LIMITS.reassurance),
    missing: 'reassurance',
    because: 'no reassurance contact logged for 5 minutes',
  };
}

function presence(s: WatchedSlot, t: WatchedTicket): Expectation | null {
  if (s.onSiteAt !== null) return null;
  const limits = PRESENCE_MIN[t.priority](t.setting);
  if (s.enRouteAt === null && limits.enRoute !== null)
    return {
      by: s.filledAt + minutes(limits.enRoute),
      missing: 'en-route',
      because: `not on the way ${limits.enRoute} minutes after accepting`,
    };
  return {
    by: s.filledAt + minutes(limits.onSite),
    missing: 'on-site',
    because: `not on site ${limits.onSite} minutes after accepting`,
  };
}

interface PresenceLimits {
  /** Minutes after accepting; null = not asked for. */
  readonly enRoute: number | null;
  readonly onSite: number;
}
const LATER: PresenceLimits = { enRoute: null, onSite: 24 * 60 };
const PRESENCE_MIN: Readonly<Record<Priority, (setting: WatchedTicket['setting']) => PresenceLimits>> = {
  P1: (setting) => ({ enRoute: 3, onSite: CLOCK_LIMITS.contractorArrival[setting] / 60 }),
  P2: () => ({ enRoute: 10, onSite: CLOCK_LIMITS.engineeringResponse / 60 }),
  P3: () => LATER,
  P4: () => LATER,
};
