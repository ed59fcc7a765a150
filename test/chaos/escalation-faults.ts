import type { StoredPage, StoredSlot, StoredTicket } from './evidence.js';
import { mustBeBy } from './must-be-by.js';
import type { UpTime } from './service-process.js';

/** Law 4: at most 2 s after it is due, or 5 s after the service is ready again. */
const ALLOWED = { latenessMs: 2000, graceMs: 5000 };
const UNDELIVERED_MS = 10_000;

/** What escalation did wrong, as sentences; empty = every level was paged once, in time and not before it. */
export function escalationFaults(
  found: {
    readonly tickets: readonly StoredTicket[];
    readonly slots: readonly StoredSlot[];
    readonly pages: readonly StoredPage[];
  },
  up: readonly UpTime[],
  now: number,
): { faults: string[]; levels: number } {
  const faults: string[] = [];
  let levels = 0;
  for (const ticket of found.tickets) {
    for (const policy of ticket.policy.slots) {
      const pages = found.pages.filter((p) => p.ticket_id === ticket.id && p.slot === policy.slot);
      const slot = found.slots.find((s) => s.ticket_id === ticket.id && s.slot === policy.slot);
      for (const round of new Set(pages.map((p) => p.round))) {
        const ofRound = pages.filter((p) => p.round === round);
        const filledAt = slot?.round === round && slot.holder ? (slot.filled_at?.getTime() ?? Infinity) : Infinity;
        // A round that was followed by another ended before now at a time that is not kept.
        const until = slot?.round === round ? Math.min(filledAt, now) : 0;
        const name = (level: number): string => `${ticket.id} ${ticket.event} ${policy.slot}/${round}/${level}`;
        const of = (level: number): StoredPage[] => ofRound.filter((p) => p.level === level);
        const openedAt = of(0)[0]?.created_at.getTime();
        if (openedAt === undefined) {
          faults.push(`${name(0)}: nobody was paged at level 0`);
          continue;
        }
        for (const p of ofRound)
          if (p.created_at.getTime() > filledAt)
            faults.push(`${name(p.level)}: ${p.person} was paged after the slot had been filled`);
        for (const [no, level] of policy.levels.entries()) {
          const made = of(no);
          const times = new Set(made.map((p) => p.created_at.getTime()));
          levels += times.size;
          if (times.size > 1) faults.push(`${name(no)}: created ${times.size} times`);
          const at = made[0]?.created_at.getTime() ?? Infinity;
          const before = no === 0 ? [] : of(no - 1);
          const timed = openedAt + level.afterS * 1000;
          const brought = before.some(
            (p) => (p.delivered_at?.getTime() ?? Infinity) - p.created_at.getTime() >= UNDELIVERED_MS,
          );
          const forward = brought ? (before[0]?.created_at.getTime() ?? Infinity) + UNDELIVERED_MS : Infinity;
          if (at < Math.min(timed, forward)) faults.push(`${name(no)}: ${timed - at} ms before its time`);
          const neverDelivered = before.some((p) => p.delivered_at === null);
          const by = mustBeBy(neverDelivered ? Math.min(timed, forward) : timed, up, ALLOWED, now);
          if (by < until && at > by)
            faults.push(`${name(no)}: ${at === Infinity ? 'never paged' : `${at - by} ms too late`}`);
        }
      }
    }
  }
  return { faults, levels };
}
