import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { TierCalls } from '../../workflow/tier-calls.js';
import { ReadViews } from '../read-views.js';
import type { Role, TicketDetail } from '../views.js';
import { UUID } from './list-query.js';

const CALL = z.strictObject({
  at: z.iso
    .datetime({ offset: true })
    .transform((t) => Date.parse(t))
    .optional(),
  spokeWith: z.string().trim().min(1).max(200),
  contact: z.string().trim().min(1).max(200).optional(),
  note: z.string().trim().max(1000).optional(),
});
const TIER = z.enum(['2', '3']);
const CALLERS: Role[] = ['control-room', 'supervisor', 'project-manager'];

/** The control room reports that it has called the next rescue tier. */
@Allow(...CALLERS)
@Controller('api/v1/tickets/:id/tiers')
export class TierCallsController {
  constructor(
    private readonly reads: ReadViews,
    private readonly calls: TierCalls,
  ) {}

  @Post(':tier/called')
  @HttpCode(200)
  @ApiAnswer(200, 'Called, by whom, when and with whom he or she spoke; also before it was due.', 'TicketDetail')
  @ApiAnswer(409, 'Called already, or nobody is to be rescued there.')
  async called(
    @CurrentPrincipal() by: Principal,
    @Param('id', new ZodPipe(UUID)) id: string,
    @Param('tier', new ZodPipe(TIER)) tier: z.output<typeof TIER>,
    @ZodBody(CALL) q: z.output<typeof CALL>,
  ): Promise<TicketDetail> {
    const estate = await this.reads.ticketEstate(by, id);
    assertEstate(by, estate, ...CALLERS);
    await this.calls.confirm(estate, id, tier === '2' ? 2 : 3, by, q);
    return this.reads.ticket(by, id);
  }
}
