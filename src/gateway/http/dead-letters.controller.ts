import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { personNames } from '../../tickets/ticket-views.js';
import { DeadLetters, type DeadLetterRow } from '../../workflow/page-channels/dead-letters.js';
import type { DeadLetterView } from '../channel-views.js';
import { UUID } from './list-query.js';

const LIST = z.object({ estate: z.string().min(1).max(128).optional() });

/** Pages that a carrier would not take. */
@Allow('supervisor')
@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly letters: DeadLetters,
    private readonly directory: DirectoryHolder,
  ) {}

  @Get()
  @ApiAnswer(200, 'Of the caller’s estates, the newest first.', '{items: DeadLetterView[]}')
  async list(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(LIST) { estate }: z.output<typeof LIST>,
  ): Promise<{ items: DeadLetterView[] }> {
    if (estate !== undefined) assertEstate(by, estate, 'supervisor');
    return { items: (await this.letters.list(by, estate)).map((l) => this.view(l)) };
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiAnswer(202, 'The page is sent again, as if never tried.', 'DeadLetterView')
  @ApiAnswer(404, 'No such dead letter in the caller’s estates.')
  @ApiAnswer(409, 'Sent again already, or nobody needs that page any more (`reason`).')
  async replay(@CurrentPrincipal() by: Principal, @Param('id', new ZodPipe(UUID)) id: string): Promise<DeadLetterView> {
    return this.view(await this.letters.replay(by, id));
  }

  private view(l: DeadLetterRow): DeadLetterView {
    return {
      id: l.id,
      estate: l.estate_id,
      pageId: l.page_id,
      person: l.person,
      personName: personNames(l.person, this.directory.current),
      channel: l.channel,
      destination: l.destination,
      reason: l.reason,
      attempts: l.attempts,
      diedAt: l.died_at.toISOString(),
      replayedAt: l.replayed_at?.toISOString() ?? null,
      replayedBy: l.replayed_by,
    };
  }
}
