import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { WEBHOOK_EVENTS, type WebhookEvent } from '../../workflow/webhooks/webhook-event.js';
import { WebhookRegistry, type WebhookRow } from '../../workflow/webhooks/webhook-registry.js';
import { WebhookReplay } from '../../workflow/webhooks/webhook-replay.js';
import { WebhookSender } from '../../workflow/webhooks/webhook-sender.js';
import type { WebhookDeliveryView, WebhookTestView, WebhookView, WebhookWithSecretView } from '../webhook-views.js';
import { UUID } from './list-query.js';
import { MOST_ITEMS, PAGE_QUERY, cursorOf, pageOf, readCursor } from './paging.js';

const NAME = z.string().trim().min(1).max(100);
const ADDRESS = z.string().min(1).max(2000);
const EVENTS = z.array(z.enum(WEBHOOK_EVENTS)).max(WEBHOOK_EVENTS.length).meta({ description: 'Empty = every event.' });
const CREATE = z.object({
  scope: z.enum(['organisation', 'estate']),
  scopeId: z.string().min(1).max(128),
  name: NAME,
  url: ADDRESS,
  events: EVENTS.default([]),
  active: z.boolean().default(true),
});
const CHANGE = z.object({
  name: NAME.optional(),
  url: ADDRESS.optional(),
  events: EVENTS.optional(),
  active: z.boolean().optional(),
});
const LIST = z.object({ estate: z.string().min(1).max(128).optional() });
const DELIVERIES = PAGE_QUERY.extend({
  state: z.enum(['trying', 'delivered', 'dead']).optional(),
  event: z.enum(WEBHOOK_EVENTS).optional(),
  ticket: UUID.optional(),
});
const NOTHING = z.object({});
const ID = new ZodPipe(UUID);

