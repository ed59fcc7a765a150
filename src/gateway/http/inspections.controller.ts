import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { FINDINGS, Inspections } from '../../workflow/afterwards/inspections.js';
import { STAFF, TaskReads } from '../task-reads.js';
import type { InspectionView } from '../task-views.js';
import { ESTATE, EVIDENCE, TEXT } from './estate-query.js';
import { UUID } from './list-query.js';

const QUERY = z.object({ estate: ESTATE, state: z.enum(['open', 'all']).default('open') });
const NEW = z.object({ estate: ESTATE, dueAt: z.iso.datetime({ offset: true }) });
const REPORT = z.object({
  result: z.enum(['ok', 'finding', 'skipped']),
  note: TEXT.optional(),
  evidence: EVIDENCE.optional(),
  event: z.enum(FINDINGS).optional(),
});

@Allow(...STAFF)
@Controller('api/v1/inspections')
export class InspectionsController {
  constructor(
    private readonly reads: TaskReads,
    private readonly inspections: Inspections,
  ) {}

  @Get()
  @ApiAnswer(200, 'Lists of empty units to look at, newest first.', '{items: InspectionView[]}')
  async list(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(QUERY) q: z.output<typeof QUERY>,
  ): Promise<{ items: InspectionView[] }> {
    return { items: await this.reads.inspections(by, q.estate, q.state) };
  }

  @Post()
  @Allow('control-room', 'supervisor', 'project-manager')
  @ApiAnswer(201, 'A list made now, of every empty unit.', { id: 'string' })
  @ApiAnswer(409, 'No unit is empty.')
  async make(@CurrentPrincipal() by: Principal, @ZodBody(NEW) q: z.output<typeof NEW>): Promise<{ id: string }> {
    assertEstate(by, q.estate, 'control-room', 'supervisor', 'project-manager');
    const id = await this.inspections.byHand(q.estate, by, Date.parse(q.dueAt));
    if (id === null) throw new DomainError('conflict', 'There is one already.');
    return { id };
  }

  @Post(':id/units/:unit')
  @HttpCode(200)
  @ApiAnswer(200, 'What was found in a unit; a finding with an `event` opens its ticket and pages.', 'InspectionView')
  @ApiAnswer(409, 'That unit is reported already.')
  async report(
    @CurrentPrincipal() by: Principal,
    @Param('id', new ZodPipe(UUID)) id: string,
    @Param('unit', new ZodPipe(ESTATE)) unit: string,
    @ZodBody(REPORT) q: z.output<typeof REPORT>,
  ): Promise<InspectionView> {
    const estate = await this.reads.estateOf(by, 'inspection', id);
    assertEstate(by, estate, ...STAFF);
    const { result, note, evidence, event } = q;
    await this.inspections.report(estate, id, unit, by, {
      ...{ result, ...(note ? { note } : {}), ...(evidence ? { evidence } : {}), ...(event ? { event } : {}) },
    });
    const found = (await this.reads.inspections(by, estate, 'all')).find((l) => l.id === id);
    if (!found) throw new DomainError('not-found', 'There is no such list.');
    return found;
  }
}
