import { Injectable } from '@nestjs/common';
import type { Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { DomainError } from '../kernel/domain-error.js';
import { EstateTransactions } from '../platform/estate-transaction.js';
import type { Tier } from '../tickets/rescue-watch.js';
import { loadTicket } from '../tickets/ticket-record.js';
import { isRescue } from './rescue-clock.js';
import { showTicket } from './ticket-changes.js';

export interface TierCallReport {
  /** Ms since the epoch; now when left out. */
  readonly at?: number | undefined;
  readonly spokeWith: string;
  /** Whom: a name and number as shown, or one that is not on the list. */
  readonly contact?: string | undefined;
  readonly note?: string | undefined;
}

/** A minute: the clocks of a telephone and of Steward are never the same. */
const AHEAD_MS = 60_000;

/** The control room says that it has called the next rescue tier: when, and with whom it spoke. */
@Injectable()
export class TierCalls {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
  ) {}

  /**
   * Also before it was asked for: nobody need wait for a clock to call for help.
   * @throws DomainError `conflict` when that tier has been called (with who called), `invalid` for a time outside the ticket
   */
  confirm(estate: string, id: string, tier: Tier, by: Principal, q: TierCallReport): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      const r = await loadTicket(tx, id);
      if (!r) throw new DomainError('not-found', 'There is no such ticket.');
      if (!isRescue(r)) {
        throw new DomainError('conflict', 'Nobody is to be rescued on this ticket.', { reason: 'not a rescue' });
      }
      const at = q.at ?? tx.now;
      if (at > tx.now + AHEAD_MS || at < r.ticket.opened_at.getTime()) {
        throw new DomainError('invalid', 'The call was made between the opening of the ticket and now.');
      }
      const known = await tx.trx
        .selectFrom('tier_call')
        .selectAll()
        .where('ticket_id', '=', id)
        .where('tier', '=', tier)
        .forUpdate()
        .executeTakeFirst();
      if (known?.called_at) {
        throw new DomainError(
          'conflict',
          `Called already, at ${known.called_at.toISOString()} by ${known.called_by}.`,
          {
            reason: 'called already',
            calledBy: known.called_by,
          },
        );
      }
      const report = {
        ...{ called_at: new Date(at), called_by: by.username, spoke_with: q.spokeWith },
        ...{ contact: q.contact ?? null, note: q.note ?? null },
      };
      await tx.trx
        .insertInto('tier_call')
        .values({
          ...{
            ticket_id: id,
            tier,
            estate_id: estate,
            due_at: tx.at,
            because: 'called before its time',
            asked_at: tx.at,
          },
          ...report,
        })
        .onConflict((c) => c.columns(['ticket_id', 'tier']).doUpdateSet(report))
        .execute();
      tx.journal({
        kind: 'tier-called',
        actor: by.username,
        ticketId: id,
        payload: {
          ...{ tier, at: new Date(at).toISOString(), spokeWith: q.spokeWith },
          ...{ contact: q.contact ?? null, note: q.note ?? null },
        },
      });
      showTicket(tx, r, this.directory.current);
    });
  }
}
