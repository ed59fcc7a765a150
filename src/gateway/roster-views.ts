import type { Names, Role } from './views.js';

/* What REST tells of rosters. Times are ISO 8601 in UTC; `zone` null = the whole estate. Browser pages import these types. */

interface PostView {
  zone: string | null;
  role: Role;
  duty: 'primary' | 'backup';
}
export interface RosterLineView extends PostView {
  id: string;
  person: string;
  /** 1 = Monday … 7 = Sunday: the day on which the shift begins. */
  weekdays: number[];
  /** `HH:MM` of the estate's time. */
  from: string;
  to: string;
}
export interface RotationView extends PostView {
  id: string;
  /** null = somebody who has left or lost the role. */
  people: (string | null)[];
  period: 'daily' | 'weekly';
  startsOn: string;
  handover: string;
  endsOn: string | null;
  replacesLines: boolean;
}
export interface RosterOverrideView extends PostView {
  id: string;
  person: string;
  /** null = of whoever has the post. */
  insteadOf: string | null;
  from: string;
  until: string;
  reason: string;
  swap: string | null;
}
export interface LeaveView {
  id: string;
  person: string;
  from: string;
  until: string;
  /** null = told only to who is away and who keeps the roster. */
  reason: string | null;
}
export interface SwapView {
  id: string;
  role: Role;
  askedBy: string;
  askedOf: string;
  give: { zone: string | null; duty: 'primary' | 'backup'; from: string; until: string };
  take: { zone: string | null; duty: 'primary' | 'backup'; from: string; until: string } | null;
  note: string;
  state: 'asked' | 'accepted' | 'refused' | 'withdrawn' | 'expired';
  askedAt: string;
  expiresAt: string;
  answeredAt: string | null;
}
/** Overrides, leave and swaps that are not over for more than 31 days. */
export interface RosterView {
  estate: string;
  timezone: string;
  lines: RosterLineView[];
  rotations: RotationView[];
  overrides: RosterOverrideView[];
  leaves: LeaveView[];
  swaps: SwapView[];
  people: Record<string, Names>;
  zones: { id: string; name: Names }[];
}

export interface OnDutyView {
  at: string;
  role: Role;
  zones: string[];
  /** Nearest first. */
  on: { person: string; name: Names; phone: string | null; because: string }[];
  /** Whom the plan names and who is not there. */
  absent: { person: string | null; because: string }[];
}

export interface CoverageView {
  from: string;
  until: string;
  timezone: string;
  /** The local days that it looks at, `YYYY-MM-DD`, with the instants between which each lies. */
  days: { date: string; from: string; until: string }[];
  /** Nobody is primary: the first level of a page would be empty. `zone` null = in every zone. */
  gaps: { role: Role; zone: string | null; from: string; until: string }[];
  doubles: {
    kind: 'two-zones' | 'own-backup' | 'two-rotas';
    person: string;
    role: Role;
    zones: (string | null)[];
    from: string;
    until: string;
    because: string;
  }[];
  people: Record<string, Names>;
  zones: Record<string, Names>;
}
