import { Controller, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { placeOfTicket } from '../../tickets/ticket-views.js';
import { NoticeChannels, type NoticeChannelRow } from '../../workflow/notices/notice-channels.js';
import { NoticeDesk } from '../../workflow/notices/notice-desk.js';
import type { NoticeChannelView, NoticePreviewView, NoticeView } from '../notice-views.js';
import { ReadViews } from '../read-views.js';
import { UUID } from './list-query.js';

const KIND = z.enum(['begin', 'over']);
const PREVIEW = z.object({ kind: KIND.optional(), until: z.iso.datetime({ offset: true }).optional() });
const title = z.string().trim().min(1).max(200);
const text = z.string().trim().min(1).max(2000);
const SEND = z.object({
  kind: KIND,
  title: z.object({ zh: title, en: title }),
  text: z.object({ zh: text, en: text }),
  units: z.array(z.string().min(1).max(128)).max(5000).default([]),
  channels: z
    .array(UUID)
    .max(20)
    .default([])
    .meta({ description: 'Empty = it was copied by hand, and is written down.' }),
});
const CHANNEL = z.object({
  estate: z.string().min(1).max(128),
  name: z.string().trim().min(1).max(100),
  kind: z.enum(['generic', 'wecom', 'dingtalk', 'feishu']),
  url: z.string().min(1).max(2000),
  secret: z.string().min(1).max(500).optional(),
});
const SWITCH = z.object({ active: z.boolean() });
const LIST = z.object({ estate: z.string().min(1).max(128) });
const ID = new ZodPipe(UUID);

/** What residents are told, and through which groups. */
@Allow('control-room', 'supervisor', 'project-manager')
@Controller('api/v1')
export class NoticesController {
  constructor(
    private readonly reads: ReadViews,
    private readonly desk: NoticeDesk,
    private readonly channels: NoticeChannels,
    private readonly directory: DirectoryHolder,
    @Inject(DATABASE) private readonly db: Kysely<Database>,
  ) {}

  @Get('tickets/:id/notice')
  @ApiAnswer(200, 'What residents would be told now, to be looked over; nothing is sent.', 'NoticePreviewView')
  @ApiAnswer(409, 'Residents are not told of this.')
  async preview(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodQuery(PREVIEW) q: z.output<typeof PREVIEW>,
  ): Promise<NoticePreviewView> {
    const estate = await this.estateOf(by, id);
    const draft = await this.desk.compose(id, q.kind, q.until ? Date.parse(q.until) : null);
    const ticket = await this.db.selectFrom('ticket').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const directory = this.directory.current;
    return {
      ticketId: id,
      kind: draft.kind,
      title: draft.title,
      text: draft.text,
      place: placeOfTicket(ticket, directory),
      units: draft.units.map((u) => ({
        unit: u.id,
        label: u.label,
        place: directory.placeOfSubject({ type: 'unit', id: u.id }),
      })),
      channels: (await this.channels.of(estate)).filter((c) => c.active).map(({ id: c, name }) => ({ id: c, name })),
    };
  }

  @Post('tickets/:id/notice')
  @ApiAnswer(201, 'On its way to the channels, and journalled.', 'NoticeView')
  @ApiAnswer(409, 'Residents are not told of this.')
  async send(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(SEND) q: z.output<typeof SEND>,
  ): Promise<NoticeView> {
    const estate = await this.estateOf(by, id);
    const sent = await this.desk.send(by, estate, id, q);
    return (await this.views(id)).find((n) => n.id === sent.id) as NoticeView;
  }

  @Get('tickets/:id/notices')
  @ApiAnswer(200, 'What residents were told of it, newest first, and whether it arrived.', '{items: NoticeView[]}')
  async sent(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): Promise<{ items: NoticeView[] }> {
    await this.estateOf(by, id);
    return { items: await this.views(id) };
  }

  @Get('notice-channels')
  @ApiAnswer(200, 'Groups and apps through which residents of an estate are told.', '{items: NoticeChannelView[]}')
  async list(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(LIST) q: z.output<typeof LIST>,
  ): Promise<{ items: NoticeChannelView[] }> {
    assertEstate(by, q.estate, 'control-room', 'supervisor', 'project-manager');
    return { items: (await this.channels.of(q.estate)).map((c) => this.channelView(c)) };
  }

  @Post('notice-channels')
  @Allow('supervisor', 'project-manager')
  @ApiAnswer(201, 'Notices can be sent there. Its address is not shown again.', 'NoticeChannelView')
  @ApiAnswer(400, 'The address may not be used: `reason` says why.')
  async add(
    @CurrentPrincipal() by: Principal,
    @ZodBody(CHANNEL) q: z.output<typeof CHANNEL>,
  ): Promise<NoticeChannelView> {
    assertEstate(by, q.estate, 'supervisor', 'project-manager');
    return this.channelView(await this.channels.add(by.username, q));
  }

  @Patch('notice-channels/:id')
  @HttpCode(200)
  @Allow('supervisor', 'project-manager')
  @ApiAnswer(200, 'Switched on or off.', 'NoticeChannelView')
  async switch(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(SWITCH) q: z.output<typeof SWITCH>,
  ): Promise<NoticeChannelView> {
    assertEstate(by, (await this.channels.one(id)).estate_id, 'supervisor', 'project-manager');
    return this.channelView(await this.channels.switch(by.username, id, q.active));
  }

  private async estateOf(by: Principal, ticket: string): Promise<string> {
    const estate = await this.reads.ticketEstate(by, ticket);
    assertEstate(by, estate, 'control-room', 'supervisor', 'project-manager');
    return estate;
  }

  private channelView(c: NoticeChannelRow): NoticeChannelView {
    const opened = this.channels.opened(c);
    return {
      id: c.id,
      estate: c.estate_id,
      name: c.name,
      kind: c.kind,
      host: opened ? new URL(opened.url).host : '',
      active: c.active,
      createdBy: c.created_by,
      createdAt: c.created_at.toISOString(),
    };
  }

  private async views(ticket: string): Promise<NoticeView[]> {
    const rows = await this.db
      .selectFrom('notice')
      .selectAll()
      .where('ticket_id', '=', ticket)
      .orderBy('sent_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    if (rows.length === 0) return [];
    const deliveries = await this.db
      .selectFrom('notice_delivery as d')
      .innerJoin('notice_channel as c', 'c.id', 'd.channel_id')
      .select(['d.notice_id', 'd.channel_id', 'c.name', 'd.state', 'd.attempts', 'd.problem'])
      .where(
        'd.notice_id',
        'in',
        rows.map((r) => r.id),
      )
      .orderBy('c.id')
      .execute();
    return rows.map((n) => ({
      id: n.id,
      ticketId: n.ticket_id,
      kind: n.kind,
      title: { zh: n.title_zh, en: n.title_en },
      text: { zh: n.text_zh, en: n.text_en },
      units: n.units,
      sentBy: n.sent_by,
      sentAt: n.sent_at.toISOString(),
      deliveries: deliveries
        .filter((d) => d.notice_id === n.id)
        .map((d) => ({
          channel: d.channel_id,
          name: d.name,
          state: d.state,
          attempts: d.attempts,
          problem: d.problem,
        })),
    }));
  }
}
