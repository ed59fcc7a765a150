import type { Kysely, Transaction } from 'kysely';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { Database } from '../platform/database-schema.js';
import { CLOCK_LIMITS } from '../tickets/ticket-clocks.js';
import { personNames } from '../tickets/ticket-views.js';
import type { CallView, NoteView, TicketLinkView } from './by-hand-views.js';
import type { ClockView, JournalLine, PageView, SlotView, StepView } from './views.js';

type Reader = Kysely<Database> | Transaction<Database>;

/** What people have told and written on a ticket. */
export interface TicketPapers {
  calls: CallView[];
  notes: NoteView[];
  links: TicketLinkView[];
}

export async function ticketPapers(trx: Reader, ticketId: string, directory: EstateDirectory): Promise<TicketPapers> {
  const calls = await trx
    .selectFrom('resident_call')
    .selectAll()
    .where('ticket_id', '=', ticketId)
    .orderBy('entered_at')
    .execute();
  const notes = await trx
    .selectFrom('ticket_note')
    .selectAll()
    .where('ticket_id', '=', ticketId)
    .orderBy('at')
    .orderBy('id')
    .execute();
  const links = await trx
    .selectFrom('ticket_link')
    .innerJoin('ticket as f', 'f.id', 'from_id')
    .innerJoin('ticket as t', 't.id', 'to_id')
    .selectAll('ticket_link')
    .select(['f.no as from_no', 't.no as to_no'])
    .where((eb) => eb.or([eb('from_id', '=', ticketId), eb('to_id', '=', ticketId)]))
    .orderBy('at')
    .execute();
  return {
    calls: calls.map((c) => ({
      id: c.id,
      event: c.event,
      place: directory.placeOfSubject({ type: c.subject_type, id: c.subject_id }),
      callerName: c.caller_name,
      callerPhone: c.caller_phone,
      callerUnit: c.caller_unit === null ? null : directory.placeOfSubject({ type: 'unit', id: c.caller_unit }),
      said: c.said,
      reportedAt: c.reported_at.toISOString(),
      enteredAt: c.entered_at.toISOString(),
      enteredBy: c.entered_by,
      enteredByName: personNames(c.entered_by, directory),
      joined: c.joined,
    })),
    notes: notes.map((n) => ({
      id: n.id,
      ticketId: n.ticket_id,
      at: n.at.toISOString(),
      author: n.author,
      authorName: personNames(n.author, directory),
      text: n.text,
    })),
    links: links.map((l) => {
      const away = l.from_id === ticketId;
      return {
        kind: l.kind,
        direction: away ? ('to' as const) : ('from' as const),
        ticketId: away ? l.to_id : l.from_id,
        no: away ? l.to_no : l.from_no,
        alarms: l.alarm_ids,
        reason: l.reason,
        by: l.by,
        at: l.at.toISOString(),
      };
    }),
  };
}

/** A ticket is entered within 10 minutes of a resident's report (handbook). It stands still: the ticket is there. */
export const entryClock = (calls: readonly CallView[]): ClockView[] => {
  const first = calls.find((c) => !c.joined);
  if (!first) return [];
  return [
    {
      key: 'entered',
      title: { zh: '接报后建单', en: 'Entered after the report' },
      from: first.reportedAt,
      limitS: CLOCK_LIMITS.entered,
      doneAt: first.enteredAt,
      met: true,
    },
  ];
};

/** Who wrote it down for somebody on the telephone, from the journal; null = he did it himself. */
function writerOf(journal: readonly JournalLine[], fits: (line: JournalLine) => boolean): string | null {
  const line = journal.findLast(fits);
  return line && typeof line.payload['onBehalfOf'] === 'string' && line.payload['onBehalfOf'] !== line.actor
    ? line.actor
    : null;
}

export const stepWriter = (step: StepView, journal: readonly JournalLine[]): string | null =>
  step.state === 'open'
    ? null
    : writerOf(
        journal,
        (l) => l.kind === (step.state === 'done' ? 'step-done' : 'step-skip') && l.payload['no'] === step.no,
      );

export const slotWriter = (slot: SlotView, journal: readonly JournalLine[]): string | null =>
  slot.state !== 'filled'
    ? null
    : writerOf(
        journal,
        (l) => l.kind === 'accepted' && l.payload['slot'] === slot.slot && l.payload['round'] === slot.round,
      );

export const declineWriter = (page: PageView, journal: readonly JournalLine[]): string | null =>
  page.state !== 'declined'
    ? null
    : writerOf(
        journal,
        (l) =>
          l.kind === 'declined' &&
          l.payload['slot'] === page.slot &&
          l.payload['round'] === page.round &&
          (l.payload['onBehalfOf'] ?? l.actor) === page.person,
      );
