import type { Kysely } from 'kysely';
import { CHANNELS, type ChannelName } from '../../kernel/channels.js';
import type { ChannelMessage } from '../../paging/channels/page-channel.port.js';
import type { Database } from '../../platform/database-schema.js';
import { isLivePage, type PageRow } from '../../tickets/ticket-record.js';
import type { ChannelMessages, RecallReason } from './channel-messages.js';

/** One piece of the queue `page-channel`, as it is now. */
export interface ChannelJob {
  readonly message: ChannelMessage;
  readonly channel: ChannelName;
  /** Null for a test. */
  readonly page: PageRow | null;
}

/** Reads what a job is about. A page that nobody needs any more, and a test that is old, are no work. */
export class ChannelJobs {
  constructor(
    private readonly db: Kysely<Database>,
    private readonly messages: ChannelMessages,
  ) {}

  async read(jobId: string): Promise<ChannelJob | null> {
    const id = jobId.slice(jobId.indexOf('-') + 1);
    if (jobId.startsWith('test-')) return this.test(id);
    const page = await this.db.selectFrom('page').selectAll().where('id', '=', id).executeTakeFirst();
    if (!page) return null;
    const recall = jobId.startsWith('recall-') ? await this.recallReason(jobId) : null;
    // What is live is sent; what is over is taken back.
    if (isLivePage(page) === (recall !== null)) return null;
    const ticket = await this.db.selectFrom('ticket').selectAll().where('id', '=', page.ticket_id).executeTakeFirst();
    const channel = CHANNELS.find((c) => c === page.channel);
    if (!ticket || !channel) return null;
    return { message: this.messages.page(page, ticket, recall), channel, page };
  }

  /** Asked again just before each send: it may have been waiting for its turn. */
  async isStillWanted(job: ChannelJob): Promise<boolean> {
    if (job.message.kind !== 'page') return true;
    const { id } = job.message;
    const page = await this.db.selectFrom('page').selectAll().where('id', '=', id).executeTakeFirst();
    return page !== undefined && isLivePage(page);
  }

  private async test(id: string): Promise<ChannelJob | null> {
    const row = await this.db.selectFrom('test_page').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row || row.state !== 'queued') return null;
    return { message: this.messages.test(row.id, row.person, row.created_at), channel: row.channel, page: null };
  }

  private async recallReason(jobId: string): Promise<RecallReason> {
    const row = await this.db.selectFrom('outbox').select('payload').where('job_id', '=', jobId).executeTakeFirst();
    const given = row?.payload['recall'] as RecallReason | undefined;
    return given ?? { by: null, reason: 'withdrawn' };
  }
}
