import type { Names, SlotName } from '../gateway/views.js';
import type { Priority } from '../kernel/events.js';
import { CLOCK_LIMITS } from '../tickets/ticket-clocks.js';
import type { ProcedureShape } from '../tickets/ticket-moves.js';
import { firstOf, type TicketTimes } from './ticket-times.js';

/** The contractor answers within a minute of being called (Hangzhou draft rule). */
const CONTRACTOR_ANSWER_S = 60;

export const CLOCK_TITLES = {
  accept: { zh: '接单', en: 'Accepted' },
  'property-start': { zh: '物业启动救援', en: 'Property started the rescue' },
  'contractor-answer': { zh: '维保应答', en: 'Contractor answered' },
  'contractor-arrival': { zh: '维保到场', en: 'Contractor on the spot' },
  statutory: { zh: '救援人员到场(法定时限)', en: 'Rescuer on the spot (statutory)' },
  reassurance: { zh: '安抚联系最长间隔', en: 'Longest gap between reassurance contacts' },
  'engineering-response': { zh: '工程到场', en: 'Engineering response' },
  release: { zh: '人员救出', en: 'People released' },
  contained: { zh: '险情控制', en: 'Under control' },
} as const satisfies Record<string, Names>;
export type ClockKey = keyof typeof CLOCK_TITLES;

/**
 * `met` in time; `late` it happened, too late; `missed` it never happened and its limit went by; `ended` the ticket was
 * over before the limit; `running`; `told` nobody has set a limit.
 */
export type ClockVerdict = 'met' | 'late' | 'missed' | 'ended' | 'running' | 'told';

export interface JudgedClock {
  readonly key: ClockKey;
  /** Ms since the epoch. */
  readonly from: number;
  /** Seconds; null = no limit is known. */
  readonly limitS: number | null;
  readonly doneAt: number | null;
  /** Seconds it took, or has taken until now or the end of the ticket. */
  readonly tookS: number;
  readonly verdict: ClockVerdict;
}

export interface ClockQuestion {
  readonly priority: Priority;
  readonly shape: ProcedureShape;
  readonly setting: 'city' | 'elsewhere';
  readonly slots: readonly SlotName[];
  /** Ms since the epoch: what has not happened is judged as of then. */
  readonly now: number;
}

export const isBroken = (c: JudgedClock): boolean => c.verdict === 'late' || c.verdict === 'missed';

/**
 * The clocks of a ticket against their limits, from what its journal says. They judge what happened; those that run on
 * the screens (`tickets/ticket-clocks.ts`) show what is left.
 */
export function judgedClocks(t: TicketTimes, q: ClockQuestion): JudgedClock[] {
  const stops = [t.overAt, t.rescuedAt].filter((x) => x !== null);
  const end = stops.length > 0 ? Math.min(...stops) : null;
  const judge = (key: ClockKey, from: number, limitS: number | null, doneAt: number | null): JudgedClock => {
    const tookS = Math.max(0, ((doneAt ?? end ?? Math.max(q.now, from)) - from) / 1000);
    const over = limitS !== null && tookS > limitS;
    const undone = over ? 'missed' : end !== null ? 'ended' : 'running';
    const verdict = doneAt === null ? undone : limitS === null ? 'told' : over ? 'late' : 'met';
    return { key, from, limitS, doneAt, tookS, verdict };
  };
  const from = t.countsFrom;
  const responder: SlotName | undefined = q.slots.includes('responder') ? 'responder' : undefined;
  const clocks = [judge('accept', from, CLOCK_LIMITS.accept[q.priority], firstOf(t.accepts, from, responder))];
  if (q.shape === 'rescue') {
    const set = responder ?? undefined;
    const started = earlier(firstOf(t.enRoute, from, set), firstOf(t.onSite, from, set));
    const arrived = firstOf(t.onSite, from, 'rescuer');
    clocks.push(judge('property-start', from, CLOCK_LIMITS.propertyStart, started));
    if (q.slots.includes('rescuer')) {
      const called = firstOf(t.called, from, 'rescuer');
      if (called !== null)
        clocks.push(judge('contractor-answer', called, CONTRACTOR_ANSWER_S, firstOf(t.accepts, called, 'rescuer')));
      clocks.push(
        judge('contractor-arrival', from, CLOCK_LIMITS.contractorArrival[q.setting], arrived),
        judge('statutory', from, CLOCK_LIMITS.rescue[q.setting], earlier(arrived, t.rescuedAt)),
      );
    }
    if (q.slots.includes('coordinator')) clocks.push(reassurance(t, from, end, q.now));
    clocks.push(judge('release', from, null, t.rescuedAt));
  }
  if (q.shape === 'contain') {
    clocks.push(
      judge('engineering-response', from, CLOCK_LIMITS.engineeringResponse, firstOf(t.onSite, from)),
      judge('contained', from, null, t.containedAt),
    );
  }
  return clocks;
}

/** Contacts with the people in the car: every five minutes from the opening to the release (DB32/T 4130). */
function reassurance(t: TicketTimes, from: number, end: number | null, now: number): JudgedClock {
  const until = end ?? now;
  const moments = [from, ...t.reassured.filter((at) => at > from && at < until), Math.max(from, until)];
  const gaps = moments.slice(1).map((at, i) => (at - (moments[i] ?? at)) / 1000);
  const longest = Math.max(...gaps);
  const limitS = CLOCK_LIMITS.reassurance;
  const verdict = longest > limitS ? 'late' : end === null ? 'running' : 'met';
  return { key: 'reassurance', from, limitS, doneAt: end, tookS: longest, verdict };
}

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
