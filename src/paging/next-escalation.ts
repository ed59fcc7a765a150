import { seconds } from '../kernel/durations.js';
import type { Level, SlotPolicy } from './policy.js';

/** Why the next level is due before its own time. */
export type Forward = 'undelivered' | 'unanswerable' | 'skipped';

/** What the rule needs to know of a slot. Times in steady ms. */
export interface EscalationState {
  readonly state: 'pending' | 'open' | 'filled' | 'over';
  readonly openedAt: number;
  /** Paged last in this round; −1 = nobody yet; the number of levels = the last resort. */
  readonly level: number;
  readonly forward: Forward | null;
}

export interface EscalationDecision {
  /** Levels to page now, in order. A level whose targets turn out empty is skipped at once by the caller. */
  readonly levels: readonly { readonly no: number; readonly level: Level; readonly reason: string }[];
  /** Every level has had its time: the control room is rung now, for this reason. */
  readonly lastResort: string | null;
  /** When to look again; null = nothing more to do by time alone. */
  readonly wakeAt: number | null;
  /** Then what rings unanswered is sent once more, and who has come on shift since is paged. */
  readonly repeatThen: boolean;
  readonly reason: string;
}

/** Not delivered in 10 s ⇒ the next level, whatever its own time says (domain §7). */
export const UNDELIVERED_AFTER_MS = seconds(10);
/** A policy without repeats rings its last resort so long after its last level (the accept limit of P3, domain §6). */
const PATIENCE_S = 900;
/** So often such a policy looks who has come on shift since; nobody is rung twice. */
const LOOK_AGAIN_S = 3600;
/**
 * Quick repeats slow down to one a minute after so long: a thousand tickets that nobody takes, after an earthquake, must
 * not keep the database from the next emergency.
 */
const CALMER_AFTER_S = 600;
const CALMER_EVERY_S = 60;

const BECAUSE: Readonly<Record<Forward, string>> = {
  undelivered: 'a page below was not delivered in 10 s',
  unanswerable: 'nobody below is left to answer',
  skipped: 'the level below was skipped',
};

/** Seconds from the slot's opening until the control room is rung, whoever was paged before. */
export const lastResortAfterS = (policy: SlotPolicy): number =>
  (policy.levels.at(-1)?.afterS ?? 0) + (policy.repeatS ?? PATIENCE_S);

/**
 * Level-triggered: the state decides, so that a timer that came late, twice or never does no harm. All levels whose
 * time has come and that were not paged yet are due; an unanswerable one brings the next level forward. An open slot
 * always has a next time to wake: the levels, then the last resort, then repeats until somebody has it.
 */
export function nextEscalation(policy: SlotPolicy, s: EscalationState, now: number): EscalationDecision {
  const nothing = { levels: [], lastResort: null, wakeAt: null, repeatThen: false };
  if (s.state === 'filled' || s.state === 'over') return { ...nothing, reason: `slot is ${s.state}` };
  if (s.state === 'pending') return { ...nothing, wakeAt: s.openedAt, reason: 'the slot opens later' };

  const count = policy.levels.length;
  const levels: { no: number; level: Level; reason: string }[] = [];
  const repeatAt = nextRepeat(policy, s, now);
  const waits: { at: number; for: string }[] = [{ at: repeatAt, for: 'a repeat' }];
  for (const [no, level] of policy.levels.entries()) {
    if (no <= s.level) continue;
    const at = s.openedAt + seconds(level.afterS);
    if (at <= now) levels.push({ no, level, reason: `level ${no} is due after ${level.afterS} s` });
    else if (s.forward && no === s.level + 1)
      levels.push({ no, level, reason: `level ${no} is brought forward: ${BECAUSE[s.forward]}` });
    else {
      waits.push({ at, for: `level ${no}` });
      break;
    }
  }
  let lastResort: string | null = null;
  const resortAt = s.openedAt + seconds(lastResortAfterS(policy));
  if (s.level < count && levels.length === 0 && waits.length === 1) {
    // Every level has been paged. One that has just become due is given its chance first.
    if (s.forward) lastResort = `the last resort: ${BECAUSE[s.forward]}`;
    else if (resortAt <= now) lastResort = `the last resort: nobody has accepted in ${lastResortAfterS(policy)} s`;
  }
  if (s.level < count && waits.length === 1 && resortAt > now) waits.push({ at: resortAt, for: 'the last resort' });
  const next = waits.reduce((a, b) => (b.at <= a.at ? b : a));
  const inS = (next.at - s.openedAt) / 1000;
  const idle = `${s.level < count ? 'no level is due' : 'everybody has been paged'}: ${next.for} comes at ${inS} s`;
  const reason = levels.map((l) => l.reason).join('; ') || (lastResort ?? idle);
  return { levels, lastResort, wakeAt: next.at, repeatThen: next.at === repeatAt, reason };
}

/** Repeats keep to whole intervals since the opening, so that a look in between moves none. */
function nextRepeat(policy: SlotPolicy, s: EscalationState, now: number): number {
  const usual = policy.repeatS ?? LOOK_AGAIN_S;
  const isOld = now - s.openedAt >= seconds(CALMER_AFTER_S);
  const every = seconds(isOld ? Math.max(usual, CALMER_EVERY_S) : usual);
  return s.openedAt + (Math.floor(Math.max(0, now - s.openedAt) / every) + 1) * every;
}
