import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import { assertEstate } from '../../access/estate-scope.js';
import type { Principal } from '../../access/principal.js';
import { AlarmCommands } from '../../workflow/alarm-commands.js';
import { ReadViews } from '../read-views.js';
import type { AlarmView, ListOf } from '../views.js';
import { LIST_QUERY, UUID, type ListQuery } from './list-query.js';

const SHELVE = z.object({
  minutes: z
    .int()
    .min(1)
    .max(24 * 60),
  reason: z.string().trim().min(1).max(500),
});
const END = z.object({ how: z.enum(['on-site', 'voice', 'panel-reset']), note: z.string().max(1000).optional() });
const NOTHING = z.object({});
const ID = new ZodPipe(UUID);

@Allow()
@Controller('api/v1/alarms')
export class AlarmsController {
  constructor(
    private readonly reads: ReadViews,
    private readonly commands: AlarmCommands,
  ) {}

  @Get()
  @ApiAnswer(200, 'Open alarms and those ended in the last 24 h, newest first.', 'ListOf<AlarmView>')
  list(@CurrentPrincipal() by: Principal, @ZodQuery(LIST_QUERY) q: ListQuery): Promise<ListOf<AlarmView>> {
    return this.reads.alarms(by, q.estate, q.state, q);
  }

  @Post(':id/ack')
  @HttpCode(200)
  @ApiAnswer(200, 'Acknowledged; accepts nothing.', 'AlarmView')
  @ApiAnswer(409, 'Not possible in its state.')
  async ack(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(NOTHING) _: object,
  ): Promise<AlarmView> {
    const { estate } = await this.reads.alarm(by, id);
    assertEstate(by, estate, 'control-room', 'supervisor', 'butler', 'security', 'engineer', 'project-manager');
    await this.commands.ack(estate, id, by);
    return this.reads.alarm(by, id);
  }

  @Post(':id/shelve')
  @HttpCode(200)
  @ApiAnswer(200, 'Put aside until the time is over. P1 cannot be shelved.', 'AlarmView')
  @ApiAnswer(409, 'Not possible in its state, or a P1.')
  async shelve(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(SHELVE) q: z.output<typeof SHELVE>,
  ): Promise<AlarmView> {
    const { estate } = await this.reads.alarm(by, id);
    assertEstate(by, estate, 'control-room', 'supervisor');
    await this.commands.shelve(estate, id, by, q);
    return this.reads.alarm(by, id);
  }

  @Post(':id/end')
  @HttpCode(200)
  @ApiAnswer(200, 'Ended as its kind allows.', 'AlarmView')
  @ApiAnswer(409, 'This alarm cannot be ended so; `allowed` lists how.')
  async end(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(END) q: z.output<typeof END>,
  ): Promise<AlarmView> {
    const { estate } = await this.reads.alarm(by, id);
    assertEstate(by, estate, 'control-room', 'supervisor');
    await this.commands.end(estate, id, by, q.how, q.note);
    return this.reads.alarm(by, id);
  }
}
