import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import type { Principal } from '../../access/principal.js';
import { riserOf } from '../../estate/riser-of.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { UnitEntry } from '../../estate/estate-directory.js';
import type { Names } from '../../gateway/views.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { EstateTransactions } from '../../platform/estate-transaction.js';
import { composeNotice } from '../../tickets/notices/compose-notice.js';
import { templateOf } from '../../tickets/notices/notice-templates.js';
import { isOngoing } from '../../tickets/ticket-moves.js';
import { loadTicket, type TicketRow } from '../../tickets/ticket-record.js';
import { placeOfTicket } from '../../tickets/ticket-views.js';
import { LeakLocalisation } from '../leak-localisation.js';
import { showTicket } from '../ticket-changes.js';
import { NoticeChannels } from './notice-channels.js';

export type NoticeRow = Selectable<Database['notice']>;
export interface NoticeDraft {
  readonly kind: 'begin' | 'over';
  readonly title: Names;
  readonly text: Names;
  readonly units: readonly UnitEntry[];
}
export interface NoticeOrder {
  readonly kind: 'begin' | 'over';
  readonly title: Names;
  readonly text: Names;
  readonly units: readonly string[];
  /** Ids; empty = it is only written down: somebody has copied it. */
  readonly channels: readonly string[];
}

/** Name of their queue in the outbox. */
export const NOTICE_DELIVERY = 'notice-delivery';
/** More names than this nobody reads: then the whole riser or building is meant. */
const MOST_LABELS = 12;

/** What residents are told of a ticket: composed, looked over by a person, sent, written down. */
@Injectable()
export class NoticeDesk {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly localisation: LeakLocalisation,
    private readonly channels: NoticeChannels,
  ) {}

  /**
   * Sends nothing. @param until when it is expected to end, ms since the epoch
   * @throws DomainError `conflict` where residents are not told (duress, a neighbour who may need help)
   */
  async compose(ticketId: string, wanted: 'begin' | 'over' | undefined, until: number | null): Promise<NoticeDraft> {
    const ticket = await this.db.selectFrom('ticket').selectAll().where('id', '=', ticketId).executeTakeFirst();
    if (!ticket) throw new DomainError('not-found', 'There is no such ticket.');
    this.assertTold(ticket);
    const kind = wanted ?? (isOngoing(ticket.state) ? 'begin' : 'over');
    const leak = await this.leakOf(ticket);
    const labels = (units: readonly UnitEntry[]): string[] => units.slice(0, MOST_LABELS).map((u) => u.label);
    const zone = this.directory.current.estate(ticket.estate_id)?.timezone ?? 'Asia/Shanghai';
    const time = (at: Date | number | null): string | null => (at === null ? null : clockTime(zone, at));
    const notice = composeNotice(kind, {
      event: ticket.event,
      place: placeOfTicket(ticket, this.directory.current),
      began: time(ticket.opened_at) ?? '',
      over: time(ticket.rescued_at ?? ticket.over_at),
      drill: ticket.drill,
      valve: leak.valve,
      until: time(until),
      below: labels(leak.below),
      above: labels(leak.above),
    });
    if (!notice) throw this.notTold();
    return { kind, ...notice, units: leak.units };
  }

  /** Written down, journalled and on its way with one commit. @throws DomainError `invalid` for an unknown unit or channel */
  async send(by: Principal, estate: string, ticketId: string, order: NoticeOrder): Promise<NoticeRow> {
    const strange = order.units.find((u) => this.directory.current.unit(u)?.estate !== estate);
    if (strange !== undefined) throw new DomainError('invalid', `There is no unit ${strange} in this estate.`);
    const known = (await this.channels.of(estate)).filter((c) => c.active);
    const missing = order.channels.find((id) => !known.some((c) => c.id === id));
    if (missing !== undefined)
      throw new DomainError('invalid', `There is no active channel ${missing} in this estate.`);
    return this.transactions.run(estate, async (tx) => {
      const r = await loadTicket(tx, ticketId);
      if (!r) throw new DomainError('not-found', 'There is no such ticket.');
      this.assertTold(r.ticket);
      const id = newId(tx.now);
      const row = await tx.trx
        .insertInto('notice')
        .values({
          ...{ id, estate_id: estate, ticket_id: ticketId, kind: order.kind, units: [...order.units] },
          ...{ title_zh: order.title.zh, title_en: order.title.en, text_zh: order.text.zh, text_en: order.text.en },
          ...{ sent_by: by.username, sent_at: tx.at },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      for (const channel of new Set(order.channels)) {
        const waiting = { notice_id: id, channel_id: channel, state: 'waiting' as const, status: null, problem: null };
        await tx.trx.insertInto('notice_delivery').values(waiting).execute();
        tx.insert('outbox', {
          queue: NOTICE_DELIVERY,
          job_id: `${NOTICE_DELIVERY}-${id}-${channel}`,
          payload: { notice: id, channel },
          not_before: tx.at,
          created_at: tx.at,
        });
      }
      tx.journal({
        kind: 'notice-sent',
        actor: by.username,
        ticketId,
        // What was said word for word stands in its row; here who was told what, and where.
        payload: {
          notice: id,
          kind: order.kind,
          title: order.title.zh,
          units: order.units.length,
          channels: known.filter((c) => order.channels.includes(c.id)).map((c) => c.name),
        },
      });
      showTicket(tx, r, this.directory.current);
      return row;
    });
  }

  private assertTold(ticket: TicketRow): void {
    if (templateOf(ticket.event) === null) throw this.notTold();
  }

  private notTold(): DomainError {
    const message = 'Residents are not told of this: it concerns one person or one flat.';
    return new DomainError('conflict', message, { reason: 'not for residents' });
  }

  /** Flats that it concerns, and of water: the valve, who is below and above. */
  private async leakOf(ticket: TicketRow): Promise<{
    units: readonly UnitEntry[];
    valve: string | null;
    below: readonly UnitEntry[];
    above: readonly UnitEntry[];
  }> {
    const directory = this.directory.current;
    const device = directory.device(ticket.device_id ?? '') ?? null;
    const subject = { type: ticket.subject_type, id: ticket.subject_id };
    const found = await this.localisation.of(ticket.id);
    const riserId = found?.riser ?? riserOf(directory, device, subject);
    const riser = riserId === null ? undefined : directory.riser(riserId);
    const building = riser?.building ?? ticket.building_id;
    const house = building === null ? [] : directory.unitsOf(building);
    const units = riser ? house.filter((u) => u.waterRiser === riser.id || u.drainRiser === riser.id) : house;
    const { below = [], above = [] } = found?.ranking ?? {};
    return { units, valve: riser?.kind === 'water' ? riser.valve : null, below, above };
  }
}

const clockTime = (timeZone: string, at: Date | number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
