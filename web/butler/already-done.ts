import type { TicketDetail } from '../../src/gateway/views.js';
import type { UnsentAction } from './unsent-queue.js';

/**
 * An action that was sent once without an answer may have arrived: its second sending is then refused as an illegal
 * move. If the ticket shows that it is done, it is no refusal at all.
 */
export const alreadyDone = (ticket: TicketDetail, action: UnsentAction, me: string): boolean => {
  if (action.kind === 'step') {
    const step = ticket.steps.find((s) => s.no === action.no);
    const want = { done: 'done', skip: 'skipped', reopen: 'open' }[action.change];
    return step?.state === want;
  }
  const mine = ticket.slots.find((s) => s.holder === me);
  switch (action.move) {
    case 'accept':
      return mine !== undefined;
    case 'decline':
      return ticket.pages.some((p) => p.person === me && p.state === 'declined');
    case 'en-route':
      return mine !== undefined && (mine.enRouteAt !== null || mine.onSiteAt !== null);
    case 'on-site':
      return mine !== undefined && mine.onSiteAt !== null;
    case 'rescued':
      return ticket.rescuedAt !== null;
    default:
      return ticket.state === action.move || (action.move === 'resolve' && ticket.state === 'resolved');
  }
};
