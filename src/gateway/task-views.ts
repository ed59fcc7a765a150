import type { SubjectType } from '../kernel/events.js';
import type { Names, Role, TicketView } from './views.js';

/*
 * What REST answers of the work after an emergency and before the next one. Times are ISO 8601 in UTC. Browser pages
 * import these types, so nothing here needs a server.
 */

export type TaskKind = 'follow-up' | 'inspection' | 'patrol' | 'alarm-path' | 'drill' | 'handover' | 'weather';

/** Shown on a phone, not rung. */
export interface TaskNotice {
  kind: TaskKind;
  id: string;
  estate: string;
  title: Names;
  place: Names | null;
  dueAt: string | null;
  overdue: boolean;
}

export interface FollowUpView {
  id: string;
  estate: string;
  kind: string;
  title: Names;
  place: Names;
  subject: { type: SubjectType; id: string };
  ticketId: string | null;
  ticketNo: string | null;
  note: string | null;
  role: Role;
  assignee: string | null;
  assigneeName: Names | null;
  state: 'waiting' | 'open' | 'done' | 'skipped';
  waitsFor: 'rain' | null;
  dueAt: string | null;
  overdue: boolean;
  createdAt: string;
  createdBy: string | null;
  endedAt: string | null;
  endedBy: string | null;
  outcome: string | null;
  reason: string | null;
  satisfaction: number | null;
}

export type WeatherKind = 'rain' | 'typhoon' | 'plum-rain' | 'frost';
export interface WeatherFlagView {
  id: string;
  estate: string;
  kind: WeatherKind;
  from: string;
  to: string;
  source: 'hand' | 'webhook';
  setBy: string | null;
}

export interface InspectionUnitView {
  unit: string;
  place: Names;
  floor: number;
  occupancy: string;
  /** Where the key is; told to those who go in. */
  keyCustody: string | null;
  state: 'open' | 'ok' | 'finding' | 'skipped';
  at: string | null;
  by: string | null;
  note: string | null;
  evidence: string | null;
  ticketId: string | null;
}
export interface InspectionView {
  id: string;
  estate: string;
  occasion: string;
  dueAt: string;
  overdue: boolean;
  createdAt: string;
  endedAt: string | null;
  done: number;
  total: number;
  units: InspectionUnitView[];
}

export interface PatrolPointView {
  device: string;
  place: Names;
  result: 'ok' | 'finding' | null;
  at: string | null;
  by: string | null;
  evidence: string | null;
  note: string | null;
}
export interface PatrolRoundView {
  id: string;
  estate: string;
  from: string;
  dueAt: string;
  state: 'open' | 'done' | 'missed';
  endedAt: string | null;
  points: PatrolPointView[];
}
export interface PatrolPlanView {
  estate: string;
  on: boolean;
  everyH: number;
  /** null = every door and barrier. */
  devices: string[] | null;
}

export interface AlarmPathTestView {
  id: string;
  device: string;
  how: 'command' | 'press';
  state: 'running' | 'passed' | 'failed';
  askedAt: string;
  askedBy: string | null;
  heardAt: string | null;
  endedAt: string | null;
  reason: string | null;
  /** How far it came: seconds, and whom it would have paged. */
  proof: Record<string, unknown>;
}
export interface AlarmPathView {
  device: string;
  estate: string;
  place: Names;
  how: 'command' | 'press';
  state: 'passed' | 'failed' | 'running' | 'due' | 'overdue';
  lastPassedAt: string | null;
  dueAt: string;
  last: AlarmPathTestView | null;
}

export interface DrillView {
  ticket: TicketView;
  /** Seconds from the opening; null = did not happen. */
  acceptS: number | null;
  arriveS: number | null;
  releaseS: number | null;
}

export interface HandoverContent {
  tickets: { id: string; no: string; title: Names; place: Names; priority: string; state: string; holders: string[] }[];
  unacknowledged: { id: string; title: Names; place: Names; priority: string; raisedAt: string }[];
  shelved: { id: string; title: Names; place: Names; until: string | null }[];
  devicesOut: { id: string; place: Names; why: string }[];
  followUps: { id: string; title: Names; place: Names; dueAt: string | null; overdue: boolean }[];
  patrolsMissed: { id: string; from: string; open: number }[];
  alarmPaths: { device: string; place: Names; state: string }[];
  unsigned: { id: string; to: string }[];
}
export interface HandoverView {
  id: string;
  estate: string;
  from: string;
  to: string;
  writtenAt: string;
  outgoing: { username: string; name: Names }[];
  incoming: { username: string; name: Names }[];
  content: HandoverContent;
  /** SHA-256 of the canonical JSON of the content: what is signed. */
  sha256: string;
  signedAt: string | null;
  signedBy: string | null;
  signedByName: Names | null;
  note: string | null;
}

/** Everything on the task screen of an estate. */
export interface TasksView {
  estate: string;
  at: string;
  followUps: FollowUpView[];
  inspections: InspectionView[];
  patrolPlan: PatrolPlanView;
  /** The round under way, then those missed in the last 24 h. */
  patrols: PatrolRoundView[];
  alarmPaths: AlarmPathView[];
  weather: WeatherFlagView[];
  lastDrillAt: string | null;
  handover: HandoverView | null;
}
