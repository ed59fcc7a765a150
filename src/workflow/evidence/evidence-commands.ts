import type { Readable } from 'node:stream';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Selectable } from 'kysely';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import type { Database } from '../../platform/database-schema.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { FOUNDATION } from '../../platform/foundation-token.js';
import type { Foundation } from '../../platform/foundation.module.js';
import { EvidenceStore, type Received } from '../../tickets/evidence/evidence-store.js';
import { scanFile } from '../../tickets/evidence/scan-file.js';
import { loadTicket, type TicketRecord } from '../../tickets/ticket-record.js';
import { showTicket } from '../ticket-changes.js';

export type EvidenceRow = Selectable<Database['evidence']>;

/** So many photos and films has a ticket at most: an emergency, not an album. */
const MAX_OF_TICKET = 200;

/** Photos and films as evidence of a ticket: the file first, then its row and journal line with its hash. */
@Injectable()
export class EvidenceCommands {
  private readonly log = new Logger(EvidenceCommands.name);

  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly store: EvidenceStore,
    @Inject(FOUNDATION) private readonly foundation: Pick<Foundation, 'evidence'>,
  ) {}

  /**
   * Sent twice it is kept once: a phone that has heard no answer sends it again.
   * @param step 0 = of the ticket as a whole
   * @throws DomainError see {@link EvidenceStore.receive}; `conflict` when the ticket is closed
   */
  async add(
    by: Principal,
    at: { estate: string; ticketId: string; step: number },
    body: { stream: Readable; announced: number | null; keepPosition: boolean },
  ): Promise<EvidenceRow> {
    // Looked at before anything is read: a wrong address costs nobody a film.
    await this.transactions.run(at.estate, async (tx) => void (await taking(tx, at)));
    const { evidence } = this.foundation;
    const keep = body.keepPosition && (evidence?.mayKeepPosition ?? false);
    const received = await this.store.receive(body.stream, body.announced, keep);
    try {
      const wrong = evidence?.scan ? await scanFile(evidence.scan, received.path) : null;
      if (wrong !== null) this.log.warn(`a ${received.kind} of ${by.username} is quarantined: ${wrong}`);
      return await this.record(by, at, received, wrong);
    } finally {
      // It has its name now, or nobody wants it.
      await this.store.discard(received);
    }
  }

  private record(
    by: Principal,
    at: { estate: string; ticketId: string; step: number },
    f: Received,
    wrong: string | null,
  ): Promise<EvidenceRow> {
    let named = false;
    return this.transactions.run(at.estate, async (tx) => {
      const r = await taking(tx, at);
      const known = await tx.trx.selectFrom('evidence').selectAll().where('ticket_id', '=', at.ticketId).execute();
      const same = known.find((e) => e.sha256 === f.sha256 && e.step_no === at.step);
      if (same) return same;
      if (known.length >= MAX_OF_TICKET)
        throw new DomainError('conflict', `A ticket has ${MAX_OF_TICKET} photos and films at most.`, {
          reason: 'too many photos',
        });
      const row: EvidenceRow = {
        id: newId(tx.now),
        estate_id: at.estate,
        ticket_id: at.ticketId,
        step_no: at.step,
        sha256: f.sha256,
        kind: f.kind,
        mime: f.mime,
        bytes: f.bytes,
        state: wrong === null ? 'kept' : 'quarantined',
        reason: wrong,
        position: f.position,
        at: tx.at,
        by: by.username,
      };
      await tx.trx.insertInto('evidence').values(row).execute();
      // On the disk before its row: a row without its file would be no evidence, a file without a row is a few bytes.
      if (!named) await (wrong === null ? this.store.keep(f) : this.store.quarantine(f));
      named = true;
      const { sha256, kind, mime, bytes, state, position } = row;
      tx.journal({
        kind: 'evidence-added',
        actor: by.username,
        ticketId: at.ticketId,
        payload: {
          ...(at.step > 0 ? { no: at.step, key: r.steps.find((s) => s.no === at.step)?.key ?? null } : {}),
          ...{ sha256, kind, mime, bytes, state, position },
          ...(wrong === null ? {} : { because: wrong }),
        },
      });
      showTicket(tx, r, this.directory.current);
      return row;
    });
  }
}

async function taking(tx: EstateTransaction, at: { ticketId: string; step: number }): Promise<TicketRecord> {
  const r = await loadTicket(tx, at.ticketId);
  if (!r) throw new DomainError('not-found', 'There is no such ticket.');
  if (at.step > 0 && !r.steps.some((s) => s.no === at.step))
    throw new DomainError('not-found', `This ticket has no step ${at.step}.`);
  if (r.ticket.state === 'closed')
    throw new DomainError('conflict', 'The ticket is closed.', { reason: 'ticket is closed' });
  return r;
}
