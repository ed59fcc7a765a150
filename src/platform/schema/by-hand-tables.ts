import type { ColumnType } from 'kysely';
import type { EventName, SubjectType } from '../../kernel/events.js';

type Time = ColumnType<Date, Date | string, Date | string>;

/** A resident's call and the ticket that it opened or joined. */
interface ResidentCallTable {
  id: string;
  estate_id: string;
  ticket_id: string;
  alarm_id: string;
  event: EventName;
  /** A call kind of src/tickets/call-kinds.ts; null = the event itself was named. */
  kind: string | null;
  subject_type: SubjectType;
  subject_id: string;
  caller_name: string | null;
  caller_phone: string | null;
  caller_unit: string | null;
  said: string;
  reported_at: Time;
  entered_at: Time;
  entered_by: string;
  joined: boolean;
  idempotency_key: string;
  /** Of the request as it was understood, hex. */
  request_sha256: string;
}
interface TicketNoteTable {
  id: string;
  estate_id: string;
  ticket_id: string;
  at: Time;
  author: string;
  text: string;
}
interface TicketLinkTable {
  id: string;
  estate_id: string;
  kind: 'merged' | 'split';
  from_id: string;
  to_id: string;
  alarm_ids: string[];
  reason: string;
  by: string;
  at: Time;
}

export interface ByHandTables {
  resident_call: ResidentCallTable;
  ticket_note: TicketNoteTable;
  ticket_link: TicketLinkTable;
}
