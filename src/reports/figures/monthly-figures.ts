import type { EventName } from '../../kernel/events.js';
import type { SlotName, TicketState } from '../../gateway/views.js';
import type { ProcedureShape } from '../../tickets/ticket-moves.js';
import { isBroken, judgedClocks, type ClockKey, type JudgedClock } from '../judged-clocks.js';
import { groupedBy } from '../../kernel/grouped-by.js';
import { percentile } from '../percentile.js';
import { firstOf, ticketTimes, type TimedLine } from '../ticket-times.js';

/** A ticket of the month, with what its journal says about its times. */
export interface CountedTicket {
  readonly id: string;
  readonly no: string;
  readonly event: EventName;
  readonly priority: 'P1' | 'P2' | 'P3';
  readonly state: TicketState;
  readonly shape: ProcedureShape;
  readonly drill: boolean;
  /** Ms since the epoch. */
  readonly openedAt: number;
  readonly overAt: number | null;
  readonly slots: readonly SlotName[];
  readonly lines: readonly TimedLine[];
}

/** Seconds of one measure over many tickets. */
export interface Spread {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  /** What the clock allows; null = no limit is known. */
  readonly limitS: number | null;
  readonly within: number;
}
export type Measure = 'accept' | 'arrive' | 'rescuer-arrive' | 'release' | 'contain';

/** `entrapment`: P1 tickets of the rescue procedure, which are among the P1 too. */
export type GroupKey = 'P1' | 'P2' | 'P3' | 'entrapment';
export interface GroupFigures {
  readonly group: GroupKey;
  readonly tickets: number;
  readonly falseAlarms: number;
  readonly cancelled: number;
  /** Nobody had accepted until it was over or until now: they are in no percentile. */
  readonly neverAccepted: number;
  readonly times: Readonly<Record<Measure, Spread>>;
}
export interface EventCount {
  readonly event: EventName;
  readonly priority: 'P1' | 'P2' | 'P3';
  readonly tickets: number;
  readonly falseAlarms: number;
}
export interface MissedClock {
  readonly ticket: string;
  readonly no: string;
  readonly event: EventName;
  readonly priority: 'P1' | 'P2' | 'P3';
  readonly clock: ClockKey;
  readonly limitS: number;
  readonly tookS: number;
  /** It never happened at all. */
  readonly never: boolean;
}
export interface TicketFigures {
  readonly tickets: number;
  readonly open: number;
  /** Of the tickets that are over and were not cancelled; 0 to 1, null without any. */
  readonly falseAlarmShare: number | null;
  readonly groups: readonly GroupFigures[];
  readonly events: readonly EventCount[];
  readonly misses: readonly MissedClock[];
}

interface Judged {
  readonly t: CountedTicket;
  readonly clocks: readonly JudgedClock[];
  readonly took: Readonly<Record<Measure, number | null>>;
}

/**
 * Figures of the tickets opened in a month, real ones or drills: the caller has parted them.
 * @param now ms since the epoch: what has not happened is judged as of then
 */
export function ticketFigures(
  tickets: readonly CountedTicket[],
  setting: 'city' | 'elsewhere',
  now: number,
): TicketFigures {
  const judged = tickets.map((t) => judge(t, setting, now));
  const groups: [GroupKey, Judged[]][] = [
    ['P1', judged.filter((j) => j.t.priority === 'P1')],
    ['entrapment', judged.filter((j) => j.t.priority === 'P1' && j.t.shape === 'rescue')],
    ['P2', judged.filter((j) => j.t.priority === 'P2')],
    ['P3', judged.filter((j) => j.t.priority === 'P3')],
  ];
  const over = judged.filter((j) => ['resolved', 'follow-up', 'closed', 'rescued', 'false-alarm'].includes(j.t.state));
  const falseAlarms = over.filter(isFalse).length;
  return {
    tickets: judged.length,
    open: judged.filter((j) => !['closed', 'false-alarm', 'cancelled'].includes(j.t.state)).length,
    falseAlarmShare: over.length > 0 ? falseAlarms / over.length : null,
    groups: groups.map(([group, of]) => groupFigures(group, of)),
    events: eventCounts(judged),
    misses: judged.flatMap(missesOf),
  };
}

const isFalse = (j: Judged): boolean => j.t.state === 'false-alarm';

function judge(t: CountedTicket, setting: 'city' | 'elsewhere', now: number): Judged {
  const times = ticketTimes(t.openedAt, t.lines, t.overAt);
  const clocks = judgedClocks(times, { ...t, setting, now });
  const from = times.countsFrom;
  const after = (at: number | null): number | null => (at === null ? null : Math.max(0, (at - from) / 1000));
  const accept = clocks.find((c) => c.key === 'accept');
  return {
    t,
    clocks,
    took: {
      accept: after(accept?.doneAt ?? null),
      arrive: after(firstOf(times.onSite, from)),
      'rescuer-arrive': after(firstOf(times.onSite, from, 'rescuer')),
      release: after(times.rescuedAt),
      contain: after(times.containedAt),
    },
  };
}

/** Which clock says how long a measure may take. */
const LIMIT_OF: Readonly<Record<Measure, readonly ClockKey[]>> = {
  accept: ['accept'],
  arrive: ['engineering-response'],
  'rescuer-arrive': ['contractor-arrival'],
  release: [],
  contain: [],
};
const MEASURES = Object.keys(LIMIT_OF) as Measure[];

function groupFigures(group: GroupKey, of: readonly Judged[]): GroupFigures {
  const spread = (measure: Measure): Spread => {
    const values = of.flatMap((j) => j.took[measure] ?? []);
    const limits = of.flatMap((j) => j.clocks.filter((c) => LIMIT_OF[measure].includes(c.key)).map((c) => c.limitS));
    // Tickets of one group may follow different procedures: a limit is told only where it is the same for all.
    const [limitS] = limits;
    const common = limitS != null && limits.length === of.length && limits.every((l) => l === limitS) ? limitS : null;
    const within = common === null ? 0 : values.filter((v) => v <= common).length;
    return { count: values.length, p50: percentile(values, 0.5), p90: percentile(values, 0.9), limitS: common, within };
  };
  return {
    group,
    tickets: of.length,
    falseAlarms: of.filter(isFalse).length,
    cancelled: of.filter((j) => j.t.state === 'cancelled').length,
    neverAccepted: of.filter((j) => j.took.accept === null).length,
    times: Object.fromEntries(MEASURES.map((m) => [m, spread(m)])) as Record<Measure, Spread>,
  };
}

function eventCounts(judged: readonly Judged[]): EventCount[] {
  const groups = groupedBy(judged, (j) => `${j.t.priority} ${j.t.event}`);
  return [...groups.values()]
    .flatMap((of) => {
      const [first] = of;
      if (!first) return [];
      const { event, priority } = first.t;
      return [{ event, priority, tickets: of.length, falseAlarms: of.filter(isFalse).length }];
    })
    .sort((a, b) => a.priority.localeCompare(b.priority) || b.tickets - a.tickets || a.event.localeCompare(b.event));
}

function missesOf({ t, clocks }: Judged): MissedClock[] {
  return clocks.filter(isBroken).map((c) => ({
    ...{ ticket: t.id, no: t.no, event: t.event, priority: t.priority, clock: c.key },
    limitS: c.limitS ?? 0,
    tookS: c.tookS,
    never: c.verdict === 'missed',
  }));
}
