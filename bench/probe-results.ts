import type { OpenedTicket } from './database-facts.js';
import type { SentDuress } from './duress-probe.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { ReceivedPage, StaffPhones } from './staff-phones.js';
import { ENTRAPMENT_HOLD_MS, type TrappedLift } from './trap-probe.js';

export interface PageLatency {
  /** Messages per second beside it. */
  readonly background: number;
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** To the last of the phones that are to ring at once: on all of them. */
  readonly allP50Ms: number;
  readonly allP99Ms: number;
  readonly allMaxMs: number;
  /** How many phones those are. */
  readonly phones: number;
  /** Acknowledged, and at least one of those phones never rang. */
  readonly onFewer: number;
  /** Acknowledged, and no page came to the butler on duty. */
  readonly lost: number;
  readonly doubled: number;
  /** The same page id at one phone twice within 5 s. */
  readonly shownTwice: number;
  /** Codes that were not even acknowledged. */
  readonly unacknowledged: number;
  /** Gates with more than one ticket. */
  readonly ticketsTwice: number;
}

/**
 * From the moment at which the code should have left its gate to the page on the socket of the butler on duty, and to the
 * last of all who are paged at once. @param people their user names, the butler first
 */
export function pageLatency(
  background: number,
  sent: readonly SentDuress[],
  tickets: readonly OpenedTicket[],
  phones: Pick<StaffPhones, 'firstPages' | 'doubled'>,
  people: readonly string[],
): PageLatency {
  const pagesOf = people.map((person) => phones.firstPages(person));
  const [pages = new Map<string, ReceivedPage>()] = pagesOf;
  const byDevice = new Map<string, OpenedTicket[]>();
  for (const t of tickets) byDevice.set(t.device, [...(byDevice.get(t.device) ?? []), t]);
  const latency = new LatencyHistogram();
  const onAll = new LatencyHistogram();
  let onFewer = 0;
  const own = new Set<string>();
  let lost = 0;
  let ticketsTwice = 0;
  for (const { device, intendedAt, acknowledged } of sent) {
    const [first, ...more] = byDevice.get(device) ?? [];
    for (const t of [first, ...more]) if (t) own.add(t.id);
    if (more.length) ticketsTwice++;
    const page = first ? pages.get(first.id) : undefined;
    if (page) latency.record(page.at - intendedAt);
    else if (acknowledged) lost++;
    const times = pagesOf.flatMap((p) => (first ? (p.get(first.id)?.at ?? []) : []));
    if (times.length === people.length) onAll.record(Math.max(...times) - intendedAt);
    else if (acknowledged) onFewer++;
  }
  return {
    background,
    samples: latency.count,
    p50Ms: latency.quantile(0.5),
    p99Ms: latency.quantile(0.99),
    maxMs: latency.max,
    allP50Ms: onAll.quantile(0.5),
    allP99Ms: onAll.quantile(0.99),
    allMaxMs: onAll.max,
    phones: people.length,
    onFewer,
    lost,
    ...phones.doubled(own),
    unacknowledged: sent.filter((s) => !s.acknowledged).length,
    ticketsTwice,
  };
}

export interface DeadlineLateness {
  readonly samples: number;
  /** Earliest and latest beside the due moment, ms; below zero is too early. */
  readonly minMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly missing: number;
}

/** Ticket's opening against the moment at which the hold of 30 s was over. */
export function deadlineLateness(
  lifts: readonly Pick<TrappedLift, 'device' | 'trappedAt'>[],
  tickets: readonly OpenedTicket[],
): DeadlineLateness {
  const opened = new Map(tickets.map((t) => [t.device, t.openedAt]));
  const late = lifts
    .flatMap(({ device, trappedAt }) => {
      const at = opened.get(device);
      return at === undefined ? [] : [at - trappedAt - ENTRAPMENT_HOLD_MS];
    })
    .sort((a, b) => a - b);
  return {
    samples: late.length,
    minMs: late[0] ?? 0,
    p99Ms: late[Math.max(0, Math.ceil(late.length * 0.99) - 1)] ?? 0,
    maxMs: late.at(-1) ?? 0,
    missing: lifts.length - late.length,
  };
}
