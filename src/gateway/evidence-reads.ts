import type { ReadStream } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { AuditService } from '../access/audit.service.js';
import { hasRole, type Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { EvidenceStore } from '../tickets/evidence/evidence-store.js';
import { isOver } from '../tickets/ticket-moves.js';
import { personNames } from '../tickets/ticket-views.js';
import type { EvidenceRow } from '../workflow/evidence/evidence-commands.js';
import type { EvidenceView } from './evidence-views.js';
import { ReadViews } from './read-views.js';

/** Photos and films: people at home may be in them, so only those on the case see them, and every look is logged. */
@Injectable()
export class EvidenceReads {
  constructor(
    private readonly reads: ReadViews,
    private readonly store: EvidenceStore,
    private readonly directory: DirectoryHolder,
    private readonly audit: AuditService,
    @Inject(DATABASE) private readonly db: Kysely<Database>,
  ) {}

  view(e: EvidenceRow): EvidenceView {
    return {
      sha256: e.sha256,
      step: e.step_no,
      kind: e.kind,
      mime: e.mime,
      bytes: Number(e.bytes),
      state: e.state,
      reason: e.reason,
      position: e.position,
      at: e.at.toISOString(),
      by: e.by,
      byName: personNames(e.by, this.directory.current),
    };
  }

  /** What there is, oldest first. */
  async list(reader: Principal, ticketId: string): Promise<EvidenceView[]> {
    await this.onCase(reader, ticketId);
    const rows = await this.db
      .selectFrom('evidence')
      .selectAll()
      .where('ticket_id', '=', ticketId)
      .orderBy('at')
      .orderBy('id')
      .execute();
    return rows.map((row) => this.view(row));
  }

  /** The file itself; the look is logged before the first byte leaves. @throws DomainError `conflict` in quarantine */
  async look(
    reader: Principal,
    ticketId: string,
    sha256: string,
  ): Promise<{ stream: ReadStream; bytes: number; mime: string }> {
    await this.onCase(reader, ticketId);
    const row = await this.db
      .selectFrom('evidence')
      .selectAll()
      .where('ticket_id', '=', ticketId)
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    if (!row) throw new DomainError('not-found', 'This ticket has no such photo or film.');
    if (row.state !== 'kept')
      throw new DomainError('conflict', 'It is in quarantine: the scanner did not find it clean.', {
        reason: 'quarantined',
      });
    const file = await this.store.read(sha256);
    try {
      await this.audit.record({
        actor: reader.username,
        action: 'evidence.looked-at',
        target: ticketId,
        details: { sha256 },
      });
    } catch (error) {
      file.stream.destroy();
      throw error;
    }
    return { ...file, mime: row.mime };
  }

  /**
   * The control room and those who answer for the estate; whoever was paged for it or holds a slot, until it is over.
   * @returns the ticket's estate @throws DomainError `not-found` out of scope, `forbidden`
   */
  async onCase(reader: Principal, ticketId: string): Promise<string> {
    const estate = await this.reads.ticketEstate(reader, ticketId);
    if (hasRole(reader, estate, 'control-room', 'supervisor', 'project-manager')) return estate;
    const ticket = await this.db.selectFrom('ticket').select('state').where('id', '=', ticketId).executeTakeFirst();
    const { username } = reader;
    const called = await this.db
      .selectFrom('page')
      .select('ticket_id')
      .where('ticket_id', '=', ticketId)
      .where('person', '=', username)
      .unionAll((eb) =>
        eb.selectFrom('slot').select('ticket_id').where('ticket_id', '=', ticketId).where('holder', '=', username),
      )
      .executeTakeFirst();
    if (ticket && !isOver(ticket.state) && called) return estate;
    throw new DomainError('forbidden', 'Only those on the case see its photos and films.');
  }
}
