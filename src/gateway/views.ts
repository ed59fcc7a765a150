import type { EventName, Priority, SubjectType } from '../kernel/events.js';
import type { DeviceKind, DeviceLife } from '../estate/device.js';
import type { CallView, NoteView, TicketLinkView } from './by-hand-views.js';

/*
 * The shapes that REST answers and sockets carry. Times are ISO 8601 strings in UTC. Browser pages import these types
 * (types only), so this file imports nothing that does not run in a browser.
 */

export type AlarmState = 'NORM' | 'UNACK' | 'ACKED' | 'RTNUN' | 'LUNACK' | 'LACKED' | 'SHLVD' | 'DSUPR' | 'OOSRV';
export type TicketState =
  | 'opened'
  | 'accepted'
  | 'en-route'
  | 'on-site'
  | 'contained'
  | 'rescued'
  | 'resolved'
  | 'follow-up'
  | 'closed'
  | 'false-alarm'
  | 'cancelled';
export type SlotName = 'responder' | 'rescuer' | 'coordinator';
export type PageState =
  'queued' | 'sent' | 'delivered' | 'seen' | 'accepted' | 'declined' | 'failed' | 'expired' | 'recalled';
export type Role =
  'control-room' | 'butler' | 'security' | 'engineer' | 'supervisor' | 'contractor' | 'project-manager';

export interface Names {
  zh: string;
  en: string;
}

/** "6栋 西梯 · 3F" in both languages, ready to show. */
export type Place = Names;

export interface AlarmView {
  id: string;
  estate: string;
  subject: { type: SubjectType; id: string };
  device: string | null;
  event: EventName;
  title: Names;
  place: Place;
  priority: Priority;
  state: AlarmState;
  /** The condition holds right now. */
  active: boolean;
  latched: boolean;
  occurrence: number;
  raisedAt: string;
  clearedAt: string | null;
  ackedAt: string | null;
  ackedBy: string | null;
  endedAt: string | null;
  endedHow: string | null;
  shelvedUntil: string | null;
  reason: string;
  evidence: Record<string, string | number | boolean | null>;
  ticketId: string | null;
  /** Ways in which a person may end it here and now ([] = only through its ticket). */
  endBy: ('on-site' | 'voice' | 'panel-reset')[];
}

export interface SlotView {
  slot: SlotName;
  round: number;
  state: 'pending' | 'open' | 'filled' | 'over';
  /** User name of who holds it. */
  holder?: string;
  holderName?: Names;
  level: number;
  openedAt: string;
  filledAt: string | null;
  enRouteAt: string | null;
  onSiteAt: string | null;
  lastReassuredAt: string | null;
  /** Who wrote the accept down for a holder on the telephone; in a ticket's own view. */
  onBehalfBy?: string;
}

export interface PageView {
  id: string;
  ticketId: string;
  person: string;
  personName: Names;
  phone: string | null;
  role: Role;
  slot: SlotName;
  round: number;
  level: number;
  channel: string;
  state: PageState;
  reason: string | null;
  silent: boolean;
  createdAt: string;
  sentAt: string | null;
  deliveredAt: string | null;
  seenAt: string | null;
  /** It was answered, recalled or given up; null = it still calls. */
  endedAt: string | null;
  /** Who wrote the answer down for somebody on the telephone; in a ticket's own view. */
  onBehalfBy?: string;
}

export interface StepView {
  no: number;
  key: string;
  title: Names;
  role: Role;
  limitS: number | null;
  required: boolean;
  evidence: string | null;
  state: 'open' | 'done' | 'skipped';
  doneAt: string | null;
  doneBy: string | null;
  note: string | null;
  /** Keys of steps that are done or skipped before it. */
  after: string[];
  /** Reasons to skip it, to choose from. */
  skipReasons: Names[];
  /** Its limit has passed and it was not done. */
  late: boolean;
  /** Who wrote it down for `doneBy`, who told it on the telephone; in a ticket's own view. */
  onBehalfBy?: string;
}

export interface JournalLine {
  no: number;
  at: string;
  kind: string;
  actor: string | null;
  payload: Record<string, unknown>;
}

