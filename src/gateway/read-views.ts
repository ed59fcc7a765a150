import { Inject, Injectable } from '@nestjs/common';
import type { Expression, ExpressionBuilder, Kysely, SqlBool, Transaction } from 'kysely';
import { estatesOf, rolesIn, type Principal } from '../access/principal.js';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { days } from '../kernel/durations.js';
import { DomainError } from '../kernel/domain-error.js';
import type { SubjectType } from '../kernel/events.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { MOVE_RULES, TICKET_MOVES, decideMove, isOngoing, mayMove, type TicketMove } from '../tickets/ticket-moves.js';
import { procedureOf, type SlotRow, type TicketRow } from '../tickets/ticket-record.js';
import { alarmView, pageView, personNames, stepView, ticketView } from '../tickets/ticket-views.js';
import { missedLimitsOf, tierCallsOf } from './rescue-reads.js';
import type { CallView } from './by-hand-views.js';
import { declineWriter, entryClock, slotWriter, stepWriter, ticketPapers } from './ticket-papers.js';
import type { ListFilter } from './http/list-query.js';
import { cursorOf, MOST_ITEMS, pageOf, readCursor, TIME_AND_ID } from './http/paging.js';
import type { AlarmView, JournalLine, ListOf, TicketDetail, TicketView } from './views.js';

/** Of a list that nobody pages. */
const LIMIT = 500;

