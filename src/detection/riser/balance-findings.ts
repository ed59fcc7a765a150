import type { Subject } from '../../kernel/events.js';
import { NO_FINDINGS, type Finding } from '../detector.js';
import type { Group, GroupScope } from '../group-detector.js';
import { isLeaking } from './flow-leak.js';
import type { BalanceState } from './riser-balance.js';

const round = (n: number): number => Math.round(n * 100) / 100;
const lph = (lps: number): number => Math.round(lps * 3600);

/** What has been raised, and how often more was told. */
export interface Raised {
  readonly balanceSince: number | null;
  readonly burstSince: number | null;
  readonly furtherTold: number;
}
export const NOTHING_RAISED: Raised = Object.freeze({ balanceSince: null, burstSince: null, furtherTold: 0 });

/** What is said when what is seen and what is raised differ; the same `raised` when they do not. */
export function balanceFindings(
  s: BalanceState,
  scope: GroupScope,
  now: number,
  group: Group,
): { findings: readonly Finding[]; raised: Raised } {
  const subject: Subject = { type: scope, id: group.id };
  let { raised } = s;
  const out: Finding[] = [];
  if (s.burst.open !== (raised.burstSince !== null)) {
    raised = { ...raised, burstSince: s.burst.open ? (s.burst.beyondSince ?? now) : null };
    out.push({
      ...{ kind: s.burst.open ? 'raise' : 'clear', event: 'pipe.burst', subject, since: raised.burstSince ?? now },
      reason: s.burst.open
        ? `${lph(s.burst.peak)} L/h more than this hour expects, suddenly`
        : 'flow is back to what the hour expects',
      evidence: { excessLph: lph(s.burst.peak) },
    });
  }
  const loses = isLeaking(s.leak) || s.books.open;
  // A burst that is known explains the rest: one leak, one alarm.
  if (loses !== (raised.balanceSince !== null) && !(loses && s.burst.open)) {
    raised = { ...raised, balanceSince: loses ? now : null };
    out.push({
      ...{ kind: loses ? 'raise' : 'clear', event: 'riser.balance', subject, since: now },
      reason: loses ? whyLost(s) : 'back to what is usual here',
      evidence: {
        extraLph: s.leak.extra.open ? lph(s.leak.extra.peak) : null,
        nightLph: s.leak.lastNightLps === null ? null : lph(s.leak.lastNightLps),
        lossM3PerDay: s.books.lossM3 === null ? null : round(s.books.lossM3),
      },
    });
  }
  const { told, plateau } = s.leak.extra;
  const since = raised.balanceSince ?? raised.burstSince;
  if (told > raised.furtherTold && since !== null) {
    const event = raised.balanceSince === null ? 'pipe.burst' : 'riser.balance';
    const reason = `more runs on top of it: about ${lph(plateau)} L/h beyond the usual demand`;
    out.push({ kind: 'update', event, subject, since, reason, evidence: { extraLph: lph(plateau), further: told } });
  }
  if (told !== raised.furtherTold) raised = { ...raised, furtherTold: told };
  return { findings: out.length === 0 ? NO_FINDINGS : out, raised };
}

function whyLost(s: BalanceState): string {
  if (s.books.open)
    return `${round(s.books.lossM3 ?? 0)} m³ of ${round(s.books.parentM3 ?? 0)} m³ a day go in and are not metered`;
  if (s.leak.extra.open) return `about ${lph(s.leak.extra.peak)} L/h run in every hour beyond the usual demand`;
  return `night flow ${lph(s.leak.lastNightLps ?? 0)} L/h is above that of the last nights`;
}
