import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { minutes } from '../../kernel/durations.js';
import type { EventName, SubjectType } from '../../kernel/events.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { onDuty } from '../../paging/roster.js';
import type { ProcedureShape } from '../../tickets/ticket-moves.js';
import type { Month } from '../month.js';
import type { TimedLine } from '../ticket-times.js';
import { firstLineSince } from './journal-span.js';
import type { CountedTicket } from './monthly-figures.js';
import type { ShownAlarm, StandingAlarm } from './operator-load.js';

/** Lines that a ticket's times are read from. */
const TIMED = ['paged', 'last-resort', 'accepted', 'moved', 'reassured', 'ticket-raised', 'taken-over'];
const TICKETS_AT_A_TIME = 200;
const LINES_AT_A_TIME = 2000;
/** Lines of one moment may be written in another order; and this is more than any transaction waits. */
const SLACK_MS = minutes(10);
const HOUR_MS = 3_600_000;

export const tagOf = (event: string, type: string, id: string): string => `${event} ${type}:${id}`;
export function readTag(tag: string): { event: EventName; type: SubjectType; id: string } {
  const [, event = '', type = '', id = ''] = /^(\S+) (\w+):(.*)$/s.exec(tag) ?? [];
  return { event: event as EventName, type: type as SubjectType, id };
}

/** Rows that monthly figures are made of; a piece at a time, so that a large estate holds nothing up. */
@Injectable()
export class FiguresReads {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly directory: DirectoryHolder,
  ) {}

  async tickets(estate: string, { from, to }: Month): Promise<CountedTicket[]> {
    const rows = await this.db
      .selectFrom('ticket')
      .select(['id', 'no', 'event', 'priority', 'state', 'drill', 'opened_at', 'over_at'])
      .select(sql<ProcedureShape>`procedure ->> 'shape'`.as('shape'))
      .where('estate_id', '=', estate)
      .where('opened_at', '>=', new Date(from))
      .where('opened_at', '<', new Date(to))
      .orderBy('opened_at')
      .orderBy('id')
      .execute();
    const counted: CountedTicket[] = [];
    for (let i = 0; i < rows.length; i += TICKETS_AT_A_TIME) {
      const some = rows.slice(i, i + TICKETS_AT_A_TIME);
      const ids = some.map((t) => t.id);
      const slots = await this.db
        .selectFrom('slot')
        .select(['ticket_id', 'slot'])
        .where('ticket_id', 'in', ids)
        .execute();
      const lines = await this.linesOf(ids);
      for (const { opened_at, over_at, ...t } of some) {
        const own = slots.filter((s) => s.ticket_id === t.id).map((s) => s.slot);
        counted.push({
          ...t,
          openedAt: opened_at.getTime(),
          overAt: over_at?.getTime() ?? null,
          slots: own,
          lines: lines.get(t.id) ?? [],
        });
      }
    }
    return counted;
  }

  private async linesOf(ids: string[]): Promise<Map<string, TimedLine[]>> {
    const rows = await this.db
      .selectFrom('journal')
      .select(['ticket_id', 'at', 'kind', 'payload'])
      .where('ticket_id', 'in', ids)
      .where('kind', 'in', TIMED)
      .orderBy('no')
      .execute();
    const found = new Map<string, TimedLine[]>();
    for (const { ticket_id, at, kind, payload } of rows) {
      if (ticket_id === null) continue;
      const line = { at: at.getTime(), kind, payload };
      const own = found.get(ticket_id);
      if (own) own.push(line);
      else found.set(ticket_id, [line]);
    }
    return found;
  }

  /** Every time that an alarm was shown to the operators: from the journal, for a row remembers only its last time. */
  async shown(estate: string, { from, to }: Month): Promise<ShownAlarm[]> {
    let no = (await firstLineSince(this.db, estate, from - SLACK_MS)) - 1;
    const end = await firstLineSince(this.db, estate, to + SLACK_MS);
    const found: ShownAlarm[] = [];
    for (;;) {
      const rows = await this.db
        .selectFrom('journal')
        .innerJoin('alarm', 'alarm.id', 'journal.alarm_id')
        .leftJoin('ticket', 'ticket.id', 'alarm.ticket_id')
        .select(['journal.no', 'journal.at', 'alarm.event', 'alarm.subject_type', 'alarm.subject_id', 'ticket.drill'])
        .select(sql<string | null>`journal.payload ->> 'state'`.as('state'))
        .where('journal.estate_id', '=', estate)
        .where('journal.no', '>', no)
        .where('journal.no', '<', end)
        .where('journal.kind', 'in', ['alarm-raised', 'alarm-recurred'])
        .orderBy('journal.no')
        .limit(LINES_AT_A_TIME)
        .execute();
      for (const a of rows) {
        const hidden = a.state === 'DSUPR' || a.state === 'OOSRV' || a.drill === true;
        if (!hidden) found.push({ at: a.at.getTime(), tag: tagOf(a.event, a.subject_type, a.subject_id) });
      }
      const last = rows.at(-1);
      if (!last || rows.length < LINES_AT_A_TIME) return found;
      no = last.no;
    }
  }

  /** Alarms that stood for more than a day and were there in that time. */
  async standing(estate: string, { from, to }: Month): Promise<StandingAlarm[]> {
    const rows = await this.db
      .selectFrom('alarm')
      .leftJoin('ticket', 'ticket.id', 'alarm.ticket_id')
      .select(['alarm.event', 'alarm.subject_type', 'alarm.subject_id', 'ended_at'])
      .select(sql<Date>`greatest(raised_at, since)`.as('began'))
      .where('alarm.estate_id', '=', estate)
      .where('raised_at', '<', new Date(to))
      .where('alarm.state', 'not in', ['DSUPR', 'OOSRV'])
      .where((eb) => eb.or([eb('ended_at', 'is', null), eb('ended_at', '>', new Date(from))]))
      .where(sql<boolean>`(ended_at is null or ended_at - greatest(raised_at, since) > interval '24 hours')`)
      .where(sql<boolean>`coalesce(ticket.drill, false) = false`)
      .execute();
    return rows.map((a) => ({
      tag: tagOf(a.event, a.subject_type, a.subject_id),
      from: a.began.getTime(),
      to: a.ended_at?.getTime() ?? null,
    }));
  }

  /** How many were at the desk, by the roster as it is now: it is asked for once an hour of the month. */
  operators(estate: string): (at: number) => number {
    const directory = this.directory.current;
    const timezone = directory.estate(estate)?.timezone ?? 'Asia/Shanghai';
    const roster = directory.roster(estate);
    const known = new Map<number, number>();
    return (at) => {
      const hour = Math.floor(at / HOUR_MS);
      const found = known.get(hour);
      if (found !== undefined) return found;
      const people = onDuty(roster, { estate, zones: [], role: 'control-room', duty: 'any', at, timezone }).length;
      known.set(hour, people);
      return people;
    };
  }
}
