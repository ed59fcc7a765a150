import type { DirectoryHolder } from '../../estate/directory-holder.js';
import type { ChannelMessage } from '../../paging/channels/page-channel.port.js';
import type { Reach } from '../../paging/channels/reach.js';
import type { ReceiptTokens } from '../../paging/channels/receipt-token.js';
import { pageEvent } from '../../paging/page-event.js';
import type { PageRow, TicketRow } from '../../tickets/ticket-record.js';
import { personNames } from '../../tickets/ticket-views.js';

/** Why a page is taken back. */
export interface RecallReason {
  readonly by: string | null;
  readonly reason: string;
}

/** Pages in the form that carriers take. */
export class ChannelMessages {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly reachOf: (person: string) => Reach,
    private readonly tokens: ReceiptTokens,
    /** Where people open Steward, without a slash at the end; null = not known, then nothing outside gets a link. */
    private readonly publicUrl: string | null,
  ) {}

  page(page: PageRow, ticket: TicketRow, recall: RecallReason | null): ChannelMessage {
    const directory = this.directory.current;
    const event = pageEvent({ page, ticket, seq: 0 }, directory);
    return {
      ...this.about(page.id, page.person),
      kind: recall ? 'recall' : 'page',
      priority: ticket.priority,
      title: event.title,
      place: event.place,
      ticketNo: ticket.no,
      event,
      silent: page.silent,
      openedAt: event.openedAt,
      reason: recall?.reason ?? null,
      byName: recall?.by && recall.reason === 'taken' ? personNames(recall.by, directory) : null,
      openUrl: this.publicUrl && `${this.publicUrl}/butler#/tickets/${ticket.id}`,
    };
  }

  test(id: string, person: string, askedAt: Date): ChannelMessage {
    return {
      ...this.about(id, person),
      kind: 'test',
      priority: 'P3',
      title: { zh: '测试呼叫', en: 'Test page' },
      place: { zh: '管家', en: 'Steward' },
      ticketNo: null,
      event: null,
      silent: false,
      openedAt: askedAt.toISOString(),
      reason: null,
      byName: null,
      openUrl: this.publicUrl && `${this.publicUrl}/butler#/profile/channels`,
    };
  }

  private about(id: string, person: string) {
    const receiptPath = this.tokens.path(id);
    return {
      id,
      person,
      phone: this.directory.current.person(person)?.phone ?? null,
      lang: this.reachOf(person).lang,
      receiptPath,
      receiptUrl: this.publicUrl && `${this.publicUrl}${receiptPath}`,
    };
  }
}
