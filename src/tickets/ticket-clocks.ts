import type { Priority } from '../kernel/events.js';
import type { ClockView, Names, SlotName } from '../gateway/views.js';
import type { ProcedureShape } from './ticket-moves.js';

/** Limits in seconds (domain: "Tickets and clocks"; NFPA 1225, TSG T5002-2017, DB32/T 4130, Hangzhou draft rule). */
export const CLOCK_LIMITS = {
  accept: { P1: 60, P2: 180, P3: 900, P4: 900 } satisfies Record<Priority, number>,
  propertyStart: 180,
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
  readonly openedAt: Date;
  readonly overAt: Date | null;
  readonly rescuedAt: Date | null;
  readonly slots: readonly {
    slot: SlotName;
    state: string;
    filledAt: Date | null;
    enRouteAt: Date | null;
    onSiteAt: Date | null;
    lastReassuredAt: Date | null;
  }[];
}

const TITLES: Record<Exclude<ClockView['key'], 'entered'>, Names> = {
  accept: { zh: '接单', en: 'Accept' },
  'property-start': { zh: '物业启动救援', en: 'Property starts the rescue' },
  'contractor-arrival': { zh: '维保到场', en: 'Contractor on the spot' },
  rescue: { zh: '救援时钟', en: 'Rescue clock' },
  reassurance: { zh: '安抚联系', en: 'Reassurance contact' },
  'engineering-response': { zh: '工程到场', en: 'Engineering response' },
};

const earliest = (...d: (Date | null | undefined)[]): Date | null =>
  d.reduce<Date | null>((a, b) => (b && (!a || b < a) ? b : a), null);

/** The clocks that run on a ticket. Pure: the reader computes what is left from its own time. */
export function ticketClocks(f: ClockFacts): ClockView[] {
  const clock = (
    key: keyof typeof TITLES,
    from: Date,
    limitS: number,
    met: Date | null,
    ended?: Date | null,
  ): ClockView => {
    const done = earliest(met, ended, f.overAt);
    return {
      key,
      title: TITLES[key],
      from: from.toISOString(),
      limitS,
      doneAt: done?.toISOString() ?? null,
      met: done !== null && done.getTime() === met?.getTime(),
    };
  };
  const slot = (name: SlotName) => f.slots.find((s) => s.slot === name);
  const responder = slot('responder');
  const rescuer = slot('rescuer');
  const coordinator = slot('coordinator');
  const clocks: ClockView[] = [];
  if (f.shape === 'rescue') {
    clocks.push(clock('rescue', f.openedAt, CLOCK_LIMITS.rescue[f.setting], earliest(rescuer?.onSiteAt, f.rescuedAt)));
  }
  clocks.push(clock('accept', f.openedAt, CLOCK_LIMITS.accept[f.priority], responder?.filledAt ?? null));
  if (f.shape === 'rescue') {
    clocks.push(
      clock(
        'property-start',
        f.openedAt,
        CLOCK_LIMITS.propertyStart,
        earliest(responder?.enRouteAt, responder?.onSiteAt),
      ),
      clock(
        'contractor-arrival',
        f.openedAt,
        CLOCK_LIMITS.contractorArrival[f.setting],
        rescuer?.onSiteAt ?? null,
        f.rescuedAt,
      ),
      clock('reassurance', coordinator?.lastReassuredAt ?? f.openedAt, CLOCK_LIMITS.reassurance, null, f.rescuedAt),
    );
  }
  if (f.shape === 'contain') {
    clocks.push(
      clock('engineering-response', f.openedAt, CLOCK_LIMITS.engineeringResponse, responder?.onSiteAt ?? null),
    );
  }
  return clocks;
}
