import type { RecallEvent, RemindEvent } from '../gateway/views.js';
import type { PageRow, TicketRow } from '../tickets/ticket-record.js';

/** A page on its way to a person, with the change number at which it was made. */
export interface OutgoingPage {
  readonly page: PageRow;
  readonly ticket: TicketRow;
  readonly seq: number;
}

export interface Recall {
  readonly person: string;
  readonly event: RecallEvent;
}

/**
 * Takes pages and recalls to people once they are committed. Not told by return value: receipts come back as page
 * states. Handing over must never throw and never wait.
 */
export interface PageCourier {
  send(pages: readonly OutgoingPage[]): void;
  recall(recalls: readonly Recall[]): void;
  /** Asks the holder of a slot again. No page: that slot is filled, and law 5 makes no page of a filled slot. */
  remind(person: string, event: RemindEvent): void;
}

export const PAGE_COURIER = Symbol('PageCourier');
