import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { hours, minutes, seconds } from '../../kernel/durations.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { OUTBOUND_HTTP, type OutboundHttp } from '../../platform/outbound-http.js';
import { NoticeChannels } from './notice-channels.js';
import { noticeProblem, noticeRequest } from './notice-formats.js';

/** After each try; a notice that is hours late tells people what is not so any more. */
const BACK_OFF_MS = [seconds(5), seconds(15), minutes(1), minutes(5)];
const GIVE_UP_AFTER_MS = hours(2);

/** Hands notices to groups and apps, at least once, each channel on its own. */
@Injectable()
export class NoticeDelivery {
  private readonly log = new Logger(NoticeDelivery.name);

  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OUTBOUND_HTTP) private readonly http: OutboundHttp,
    private readonly channels: NoticeChannels,
  ) {}

  /** As the queue asks for it. @returns true when nothing is left to do */
  async perform(payload: Readonly<Record<string, unknown>>): Promise<boolean> {
    const [noticeId, channelId] = [String(payload['notice']), String(payload['channel'])];
    const delivery = await this.db
      .selectFrom('notice_delivery')
      .selectAll()
      .where('notice_id', '=', noticeId)
      .where('channel_id', '=', channelId)
      .executeTakeFirst();
    if (delivery?.state !== 'waiting') return true;
    const now = this.clock.now();
    const wait = BACK_OFF_MS[Math.min(delivery.attempts, BACK_OFF_MS.length) - 1] ?? 0;
    if (delivery.last_try_at && now - delivery.last_try_at.getTime() < wait) return false;
    const notice = await this.db
      .selectFrom('notice as n')
      .innerJoin('ticket as t', 't.id', 'n.ticket_id')
      .selectAll('n')
      .select('t.no')
      .where('n.id', '=', noticeId)
      .executeTakeFirstOrThrow();
    const row = await this.channels.one(channelId);
    const channel = this.channels.opened(row);
    const { problem, status } = channel
      ? await this.tell(channel, notice)
      : { problem: 'its address cannot be opened with the present key: make the channel anew', status: null };
    const late = now - notice.sent_at.getTime() >= GIVE_UP_AFTER_MS;
    const state = problem === null ? 'delivered' : late || !channel || !row.active ? 'dead' : 'waiting';
    await this.db
      .updateTable('notice_delivery')
      .set({
        state,
        status,
        problem: problem?.slice(0, 500) ?? null,
        attempts: delivery.attempts + 1,
        last_try_at: new Date(now),
      })
      .where('notice_id', '=', noticeId)
      .where('channel_id', '=', channelId)
      .execute();
    if (state === 'dead')
      this.log.warn(`a notice of ticket ${notice.no} was given up for ${row.name}: ${problem ?? ''}`);
    return state !== 'waiting';
  }

  private async tell(
    channel: NonNullable<ReturnType<NoticeChannels['opened']>>,
    n: {
      readonly id: string;
      readonly estate_id: string;
      readonly no: string;
      readonly kind: 'begin' | 'over';
      readonly title_zh: string;
      readonly title_en: string;
      readonly text_zh: string;
      readonly text_en: string;
      readonly units: string[];
    },
  ): Promise<{ problem: string | null; status: number | null }> {
    const told = {
      ...{ id: n.id, estate: n.estate_id, ticketNo: n.no, kind: n.kind, units: n.units },
      title: { zh: n.title_zh, en: n.title_en },
      text: { zh: n.text_zh, en: n.text_en },
    };
    // By the wall clock: robots compare the signature's time with theirs.
    const answer = await this.http.send(noticeRequest(channel, told, Date.now()));
    return { problem: noticeProblem(channel.kind, answer), status: answer.ok ? answer.status : null };
  }
}
