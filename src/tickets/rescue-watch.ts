import { minutes, seconds } from '../kernel/durations.js';
import type { ClockView } from '../gateway/views.js';
import { CLOCK_LIMITS } from './ticket-clocks.js';

/** Rescue tiers after the first, which is the contracted maintainer and the property (domain §6). */
export type Tier = 2 | 3;

/** What the rule needs to know of an ongoing ticket. Times in steady ms. */
export interface RescueState {
  readonly clocks: readonly ClockView[];
  /** People are to be got out; without it there are limits, and no tiers. */
  readonly rescue: { readonly since: number; readonly setting: 'city' | 'elsewhere'; readonly rescued: boolean } | null;
  /** Limits that were written down already, as {@link limitKey}. */
  readonly noted: ReadonlySet<string>;
  readonly calls: readonly { readonly tier: Tier; readonly askedAt: number; readonly called: boolean }[];
}

export interface RescueDecision {
  /** Limits that are over and not written down yet. */
  readonly missed: readonly ClockView[];
  /** Tiers that the control room is to call now. */
  readonly tiers: readonly { readonly tier: Tier; readonly because: string }[];
  /** Tiers that it was asked to call and has not confirmed: it is asked again. */
  readonly askAgain: readonly Tier[];
  /** When to look again; null = nothing more by time alone. */
  readonly wakeAt: number | null;
}

/** A prompt that nobody has confirmed is repeated this often (tune). */
export const ASK_AGAIN_MS = minutes(2);

export const limitKey = (c: Pick<ClockView, 'key' | 'from'>): string => `${c.key} ${Date.parse(c.from)}`;

/** Tier 2 after half the statutory clock, tier 3 at its end, while people are not out. */
const tierLimits = (setting: 'city' | 'elsewhere'): Record<Tier, number> => ({
  2: CLOCK_LIMITS.rescue[setting] / 2,
  3: CLOCK_LIMITS.rescue[setting],
});

/** Level-triggered: the state decides, so that a timer that came late, twice or never does no harm. */
export function watchRescue(s: RescueState, now: number): RescueDecision {
  const wakes: number[] = [];
  const missed: ClockView[] = [];
  for (const c of s.clocks) {
    if (c.doneAt !== null || s.noted.has(limitKey(c))) continue;
    const over = Date.parse(c.from) + seconds(c.limitS);
    if (over <= now) missed.push(c);
    else wakes.push(over);
  }
  const tiers: { tier: Tier; because: string }[] = [];
  const askAgain: Tier[] = [];
  if (s.rescue && !s.rescue.rescued) {
    const limits = tierLimits(s.rescue.setting);
    for (const tier of [2, 3] as const) {
      const call = s.calls.find((c) => c.tier === tier);
      const due = s.rescue.since + seconds(limits[tier]);
      if (!call && due <= now) {
        tiers.push({ tier, because: `nobody is out after ${limits[tier] / 60} minutes` });
        wakes.push(now + ASK_AGAIN_MS);
      } else if (!call) wakes.push(due);
      else if (!call.called && call.askedAt + ASK_AGAIN_MS <= now) {
        askAgain.push(tier);
        wakes.push(now + ASK_AGAIN_MS);
      } else if (!call.called) wakes.push(call.askedAt + ASK_AGAIN_MS);
    }
  }
  return { missed, tiers, askAgain, wakeAt: wakes.length > 0 ? Math.min(...wakes) : null };
}