/** Systems of the company that follow what happens (docs/webhooks.md). */
@Allow('supervisor', 'project-manager')
@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly registry: WebhookRegistry,
    private readonly sender: WebhookSender,
    private readonly replays: WebhookReplay,
    @Inject(DATABASE) private readonly db: Kysely<Database>,
  ) {}

  @Get()
  @ApiAnswer(200, 'Webhooks of estates that you answer for, oldest first.', '{items: WebhookView[]}')
  async list(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(LIST) q: z.output<typeof LIST>,
  ): Promise<{ items: WebhookView[] }> {
    if (q.estate !== undefined) assertEstate(by, q.estate, 'supervisor', 'project-manager');
    return { items: await this.views(await this.registry.list(by, q.estate)) };
  }

  @Post()
  @ApiAnswer(201, 'Told of what happens from now on. `secret` signs, and is shown this once.', 'WebhookWithSecretView')
  @ApiAnswer(400, 'The address may not be used: `reason` says why (`private-address`, `dns`, `bad-url`).')
  async create(
    @CurrentPrincipal() by: Principal,
    @ZodBody(CREATE) q: z.output<typeof CREATE>,
  ): Promise<WebhookWithSecretView> {
    const { row, secret } = await this.registry.add(by, q);
    return { ...(await this.view(row)), secret };
  }

  @Get(':id')
  @ApiAnswer(200, 'The webhook, without its secret.', 'WebhookView')
  async one(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): Promise<WebhookView> {
    return this.view(await this.registry.one(by, id));
  }

  @Patch(':id')
  @ApiAnswer(200, 'Changed. Switched on again, it goes on where it stopped.', 'WebhookView')
  @ApiAnswer(400, 'The address may not be used: `reason` says why.')
  async change(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(CHANGE) q: z.output<typeof CHANGE>,
  ): Promise<WebhookView> {
    const given = Object.entries(q).filter(([, v]) => v !== undefined);
    return this.view(await this.registry.change(by, id, Object.fromEntries(given)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiAnswer(204, 'Told of nothing any more; its delivery log is gone.')
  async remove(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): Promise<void> {
    await this.registry.remove(by, id);
  }

  @Post(':id/secret')
  @HttpCode(200)
  @ApiAnswer(200, 'A new secret, shown this once; the old one signs nothing any more.', 'WebhookWithSecretView')
  async secret(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(NOTHING) _: object,
  ): Promise<WebhookWithSecretView> {
    const { row, secret } = await this.registry.rotateSecret(by, id);
    return { ...(await this.view(row)), secret };
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiAnswer(200, 'A `webhook.test` was sent, and this came of it.', 'WebhookTestView')
  async test(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(NOTHING) _: object,
  ): Promise<WebhookTestView> {
    const answer = await this.sender.test(await this.registry.one(by, id));
    if (!answer.ok) return { delivered: false, status: null, problem: `${answer.why}: ${answer.detail}`, tookMs: null };
    const delivered = answer.status >= 200 && answer.status < 300;
    const problem = delivered ? null : `answered with status ${answer.status}`;
    return { delivered, status: answer.status, problem, tookMs: Math.round(answer.tookMs) };
  }

  @Get(':id/deliveries')
  @ApiAnswer(
    200,
    'What was told, newest first: 30 days, and 180 of what was given up (`state=dead`).',
    '{items: WebhookDeliveryView[], next: string | null}',
  )
  async deliveries(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodQuery(DELIVERIES) q: z.output<typeof DELIVERIES>,
  ): Promise<{ items: WebhookDeliveryView[]; next: string | null }> {
    await this.registry.one(by, id);
    const limit = q.limit ?? MOST_ITEMS;
    const after = readCursor(q.after, z.tuple([z.number().int()]));
    let rows = this.db.selectFrom('webhook_delivery').selectAll().where('webhook_id', '=', id);
    if (after) rows = rows.where('no', '<', after[0]);
    if (q.state) rows = rows.where('state', '=', q.state);
    if (q.event) rows = rows.where('event', '=', q.event);
    if (q.ticket) rows = rows.where('ticket_id', '=', q.ticket);
    const found = await rows
      .orderBy('no', 'desc')
      .limit(limit + 1)
      .execute();
    const page = pageOf(found, limit, (last) => cursorOf(last.no));
    const items = page.rows.map((r) => ({
      id: r.id,
      event: r.event,
      estate: r.estate_id,
      ticketId: r.ticket_id,
      at: r.at.toISOString(),
      state: r.state,
      attempts: r.attempts,
      status: r.status,
      problem: r.problem,
      tookMs: r.took_ms,
      lastTryAt: r.last_try_at.toISOString(),
      deliveredAt: r.delivered_at?.toISOString() ?? null,
    }));
    return { items, next: page.next };
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiAnswer(202, 'Everything that was given up is told again, beside what happens now.', { replayed: 'number' })
  async replayAll(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(NOTHING) _: object,
  ): Promise<{ replayed: number }> {
    await this.registry.one(by, id);
    return { replayed: await this.replays.ask(id, null) };
  }

  @Post(':id/deliveries/:delivery/replay')
  @HttpCode(202)
  @ApiAnswer(202, 'It is told again, under the same id.', { replayed: 'number' })
  @ApiAnswer(409, 'It is being tried already.')
  async replay(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @Param('delivery', ID) delivery: string,
    @ZodBody(NOTHING) _: object,
  ): Promise<{ replayed: number }> {
    await this.registry.one(by, id);
    return { replayed: await this.replays.ask(id, delivery) };
  }

  private async view(row: WebhookRow): Promise<WebhookView> {
    const [view] = await this.views([row]);
    return view as WebhookView;
  }

  private async views(rows: readonly WebhookRow[]): Promise<WebhookView[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((r) => r.id);
    const waiting = await this.db
      .selectFrom('webhook_cursor')
      .select(['webhook_id', 'attempts', 'not_before'])
      .where('webhook_id', 'in', ids)
      .where('attempts', '>', 0)
      .orderBy('attempts')
      .execute();
    const retrying = new Map(waiting.map((c) => [c.webhook_id, c]));
    return rows.map((r) => {
      const stuck = retrying.get(r.id);
      return {
        id: r.id,
        scope: r.scope,
        scopeId: r.scope_id,
        name: r.name,
        url: r.url,
        events: r.events as WebhookEvent[],
        active: r.active,
        whyInactive: r.why_inactive,
        createdBy: r.created_by,
        createdAt: r.created_at.toISOString(),
        updatedAt: r.updated_at.toISOString(),
        retrying: stuck ? { attempts: stuck.attempts, nextTryAt: stuck.not_before?.toISOString() ?? null } : null,
      };
    });
  }
}