/** A running clock: shown as time left. `limitS` from `from`; `doneAt` stops it: met in fact, or only over with the ticket. */
export interface ClockView {
  key:
    | 'accept'
    | 'property-start'
    | 'contractor-answer'
    | 'contractor-arrival'
    | 'rescue'
    | 'reassurance'
    | 'engineering-response'
    | 'entered';
  title: Names;
  from: string;
  limitS: number;
  doneAt: string | null;
  /** What it measures has happened. */
  met: boolean;
}

export interface TicketView {
  id: string;
  /** Human number, e.g. `T-2026-0412`. */
  no: string;
  estate: string;
  event: EventName;
  title: Names;
  place: Place;
  priority: Priority;
  state: TicketState;
  round: number;
  device: string | null;
  building: string | null;
  unit: string | null;
  drill: boolean;
  openedAt: string;
  rescuedAt: string | null;
  overAt: string | null;
  overReason: string | null;
  slots: SlotView[];
  clocks: ClockView[];
  stepsDone: number;
  stepsTotal: number;
}

/** The control room is to call the next rescue tier, and, once it has, when and whom. */
export interface TierCallView {
  tier: 2 | 3;
  title: Names;
  dueAt: string;
  because: string;
  /** Whom to call; empty = no number is recorded for the estate. */
  contacts: { name: Names; kind: string; phone: string }[];
  calledAt: string | null;
  calledBy: Names | null;
  spokeWith: string | null;
  contact: string | null;
  note: string | null;
}

/** A limit that was not kept. */
export interface MissedLimitView {
  clock: ClockView['key'];
  title: Names;
  limitS: number;
  /** What it counted from, and when it was seen to be over. */
  since: string;
  missedAt: string;
}

export interface TicketDetail extends TicketView {
  /** Waiting ones first; empty where nobody is to be rescued. */
  tierCalls: TierCallView[];
  missedLimits: MissedLimitView[];
  alarms: AlarmView[];
  pages: PageView[];
  steps: StepView[];
  journal: JournalLine[];
  /** Moves that the reader may make now. */
  moves: string[];
  /** People to call: contractor, control room, district station, owner … `tel` numbers. */
  contacts: { name: Names; role: string; phone: string }[];
  calls: CallView[];
  notes: NoteView[];
  links: TicketLinkView[];
}

/** An alarm that rules would have raised. */
export interface ReplayedAlarmView {
  event: EventName;
  subject: { type: SubjectType; id: string };
  device: string | null;
  priority: Priority;
  raisedAt: string;
  /** When the condition began. */
  since: string;
  clearedAt: string | null;
  reason: string;
  evidence: Record<string, string | number | boolean | null>;
  /** Open before the time that was asked for. */
  fromBefore: boolean;
  /** The building's alarm that would have explained it; null = an alarm of its own. */
  swallowedBy: string | null;
  /** Id of the alarm that was really raised for it, and how much later the replay is; null = none was. */
  was: string | null;
  laterS: number | null;
}

/** What a replay found, against what was. */
export interface ReplayView {
  devices: number;
  readings: number;
  would: ReplayedAlarmView[];
  was: {
    alarm: string;
    event: EventName;
    subject: { type: SubjectType; id: string };
    device: string | null;
    priority: Priority;
    raisedAt: string;
    endedAt: string | null;
    occurrences: number;
    reason: string;
    ticketNo: string | null;
    /** The replay raises it too. */
    again: boolean;
  }[];
  counts: { event: EventName; would: number; was: number | null; both: number | null }[];
  notes: string[];
  /** The state path in words, when it was asked for. */
  explanation: string | null;
}

export interface ReplayJobView {
  id: string;
  estate: string;
  /** Empty = the whole estate. */
  devices: string[];
  from: string;
  to: string;
  set: Record<string, number>;
  by: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readings: number;
  /** 0 to 1. */
  share: number;
  askedAt: string;
  endedAt: string | null;
  error: string | null;
  result: ReplayView | null;
}

/** A unit on the riser of a leak, as a place to go to. */
export interface RiserUnitView {
  unit: string;
  label: string;
  place: Place;
  floor: number;
}

