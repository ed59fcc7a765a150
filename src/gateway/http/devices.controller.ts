import { Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodQuery } from '../../access/http/zod-body.pipe.js';
import { assertEstate } from '../../access/estate-scope.js';
import type { Principal } from '../../access/principal.js';
import { DEVICE_KINDS } from '../../estate/device.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { days } from '../../kernel/durations.js';
import { HISTORY, type History } from '../../telemetry/history.port.js';
import { DeviceCommands } from '../../workflow/device-commands.js';
import { DeviceReads, type RejectView } from '../device-reads.js';
import type { PageOf } from '../record-views.js';
import type { DeviceView, ListOf, ReadingView } from '../views.js';
import { ESTATE_FILTER, SPAN_FILTER } from './list-query.js';
import { PAGE_QUERY } from './paging.js';

const LIFE_STATES = ['registered', 'commissioning', 'live', 'maintenance', 'retired'] as const;
const LIST = z.object({
  ...ESTATE_FILTER.shape,
  kind: z.enum(DEVICE_KINDS).optional(),
  building: z.string().min(1).max(128).optional(),
  life: z.enum(LIFE_STATES).optional(),
  ...PAGE_QUERY.shape,
});
const REJECTS = z.object({
  ...ESTATE_FILTER.shape,
  reason: z.string().min(1).max(64).optional(),
  ...SPAN_FILTER.shape,
  ...PAGE_QUERY.shape,
});
const RANGE = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(100_000).default(1000),
});
const LIFE = z.object({
  life: z.enum(['commissioning', 'live', 'maintenance', 'retired']),
  reason: z.string().trim().min(1).max(500).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});
const NOTHING = z.object({});

@Allow('control-room', 'supervisor', 'project-manager', 'engineer', 'butler', 'security')
@Controller('api/v1')
export class DevicesController {
  constructor(
    private readonly reads: DeviceReads,
    private readonly commands: DeviceCommands,
    @Inject(HISTORY) private readonly history: History,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('devices')
  @ApiAnswer(200, 'Devices in scope with their newest values.', 'ListOf<DeviceView>')
  list(@CurrentPrincipal() by: Principal, @ZodQuery(LIST) q: z.output<typeof LIST>): Promise<ListOf<DeviceView>> {
    return this.reads.list(by, q.estate, q.kind, q);
  }

  @Get('devices/:id/readings')
  @ApiAnswer(
    200,
    'Stored readings in [from, to), oldest first; the last 24 h without a range.',
    '{items: ReadingView[], partial?: boolean}',
  )
  async readings(
    @CurrentPrincipal() by: Principal,
    @Param('id') id: string,
    @ZodQuery(RANGE) q: z.output<typeof RANGE>,
  ): Promise<{ items: ReadingView[]; partial?: true }> {
    const device = this.reads.device(by, id);
    const to = q.to ? Date.parse(q.to) : this.clock.now() + 60_000;
    const from = q.from ? Date.parse(q.from) : to - days(1);
    const stored = await this.history.readings(device.id, from, to, q.limit);
    return {
      // What the history store holds is missing while it does not answer; the newest readings are there all the same.
      ...(stored.partial ? { partial: true as const } : {}),
      items: stored.items.map((r) => ({
        observedAt: new Date(r.observedAt).toISOString(),
        receivedAt: new Date(r.receivedAt).toISOString(),
        ...(r.seq === undefined ? {} : { seq: r.seq }),
        values: r.values,
      })),
    };
  }

  @Get('devices/:id/rejects')
  @ApiAnswer(200, 'What was refused from this device lately, and why, newest first.', 'PageOf<RejectView>')
  deviceRejects(
    @CurrentPrincipal() by: Principal,
    @Param('id') id: string,
    @ZodQuery(REJECTS) q: z.output<typeof REJECTS>,
  ): Promise<PageOf<RejectView>> {
    const device = this.reads.device(by, id);
    return this.reads.rejects(device.estate, device.id, q);
  }

  @Get('rejects')
  @Allow('control-room', 'supervisor', 'engineer')
  @ApiAnswer(200, 'What was refused lately, and why, newest first.', 'PageOf<RejectView>')
  rejects(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(REJECTS) q: z.output<typeof REJECTS>,
  ): Promise<PageOf<RejectView>> {
    const estate = q.estate ?? by.roles[0]?.estate ?? '';
    assertEstate(by, estate, 'control-room', 'supervisor', 'engineer');
    return this.reads.rejects(estate, null, q);
  }

  @Post('devices/:id/life')
  @HttpCode(200)
  @Allow('control-room', 'supervisor', 'engineer')
  @ApiAnswer(200, 'Put to commissioning, live, under a maintenance permit (reason, until), or retired.', 'DeviceView')
  @ApiAnswer(409, 'Not possible: `notSeen` lists what commissioning has still to see.')
  async life(
    @CurrentPrincipal() by: Principal,
    @Param('id') id: string,
    @ZodBody(LIFE) q: z.output<typeof LIFE>,
  ): Promise<DeviceView> {
    const device = this.reads.device(by, id);
    assertEstate(by, device.estate, 'control-room', 'supervisor', 'engineer');
    await this.commands.setLife(device, by, q);
    return this.reads.one(by, id);
  }

  @Post('devices/:id/token')
  @HttpCode(200)
  @Allow('supervisor', 'engineer')
  @ApiAnswer(200, 'A new token, shown once; the old one is refused from now on.', { token: 'string' })
  async token(
    @CurrentPrincipal() by: Principal,
    @Param('id') id: string,
    @ZodBody(NOTHING) _: object,
  ): Promise<{ token: string }> {
    const device = this.reads.device(by, id);
    assertEstate(by, device.estate, 'supervisor', 'engineer');
    return { token: await this.commands.rotateToken(device, by) };
  }

  @Delete('devices/:id/token')
  @HttpCode(200)
  @Allow('supervisor', 'engineer')
  @ApiAnswer(200, 'The device is off and cannot return until it is given a new token.', { revoked: 'boolean' })
  async revoke(@CurrentPrincipal() by: Principal, @Param('id') id: string): Promise<{ revoked: boolean }> {
    const device = this.reads.device(by, id);
    assertEstate(by, device.estate, 'supervisor', 'engineer');
    await this.commands.revokeToken(device, by);
    return { revoked: true };
  }
}
