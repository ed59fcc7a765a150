import { Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { POLICY_SCOPES, type PolicyEvent } from '../../estate/escalation-policy.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { EventName } from '../../kernel/events.js';
import { POLICY_SLOTS } from '../../paging/policy-schema.js';
import { PolicyCommands } from '../../workflow/policies/policy-commands.js';
import { PolicyReads } from '../../workflow/policies/policy-reads.js';
import type { EffectivePolicyView, PolicyDryRunView, PolicyVersionView } from '../policy-views.js';

const ID = z.string().min(1).max(128);
const PRIORITY = z.enum(['P1', 'P2', 'P3']);
const REASON = z.string().trim().min(1).max(500);
const EVENT = z
  .string()
  .max(128)
  .regex(/^(\*|[a-z]+\.(\*|[a-z0-9-]+))$/, 'an event (pipe.leak), a family (pipe.*) or *');
const KEY = z.object({ scope: z.enum(POLICY_SCOPES), scopeId: ID, event: EVENT, priority: PRIORITY });
const PUT = KEY.extend({
  slots: POLICY_SLOTS,
  reason: REASON,
  publish: z.boolean().default(false).describe('in force at once; else it is a draft'),
});
const PUBLISH = KEY.extend({ version: z.int().min(1), reason: REASON });
const REMOVE = KEY.extend({ reason: REASON });
const LIST = z.object({ estate: ID, event: EVENT.optional(), priority: PRIORITY.optional() });
const DRY_RUN = z.object({
  event: EVENT.refine((e) => !e.endsWith('*'), 'one event, not a family'),
  priority: PRIORITY.optional(),
  subject: z.object({ type: z.enum(['device', 'unit', 'riser', 'building', 'estate']), id: ID }),
  at: z.iso.datetime({ offset: true }).optional(),
  slots: POLICY_SLOTS.optional(),
});

const keyOf = (q: z.output<typeof KEY>) => ({
  scope: q.scope,
  scopeId: q.scopeId,
  event: q.event as PolicyEvent,
  priority: q.priority,
});

/** Whom an emergency rings, and when. */
@Allow('supervisor', 'project-manager')
@Controller('api/v1/policies')
export class PoliciesController {
  constructor(
    private readonly reads: PolicyReads,
    private readonly commands: PolicyCommands,
  ) {}

  @Get()
  @ApiAnswer(
    200,
    'The policy in force for each event and priority, and where it comes from.',
    '{items: EffectivePolicyView[]}',
  )
  list(@CurrentPrincipal() by: Principal, @ZodQuery(LIST) q: z.output<typeof LIST>): { items: EffectivePolicyView[] } {
    return { items: this.reads.effective(by, q.estate, q) };
  }

  @Get('versions')
  @ApiAnswer(
    200,
    'The draft and every version that was ever published there, newest first.',
    '{items: PolicyVersionView[]}',
  )
  async versions(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(KEY) q: z.output<typeof KEY>,
  ): Promise<{ items: PolicyVersionView[] }> {
    return { items: await this.reads.versions(by, keyOf(q)) };
  }

  @Put()
  @ApiAnswer(
    200,
    'Saved as the draft, or with `publish` in force. Tickets that are open keep theirs.',
    'PolicyVersionView',
  )
  @ApiAnswer(400, 'Not valid: `problems` names each one.')
  @ApiAnswer(404, 'No such place in scope, or no such event: `closest` is what was probably meant.')
  async put(@CurrentPrincipal() by: Principal, @ZodBody(PUT) q: z.output<typeof PUT>): Promise<PolicyVersionView> {
    const key = keyOf(q);
    const version = q.publish
      ? await this.commands.put(by, key, q.slots, q.reason)
      : await this.commands.saveDraft(by, key, q.slots, q.reason);
    return this.version(by, key, version);
  }

  @Post('publish')
  @HttpCode(200)
  @ApiAnswer(200, 'The draft is in force.', 'PolicyVersionView')
  @ApiAnswer(409, 'The draft has another version by now (`draft`), or there is none.')
  async publish(
    @CurrentPrincipal() by: Principal,
    @ZodBody(PUBLISH) q: z.output<typeof PUBLISH>,
  ): Promise<PolicyVersionView> {
    const key = keyOf(q);
    await this.commands.publish(by, key, q.version, q.reason);
    return this.version(by, key, q.version);
  }

  @Delete()
  @HttpCode(200)
  @ApiAnswer(200, 'Back to the wider policy, or the built-in one.', { removed: 'boolean' })
  @ApiAnswer(404, 'Nothing is published or drafted there.')
  async remove(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(REMOVE) q: z.output<typeof REMOVE>,
  ): Promise<{ removed: boolean }> {
    await this.commands.remove(by, keyOf(q), q.reason);
    return { removed: true };
  }

  @Post('dry-run')
  @HttpCode(200)
  @ApiAnswer(200, 'Who would be paged for this event at this place at this instant, and why.', 'PolicyDryRunView')
  @ApiAnswer(404, 'No such place in scope, or no such event.')
  dryRun(@CurrentPrincipal() by: Principal, @ZodBody(DRY_RUN) q: z.output<typeof DRY_RUN>): PolicyDryRunView {
    return this.reads.dryRun(by, { ...q, event: q.event as EventName });
  }

  private async version(by: Principal, key: ReturnType<typeof keyOf>, version: number): Promise<PolicyVersionView> {
    const found = (await this.reads.versions(by, key)).find((v) => v.version === version);
    if (!found) throw new DomainError('not-found', `There is no version ${version}.`);
    return found;
  }
}
