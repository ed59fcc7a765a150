import { DomainError } from '../../kernel/domain-error.js';
import { seconds } from '../../kernel/durations.js';
import type { Kysely, Selectable } from 'kysely';
import { estatesOf, hasRole, type Principal } from '../../access/principal.js';
import type { DirectoryHolder } from '../../estate/directory-holder.js';
import { UNDELIVERED_AFTER_MS } from '../../paging/next-escalation.js';
import type { Database } from '../../platform/database-schema.js';
import type { EstateTransactions } from '../../platform/estate-transaction.js';
import { isOngoing } from '../../tickets/ticket-moves.js';
import { loadTicket } from '../../tickets/ticket-record.js';
import { setDeadline } from '../deadlines.js';
import { showPage } from '../ticket-changes.js';
import type { ChannelSender } from './channel-sender.js';
import type { ChannelWorkStore } from './channel-work-store.js';

export type DeadLetterRow = Selectable<Database['dead_letter']>;

const LIMIT = 500;
/** Sent again by the sender itself after the commit; the queue only if that does not happen. */
const FIRST_REPEAT_MS = seconds(3);

/** Pages that a carrier would not take: supervisors see them, and send them again once the carrier is mended. */
export class DeadLetters {
  constructor(
    private readonly db: Kysely<Database>,
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly work: ChannelWorkStore,
    private readonly sender: ChannelSender,
  ) {}

  /** Of estates in which the reader is supervisor, the newest first. */
  async list(by: Principal, estate: string | undefined): Promise<DeadLetterRow[]> {
    const estates = estatesOf(by).filter((e) => hasRole(by, e, 'supervisor') && (!estate || e === estate));
    if (estates.length === 0) return [];
    return this.db
      .selectFrom('dead_letter')
      .selectAll()
      .where('estate_id', 'in', estates)
      .orderBy('died_at', 'desc')
      .limit(LIMIT)
      .execute();
  }

  /** @throws DomainError `conflict` when it was sent again already, or nobody needs it any more */
  async replay(by: Principal, id: string): Promise<DeadLetterRow> {
    const found = await this.db.selectFrom('dead_letter').selectAll().where('id', '=', id).executeTakeFirst();
    if (!found || !hasRole(by, found.estate_id, 'supervisor'))
      throw new DomainError('not-found', 'There is no such dead letter in your estates.');
    return this.transactions.run(found.estate_id, async (tx) => {
      const r = await loadTicket(tx, await this.ticketOf(found.page_id));
      const claimed = await tx.trx
        .updateTable('dead_letter')
        .set({ replayed_at: tx.at, replayed_by: by.username })
        .where('id', '=', id)
        .where('replayed_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
      if (!claimed) throw new DomainError('conflict', 'It was sent again already.', { reason: 'replayed' });
      const page = r?.pages.find((p) => p.id === found.page_id);
      const slot = r?.slots.find((s) => s.slot === page?.slot && s.round === page.round);
      if (!r || !page || slot?.state !== 'open' || !isOngoing(r.ticket.state) || page.state !== 'failed') {
        throw new DomainError('conflict', 'Nobody needs this page any more.', {
          reason: slot?.state === 'filled' ? 'taken' : `page is ${page?.state ?? 'gone'}`,
        });
      }
      const fresh = { state: 'queued', reason: null, sent_at: null, ended_at: null } as const;
      Object.assign(page, fresh);
      await tx.trx.updateTable('page').set(fresh).where('id', '=', page.id).execute();
      await this.work.reset(found.job_id, tx.trx);
      await tx.trx
        .insertInto('outbox')
        .values({
          queue: 'page-channel',
          job_id: found.job_id,
          payload: JSON.stringify({ pageId: page.id, estate: tx.estate }),
          not_before: new Date(tx.now + FIRST_REPEAT_MS),
        })
        .onConflict((c) => c.column('job_id').doNothing())
        .execute();
      await setDeadline(tx, {
        kind: 'undelivered',
        key: page.id,
        ticketId: r.ticket.id,
        dueAt: tx.now + UNDELIVERED_AFTER_MS,
        payload: { slot: page.slot },
      });
      const { person, slot: name, round, level, channel } = page;
      tx.journal({
        kind: 'page-sent-again',
        actor: by.username,
        ticketId: r.ticket.id,
        payload: { person, slot: name, round, level, channel },
      });
      showPage(tx, page, this.directory.current);
      tx.afterCommit.push(() => this.sender.begin(found.job_id));
      return claimed;
    });
  }

  private async ticketOf(pageId: string): Promise<string> {
    const page = await this.db.selectFrom('page').select('ticket_id').where('id', '=', pageId).executeTakeFirst();
    return page?.ticket_id ?? '';
  }
}
