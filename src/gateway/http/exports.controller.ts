import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Logger, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { ListExports, type ExportWish } from '../../reports/exports/list-exports.js';
import { REPORT_ROLES } from '../../reports/rescue/rescue-reports.js';
import { LIST_QUERY } from './list-query.js';
import { REPORT_LANG } from './send-report.js';

const TIME = z.iso
  .datetime({ offset: true })
  .transform((t) => Date.parse(t))
  .optional();
const WANTED = LIST_QUERY.extend({ from: TIME, to: TIME, lang: REPORT_LANG });
type Wanted = z.output<typeof WANTED>;

/** Lists as files for a spreadsheet. */
@Allow(...REPORT_ROLES)
@Controller('api/v1/exports')
export class ExportsController {
  private readonly log = new Logger(ExportsController.name);

  constructor(private readonly exports: ListExports) {}

  @Get('tickets')
  @ApiAnswer(200, 'Tickets in scope as `text/csv`, newest first; the filters of the list, and times of their opening.')
  async tickets(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(WANTED) q: Wanted,
    @Res() response: Response,
  ): Promise<void> {
    const wish = wishOf(q);
    const estates = await this.exports.scope(by, 'tickets', wish);
    await this.send(response, 'tickets', this.exports.tickets(estates, wish));
  }

  @Get('alarms')
  @ApiAnswer(200, 'Alarms in scope as `text/csv`, newest first; the filters of the list, and times of their raising.')
  async alarms(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(WANTED) q: Wanted,
    @Res() response: Response,
  ): Promise<void> {
    const wish = wishOf(q);
    const estates = await this.exports.scope(by, 'alarms', wish);
    await this.send(response, 'alarms', this.exports.alarms(estates, wish));
  }

  private async send(response: Response, name: string, lines: AsyncGenerator<string>): Promise<void> {
    response.setHeader('Content-Type', 'text/csv; charset=utf-8; header=present');
    response.setHeader('Content-Disposition', `attachment; filename="steward-${name}.csv"`);
    response.setHeader('Cache-Control', 'no-store');
    try {
      await pipeline(Readable.from(lines), response);
    } catch (error) {
      // Half a file has gone out: the connection is cut, so that nobody takes it for the whole. Who left, left.
      if (!response.destroyed) response.destroy();
      if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE')
        this.log.warn(`the export of ${name} broke off: ${(error as Error).message}`);
    }
  }
}

function wishOf({ estate, state, from, to, lang }: Wanted): ExportWish {
  return { estate, state, from, to, lang };
}
