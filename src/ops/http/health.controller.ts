import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { Metrics } from '../metrics.js';
import { Readiness } from '../readiness.js';

@ApiTags('operations')
@Public()
@Controller()
export class HealthController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('healthz')
  @ApiAnswer(200, 'The process is alive. Says nothing of its parts.', { status: 'string' })
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiAnswer(200, 'Every part can do its work; `warnings` names what is away and not needed for it.', {
    status: 'string',
    failing: 'object',
    warnings: 'object',
  })
  @ApiAnswer(503, 'Some part cannot: `failing` names each and says why.', {
    status: 'string',
    failing: 'object',
    warnings: 'object',
  })
  async ready(@Res({ passthrough: true }) response: Response): Promise<object> {
    const [failing, warnings] = await Promise.all([this.readiness.failing(), this.readiness.warnings()]);
    const ready = Object.keys(failing).length === 0;
    response.status(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not-ready', failing, warnings };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiAnswer(200, 'Prometheus text format.')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
