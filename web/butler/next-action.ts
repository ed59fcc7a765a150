import type { SlotName, TicketDetail, TicketState } from '../../src/gateway/views.js';

/** The way a butler walks a ticket. Which of `contained` and `rescued` it has depends on what happened. */
const PROGRESS = ['accepted', 'en-route', 'on-site', 'contained', 'rescued', 'resolved'] as const;
export type Progress = (typeof PROGRESS)[number];

const MOVE_OF: Record<Progress, string> = {
  accepted: 'accept',
  'en-route': 'en-route',
  'on-site': 'on-site',
  contained: 'contained',
  rescued: 'rescued',
  resolved: 'resolve',
};

type TicketPart = Pick<TicketDetail, 'event' | 'state' | 'slots' | 'rescuedAt' | 'moves'>;

/** Lifts have people to free, water and pipes have something to contain (docs/domain.md, "Tickets and clocks"). */
export const progressOf = (ticket: Pick<TicketDetail, 'event' | 'moves' | 'state'>): Progress[] => {
  const lift = ticket.event.startsWith('elevator.');
  const water = ticket.event.startsWith('pipe.') || ticket.event.startsWith('meter.');
  const rescue = lift || ticket.moves.includes('rescued') || ticket.state === 'rescued';
  const contain = !rescue && (water || ticket.moves.includes('contained') || ticket.state === 'contained');
  return PROGRESS.filter((p) => (p === 'rescued' ? rescue : p === 'contained' ? contain : true));
};

const OVER: readonly TicketState[] = ['resolved', 'follow-up', 'closed', 'false-alarm', 'cancelled'];
export const isOver = (state: TicketState): boolean => OVER.includes(state);

/** How far `me` is: en-route and on-site belong to the slot of the person who reports them. */
export const reached = (ticket: TicketPart, me: string, pendingMoves: readonly string[]): ReadonlySet<Progress> => {
  const mine = ticket.slots.find((s) => s.holder === me);
  const done = new Set<Progress>();
  if (mine) done.add('accepted');
  if (mine?.enRouteAt) done.add('en-route');
  if (mine?.onSiteAt) done.add('on-site').add('en-route');
  if (ticket.state === 'contained') done.add('contained');
  if (ticket.rescuedAt !== null || ticket.state === 'rescued') done.add('rescued');
  if (isOver(ticket.state)) for (const p of PROGRESS) done.add(p);
  for (const p of PROGRESS) if (pendingMoves.includes(MOVE_OF[p])) done.add(p);
  return done;
};

/**
 * The one move to offer: the first on the way that is not done and that the service allows. While moves wait to be
 * sent the service's list is out of date, and the way itself is followed.
 */
export const nextAction = (ticket: TicketPart, me: string, pendingMoves: readonly string[]): string | null => {
  const done = reached(ticket, me, pendingMoves);
  const ahead = progressOf(ticket).filter((p) => !done.has(p) && p !== 'accepted');
  const first = ahead.find((p) => pendingMoves.length > 0 || ticket.moves.includes(MOVE_OF[p]));
  return first ? MOVE_OF[first] : null;
};

export const mySlot = (ticket: Pick<TicketDetail, 'slots'>, me: string): SlotName | undefined =>
  ticket.slots.find((s) => s.holder === me)?.slot;
