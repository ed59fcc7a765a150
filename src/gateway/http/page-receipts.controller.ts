import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { Public } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { ZodBody, ZodPipe } from '../../access/http/zod-body.pipe.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ReceiptTokens } from '../../paging/channels/receipt-token.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { ChannelOutcomes } from '../../workflow/page-channels/channel-outcomes.js';
import { PageReceipts } from '../../workflow/page-receipts.js';

const RECEIPT = z.object({ state: z.enum(['delivered', 'seen']).default('delivered') });

/**
 * Word of a page from whoever shows it: a service worker that has no login, or a gateway. The address itself is the right
 * to speak, of one page, and of no more than that it has come.
 */
@Public()
@Controller('api/v1/page-receipts')
export class PageReceiptsController {
  constructor(
    private readonly tokens: ReceiptTokens,
    private readonly receipts: PageReceipts,
    private readonly outcomes: ChannelOutcomes,
    @Inject(DATABASE) private readonly db: Kysely<Database>,
  ) {}

  @Post(':token')
  @HttpCode(204)
  @ApiAnswer(204, 'Noted.')
  @ApiAnswer(404, 'Not an address that this service has given out.')
  async note(
    @Param('token', new ZodPipe(z.string().max(100))) token: string,
    @ZodBody(RECEIPT) { state }: z.output<typeof RECEIPT>,
  ): Promise<void> {
    const id = this.tokens.read(token);
    if (id === null) throw new DomainError('not-found', 'There is no such page.');
    const page = await this.db.selectFrom('page').select('estate_id').where('id', '=', id).executeTakeFirst();
    if (page) this.receipts.note(page.estate_id, id, state);
    else if (!(await this.outcomes.testPage(id, state))) throw new DomainError('not-found', 'There is no such page.');
  }
}
