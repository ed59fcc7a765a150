import { Global, Module } from '@nestjs/common';
import { ListExports } from './exports/list-exports.js';
import { FiguresReads } from './figures/figures-reads.js';
import { MonthlyReport } from './figures/monthly-report.js';
import { EvidenceReads } from './rescue/evidence-reads.js';
import { RescueReads } from './rescue/rescue-reads.js';
import { RescueReports } from './rescue/rescue-reports.js';

/** What is written down about what happened. The font (PdfThread) and the pictures come with the foundation. */
@Global()
@Module({
  providers: [EvidenceReads, RescueReads, RescueReports, FiguresReads, MonthlyReport, ListExports],
  exports: [RescueReports, MonthlyReport, ListExports],
})
export class ReportsModule {}
