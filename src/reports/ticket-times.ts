import type { SlotName } from '../gateway/views.js';

/** A journal line as its times are read from it. */
export interface TimedLine {
  /** Ms since the epoch. */
  readonly at: number;
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

interface SlotMoment {
  readonly slot: SlotName | null;
  readonly at: number;
  readonly person: string | null;
}

/** When a ticket's milestones happened, ms since the epoch; in the order in which they did. */
export interface TicketTimes {
  readonly openedAt: number;
  /** Levels and clocks count from here: the opening, or the last rise in priority (its slots began anew). */
  readonly countsFrom: number;
  readonly called: readonly SlotMoment[];
  readonly accepts: readonly SlotMoment[];
  readonly enRoute: readonly SlotMoment[];
  readonly onSite: readonly SlotMoment[];
  readonly reassured: readonly number[];
  readonly containedAt: number | null;
  readonly rescuedAt: number | null;
  readonly resolvedAt: number | null;
  /** False alarm, cancelled, resolved or closed, whichever came first. */
  readonly overAt: number | null;
}

const SLOTS: readonly unknown[] = ['responder', 'rescuer', 'coordinator'];
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/**
 * Milestones of a ticket from its journal. Not from its slots: a slot that was reopened has forgotten its first holder,
 * the journal forgets nothing.
 * @param endedAt when its row says that it was over: a ticket that was merged into another has no move of its own
 */
export function ticketTimes(openedAt: number, lines: readonly TimedLine[], endedAt: number | null = null): TicketTimes {
  const called: SlotMoment[] = [];
  const accepts: SlotMoment[] = [];
  const enRoute: SlotMoment[] = [];
  const onSite: SlotMoment[] = [];
  const reassured: number[] = [];
  const first = { contained: null, rescued: null, resolve: null, over: null } as Record<string, number | null>;
  let countsFrom = openedAt;
  for (const { at, kind, payload } of [...lines].sort((a, b) => a.at - b.at)) {
    const slot = SLOTS.includes(payload['slot']) ? (payload['slot'] as SlotName) : null;
    const moment = (person: unknown): SlotMoment => ({ slot, at, person: text(person) });
    if (kind === 'ticket-raised') countsFrom = at;
    else if (kind === 'paged' || kind === 'last-resort') called.push(moment(null));
    else if (kind === 'accepted') accepts.push(moment(payload['holder']));
    else if (kind === 'reassured') reassured.push(at);
    else if (kind === 'taken-over') first['over'] ??= at;
    else if (kind === 'moved') {
      const move = payload['move'];
      if (move === 'en-route') enRoute.push(moment(payload['onBehalfOf']));
      if (move === 'on-site') onSite.push(moment(payload['onBehalfOf']));
      if (move === 'contained' || move === 'rescued' || move === 'resolve') first[move] ??= at;
      if (move === 'resolve' || move === 'close' || move === 'false-alarm' || move === 'cancel') first['over'] ??= at;
    }
  }
  return {
    ...{ openedAt, countsFrom, called, accepts, enRoute, onSite, reassured },
    containedAt: first['contained'] ?? null,
    rescuedAt: first['rescued'] ?? null,
    resolvedAt: first['resolve'] ?? null,
    overAt: first['over'] ?? endedAt,
  };
}

/** The first of these at or after `from`, of that slot if one is named. */
export function firstOf(moments: readonly SlotMoment[], from: number, slot?: SlotName): number | null {
  return moments.find((m) => m.at >= from && (slot === undefined || m.slot === slot))?.at ?? null;
}
