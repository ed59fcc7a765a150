import { Controller, Delete, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow, Public } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import type { Principal } from '../../access/principal.js';
import { ZodBody, ZodPipe } from '../../access/http/zod-body.pipe.js';
import { DomainError } from '../../kernel/domain-error.js';
import { Weather } from '../../workflow/afterwards/weather.js';
import { TaskReads } from '../task-reads.js';
import type { Role } from '../views.js';
import type { WeatherFlagView } from '../task-views.js';
import { ESTATE } from './estate-query.js';
import { UUID } from './list-query.js';

const TIME = z.iso.datetime({ offset: true });
const FLAG = z.object({ kind: z.enum(['rain', 'typhoon', 'plum-rain', 'frost']), from: TIME, to: TIME });
type Flag = z.output<typeof FLAG>;
const SETTERS: Role[] = ['control-room', 'supervisor', 'project-manager'];
const PLACE = new ZodPipe(ESTATE);
const instants = (q: Flag) => ({ kind: q.kind, from: Date.parse(q.from), to: Date.parse(q.to) });

@Allow()
@Controller('api/v1')
export class WeatherController {
  constructor(
    private readonly reads: TaskReads,
    private readonly weather: Weather,
  ) {}

  @Get('estates/:estate/weather')
  @ApiAnswer(200, 'Weather that holds or is to come.', '{items: WeatherFlagView[]}')
  async list(
    @CurrentPrincipal() by: Principal,
    @Param('estate', PLACE) estate: string,
  ): Promise<{ items: WeatherFlagView[] }> {
    return { items: await this.reads.weather(by, estate) };
  }

  @Post('estates/:estate/weather')
  @Allow(...SETTERS)
  @ApiAnswer(201, 'Weather told by hand: releases what waits for rain, makes lists of empty units.', { id: 'string' })
  async set(
    @CurrentPrincipal() by: Principal,
    @Param('estate', PLACE) estate: string,
    @ZodBody(FLAG) q: Flag,
  ): Promise<{ id: string }> {
    assertEstate(by, estate, ...SETTERS);
    return { id: await this.weather.set(estate, instants(q), by) };
  }

  @Delete('estates/:estate/weather/:id')
  @HttpCode(204)
  @Allow(...SETTERS)
  @ApiAnswer(204, 'Taken back, or not there any more; what it released or listed stays.')
  async clear(
    @CurrentPrincipal() by: Principal,
    @Param('estate', PLACE) estate: string,
    @Param('id', new ZodPipe(UUID)) id: string,
  ): Promise<void> {
    assertEstate(by, estate, ...SETTERS);
    await this.weather.clear(estate, id, by);
  }

  @Post('estates/:estate/weather-token')
  @Allow('supervisor', 'project-manager')
  @ApiAnswer(201, 'A new token for the weather service to sign with, shown once; the old one is worth nothing.', {
    token: 'string',
  })
  async token(@CurrentPrincipal() by: Principal, @Param('estate', PLACE) estate: string): Promise<{ token: string }> {
    assertEstate(by, estate, 'supervisor', 'project-manager');
    return { token: await this.weather.rotateToken(estate, by) };
  }

  @Post('hooks/weather/:estate')
  @Public()
  @ApiAnswer(
    201,
    'Weather told by a service. Header `x-steward-signature: t=<unix seconds>,v1=<hex>`: HMAC-SHA256 with the ' +
      'estate’s token over `t.estate.kind.from.to`, joined by full stops, as they stand in the call.',
    { id: 'string' },
  )
  @ApiAnswer(403, 'The signature is not the estate’s, or older than five minutes.')
  async hook(
    @Param('estate', PLACE) estate: string,
    @Headers('x-steward-signature') signature: string | undefined,
    @ZodBody(FLAG) q: Flag,
  ): Promise<{ id: string }> {
    const signed = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? '');
    const [, t, v1] = signed ?? [];
    if (!t || !v1) throw new DomainError('forbidden', 'The header x-steward-signature is missing or malformed.');
    const parts = [estate, q.kind, q.from, q.to];
    return { id: await this.weather.signedCall(estate, instants(q), { t, v1, parts }) };
  }
}
