import type { Role } from '../gateway/views.js';
import type { RosterEntry } from './roster-entry.js';

/** What a person on duty stands for: one duty of a role, in a zone or (null) in the whole estate. */
export interface DutyPost {
  readonly zone: string | null;
  readonly role: Role;
  readonly duty: 'primary' | 'backup';
}

/** A post in an estate. */
export interface EstatePost extends DutyPost {
  readonly estate: string;
}

/** People who take turns, in their order, from `startsOn` on; turns change at a local wall time. */
export interface Rotation extends EstatePost {
  readonly id: string;
  /** User names; null = somebody who has left or lost the role: that turn is a gap, the others keep theirs. */
  readonly people: readonly (string | null)[];
  readonly period: 'daily' | 'weekly';
  /** The local day on which the first person's first turn begins, `YYYY-MM-DD`. */
  readonly startsOn: string;
  /** `HH:MM`. */
  readonly handover: string;
  /** The local day at whose hand-over the last turn ends; null = it goes on. */
  readonly endsOn: string | null;
  /** The weekly lines of the same post rest while it runs. */
  readonly replacesLines: boolean;
}

/** For a while this person stands in: for one (`insteadOf`), or for whoever has that post (null). */
export interface RosterOverride extends EstatePost {
  readonly id: string;
  readonly person: string;
  readonly insteadOf: string | null;
  /** Ms since the epoch; `until` is not in it any more. */
  readonly from: number;
  readonly until: number;
  readonly reason: string;
  /** The swap that made it. */
  readonly swap: string | null;
}

/** A person is away: on no duty at all, whatever the plan says. */
export interface Leave {
  readonly id: string;
  readonly estate: string;
  readonly person: string;
  /** Ms since the epoch; `until` is not in it any more. */
  readonly from: number;
  readonly until: number;
  readonly reason: string;
}

/** All that says who is on duty in an estate. */
export interface Roster {
  readonly lines: readonly RosterEntry[];
  readonly rotations: readonly Rotation[];
  /** In the order in which they were made: each looks at what the ones before it left. */
  readonly overrides: readonly RosterOverride[];
  readonly leaves: readonly Leave[];
}

export const EMPTY_ROSTER: Roster = { lines: [], rotations: [], overrides: [], leaves: [] };

export const samePost = (a: DutyPost, b: DutyPost): boolean =>
  a.zone === b.zone && a.role === b.role && a.duty === b.duty;
