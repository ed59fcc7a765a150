import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../access/audit.service.js';
import { assertEstate } from '../../access/estate-scope.js';
import { hasRole, type Principal } from '../../access/principal.js';
import type { Role } from '../../gateway/views.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { ReportDocument, ReportLang } from '../report-document.js';
import { RescueReads } from './rescue-reads.js';
import { rescueReport } from './rescue-report.js';

/** Who may have reports made: they name people and say who was late. */
export const REPORT_ROLES: Role[] = ['supervisor', 'project-manager', 'control-room'];

/** Rescue reports for those who may have them; each that is made is in the audit. */
@Injectable()
export class RescueReports {
  constructor(
    private readonly reads: RescueReads,
    private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `not-found` out of scope, `forbidden` with another role */
  async make(by: Principal, ticketId: string, lang: ReportLang, format: string): Promise<ReportDocument> {
    const estate = await this.reads.estateOf(ticketId);
    if (!hasRole(by, estate)) throw new DomainError('not-found', 'There is no such ticket.');
    assertEstate(by, estate, ...REPORT_ROLES);
    const at = this.clock.now();
    const facts = await this.reads.facts(ticketId, at);
    const details = { ticket: facts.ticket.no, lang, format };
    await this.audit.record({ actor: by.username, action: 'report.made', target: ticketId, details });
    return rescueReport(facts, { by: by.username, name: by.names, at }, lang);
  }
}
