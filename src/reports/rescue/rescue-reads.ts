import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { definitionFor } from '../../estate/event-definition.js';
import type { Names } from '../../gateway/views.js';
import { minutes } from '../../kernel/durations.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { EventName } from '../../kernel/events.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { HISTORY, type History } from '../../telemetry/history.port.js';
import { procedureOf, type AlarmRow, type TicketRow } from '../../tickets/ticket-record.js';
import { personNames, placeOfTicket } from '../../tickets/ticket-views.js';
import { EvidenceReads } from './evidence-reads.js';
import { rowsIfThere } from './rows-if-there.js';
import { provenLines } from './proven-lines.js';
import type { DeviceTrace, RescueFacts } from './rescue-facts.js';

/** The chart's span before and after the alarm. */
const AROUND_MS = minutes(10);
/** Lifts speak every second at the most; a device that floods shows its first readings. */
const MOST_READINGS = 5000;
/** More curves would not be read. */
const MOST_DEVICES = 3;

/** Gathers what a rescue report is made of, as of one moment of the database. */
@Injectable()
export class RescueReads {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(HISTORY) private readonly history: History,
    private readonly directory: DirectoryHolder,
    private readonly evidence: EvidenceReads,
  ) {}

  /** The estate of a ticket. @throws DomainError `not-found` */
  async estateOf(ticketId: string): Promise<string> {
    const row = await this.db.selectFrom('ticket').select('estate_id').where('id', '=', ticketId).executeTakeFirst();
    if (!row) throw new DomainError('not-found', 'There is no such ticket.');
    return row.estate_id;
  }

  /** @param now ms since the epoch: readings from later do not exist yet @throws DomainError `not-found` */
  async facts(ticketId: string, now: number): Promise<RescueFacts> {
    const rows = await this.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((trx) => this.rows(trx, ticketId));
    const { ticket, alarms } = rows;
    const directory = this.directory.current;
    const estate = directory.estate(ticket.estate_id);
    const device = ticket.device_id ? directory.device(ticket.device_id) : undefined;
    const procedure = procedureOf({ ticket });
    const began = Math.min(ticket.opened_at.getTime(), ...alarms.map((a) => a.raised_at.getTime()));
    const span = { from: began - AROUND_MS, to: Math.max(began, Math.min(began + AROUND_MS, now)) };
    return {
      ...rows,
      shape: procedure.shape,
      procedure: { title: procedure.title, version: procedure.version },
      evidence: await this.evidence.of(ticketId),
      traces: await this.traces(ticket, alarms, span),
      span,
      estate: {
        id: ticket.estate_id,
        names: estate?.names ?? { zh: ticket.estate_id, en: ticket.estate_id },
        timezone: estate?.timezone ?? 'Asia/Shanghai',
        setting: estate?.setting ?? 'city',
      },
      title: definitionFor(ticket.event, device).title,
      place: placeOfTicket(ticket, directory),
      device: device?.name ?? null,
      notes: await this.notes(ticketId),
      people: this.people(rows),
      events: this.events(ticket, rows),
    };
  }

  private async rows(trx: Transaction<Database>, id: string) {
    const ticket = await trx.selectFrom('ticket').selectAll().where('id', '=', id).executeTakeFirst();
    if (!ticket) throw new DomainError('not-found', 'There is no such ticket.');
    const of = <T extends 'slot' | 'page' | 'ticket_step'>(table: T) =>
      trx.selectFrom(table as 'slot').where('ticket_id', '=', id);
    const alarms = await trx.selectFrom('alarm').selectAll().where('ticket_id', '=', id).orderBy('raised_at').execute();
    const head = await trx
      .selectFrom('estate_head')
      .select(['journal_no', 'journal_hash'])
      .where('estate_id', '=', ticket.estate_id)
      .executeTakeFirstOrThrow();
    return {
      ticket,
      alarms,
      slots: await of('slot').selectAll().orderBy('slot', 'desc').execute(),
      pages: await trx
        .selectFrom('page')
        .selectAll()
        .where('ticket_id', '=', id)
        .orderBy('created_at')
        .orderBy('slot', 'desc')
        .orderBy('person')
        .execute(),
      steps: await trx.selectFrom('ticket_step').selectAll().where('ticket_id', '=', id).orderBy('no').execute(),
      lines: await provenLines(
        trx,
        ticket.estate_id,
        id,
        alarms.map((a) => a.id),
      ),
      head: { no: head.journal_no, hash: head.journal_hash.toString('hex') },
    };
  }

  /** The ticket's own device first, then those of its other alarms. */
  private async traces(
    ticket: TicketRow,
    alarms: readonly AlarmRow[],
    span: { from: number; to: number },
  ): Promise<DeviceTrace[]> {
    const ids = new Set([ticket.device_id, ...alarms.map((a) => a.device_id)].filter((id) => id !== null));
    const traces: DeviceTrace[] = [];
    for (const id of [...ids].slice(0, MOST_DEVICES)) {
      const device = this.directory.current.device(id);
      if (!device) continue;
      const { kind, name } = device;
      const about = { device: id, name, kind, expectedIntervalS: device.attributes.expectedIntervalS };
      try {
        const { items, partial } = await this.history.readings(id, span.from, span.to + 1, MOST_READINGS);
        traces.push({ ...about, readings: items, trouble: partial ? 'partial' : null });
      } catch {
        // History may fail (law 10): the report says so, and is made.
        traces.push({ ...about, readings: [], trouble: 'away' });
      }
    }
    return traces;
  }

  private async notes(ticketId: string): Promise<Map<string, string>> {
    const rows = await rowsIfThere(this.db, 'ticket_note', ticketId);
    return new Map(rows.map((r) => [String(r['id']), String(r['text'] ?? '')]));
  }

  private people(rows: Pick<RescueFacts, 'pages' | 'slots' | 'steps' | 'lines'>): Map<string, Names> {
    const told = rows.lines.flatMap((l) => [
      l.actor,
      ...['holder', 'person', 'assignee', 'onBehalfOf'].map((key) => l.payload[key]),
      ...(Array.isArray(l.payload['people']) ? (l.payload['people'] as unknown[]) : []),
    ]);
    const found = new Map<string, Names>();
    const add = (username: unknown): void => {
      if (typeof username !== 'string' || !this.directory.current.person(username)) return;
      found.set(username, personNames(username, this.directory.current));
    };
    for (const one of told) add(typeof one === 'object' && one !== null && 'person' in one ? one.person : one);
    for (const p of rows.pages) add(p.person);
    for (const s of rows.slots) add(s.holder);
    for (const s of rows.steps) add(s.done_by);
    return found;
  }

  private events(ticket: TicketRow, rows: Pick<RescueFacts, 'alarms' | 'lines'>): Map<string, Names> {
    const device = (id: string | null) => (id ? this.directory.current.device(id) : undefined);
    const found = new Map<string, Names>([[ticket.event, definitionFor(ticket.event, device(ticket.device_id)).title]]);
    for (const a of rows.alarms) found.set(a.event, definitionFor(a.event, device(a.device_id)).title);
    for (const { payload } of rows.lines) {
      const event = payload['event'];
      if (typeof event !== 'string' || found.has(event)) continue;
      const definition = titleOf(event as EventName);
      if (definition) found.set(event, definition);
    }
    return found;
  }
}

/** The title of an event, if the catalogue still has it: an old line may name one that is gone. */
function titleOf(event: EventName): Names | null {
  const known = definitionFor(event, null) as { title: Names } | undefined;
  return known?.title ?? null;
}
