import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { DomainError } from '../kernel/domain-error.js';
import type { Principal } from '../access/principal.js';
import { PageReceipts } from '../workflow/page-receipts.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { TicketCommands } from '../workflow/ticket-commands.js';

/** What people answer to their pages over a socket. Everybody answers only his own. */
@Injectable()
export class PageReplies {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly receipts: PageReceipts,
    private readonly tickets: TicketCommands,
  ) {}

  async seen(by: Principal, pageId: string): Promise<void> {
    const page = await this.own(by, pageId);
    this.receipts.note(page.estate_id, page.id, 'seen');
  }

  async accept(by: Principal, pageId: string): Promise<void> {
    const page = await this.own(by, pageId);
    await this.tickets.accept(page.estate_id, page.ticket_id, by, { pageId, slot: page.slot as 'responder' });
  }

  async decline(by: Principal, pageId: string, reason: string | undefined): Promise<void> {
    const page = await this.own(by, pageId);
    await this.tickets.decline(page.estate_id, page.ticket_id, by, { pageId, ...(reason ? { reason } : {}) });
  }

  private async own(by: Principal, pageId: string) {
    const page = await this.db
      .selectFrom('page')
      .select(['id', 'estate_id', 'ticket_id', 'slot'])
      .where('id', '=', pageId)
      .where('person', '=', by.username)
      .executeTakeFirst();
    if (!page) throw new DomainError('not-found', 'There is no such page for you.');
    return page;
  }
}