/** Lists and single views for pages and API, each true at a change number (law 7). */
@Injectable()
export class ReadViews {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly directory: DirectoryHolder,
  ) {}

  async alarms(
    reader: Principal,
    estate: string | undefined,
    state: 'open' | 'all' | undefined,
    filter: ListFilter = {},
  ): Promise<ListOf<AlarmView>> {
    const estates = this.scope(reader, estate).filter((e) => rolesIn(reader, e).some((r) => r !== 'contractor'));
    const limit = limitOf(filter);
    const after = readCursor(filter.after, TIME_AND_ID);
    return this.atOneInstant(estates, async (trx) => {
      let q = trx.selectFrom('alarm').selectAll().where('estate_id', 'in', estates);
      if (state === 'open') q = q.where('ended_at', 'is', null);
      else if (state === undefined) {
        const since = new Date(this.clock.now() - days(1));
        q = q.where((eb) => eb.or([eb('ended_at', 'is', null), eb('ended_at', '>', since)]));
      }
      if (filter.priority) q = q.where('priority', '=', filter.priority);
      if (filter.event) q = q.where('event', '=', filter.event);
      if (filter.device) q = q.where('device_id', '=', filter.device);
      if (filter.from) q = q.where('raised_at', '>=', new Date(filter.from));
      if (filter.to) q = q.where('raised_at', '<', new Date(filter.to));
      if (filter.building) q = q.where((eb) => inBuilding(eb, this.directory.current, filter.building as string));
      if (after) q = q.where((eb) => eb(eb.refTuple('raised_at', 'id'), '<', eb.tuple(new Date(after[0]), after[1])));
      const rows = await q
        .orderBy('raised_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const page = pageOf(rows, limit, (a) => cursorOf(a.raised_at.getTime(), a.id));
      return { items: page.rows.map((a) => alarmView(a, this.directory.current)), next: page.next };
    });
  }

  async alarm(reader: Principal, id: string): Promise<AlarmView> {
    const row = await this.db.selectFrom('alarm').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row || !estatesOf(reader).includes(row.estate_id))
      throw new DomainError('not-found', 'There is no such alarm.');
    return alarmView(row, this.directory.current);
  }

  async tickets(
    reader: Principal,
    estate: string | undefined,
    state: 'open' | 'all' | undefined,
    filter: ListFilter = {},
  ): Promise<ListOf<TicketView>> {
    const estates = this.scope(reader, estate);
    const limit = limitOf(filter);
    const after = readCursor(filter.after, TIME_AND_ID);
    return this.atOneInstant(estates, async (trx) => {
      let q = trx.selectFrom('ticket').selectAll().where('estate_id', 'in', estates);
      if (state === 'open') q = q.where('state', 'not in', ['closed', 'false-alarm', 'cancelled']);
      // Contractors see only the tickets that they were paged for.
      const narrow = estates.filter((e) => isContractorOnly(reader, e));
      if (narrow.length > 0) {
        q = q.where((eb) =>
          eb.or([
            eb('estate_id', 'not in', narrow),
            eb('id', 'in', eb.selectFrom('page').select('ticket_id').where('person', '=', reader.username)),
          ]),
        );
      }
      // No ticket is a P4.
      if (filter.priority === 'P4') return { items: [], next: null };
      if (filter.priority) q = q.where('priority', '=', filter.priority);
      if (filter.event) q = q.where('event', '=', filter.event);
      if (filter.device) q = q.where('device_id', '=', filter.device);
      if (filter.building) q = q.where('building_id', '=', filter.building);
      if (filter.from) q = q.where('opened_at', '>=', new Date(filter.from));
      if (filter.to) q = q.where('opened_at', '<', new Date(filter.to));
      if (after) q = q.where((eb) => eb(eb.refTuple('opened_at', 'id'), '<', eb.tuple(new Date(after[0]), after[1])));
      const found = await q
        .orderBy('opened_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const { rows: visible, next } = pageOf(found, limit, (t) => cursorOf(t.opened_at.getTime(), t.id));
      if (visible.length === 0) return { items: [], next: null };
      const ids = visible.map((t) => t.id);
      const slots = await trx.selectFrom('slot').selectAll().where('ticket_id', 'in', ids).execute();
      const steps = await trx
        .selectFrom('ticket_step')
        .select(['ticket_id'])
        .select((eb) => [
          eb.fn.countAll<number>().as('total'),
          eb.fn.countAll<number>().filterWhere('state', '<>', 'open').as('done'),
        ])
        .where('ticket_id', 'in', ids)
        .groupBy('ticket_id')
        .execute();
      const stepsOf = new Map(steps.map((s) => [s.ticket_id, s]));
      const slotsOf = new Map<string, SlotRow[]>();
      for (const s of slots) slotsOf.set(s.ticket_id, [...(slotsOf.get(s.ticket_id) ?? []), s]);
      const items = visible.map((ticket) =>
        ticketView(
          {
            ticket,
            slots: slotsOf.get(ticket.id) ?? [],
            stepsDone: Number(stepsOf.get(ticket.id)?.done ?? 0),
            stepsTotal: Number(stepsOf.get(ticket.id)?.total ?? 0),
          },
          this.directory.current,
        ),
      );
      return { items, next };
    });
  }

  /** The estate of a ticket that the reader may see. @throws DomainError `not-found` */
  async ticketEstate(reader: Principal, id: string): Promise<string> {
    const row = await this.db.selectFrom('ticket').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row || !(await this.maySee(reader, row))) throw new DomainError('not-found', 'There is no such ticket.');
    return row.estate_id;
  }

  async ticket(reader: Principal, id: string): Promise<TicketDetail> {
    await this.ticketEstate(reader, id);
    return this.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (trx) => {
        const ticket = await trx.selectFrom('ticket').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        const slots = await trx.selectFrom('slot').selectAll().where('ticket_id', '=', id).execute();
        const pages = await trx
          .selectFrom('page')
          .selectAll()
          .where('ticket_id', '=', id)
          .orderBy('created_at')
          .orderBy('id')
          .execute();
        const steps = await trx
          .selectFrom('ticket_step')
          .selectAll()
          .where('ticket_id', '=', id)
          .orderBy('no')
          .execute();
        const alarms = await trx
          .selectFrom('alarm')
          .selectAll()
          .where('ticket_id', '=', id)
          .orderBy('raised_at')
          .execute();
        const directory = this.directory.current;
        const stepsDone = steps.filter((s) => s.state !== 'open').length;
        const alarmIds = alarms.map((a) => a.id);
        const journal = await this.journal(trx, id, alarmIds);
        const papers = await ticketPapers(trx, id, directory);
        const view = ticketView({ ticket, slots, stepsDone, stepsTotal: steps.length }, directory);
        const marked = <T>(one: T, writer: string | null): T =>
          writer === null ? one : { ...one, onBehalfBy: writer };
        return {
          ...view,
          slots: view.slots.map((s) => marked(s, slotWriter(s, journal))),
          clocks: [...view.clocks, ...entryClock(papers.calls)],
          alarms: alarms.map((a) => alarmView(a, directory)),
          pages: pages.map((p) => pageView(p, directory)).map((p) => marked(p, declineWriter(p, journal))),
          steps: steps.map(stepView).map((s) => marked(s, stepWriter(s, journal))),
          journal,
          ...papers,
          tierCalls: await tierCallsOf(trx, ticket, directory),
          missedLimits: await missedLimitsOf(trx, ticket, directory),
          // Who called is not the lift contractor's business.
          calls: isContractorOnly(reader, ticket.estate_id) ? papers.calls.map(withoutCaller) : papers.calls,
          moves: this.moves(reader, ticket, slots),
          contacts: this.contacts(ticket, slots),
        };
      });
  }

  private async journal(trx: Transaction<Database>, ticketId: string, alarmIds: string[]): Promise<JournalLine[]> {
    const rows = await trx
      .selectFrom('journal')
      .select(['no', 'at', 'kind', 'actor', 'payload'])
      .where((eb) =>
        alarmIds.length > 0
          ? eb.or([eb('ticket_id', '=', ticketId), eb('alarm_id', 'in', alarmIds)])
          : eb('ticket_id', '=', ticketId),
      )
      .orderBy('no')
      .execute();
    return rows.map((j) => ({ no: j.no, at: j.at.toISOString(), kind: j.kind, actor: j.actor, payload: j.payload }));
  }

  private moves(reader: Principal, ticket: TicketRow, slots: readonly SlotRow[]): string[] {
    const roles = rolesIn(reader, ticket.estate_id);
    const held = slots.filter((s) => s.state === 'filled' && s.holder === reader.username);
    const slot = held[0];
    const progress = slot ? { enRoute: slot.en_route_at !== null, onSite: slot.on_site_at !== null } : null;
    const moves: string[] = TICKET_MOVES.filter((m: TicketMove) => {
      const reason = MOVE_RULES[m].some((r) => r.needsReason) ? 'asked for' : undefined;
      return (
        decideMove(ticket.state, m, procedureOf({ ticket }).shape, reason, progress).ok &&
        mayMove(m, { roles, heldSlots: held.map((s) => s.slot) })
      );
    });
    if (isOngoing(ticket.state) && slots.some((s) => s.state === 'open' || s.state === 'pending'))
      moves.unshift('accept');
    return moves;
  }

  private contacts(ticket: TicketRow, slots: readonly SlotRow[]): TicketDetail['contacts'] {
    const directory = this.directory.current;
    const contacts: TicketDetail['contacts'] = [];
    const seen = new Set<string>();
    const add = (username: string, role: string): void => {
      const person = directory.person(username);
      if (!person?.phone || seen.has(username)) return;
      seen.add(username);
      contacts.push({ name: person.names, role, phone: person.phone });
    };
    for (const s of slots) if (s.holder) add(s.holder, s.slot);
    for (const role of ['control-room', 'contractor', 'supervisor'] as const) {
      for (const p of directory.staffOf(ticket.estate_id, role)) add(p.username, role);
    }
    const unit = ticket.unit_id ? directory.unit(ticket.unit_id) : undefined;
    for (const [contact, role] of [
      [unit?.owner, 'owner'],
      [unit?.emergency, 'emergency-contact'],
    ] as const) {
      if (contact?.phone && isOngoing(ticket.state)) {
        contacts.push({ name: personNames(contact.name, directory), role, phone: contact.phone });
      }
    }
    return contacts;
  }

  /** Contractors see only the tickets that they were paged for. */
  private async maySee(reader: Principal, ticket: TicketRow): Promise<boolean> {
    if (!estatesOf(reader).includes(ticket.estate_id)) return false;
    if (!isContractorOnly(reader, ticket.estate_id)) return true;
    const page = await this.db
      .selectFrom('page')
      .select('id')
      .where('person', '=', reader.username)
      .where('ticket_id', '=', ticket.id)
      .executeTakeFirst();
    return page !== undefined;
  }

  private scope(reader: Principal, estate: string | undefined): string[] {
    const all = estatesOf(reader);
    if (estate === undefined) return all;
    if (!all.includes(estate)) throw new DomainError('not-found', 'There is no such thing in your estates.');
    return [estate];
  }

  private async atOneInstant<T>(
    estates: readonly string[],
    read: (trx: Transaction<Database>) => Promise<{ items: T[]; next: string | null }>,
  ): Promise<ListOf<T>> {
    if (estates.length === 0) return { items: [], seq: 0, next: null };
    return this.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (trx) => {
        const head = await trx
          .selectFrom('estate_head')
          .select('seq')
          .where('estate_id', '=', estates[0] as string)
          .executeTakeFirst();
        return { ...(await read(trx)), seq: head?.seq ?? 0 };
      });
  }
}

const withoutCaller = (c: CallView): CallView => ({ ...c, callerName: null, callerPhone: null, callerUnit: null });
const limitOf = (filter: ListFilter): number => filter.limit ?? (filter.after === undefined ? LIMIT : MOST_ITEMS);

/** What happens at devices and units of a building, and to the building itself. */
function inBuilding(
  eb: ExpressionBuilder<Database, 'alarm'>,
  directory: EstateDirectory,
  building: string,
): Expression<SqlBool> {
  const devices = directory.devicesOfBuilding(building).map((d) => d.id);
  const units = directory.unitsOf(building).map((u) => u.id);
  const risers = directory.risersOf(building).map((r) => r.id);
  const subject = (type: SubjectType, ids: readonly string[]): Expression<SqlBool>[] =>
    ids.length === 0 ? [] : [eb.and([eb('subject_type', '=', type), eb('subject_id', 'in', ids)])];
  return eb.or([
    ...(devices.length === 0 ? [] : [eb('device_id', 'in', devices)]),
    ...subject('building', [building]),
    ...subject('unit', units),
    ...subject('riser', risers),
  ]);
}

const isContractorOnly = (reader: Principal, estate: string): boolean =>
  rolesIn(reader, estate).every((r) => r === 'contractor');
