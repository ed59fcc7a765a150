import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { PROCEDURE_SPEC, problemsOf } from '../../tickets/procedure-spec.js';
import { ProcedureCommands } from '../../workflow/procedures/procedure-commands.js';
import { standardNamed } from '../../workflow/procedures/standard-named.js';
import { ProcedureReads } from '../procedure-reads.js';
import type {
  ProcedureCheckView,
  ProcedureDiffView,
  ProcedureHistoryItem,
  ProcedureInForceView,
  ProcedureVersionView,
} from '../procedure-views.js';

const ID = new ZodPipe(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be the id of a procedure'));
const VERSION = new ZodPipe(z.coerce.number().int().min(1).max(1_000_000));
const OWNER = z.object({ scope: z.enum(['organisation', 'estate']), scopeId: z.string().min(1).max(128) });
type Owner = z.output<typeof OWNER>;
const LIST = z.object({ estate: z.string().min(1).max(128) });
const REASON = z.string().trim().min(1).max(500);
const DRAFT = OWNER.extend({ spec: PROCEDURE_SPEC });
const CHECK = z.object({ spec: z.unknown().meta({ description: 'As for the draft.' }) });
const PUBLISH = OWNER.extend({ reason: REASON, version: z.int().min(2).optional() });
const RETIRE = OWNER.extend({ reason: REASON });

@Allow('control-room', 'supervisor', 'project-manager', 'engineer', 'butler', 'security')
@Controller('api/v1/procedures')
export class ProceduresController {
  constructor(
    private readonly reads: ProcedureReads,
    private readonly commands: ProcedureCommands,
  ) {}

  @Get()
  @ApiAnswer(200, 'What holds in an estate, and what events follow it.', '{items: ProcedureInForceView[]}')
  list(@CurrentPrincipal() by: Principal, @ZodQuery(LIST) q: z.output<typeof LIST>): { items: ProcedureInForceView[] } {
    return { items: this.reads.inForce(by, q.estate) };
  }

  @Get(':id')
  @ApiAnswer(
    200,
    'Every version of that owner, newest first; the last is the program’s.',
    '{items: ProcedureHistoryItem[]}',
  )
  @ApiAnswer(404, 'No such procedure (`closest`), or no such owner in scope.')
  async history(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodQuery(OWNER) q: Owner,
  ): Promise<{ items: ProcedureHistoryItem[] }> {
    return { items: await this.reads.history(by, { id, ...q }) };
  }

  @Get(':id/versions/:version')
  @ApiAnswer(200, 'That version with its steps; 1 is the program’s.', 'ProcedureVersionView')
  @ApiAnswer(404, 'No such version there.')
  version(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @Param('version', VERSION) version: number,
    @ZodQuery(OWNER) q: Owner,
  ): Promise<ProcedureVersionView> {
    return this.reads.version(by, { id, ...q }, version);
  }

  @Post(':id/validate')
  @HttpCode(200)
  @ApiAnswer(200, 'Everything that is wrong with it, at once; nothing is kept.', 'ProcedureCheckView')
  validate(@Param('id', ID) id: string, @ZodBody(CHECK) q: z.output<typeof CHECK>): ProcedureCheckView {
    const problems = problemsOf(q.spec, standardNamed(id).shape);
    return { ok: problems.length === 0, problems };
  }

  @Put(':id/draft')
  @Allow('supervisor', 'project-manager')
  @ApiAnswer(200, 'Kept as the draft; tickets are not opened with it yet.', 'ProcedureVersionView')
  @ApiAnswer(400, '`problems`: a loop is named, unknown roles, keys twice, one language only …')
  async draft(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(DRAFT) q: z.output<typeof DRAFT>,
  ): Promise<ProcedureVersionView> {
    const { spec, ...owner } = q;
    const version = await this.commands.putDraft(by, { id, ...owner }, spec);
    return this.reads.version(by, { id, ...owner }, version);
  }

  @Get(':id/draft/diff')
  @ApiAnswer(200, 'What the draft would change.', 'ProcedureDiffView')
  @ApiAnswer(404, 'There is no draft.')
  diff(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodQuery(OWNER) q: Owner,
  ): Promise<ProcedureDiffView> {
    return this.reads.diff(by, { id, ...q });
  }

  @Delete(':id/draft')
  @HttpCode(200)
  @Allow('supervisor', 'project-manager')
  @ApiAnswer(200, 'The draft is gone.', { removed: 'boolean' })
  @ApiAnswer(404, 'There is no draft.')
  async discard(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodQuery(OWNER) q: Owner,
  ): Promise<{ removed: boolean }> {
    await this.commands.discardDraft(by, { id, ...q });
    return { removed: true };
  }

  @Post(':id/publish')
  @HttpCode(200)
  @Allow('supervisor', 'project-manager')
  @ApiAnswer(200, 'In force for tickets that open from now on; running ones keep theirs.', 'ProcedureVersionView')
  @ApiAnswer(404, 'There is no draft.')
  @ApiAnswer(409, 'The draft is another version than the one you have read.')
  async publish(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(PUBLISH) q: z.output<typeof PUBLISH>,
  ): Promise<ProcedureVersionView> {
    const at = { id, scope: q.scope, scopeId: q.scopeId };
    const version = await this.commands.publish(by, at, q.reason, q.version);
    return this.reads.version(by, at, version);
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Allow('supervisor', 'project-manager')
  @ApiAnswer(200, 'Not in force any more: the organisation’s holds, or the program’s.', 'ProcedureVersionView')
  @ApiAnswer(404, 'Nothing is published there.')
  async retire(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(RETIRE) q: z.output<typeof RETIRE>,
  ): Promise<ProcedureVersionView> {
    const at = { id, scope: q.scope, scopeId: q.scopeId };
    const version = await this.commands.retire(by, at, q.reason);
    return this.reads.version(by, at, version);
  }
}
