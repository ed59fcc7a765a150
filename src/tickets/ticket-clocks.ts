import type { Priority } from '../kernel/events.js';
import type { ClockView, Names, SlotName } from '../gateway/views.js';
import type { ProcedureShape } from './ticket-moves.js';

/** Limits in seconds (domain: "Tickets and clocks"; NFPA 1225, TSG T5002-2017, DB32/T 4130, Hangzhou draft rule). */
export const CLOCK_LIMITS = {
  accept: { P1: 60, P2: 180, P3: 900, P4: 900 } satisfies Record<Priority, number>,
  propertyStart: 180,
  contractorAnswer: 60,
  contractorArrival: { city: 900, elsewhere: 1800 },
  rescue: { city: 1800, elsewhere: 3600 },
  reassurance: 300,
  engineeringResponse: 1800,
  /** From a resident's report to the ticket (handbook). */
  entered: 600,
} as const;

interface ClockFacts {
  readonly priority: Priority;
  readonly shape: ProcedureShape;
  readonly setting: 'city' | 'elsewhere';
  /** The opening, or the moment at which the ticket rose to its priority. */
  readonly openedAt: Date;
  readonly overAt: Date | null;
  readonly rescuedAt: Date | null;
  readonly slots: readonly {
    slot: SlotName;
    state: string;
    /** Of its round: a slot that was opened anew has its answer and its start anew. */
    openedAt: Date;
    filledAt: Date | null;
    enRouteAt: Date | null;
    onSiteAt: Date | null;
    lastReassuredAt: Date | null;
  }[];
}

/** Those with a limit that runs on the ticket itself; `entered` is about the call before it. */
export type RunningClock = Exclude<ClockView['key'], 'entered'>;

export const CLOCK_TITLES: Readonly<Record<RunningClock, Names>> = {
  accept: { zh: '接单', en: 'Accept' },
  'property-start': { zh: '物业启动救援', en: 'Property starts the rescue' },
  'contractor-answer': { zh: '维保应答', en: 'Contractor answers' },
  'contractor-arrival': { zh: '维保到场', en: 'Contractor on the spot' },
  rescue: { zh: '救援时钟', en: 'Rescue clock' },
  reassurance: { zh: '安抚联系', en: 'Reassurance contact' },
  'engineering-response': { zh: '工程到场', en: 'Engineering response' },
};

/** Seconds. */
export function limitOf(key: RunningClock, priority: Priority, setting: 'city' | 'elsewhere'): number {
  switch (key) {
    case 'accept':
      return CLOCK_LIMITS.accept[priority];
    case 'property-start':
      return CLOCK_LIMITS.propertyStart;
    case 'contractor-answer':
      return CLOCK_LIMITS.contractorAnswer;
    case 'contractor-arrival':
      return CLOCK_LIMITS.contractorArrival[setting];
    case 'rescue':
      return CLOCK_LIMITS.rescue[setting];
    case 'reassurance':
      return CLOCK_LIMITS.reassurance;
    case 'engineering-response':
      return CLOCK_LIMITS.engineeringResponse;
  }
}

const earliest = (...d: (Date | null | undefined)[]): Date | null =>
  d.reduce<Date | null>((a, b) => (b && (!a || b < a) ? b : a), null);

const later = (a: Date, b: Date | undefined): Date => (b && b > a ? b : a);

/** The clocks that run on a ticket. Pure: the reader computes what is left from its own time. */
export function ticketClocks(f: ClockFacts): ClockView[] {
  const clock = (key: RunningClock, from: Date, met: Date | null, ended?: Date | null): ClockView => {
    const done = earliest(met, ended, f.overAt);
    return {
      key,
      title: CLOCK_TITLES[key],
      from: from.toISOString(),
      limitS: limitOf(key, f.priority, f.setting),
      doneAt: done?.toISOString() ?? null,
      met: done !== null && done.getTime() === met?.getTime(),
    };
  };
  const slot = (name: SlotName) => f.slots.find((s) => s.slot === name);
  const responder = slot('responder');
  const rescuer = slot('rescuer');
  const coordinator = slot('coordinator');
  const asked = later(f.openedAt, responder?.openedAt);
  const started = earliest(responder?.enRouteAt, responder?.onSiteAt);
  const clocks: ClockView[] = [];
  if (f.shape === 'rescue') clocks.push(clock('rescue', f.openedAt, earliest(rescuer?.onSiteAt, f.rescuedAt)));
  clocks.push(clock('accept', asked, responder?.filledAt ?? null));
  if (f.shape === 'rescue') {
    clocks.push(
      clock('property-start', asked, started, f.rescuedAt),
      clock('contractor-answer', later(f.openedAt, rescuer?.openedAt), rescuer?.filledAt ?? null, f.rescuedAt),
      clock('contractor-arrival', f.openedAt, rescuer?.onSiteAt ?? null, f.rescuedAt),
      clock('reassurance', coordinator?.lastReassuredAt ?? f.openedAt, null, f.rescuedAt),
    );
  }
  if (f.shape === 'contain') clocks.push(clock('engineering-response', f.openedAt, responder?.onSiteAt ?? null));
  return clocks;
}
