import type { ColumnType } from 'kysely';
import type { Role } from '../../gateway/views.js';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

interface PostColumns {
  estate_id: string;
  zone_id: string | null;
  role: Role;
  duty: 'primary' | 'backup';
}
interface MadeColumns {
  created_by: string;
  created_at: Time;
}

interface RosterRotationTable extends PostColumns, MadeColumns {
  id: string;
  people: string[];
  period: 'daily' | 'weekly';
  /** `YYYY-MM-DD`, `HH:MM`. */
  starts_on: string;
  handover: string;
  ends_on: string | null;
  replaces_lines: boolean;
}
interface RosterOverrideTable extends PostColumns, MadeColumns {
  id: string;
  username: string;
  instead_of: string | null;
  from_at: Time;
  until_at: Time;
  reason: string;
  swap_id: string | null;
}
interface RosterLeaveTable extends MadeColumns {
  id: string;
  estate_id: string;
  username: string;
  from_at: Time;
  until_at: Time;
  reason: string;
}
interface RosterSwapTable {
  id: string;
  estate_id: string;
  role: Role;
  asked_by: string;
  asked_of: string;
  give_zone: string | null;
  give_duty: 'primary' | 'backup';
  give_from: Time;
  give_until: Time;
  take_zone: string | null;
  take_duty: 'primary' | 'backup' | null;
  take_from: TimeOrNull;
  take_until: TimeOrNull;
  note: string;
  state: ColumnType<SwapState, SwapState | undefined, SwapState>;
  asked_at: Time;
  expires_at: Time;
  answered_at: TimeOrNull;
  answered_by: string | null;
}
/** One that nobody answered in time is `asked` for ever, and counts as expired. */
type SwapState = 'asked' | 'accepted' | 'refused' | 'withdrawn';

export interface RosterTables {
  roster_rotation: RosterRotationTable;
  roster_override: RosterOverrideTable;
  roster_leave: RosterLeaveTable;
  roster_swap: RosterSwapTable;
}
