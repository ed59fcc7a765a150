import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { Handovers } from '../../workflow/afterwards/handovers.js';
import { STAFF, TaskReads } from '../task-reads.js';
import type { HandoverView, TasksView } from '../task-views.js';
import type { Role } from '../views.js';
import { ESTATE, ESTATE_QUERY, TEXT, type EstateQuery } from './estate-query.js';
import { UUID } from './list-query.js';
import { cursorOf, PAGE_QUERY, pageOf, readCursor, TIME_AND_ID } from './paging.js';

const LIST = z.object({ estate: ESTATE, ...PAGE_QUERY.shape });
const USUAL_ITEMS = 20;
const SIGN = z.object({ note: TEXT.optional() });
const SIGNERS: Role[] = ['control-room', 'supervisor', 'project-manager'];

/** The task screen, and shift handover. */
@Allow(...STAFF)
@Controller('api/v1')
export class TasksController {
  constructor(
    private readonly reads: TaskReads,
    private readonly handoversService: Handovers,
  ) {}

  @Get('tasks')
  @ApiAnswer(200, 'Everything on the task screen of an estate.', 'TasksView')
  tasks(@CurrentPrincipal() by: Principal, @ZodQuery(ESTATE_QUERY) q: EstateQuery): Promise<TasksView> {
    return this.reads.tasks(by, q.estate);
  }

  @Get('handovers')
  @ApiAnswer(200, 'Shift handovers, newest first.', '{items: HandoverView[], next: string | null}')
  async handovers(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(LIST) q: z.output<typeof LIST>,
  ): Promise<{ items: HandoverView[]; next: string | null }> {
    const cursor = readCursor(q.after, TIME_AND_ID);
    const limit = q.limit ?? USUAL_ITEMS;
    const after = cursor && { sortedBy: new Date(cursor[0]), id: cursor[1] };
    const found = await this.reads.handovers(by, q.estate, limit + 1, after);
    const page = pageOf(found, limit, (h) => cursorOf(Date.parse(h.writtenAt), h.id));
    return { items: page.rows, next: page.next };
  }

  @Post('handovers')
  @Allow(...SIGNERS)
  @ApiAnswer(201, 'A handover written now, between two changes of shift.', 'HandoverView')
  async write(@CurrentPrincipal() by: Principal, @ZodBody(ESTATE_QUERY) q: EstateQuery): Promise<HandoverView> {
    assertEstate(by, q.estate, ...SIGNERS);
    const id = await this.handoversService.byHand(q.estate, by);
    return this.one(by, q.estate, id);
  }

  @Post('handovers/:id/sign')
  @HttpCode(200)
  @Allow(...SIGNERS)
  @ApiAnswer(200, 'Read and signed by the next shift.', 'HandoverView')
  @ApiAnswer(409, 'Signed already.')
  async sign(
    @CurrentPrincipal() by: Principal,
    @Param('id', new ZodPipe(UUID)) id: string,
    @ZodBody(SIGN) q: z.output<typeof SIGN>,
  ): Promise<HandoverView> {
    const estate = await this.reads.estateOf(by, 'shift_handover', id);
    assertEstate(by, estate, ...SIGNERS);
    await this.handoversService.sign(estate, id, by, q.note);
    return this.one(by, estate, id);
  }

  private async one(by: Principal, estate: string, id: string): Promise<HandoverView> {
    const found = (await this.reads.handovers(by, estate, 100)).find((h) => h.id === id);
    if (!found) throw new DomainError('not-found', 'There is no such handover.');
    return found;
  }
}
