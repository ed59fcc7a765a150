import type { EventName, Priority, SubjectType } from '../kernel/events.js';
import type { Names, Place, Role } from './views.js';

/*
 * Views of what people do by hand: calls, notes, merged and split tickets, the search for places. Browser pages import
 * these types, as those of views.ts.
 */

/** A resident's call. Who called is told to the estate's own staff only. */
export interface CallView {
  id: string;
  event: EventName;
  place: Place;
  callerName: string | null;
  callerPhone: string | null;
  callerUnit: Place | null;
  said: string;
  reportedAt: string;
  enteredAt: string;
  enteredBy: string;
  enteredByName: Names;
  /** The ticket was there already. */
  joined: boolean;
}

export interface NoteView {
  id: string;
  ticketId: string;
  at: string;
  author: string;
  authorName: Names;
  text: string;
}

/** Alarms were moved between this ticket and another one. */
export interface TicketLinkView {
  kind: 'merged' | 'split';
  /** Which way the alarms went, seen from this ticket. */
  direction: 'to' | 'from';
  ticketId: string;
  no: string;
  alarms: string[];
  reason: string;
  by: string;
  at: string;
}

/** `POST /tickets`: the call and its ticket. @public */
export interface OpenedByCall {
  callId: string;
  ticketId: string;
  no: string;
  joined: boolean;
}

/** What callers say, to choose from. */
export interface CallKindView {
  id: string;
  words: Names;
  event: EventName;
  /** With which it may be opened, the usual one first. */
  priorities: Priority[];
  /** Places (and kinds of device) at which it can be. */
  places: SubjectType[];
  deviceKinds: string[];
}

/** Something that was found by a few letters. */
export interface PlaceHitView {
  kind: 'device' | 'unit' | 'riser' | 'building' | 'zone' | 'person';
  id: string;
  estate: string;
  name: Names;
  /** Where it is, itself included: "6栋 西梯". For a person the name. */
  place: Place;
  /** Of a device. */
  deviceKind: string | null;
  building: string | null;
  /** Of a person. */
  roles: Role[];
  phone: string | null;
}
