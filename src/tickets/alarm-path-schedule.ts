import { hours } from '../kernel/durations.js';

/** Proved anew within 72 h (EN 81-28). */
export const PROVED_WITHIN_MS = hours(72);
/** Asked for early enough that a failed try can be repeated, or a person can be sent. */
const COMMAND_AFTER_MS = hours(66);
const PRESS_AFTER_MS = hours(48);
const RETRY_MS = hours(1);
/** One lost message is no broken path; two tries in a row are. */
const FAILS_UNTIL_RAISED = 2;

export interface AlarmPathState {
  /** When it passed last; before that, since when it has to be proved. Steady ms. */
  readonly provedAt: number;
  readonly fails: number;
  readonly how: 'command' | 'press';
}

export interface AlarmPathDecision {
  readonly ask: boolean;
  /** Its event is raised, if it is not open yet; why. */
  readonly raise: string | null;
  /** Steady ms at which to look again. */
  readonly wakeAt: number;
}

/** What is due for a lift's alarm path at `now`. */
export function alarmPathStep(s: AlarmPathState, now: number): AlarmPathDecision {
  const askAt = s.provedAt + (s.how === 'command' ? COMMAND_AFTER_MS : PRESS_AFTER_MS);
  const overdueAt = s.provedAt + PROVED_WITHIN_MS;
  const raise =
    now >= overdueAt
      ? 'the alarm path was not proved for 72 h'
      : s.fails >= FAILS_UNTIL_RAISED
        ? `${s.fails} tests of the alarm path in a row have failed`
        : null;
  if (now < askAt && s.fails === 0) return { ask: false, raise, wakeAt: askAt };
  const again = s.how === 'command' ? now + RETRY_MS : overdueAt > now ? overdueAt : now + hours(24);
  return { ask: true, raise, wakeAt: overdueAt > now ? Math.min(again, overdueAt) : again };
}
