import { seconds } from '../kernel/durations.js';
import type { SlotName } from '../gateway/views.js';
import { nextEscalation, type EscalationState } from './next-escalation.js';
import { LAST_RESORT, type Policy, type SlotPolicy, type Target } from './policy.js';
import type { Recipient } from './recipients.js';

export interface DryRunStep {
  readonly slot: SlotName;
  readonly level: number;
  /** Steady ms. */
  readonly at: number;
  readonly reason: string;
  readonly people: readonly Recipient[];
  readonly missing: readonly string[];
  readonly skipped: string | null;
}

type Ask = (targets: readonly Target[], at: number) => { recipients: readonly Recipient[]; missing: readonly string[] };

/**
 * Who would be paged when, if a ticket opened at `openedAt`, nobody accepted and every phone confirmed: up to and with the
 * last resort. The same rule decides as in an emergency. @param ask who is meant at an instant
 */
export function dryRun(policy: Policy, openedAt: number, ask: Ask): DryRunStep[] {
  return policy.slots.flatMap((s) => slotRun(s, openedAt + seconds(s.opensAfterS), ask)).sort((a, b) => a.at - b.at);
}

function slotRun(policy: SlotPolicy, openedAt: number, ask: Ask): DryRunStep[] {
  const steps: DryRunStep[] = [];
  const paged = new Set<string>();
  let state: EscalationState = { state: 'open', openedAt, level: -1, forward: null };
  const page = (level: number, targets: readonly Target[], at: number, reason: string): void => {
    const { recipients, missing } = ask(targets, at);
    const people = recipients.filter((p) => !paged.has(p.person));
    for (const p of people) paged.add(p.person);
    const skipped =
      people.length > 0 ? null : recipients.length === 0 ? 'nobody on duty' : 'everybody on it is paged already';
    steps.push({ slot: policy.slot, level, at, reason, people, missing, skipped });
    state = { ...state, level, forward: skipped ? 'skipped' : null };
  };
  for (let now = openedAt; state.level < policy.levels.length;) {
    const decision = nextEscalation(policy, state, now);
    for (const { no, level, reason } of decision.levels) page(no, level.targets, now, reason);
    if (decision.lastResort !== null) page(policy.levels.length, LAST_RESORT, now, decision.lastResort);
    else if (decision.levels.length === 0) now = decision.wakeAt ?? now;
  }
  return steps;
}
