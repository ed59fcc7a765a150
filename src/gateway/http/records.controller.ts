import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { RecordReads } from '../record-reads.js';
import type { AuditEntryView, JournalEntryView, PageOf } from '../record-views.js';
import { SPAN_FILTER, UUID } from './list-query.js';
import { PAGE_QUERY } from './paging.js';

const WORD = z.string().min(1).max(128);
const JOURNAL = z.object({
  estate: WORD,
  order: z.enum(['newest', 'oldest']).default('newest'),
  ticket: UUID.optional(),
  alarm: UUID.optional(),
  device: WORD.optional(),
  kind: WORD.optional(),
  actor: WORD.optional(),
  ...SPAN_FILTER.shape,
  ...PAGE_QUERY.shape,
});
const AUDIT = z.object({
  actor: WORD.optional(),
  action: WORD.optional(),
  target: WORD.optional(),
  ...SPAN_FILTER.shape,
  ...PAGE_QUERY.shape,
});

/** What has been decided, and who administered what. */
@Allow('supervisor', 'project-manager')
@Controller('api/v1')
export class RecordsController {
  constructor(private readonly reads: RecordReads) {}

  @Get('journal')
  @Allow('control-room', 'supervisor', 'project-manager')
  @ApiAnswer(
    200,
    'The estate’s evidence: every decision with its reason, and the chain’s hash.',
    'PageOf<JournalEntryView>',
  )
  journal(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(JOURNAL) q: z.output<typeof JOURNAL>,
  ): Promise<PageOf<JournalEntryView>> {
    assertEstate(by, q.estate, 'control-room', 'supervisor', 'project-manager');
    return this.reads.journal(q.estate, q);
  }

  @Get('audit')
  @ApiAnswer(200, 'Who administered what in the estates that you answer for, newest first.', 'PageOf<AuditEntryView>')
  audit(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(AUDIT) q: z.output<typeof AUDIT>,
  ): Promise<PageOf<AuditEntryView>> {
    return this.reads.audit(by, q);
  }
}
