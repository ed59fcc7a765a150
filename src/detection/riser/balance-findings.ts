import type { Subject } from '../../kernel/events.js';
import { NO_FINDINGS, type Finding } from '../detector.js';
import type { Group, GroupScope } from '../group-detector.js';
import { isLeaking } from './flow-leak.js';
import type { BalanceState } from './riser-balance.js';

const round = (n: number): number => Math.round(n * 100) / 100;
const lph = (lps: number): number => Math.round(lps * 3600);

interface Told {
  readonly findings: readonly Finding[];
  readonly balanceSince: number | null;
  readonly burstSince: number | null;
}

/** What is said when what is seen and what is raised differ. */
export function balanceFindings(s: BalanceState, scope: GroupScope, now: number, group: Group): Told {
  const subject: Subject = { type: scope, id: group.id };
  let { balanceSince, burstSince } = s;
  const out: Finding[] = [];
  if (s.burst.open !== (burstSince !== null)) {
    burstSince = s.burst.open ? (s.burst.beyondSince ?? now) : null;
    out.push({
      ...{ kind: s.burst.open ? 'raise' : 'clear', event: 'pipe.burst', subject, since: burstSince ?? now },
      reason: s.burst.open
        ? `flow is ${Math.round(s.burst.peak * 100)} % above what this hour expects, suddenly`
        : 'flow is back to what the hour expects',
      evidence: { excessShare: round(s.burst.peak) },
    });
  }
  const loses = isLeaking(s.leak) || s.books.open;
  // A burst that is known explains the rest: one leak, one alarm.
  if (loses !== (balanceSince !== null) && !(loses && s.burst.open)) {
    balanceSince = loses ? now : null;
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
  return out.length === 0
    ? { findings: NO_FINDINGS, balanceSince, burstSince }
    : { findings: out, balanceSince, burstSince };
}

function whyLost(s: BalanceState): string {
  if (s.books.open)
    return `${round(s.books.lossM3 ?? 0)} m³ of ${round(s.books.parentM3 ?? 0)} m³ a day go in and are not metered`;
  if (s.leak.extra.open) return `about ${lph(s.leak.extra.peak)} L/h run in every hour beyond the usual demand`;
  return `night flow ${lph(s.leak.lastNightLps ?? 0)} L/h is above that of the last nights`;
}
