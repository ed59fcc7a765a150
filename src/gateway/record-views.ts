import type { JournalLine } from './views.js';

/** A line of an estate's evidence, with what it is about. */
export interface JournalEntryView extends JournalLine {
  ticketId: string | null;
  alarmId: string | null;
  device: string | null;
  /** Hex; the next line's is made of it. */
  hash: string;
}
export interface AuditEntryView {
  no: number;
  at: string;
  actor: string | null;
  action: string;
  target: string | null;
  details: Record<string, unknown>;
}
/** One page of a list that has no change number. */
export interface PageOf<T> {
  items: T[];
  /** `after` of the next page; null = there is none. */
  next: string | null;
}
