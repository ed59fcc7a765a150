import { seconds } from '../kernel/durations.js';
import type { Level, SlotPolicy } from './policy.js';

/** What the rule needs to know of a slot. Times in steady ms. `level` −1 = nobody paged yet in this round. */
export interface EscalationState {
  readonly state: 'pending' | 'open' | 'filled' | 'over';
  readonly openedAt: number;
  readonly level: number;
  /** A page of the current level could not be delivered within {@link UNDELIVERED_AFTER_MS}. */
  readonly undelivered: boolean;
}

export interface EscalationDecision {
  /** Levels to page now, in order. A level whose targets turn out empty is skipped at once by the caller. */
  readonly levels: readonly { readonly no: number; readonly level: Level }[];
  /** When to look again; null = nothing more to do by time alone. */
  readonly wakeAt: number | null;
  readonly reason: string;
}

/** Not delivered in 10 s ⇒ the next level, whatever its own time says (domain §7). */
export const UNDELIVERED_AFTER_MS = seconds(10);

/**
 * Level-triggered: the state decides, so that a timer that came late, twice or never does no harm. All levels whose
 * time has come and that were not paged yet are due; an undelivered page brings the next level forward.
 */
export function nextEscalation(policy: SlotPolicy, s: EscalationState, now: number): EscalationDecision {
  if (s.state === 'filled' || s.state === 'over') return { levels: [], wakeAt: null, reason: `slot is ${s.state}` };
  if (s.state === 'pending') {
    return { levels: [], wakeAt: s.openedAt, reason: 'slot opens later' };
  }
  const due: { no: number; level: Level }[] = [];
  let wakeAt: number | null = null;
  let reason = 'no level is due';
  for (const [no, level] of policy.levels.entries()) {
    if (no <= s.level) continue;
    const at = s.openedAt + seconds(level.afterS);
    const broughtForward = s.undelivered && no === s.level + 1;
    if (at <= now || broughtForward) {
      due.push({ no, level });
      reason =
        at <= now
          ? `level ${no} is due after ${level.afterS} s`
          : `level ${no}: a page below was not delivered in 10 s`;
    } else {
      wakeAt = at;
      break;
    }
  }
  return { levels: due, wakeAt, reason };
}
