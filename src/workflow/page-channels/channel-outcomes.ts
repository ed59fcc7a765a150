import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import type { DirectoryHolder } from '../../estate/directory-holder.js';
import type { Metrics } from '../../ops/metrics.js';
import type { ChannelAddress, SendOutcome } from '../../paging/channels/page-channel.port.js';
import type { ReachBook } from '../../paging/channels/reach-book.js';
import type { Database } from '../../platform/database-schema.js';
import type { EstateTransactions } from '../../platform/estate-transaction.js';
import { isOngoing } from '../../tickets/ticket-moves.js';
import { loadTicket, patchPages, type PageRow } from '../../tickets/ticket-record.js';
import type { PageReceipts } from '../page-receipts.js';
import type { SlotEscalation } from '../slot-escalation.js';
import { showPage } from '../ticket-changes.js';
import type { ChannelJob } from './channel-jobs.js';

/** A page, or a test, that a carrier will not take. */
export interface Loss {
  readonly reason: string;
  readonly destination: string;
  readonly attempts: number;
  /** No address of this channel has taken it. */
  readonly nobodyReached: boolean;
}

/** What becomes of pages by what carriers say: sent, delivered, or a dead letter and the next way to the person. */
export class ChannelOutcomes {
  private readonly log = new Logger(ChannelOutcomes.name);

  constructor(
    private readonly db: Kysely<Database>,
    private readonly clock: Clock,
    private readonly transactions: EstateTransactions,
    private readonly escalation: SlotEscalation,
    private readonly receipts: PageReceipts,
    private readonly seams: { directory: DirectoryHolder; book: ReachBook; metrics: Metrics },
  ) {}

  /** Straight after each send. */
  heard(job: ChannelJob, address: ChannelAddress, said: SendOutcome): void {
    const { channel, page, message } = job;
    this.seams.metrics.channelSends.inc({ channel, outcome: said.kind });
    if (said.kind === 'failed' && said.gone && channel === 'web-push')
      this.seams.book
        .unsubscribe(message.person, address.id)
        .catch((e: Error) => this.log.warn(`a subscription that is gone stays: ${e.message}`));
    if (said.kind !== 'accepted' || message.kind === 'recall') return;
    const receipt = said.delivered ? 'delivered' : 'sent';
    if (page) {
      this.receipts.note(page.estate_id, page.id, receipt);
      if (message.kind === 'page')
        this.seams.metrics.pageSeconds.observe((this.clock.now() - page.created_at.getTime()) / 1000);
    } else this.testPage(message.id, receipt).catch((e: Error) => this.log.warn(`a test: ${e.message}`));
  }

  async lost(job: ChannelJob, loss: Loss): Promise<void> {
    const { page, message } = job;
    if (!page) {
      await this.db
        .updateTable('test_page')
        .set({ state: 'failed', reason: loss.reason })
        .where('id', '=', message.id)
        .where('state', '=', 'queued')
        .execute();
      return;
    }
    // What cannot be taken back rings on until somebody looks; it says "taken" as soon as it is opened.
    if (message.kind === 'recall') return;
    this.seams.metrics.deadLetters.inc({ channel: job.channel });
    await this.fail(page, loss);
  }

  private async fail(page: PageRow, loss: Loss): Promise<void> {
    await this.transactions.run(page.estate_id, async (tx) => {
      const r = await loadTicket(tx, page.ticket_id);
      const kept = r?.pages.find((p) => p.id === page.id);
      if (!r || !kept) return;
      await tx.trx
        .insertInto('dead_letter')
        .values({
          id: newId(tx.now),
          estate_id: tx.estate,
          job_id: `page-${page.id}`,
          page_id: page.id,
          person: page.person,
          channel: page.channel,
          destination: loss.destination,
          reason: loss.reason,
          attempts: loss.attempts,
          died_at: tx.at,
          replayed_by: null,
        })
        .execute();
      const { person, slot: name, round, level, channel } = kept;
      tx.journal({
        kind: 'page-lost',
        ticketId: r.ticket.id,
        payload: { person, slot: name, round, level, channel, reason: loss.reason, attempts: loss.attempts },
      });
      if (!loss.nobodyReached) return;
      // A receipt may have come in between: what was delivered has not failed.
      if (kept.delivered_at) return;
      for (const p of await patchPages(tx, [kept], { state: 'failed', ended_at: tx.at, reason: loss.reason }))
        showPage(tx, p, this.seams.directory.current);
      if (!isOngoing(r.ticket.state)) return;
      this.escalation.tryNextChannel(tx, r, kept, loss.reason);
      const slot = r.slots.find((s) => s.slot === name && s.round === round && s.level === level);
      if (slot?.state === 'open') await this.escalation.advance(tx, r, slot);
    });
  }

  /** A test moves forward only. @returns false when there is no such test */
  async testPage(id: string, receipt: 'sent' | 'delivered' | 'seen'): Promise<boolean> {
    const at = new Date(this.clock.now());
    const from = { sent: ['queued'], delivered: ['queued', 'sent'], seen: ['queued', 'sent', 'delivered'] } as const;
    const row = await this.db.selectFrom('test_page').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return false;
    await this.db
      .updateTable('test_page')
      .set({
        state: receipt,
        sent_at: row.sent_at ?? at,
        delivered_at: receipt === 'sent' ? row.delivered_at : (row.delivered_at ?? at),
        seen_at: receipt === 'seen' ? at : row.seen_at,
      })
      .where('id', '=', id)
      .where('state', 'in', [...from[receipt]])
      .execute();
    return true;
  }
}