/** A unit that may feed the water. What is personal is told only to those on the case. */
export interface LeakSuspectView extends RiserUnitView {
  empty: boolean;
  /** Litres an hour; null = not known. */
  nowLph: number | null;
  usualLph: number | null;
  reason: Names;
  /** Closes this unit alone; null = only the riser's valve is known. */
  valve: string | null;
  keyCustody: string | null;
  contacts: { name: Names; role: string; phone: string }[];
}

/** Where the water of a ticket may come from, most suspect first; kept current while the ticket is open. */
export interface LocalisationView {
  ticketId: string;
  /** When it was worked out. */
  at: string;
  riser: { id: string; name: Names; valve: string | null } | null;
  suspects: LeakSuspectView[];
  /** May be wet, nearest first. */
  below: RiserUnitView[];
  /** Must stop using water, nearest first. */
  above: RiserUnitView[];
  notes: Names[];
}

export interface DeviceView {
  id: string;
  estate: string;
  kind: DeviceKind;
  name: Names;
  place: Place;
  building: string | null;
  unit: string | null;
  riser: string | null;
  floor: number | null;
  life: DeviceLife;
  attributes: Record<string, unknown>;
  /** The last reading since the service started, if any. */
  latest: { at: string; values: Record<string, unknown> } | null;
  online: boolean | null;
}

/** A threshold of a rule, as it may be set; `unit` as people enter it (`s`, `min`, `L/h`, `share` …). */
export interface ParameterView {
  key: string;
  default: number;
  unit: string;
  min: number;
  max: number;
  whole: boolean;
  about: Names;
  source: string;
}
export interface RuleView {
  id: string;
  /** What it runs on: one device, or all of a building, a riser or an estate. */
  over: 'device' | 'building' | 'riser' | 'estate';
  kinds: DeviceKind[];
  events: { name: string; title: Names }[];
  parameters: ParameterView[];
}
export type OverrideScopeView = 'organisation' | 'estate' | 'building' | 'device';
export interface RuleOverrideView {
  scope: OverrideScopeView;
  scopeId: string;
  key: string;
  value: number;
  by: string;
  at: string;
  reason: string;
}
/** What holds at a place, and since when because of whom; `from: default` = nobody has set it. */
export interface ParameterInForceView {
  key: string;
  value: number;
  unit: string;
  from: 'default' | OverrideScopeView;
  by: string | null;
  at: string | null;
  reason: string | null;
}
export interface DeviceRuleView {
  id: string;
  over: RuleView['over'];
  /** Of the device, building, riser or estate that it runs on. */
  place: string;
  on: boolean;
  /** Why it is off: `missing-capability`, `not-yet-learnt`, `never-spoke`, `retired` … */
  why: string | null;
  /** A sentence for people: why it is off, or what it does without. */
  detail: Names | null;
  /** What becomes of its alarms: they page, or are only listed (commissioning, a maintenance permit). */
  alarms: 'page' | 'listed';
  parameters: ParameterInForceView[];
}
export interface DeviceRulesView {
  device: string;
  life: DeviceLife;
  maintenanceUntil: string | null;
  items: DeviceRuleView[];
}
export interface UnitView {
  id: string;
  estate: string;
  building: string;
  label: string;
  floor: number;
  occupancy: string;
  visitUntil: string | null;
  awayUntil: string | null;
}

export interface ReadingView {
  observedAt: string;
  receivedAt: string;
  seq?: number;
  values: Record<string, unknown>;
}

/** `seq` is the change number at which the list is true (of the one estate asked for, else of the caller's first). */
export interface ListOf<T> {
  items: T[];
  seq: number;
  /** `after` of the next page; null or absent = this is all of it. */
  next?: string | null;
}

export interface EstateView {
  id: string;
  name: Names;
  timezone: string;
  buildings: {
    id: string;
    name: Names;
    floorsMin: number;
    floorsMax: number;
    risers: { id: string; kind: 'water' | 'drain'; name: Names; valve: string | null }[];
    units: { id: string; label: string; floor: number; occupancy: string; riser: string | null }[];
  }[];
}

export interface MeView {
  username: string;
  name: Names;
  roles: { estate: string; role: Role }[];
  estates: { id: string; name: Names }[];
  /** True when the roster has this person on duty now. */
  onDuty: boolean;
}

