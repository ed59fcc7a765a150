import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import { EstateTransactions } from '../../platform/estate-transaction.js';
import { STAFF } from '../ticket-changes.js';

/** What people write on a ticket, with author and time. Also after it is over; never edited, never deleted. */
@Injectable()
export class TicketNotes {
  constructor(private readonly transactions: EstateTransactions) {}

  /** The journal keeps the note's hash: its words may hold what is personal, and yet no word can be changed unseen. */
  add(estate: string, ticketId: string, by: Principal, text: string): Promise<string> {
    return this.transactions.run(estate, async (tx) => {
      const ticket = await tx.trx
        .selectFrom('ticket')
        .select('id')
        .where('id', '=', ticketId)
        .where('estate_id', '=', estate)
        .executeTakeFirst();
      if (!ticket) throw new DomainError('not-found', 'There is no such ticket.');
      const id = newId(tx.now);
      await tx.trx
        .insertInto('ticket_note')
        .values({ id, estate_id: estate, ticket_id: ticketId, at: tx.at, author: by.username, text })
        .execute();
      tx.journal({
        kind: 'note-added',
        actor: by.username,
        ticketId,
        payload: { noteId: id, sha256: createHash('sha256').update(text).digest('hex') },
      });
      tx.change({
        type: 'note',
        entityId: id,
        audience: STAFF,
        payload: () => ({ id, ticketId, at: tx.at.toISOString(), author: by.username, authorName: by.names, text }),
      });
      return id;
    });
  }
}
