import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { AuditService } from '../../access/audit.service.js';
import { assertEstate } from '../../access/estate-scope.js';
import { estatesOf, hasRole, type Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { definitionFor } from '../../estate/event-definition.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { personNames, placeOfTicket } from '../../tickets/ticket-views.js';
import { CSV_BEGIN, csvLine, type CsvValue } from '../csv.js';
import { groupedBy } from '../../kernel/grouped-by.js';
import { localStamp } from '../local-stamp.js';
import type { ReportLang } from '../report-document.js';
import { word } from '../report-words.js';
import { REPORT_ROLES } from '../rescue/rescue-reports.js';
import { ALARM_COLUMNS, TICKET_COLUMNS } from './export-columns.js';

/** The filters of the lists, and a time. */
export interface ExportWish {
  readonly estate: string | undefined;
  readonly state: 'open' | 'all' | undefined;
  /** Of the opening or raising, ms since the epoch; `to` itself is not in it. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly lang: ReportLang;
}

const AT_A_TIME = 500;
const OVER = ['closed', 'false-alarm', 'cancelled'] as const;

/** Tickets and alarms as CSV, a piece at a time: a year of a large company is never in memory at once. */
@Injectable()
export class ListExports {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly directory: DirectoryHolder,
    private readonly audit: AuditService,
  ) {}

  /** Estates that go into the file, each look in the audit. @throws DomainError `not-found`, `forbidden` */
  async scope(by: Principal, what: 'tickets' | 'alarms', wish: ExportWish): Promise<string[]> {
    if (wish.estate !== undefined) assertEstate(by, wish.estate, ...REPORT_ROLES);
    const all = estatesOf(by).filter((e) => hasRole(by, e, ...REPORT_ROLES));
    const estates = wish.estate === undefined ? all : [wish.estate];
    const { from, to, state } = wish;
    await this.audit.record({ actor: by.username, action: `export.${what}`, details: { estates, state, from, to } });
    return estates;
  }

  /** Newest first, as the list shows them. */
  async *tickets(estates: readonly string[], wish: ExportWish): AsyncGenerator<string> {
    yield CSV_BEGIN + csvLine(TICKET_COLUMNS.map((c) => c[wish.lang]));
    let last: { opened_at: Date; id: string } | undefined;
    while (estates.length > 0) {
      let q = this.db.selectFrom('ticket').selectAll().where('estate_id', 'in', estates);
      if (wish.state === 'open') q = q.where('state', 'not in', OVER);
      if (wish.from !== undefined) q = q.where('opened_at', '>=', new Date(wish.from));
      if (wish.to !== undefined) q = q.where('opened_at', '<', new Date(wish.to));
      const { opened_at, id } = last ?? {};
      if (opened_at && id)
        q = q.where((eb) =>
          eb.or([eb('opened_at', '<', opened_at), eb.and([eb('opened_at', '=', opened_at), eb('id', '<', id)])]),
        );
      const rows = await q.orderBy('opened_at', 'desc').orderBy('id', 'desc').limit(AT_A_TIME).execute();
      if (rows.length === 0) return;
      const ids = rows.map((t) => t.id);
      const slots = await this.db.selectFrom('slot').selectAll().where('ticket_id', 'in', ids).execute();
      const slotsOf = groupedBy(slots, (s) => s.ticket_id);
      let text = '';
      for (const t of rows) {
        const { lang } = wish;
        const own = slotsOf.get(t.id) ?? [];
        const time = this.timeOf(t.estate_id);
        const person = (slot: string): string => {
          const holder = own.find((s) => s.slot === slot)?.holder;
          return holder ? personNames(holder, this.directory.current)[lang] : '';
        };
        const first = (dates: (Date | null)[]): Date | null =>
          dates.reduce((a, b) => (b && (!a || b < a) ? b : a), null);
        const values: CsvValue[] = [
          t.no,
          t.estate_id,
          placeOfTicket(t, this.directory.current)[lang],
          this.title(t.event, t.device_id, lang),
          t.event,
          t.priority,
          word('ticketState', t.state, lang),
          t.drill ? (lang === 'zh' ? '演练' : 'drill') : '',
          time(t.opened_at),
          time(first(own.map((s) => s.filled_at))),
          time(first(own.map((s) => s.on_site_at))),
          time(t.rescued_at),
          time(t.over_at),
          t.over_reason,
          person('responder'),
          person('rescuer'),
          person('coordinator'),
        ];
        text += csvLine(values);
      }
      yield text;
      last = rows.at(-1);
      if (rows.length < AT_A_TIME) return;
    }
  }

  async *alarms(estates: readonly string[], wish: ExportWish): AsyncGenerator<string> {
    yield CSV_BEGIN + csvLine(ALARM_COLUMNS.map((c) => c[wish.lang]));
    let last: { raised_at: Date; id: string } | undefined;
    while (estates.length > 0) {
      let q = this.db
        .selectFrom('alarm')
        .leftJoin('ticket', 'ticket.id', 'alarm.ticket_id')
        .selectAll('alarm')
        .select('ticket.no as ticket_no')
        .where('alarm.estate_id', 'in', estates);
      if (wish.state === 'open') q = q.where('ended_at', 'is', null);
      if (wish.from !== undefined) q = q.where('raised_at', '>=', new Date(wish.from));
      if (wish.to !== undefined) q = q.where('raised_at', '<', new Date(wish.to));
      const { raised_at, id } = last ?? {};
      if (raised_at && id)
        q = q.where((eb) =>
          eb.or([eb('raised_at', '<', raised_at), eb.and([eb('raised_at', '=', raised_at), eb('alarm.id', '<', id)])]),
        );
      const rows = await q.orderBy('raised_at', 'desc').orderBy('alarm.id', 'desc').limit(AT_A_TIME).execute();
      if (rows.length === 0) return;
      let text = '';
      for (const a of rows) {
        const { lang } = wish;
        const time = this.timeOf(a.estate_id);
        const values: CsvValue[] = [
          a.estate_id,
          placeOfTicket(a, this.directory.current)[lang],
          this.title(a.event, a.device_id, lang),
          a.event,
          a.priority,
          word('alarmState', a.state, lang),
          a.occurrence,
          time(a.raised_at),
          time(a.cleared_at),
          time(a.acked_at),
          a.acked_by ? personNames(a.acked_by, this.directory.current)[lang] : '',
          time(a.ended_at),
          a.ended_how ? word('endHow', a.ended_how, lang) : '',
          a.reason,
          a.ticket_no,
        ];
        text += csvLine(values);
      }
      yield text;
      last = rows.at(-1);
      if (rows.length < AT_A_TIME) return;
    }
  }

  private timeOf(estate: string): (at: Date | null) => string {
    const zone = this.directory.current.estate(estate)?.timezone ?? 'Asia/Shanghai';
    return (at) => (at ? localStamp(zone, at.getTime()) : '');
  }

  private title(event: Parameters<typeof definitionFor>[0], device: string | null, lang: ReportLang): string {
    return definitionFor(event, device ? this.directory.current.device(device) : undefined).title[lang];
  }
}
