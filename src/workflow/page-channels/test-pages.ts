import type { Kysely, Selectable } from 'kysely';
import type { ChannelName } from '../../kernel/channels.js';
import type { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { seconds } from '../../kernel/durations.js';
import { newId } from '../../kernel/ids.js';
import type { PageChannel } from '../../paging/channels/page-channel.port.js';
import type { Database } from '../../platform/database-schema.js';
import { CHANNEL_QUEUE, type ChannelSender } from './channel-sender.js';

type TestPageRow = Selectable<Database['test_page']>;

const FIRST_REPEAT_MS = seconds(3);
/** Somebody who presses the button again and again must not fill a group chat. */
const MOST_PER_MINUTE = 6;

/** A real page by one channel, marked as a test; there is no ticket, and nobody else is called. */
export class TestPages {
  constructor(
    private readonly db: Kysely<Database>,
    private readonly clock: Clock,
    private readonly channels: ReadonlyMap<ChannelName, PageChannel>,
    private readonly sender: ChannelSender,
  ) {}

  /** @throws DomainError `conflict` when that channel does not lead to the person, or it was tested too often */
  async begin(person: string, channel: ChannelName, askedBy: string): Promise<TestPageRow> {
    if (!this.channels.get(channel)?.ready(person)) {
      throw new DomainError('conflict', `The channel ${channel} does not lead to ${person} now.`, {
        reason: this.channels.has(channel) ? 'no address' : 'not set up',
      });
    }
    const now = this.clock.now();
    const id = newId(now);
    const row = await this.db.transaction().execute(async (trx) => {
      await trx.selectFrom('person').select('username').where('username', '=', person).forUpdate().execute();
      const recent = await trx
        .selectFrom('test_page')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('person', '=', person)
        .where('created_at', '>', new Date(now - seconds(60)))
        .executeTakeFirstOrThrow();
      if (Number(recent.n) >= MOST_PER_MINUTE)
        throw new DomainError('conflict', 'Tested often enough: wait a minute.', { reason: 'too often' });
      await trx
        .insertInto('outbox')
        .values({
          queue: CHANNEL_QUEUE,
          job_id: `test-${id}`,
          payload: JSON.stringify({ testId: id }),
          not_before: new Date(now + FIRST_REPEAT_MS),
        })
        .execute();
      return trx
        .insertInto('test_page')
        .values({ id, person, channel, state: 'queued', reason: null, asked_by: askedBy, created_at: new Date(now) })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    this.sender.begin(`test-${id}`);
    return row;
  }

  /** @throws DomainError `not-found` */
  async read(person: string, id: string): Promise<TestPageRow> {
    const row = await this.db
      .selectFrom('test_page')
      .selectAll()
      .where('id', '=', id)
      .where('person', '=', person)
      .executeTakeFirst();
    if (!row) throw new DomainError('not-found', 'There is no such test.');
    return row;
  }
}
