import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { figuresCsv } from '../../reports/figures/figures-csv.js';
import { figuresDocument } from '../../reports/figures/figures-document.js';
import { MonthlyReport } from '../../reports/figures/monthly-report.js';
import { renderHtml } from '../../reports/html/render-html.js';
import { REPORT_ROLES } from '../../reports/rescue/rescue-reports.js';
import { REPORT_LANG, sendPage } from './send-report.js';

const WANTED = z.object({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month is 2026-11')
    .optional(),
  format: z.enum(['json', 'csv', 'html']).optional(),
  lang: REPORT_LANG,
});
const TYPES = { 'application/json': 'json', 'text/csv': 'csv', 'text/html': 'html' } as const;

/** Figures of an estate by month. */
@Allow(...REPORT_ROLES)
@Controller('api/v1/estates')
export class FiguresController {
  constructor(private readonly reports: MonthlyReport) {}

  @Get(':id/figures')
  @ApiAnswer(
    200,
    'Figures of a month (the present one unless told); CSV or a page by `format` or `Accept`.',
    'MonthlyFiguresView',
  )
  @ApiAnswer(400, 'No such month, or one that has not begun.')
  @ApiAnswer(404, 'No such estate in scope.')
  async figures(
    @CurrentPrincipal() by: Principal,
    @Param('id') estate: string,
    @ZodQuery(WANTED) q: z.output<typeof WANTED>,
    @Headers('accept') accept: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const figures = await this.reports.of(by, estate, q.month);
    const asked = (accept ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '');
    const accepted = asked.map((type) => TYPES[type as keyof typeof TYPES]).find((f) => f !== undefined);
    const format = q.format ?? accepted ?? 'json';
    const page = figuresDocument(figures, by.names[q.lang], q.lang);
    response.setHeader('Vary', 'Accept');
    if (format === 'html') return sendPage(response, renderHtml(page), page.fileName);
    response.setHeader('Cache-Control', 'no-store');
    if (format === 'json') return void response.json(figures);
    response.setHeader('Content-Type', 'text/csv; charset=utf-8; header=present');
    response.setHeader('Content-Disposition', `attachment; filename="${page.fileName}.csv"`);
    response.end(figuresCsv(figures, q.lang));
  }
}
