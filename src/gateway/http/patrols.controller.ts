import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { Patrols } from '../../workflow/afterwards/patrols.js';
import { STAFF, TaskReads } from '../task-reads.js';
import type { PatrolPlanView, PatrolRoundView } from '../task-views.js';
import { ESTATE, ESTATE_QUERY, EVIDENCE, TEXT, type EstateQuery } from './estate-query.js';
import { UUID } from './list-query.js';

const QUERY = z.object({ estate: ESTATE, since: z.iso.datetime({ offset: true }).optional() });
const PLAN = z.object({
  everyH: z.int().min(1).max(24).default(2),
  devices: z.array(ESTATE).min(1).max(500).nullable().default(null),
});
const REPORT = z.object({
  result: z.enum(['ok', 'finding']),
  evidence: EVIDENCE.optional(),
  note: TEXT.optional(),
});
const LEADS = ['supervisor', 'project-manager'] as const;
const WALKERS = ['security', 'butler', 'engineer', 'supervisor', 'control-room', 'project-manager'] as const;

@Allow(...STAFF)
@Controller('api/v1')
export class PatrolsController {
  constructor(
    private readonly reads: TaskReads,
    private readonly patrols: Patrols,
  ) {}

  @Get('patrols')
  @ApiAnswer(200, 'The round under way and those since (default: a day), newest first.', '{items: PatrolRoundView[]}')
  async list(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(QUERY) q: z.output<typeof QUERY>,
  ): Promise<{ items: PatrolRoundView[] }> {
    return { items: await this.reads.patrols(by, q.estate, q.since ? Date.parse(q.since) : this.reads.dayAgo()) };
  }

  @Get('patrol-plan')
  @ApiAnswer(200, 'How often which doors are patrolled; off until it is set.', 'PatrolPlanView')
  plan(@CurrentPrincipal() by: Principal, @ZodQuery(ESTATE_QUERY) q: EstateQuery): Promise<PatrolPlanView> {
    return this.reads.patrolPlan(by, q.estate);
  }

  @Put('estates/:estate/patrol-plan')
  @Allow(...LEADS)
  @ApiAnswer(200, 'Every so many hours of the local day; `devices: null` = every door and barrier.', 'PatrolPlanView')
  async setPlan(
    @CurrentPrincipal() by: Principal,
    @Param('estate', new ZodPipe(ESTATE)) estate: string,
    @ZodBody(PLAN) q: z.output<typeof PLAN>,
  ): Promise<PatrolPlanView> {
    assertEstate(by, estate, ...LEADS);
    await this.patrols.setPlan(estate, by, q);
    return this.reads.patrolPlan(by, estate);
  }

  @Delete('estates/:estate/patrol-plan')
  @HttpCode(204)
  @Allow(...LEADS)
  @ApiAnswer(204, 'No patrols from now on.')
  async dropPlan(
    @CurrentPrincipal() by: Principal,
    @Param('estate', new ZodPipe(ESTATE)) estate: string,
  ): Promise<void> {
    assertEstate(by, estate, ...LEADS);
    await this.patrols.setPlan(estate, by, null);
  }

  @Post('patrols/:id/doors/:device')
  @HttpCode(200)
  @ApiAnswer(200, 'A door of the round was seen, with its photo.', 'PatrolRoundView')
  @ApiAnswer(409, 'The round is over, or the door was reported.')
  async report(
    @CurrentPrincipal() by: Principal,
    @Param('id', new ZodPipe(UUID)) id: string,
    @Param('device', new ZodPipe(ESTATE)) device: string,
    @ZodBody(REPORT) q: z.output<typeof REPORT>,
  ): Promise<PatrolRoundView> {
    const estate = await this.reads.estateOf(by, 'patrol_round', id);
    assertEstate(by, estate, ...WALKERS);
    const { result, evidence, note } = q;
    await this.patrols.report(estate, id, device, by, {
      ...{ result, ...(evidence ? { evidence } : {}), ...(note ? { note } : {}) },
    });
    const round = (await this.reads.patrols(by, estate, this.reads.dayAgo())).find((r) => r.id === id);
    if (!round) throw new DomainError('not-found', 'There is no such round.');
    return round;
  }
}