// ── Socket.IO ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `/butler` and `/control-room`: the server's `page`; its acknowledgement callback means *delivered*. */
export interface PageEvent {
  pageId: string;
  ticketId: string;
  /** Change number of the estate at which the page was made. */
  seq: number;
  estate: string;
  priority: Priority;
  event: EventName;
  title: Names;
  place: Place;
  openedAt: string;
  slot: SlotName;
  round: number;
  level: number;
  /** Duress: show it without a sound. */
  silent: boolean;
  /** An exercise; its title says so too, wherever it is shown. */
  drill: boolean;
}

/** Stop ringing: taken by somebody, withdrawn, or the ticket is over. */
export interface RecallEvent {
  pageId: string;
  ticketId: string;
  /** User name of who took it; null when nobody did. */
  by: string | null;
  byName: Names | null;
  reason: string;
}

/** The holder of a slot has gone silent: is he still on it? The phone rings until it is touched. */
export interface RemindEvent {
  ticketId: string;
  slot: SlotName;
  title: Names;
  place: Place;
  /** What has not been reported in its time. */
  missing: 'en-route' | 'on-site' | 'reassurance' | 'tier-call';
}

/** One row of the change log. What the reader's role may not see arrives with type `hidden` and no more. */
export type ChangeEvent =
  | { seq: number; estate: string; type: 'alarm'; alarm: AlarmView }
  | { seq: number; estate: string; type: 'ticket'; ticket: TicketView }
  | { seq: number; estate: string; type: 'page'; page: PageView }
  | { seq: number; estate: string; type: 'step'; ticketId: string; step: StepView }
  | { seq: number; estate: string; type: 'note'; note: NoteView }
  | { seq: number; estate: string; type: 'device'; device: string; life: DeviceLife }
  /** A job of the task screen: fetch its list again. */
  | { seq: number; estate: string; type: 'task'; kind: string; id: string }
  | { seq: number; estate: string; type: 'hidden' };

/** Volatile, at most four a second: the newest values of devices that spoke; also the heartbeat (every 2 s). */
export interface LiveEvent {
  estate: string;
  /** Server time, so that a screen can tell how old it is. */
  at: string;
  /** Last change number: a client that has less asks with `resume`. */
  seq: number;
  devices: Record<string, { at: string; online: boolean; values: Record<string, unknown> }>;
}

/** The client's number is older than what is kept: load the lists anew. */
export interface ResetEvent {
  estate: string;
  seq: number;
}

/** Somebody tries the way to this screen; the acknowledgement means *delivered*. */
export interface TestPageEvent {
  pageId: string;
  at: string;
}

/** What `/control-room` sends. @public */
export interface ServerToControlRoom {
  'test-page': (test: TestPageEvent, delivered: () => void) => void;
  page: (page: PageEvent, delivered: () => void) => void;
  recall: (recall: RecallEvent) => void;
  remind: (remind: RemindEvent) => void;
  change: (change: ChangeEvent) => void;
  live: (live: LiveEvent) => void;
  reset: (reset: ResetEvent) => void;
}
/** What `/control-room` understands. @public */
export interface ControlRoomToServer {
  resume: (from: { estate: string; lastSeq: number }) => void;
  seen: (p: { pageId: string }) => void;
}
/** What `/butler` sends. @public */
export interface ServerToButler {
  'test-page': (test: TestPageEvent, delivered: () => void) => void;
  page: (page: PageEvent, delivered: () => void) => void;
  recall: (recall: RecallEvent) => void;
  remind: (remind: RemindEvent) => void;
  /** The ticket that this person works on or is paged for has changed: fetch it again. */
  ticket: (t: { ticketId: string; seq: number }) => void;
  /** Every 2 s. */
  heartbeat: (h: { at: string }) => void;
}
/** Acknowledged with `{ok:true}` or `{ok:false, status, message, holder?, holderName?}`. */
export type CommandAck =
  { ok: true } | { ok: false; status: number; message: string; holder?: string; holderName?: Names };
/** What `/butler` understands. @public */
export interface ButlerToServer {
  seen: (p: { pageId: string }, ack?: (r: CommandAck) => void) => void;
  accept: (p: { pageId: string }, ack?: (r: CommandAck) => void) => void;
  decline: (p: { pageId: string; reason?: string }, ack?: (r: CommandAck) => void) => void;
}
