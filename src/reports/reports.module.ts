import { Global, Module } from '@nestjs/common';
import { EvidenceReads } from './rescue/evidence-reads.js';
import { RescueReads } from './rescue/rescue-reads.js';
import { RescueReports } from './rescue/rescue-reports.js';

/** What is written down about what happened. The font (PdfThread) and the pictures come with the foundation. */
@Global()
@Module({
  providers: [EvidenceReads, RescueReads, RescueReports],
  exports: [RescueReports],
})
export class ReportsModule {}
