import { Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { CHANNELS } from '../../kernel/channels.js';
import { WEBHOOK_KINDS } from '../../paging/channels/reach.js';
import { TestPages } from '../../workflow/page-channels/test-pages.js';
import { ChannelDesk } from '../channel-desk.js';
import type { ChannelsView, TestPageView } from '../channel-views.js';
import { UUID } from './list-query.js';

const CHANNEL = z.enum(CHANNELS);
const TIME = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 22:30');
const NUMBER = z.string().regex(/^\+?[\d -]{3,24}$/, 'must be a telephone number');
const CHANGE = z.strictObject({
  channels: z
    .array(
      z.strictObject({
        channel: CHANNEL,
        on: z.boolean(),
        priorities: z.array(z.enum(['P1', 'P2', 'P3'])).max(3),
      }),
    )
    .min(1)
    .max(CHANNELS.length)
    .optional()
    .meta({ description: 'In the order in which they are tried; those left out come last, as usual.' }),
  lang: z.enum(['zh', 'en']).optional(),
  quietHours: z.strictObject({ from: TIME, to: TIME }).nullable().optional().meta({ description: 'Never for P1.' }),
  webhook: z
    .strictObject({
      kind: z.enum(WEBHOOK_KINDS),
      url: z.string().max(2000),
      secret: z.string().min(1).max(500).nullable().default(null),
      number: NUMBER.nullable().default(null),
    })
    .nullable()
    .optional(),
  email: z.email().max(254).nullable().optional(),
});
type Change = z.output<typeof CHANGE>;
const SUBSCRIPTION = z.strictObject({
  endpoint: z.url().max(2000),
  keys: z.strictObject({ p256dh: z.string().max(200), auth: z.string().max(100) }),
  label: z.string().trim().min(1).max(100),
});
const TEST = z.strictObject({ channel: CHANNEL });
const USERNAME = z.string().min(1).max(128);
const ID = new ZodPipe(UUID);

const toChange = ({ channels: choices, quietHours: quiet, ...rest }: Change) => ({ ...rest, choices, quiet });

/** How people are reached: everybody for himself, a supervisor for the people of his estates. */
@Allow()
@Controller('api/v1')
export class ChannelsController {
  constructor(
    private readonly desk: ChannelDesk,
    private readonly tests: TestPages,
  ) {}

  @Get('me/channels')
  @ApiAnswer(200, 'How the caller is reached, way by way.', 'ChannelsView')
  mine(@CurrentPrincipal() by: Principal): Promise<ChannelsView> {
    return this.desk.view(by.username);
  }

  @Put('me/channels')
  @ApiAnswer(200, 'As it is now. What is left out stays as it was.', 'ChannelsView')
  @ApiAnswer(400, 'Not valid, or a private address where those are forbidden; nothing has changed.')
  change(@CurrentPrincipal() by: Principal, @ZodBody(CHANGE) q: Change): Promise<ChannelsView> {
    return this.desk.change(by, by.username, toChange(q));
  }

  @Post('me/channels/push-devices')
  @ApiAnswer(201, 'This browser is paged from now on.', { id: 'string' })
  @ApiAnswer(400, 'Not a subscription.')
  subscribe(
    @CurrentPrincipal() by: Principal,
    @ZodBody(SUBSCRIPTION) { endpoint, keys, label }: z.output<typeof SUBSCRIPTION>,
  ): Promise<{ id: string }> {
    return this.desk.subscribe(by.username, { endpoint, ...keys, label });
  }

  @Delete('me/channels/push-devices/:id')
  @HttpCode(204)
  @ApiAnswer(204, 'That browser is not paged any more.')
  @ApiAnswer(404, 'The caller has no such browser.')
  unsubscribe(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): Promise<void> {
    return this.desk.unsubscribe(by.username, id);
  }

  @Post('me/channels/test')
  @HttpCode(202)
  @ApiAnswer(202, 'A page by that channel, marked as a test, is on its way.', 'TestPageView')
  @ApiAnswer(409, 'The channel does not lead to the caller (`reason`), or was tested too often.')
  async test(
    @CurrentPrincipal() by: Principal,
    @ZodBody(TEST) { channel }: z.output<typeof TEST>,
  ): Promise<TestPageView> {
    return testPageView(await this.tests.begin(by.username, channel, by.username));
  }

  @Get('me/channels/test/:id')
  @ApiAnswer(200, 'How far a test has come.', 'TestPageView')
  @ApiAnswer(404, 'The caller has no such test.')
  async tested(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): Promise<TestPageView> {
    return testPageView(await this.tests.read(by.username, id));
  }

  @Get('staff/:username/channels')
  @Allow('supervisor')
  @ApiAnswer(200, 'How one of the supervisor’s people is reached.', 'ChannelsView')
  @ApiAnswer(404, 'Nobody of that name in the caller’s estates.')
  theirs(
    @CurrentPrincipal() by: Principal,
    @Param('username', new ZodPipe(USERNAME)) username: string,
  ): Promise<ChannelsView> {
    return this.desk.view(this.desk.staff(by, username));
  }

  @Put('staff/:username/channels')
  @Allow('supervisor')
  @ApiAnswer(200, 'As it is now.', 'ChannelsView')
  @ApiAnswer(400, 'Not valid; nothing has changed.')
  @ApiAnswer(404, 'Nobody of that name in the caller’s estates.')
  changeTheirs(
    @CurrentPrincipal() by: Principal,
    @Param('username', new ZodPipe(USERNAME)) username: string,
    @ZodBody(CHANGE) q: Change,
  ): Promise<ChannelsView> {
    return this.desk.change(by, this.desk.staff(by, username), toChange(q));
  }
}

function testPageView(row: Awaited<ReturnType<TestPages['read']>>): TestPageView {
  const iso = (d: Date | null): string | null => d?.toISOString() ?? null;
  const { id, person, channel, state, reason } = row;
  return {
    ...{ id, person, channel, state, reason },
    createdAt: row.created_at.toISOString(),
    sentAt: iso(row.sent_at),
    deliveredAt: iso(row.delivered_at),
    seenAt: iso(row.seen_at),
  };
}
