import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { renderHtml } from '../../reports/html/render-html.js';
import { PdfThread } from '../../reports/pdf/pdf-thread.js';
import { REPORT_ROLES, RescueReports } from '../../reports/rescue/rescue-reports.js';
import { UUID } from './list-query.js';
import { REPORT_LANG, sendPage } from './send-report.js';

const WANTED = z.object({ format: z.enum(['html', 'pdf']).default('html'), lang: REPORT_LANG });
const ID = new ZodPipe(UUID);

/** Reports of single tickets. */
@Allow(...REPORT_ROLES)
@Controller('api/v1/tickets')
export class ReportsController {
  constructor(
    private readonly reports: RescueReports,
    private readonly pdfs: PdfThread,
  ) {}

  @Get(':id/report')
  @ApiAnswer(200, 'The rescue report, `text/html` that stands alone or `application/pdf`.')
  @ApiAnswer(404, 'No such ticket in scope.')
  @ApiAnswer(503, 'PDF only: no font with Chinese (`reason: no font`), or too many at once (`busy`).')
  async report(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodQuery(WANTED) q: z.output<typeof WANTED>,
    @Res() response: Response,
  ): Promise<void> {
    const report = await this.reports.make(by, id, q.lang, q.format);
    if (q.format === 'html') return sendPage(response, renderHtml(report), report.fileName);
    const pdf = await this.pdfs.render(report);
    response.setHeader('Content-Type', 'application/pdf');
    response.setHeader('Content-Disposition', `inline; filename="${report.fileName}.pdf"`);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.end(pdf);
  }
}
