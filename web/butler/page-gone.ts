import type { PageState, TicketDetail } from '../../src/gateway/views.js';

/** States of a page that still waits for its person's answer. */
const WAITING: readonly PageState[] = ['queued', 'sent', 'delivered', 'seen'];

/** Whether a page that is on the screen has ended while nobody could tell us. */
export const isGone = (ticket: Pick<TicketDetail, 'pages'>, pageId: string): boolean => {
  const page = ticket.pages.find((p) => p.id === pageId);
  return page !== undefined && !WAITING.includes(page.state);
};
