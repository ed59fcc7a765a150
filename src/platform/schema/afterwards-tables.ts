import type { ColumnType, Generated } from 'kysely';
import type { Role } from '../../gateway/views.js';
import type { SubjectType } from '../../kernel/events.js';

/* Tables of migration 0012: follow-ups, weather, inspections, patrols, alarm-path tests, handovers. */

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type TextOrNull = ColumnType<string | null, string | null | undefined, string | null>;
type Facts = ColumnType<Record<string, unknown>, string | undefined, string>;

interface FollowUpTable {
  id: string;
  estate_id: string;
  kind: string;
  ticket_id: TextOrNull;
  subject_type: SubjectType;
  subject_id: string;
  zone_ids: string[];
  title_zh: string;
  title_en: string;
  note: TextOrNull;
  role: Role;
  assignee: TextOrNull;
  state: 'waiting' | 'open' | 'done' | 'skipped';
  waits_for: ColumnType<'rain' | null, 'rain' | null | undefined, 'rain' | null>;
  due_at: TimeOrNull;
  reminded_at: TimeOrNull;
  reminders: Generated<number>;
  created_at: Time;
  created_by: TextOrNull;
  ended_at: TimeOrNull;
  ended_by: TextOrNull;
  outcome: TextOrNull;
  reason: TextOrNull;
  satisfaction: ColumnType<number | null, number | null | undefined, number | null>;
}
interface WeatherFlagTable {
  id: string;
  estate_id: string;
  kind: 'rain' | 'typhoon' | 'plum-rain' | 'frost';
  from_at: Time;
  to_at: Time;
  source: 'hand' | 'webhook';
  set_by: TextOrNull;
  created_at: Time;
}
interface WeatherTokenTable {
  estate_id: string;
  key_id: string;
  /** See TokenVault. */
  sealed: string;
}
interface InspectionTable {
  id: string;
  estate_id: string;
  occasion: string;
  occasion_key: string;
  due_at: Time;
  created_at: Time;
  created_by: TextOrNull;
  ended_at: TimeOrNull;
}
interface InspectionUnitTable {
  inspection_id: string;
  unit_id: string;
  state: Generated<'open' | 'ok' | 'finding' | 'skipped'>;
  at: TimeOrNull;
  by: TextOrNull;
  note: TextOrNull;
  evidence: TextOrNull;
  ticket_id: TextOrNull;
}
interface PatrolPlanTable {
  estate_id: string;
  every_h: number;
  /** null = every door and barrier of the estate. */
  device_ids: string[] | null;
  set_at: Time;
  set_by: string;
}
interface PatrolRoundTable {
  id: string;
  estate_id: string;
  from_at: Time;
  due_at: Time;
  device_ids: string[];
  state: Generated<'open' | 'done' | 'missed'>;
  ended_at: TimeOrNull;
}
interface PatrolCheckTable {
  round_id: string;
  device_id: string;
  result: 'ok' | 'finding';
  at: Time;
  by: string;
  evidence: TextOrNull;
  note: TextOrNull;
}
interface AlarmPathTable {
  device_id: string;
  estate_id: string;
  /** From when it has to be proved; before it has passed for the first time, the 72 h count from here. */
  since: Time;
  last_passed_at: TimeOrNull;
  fails: Generated<number>;
}
interface AlarmPathTestTable {
  id: string;
  device_id: string;
  estate_id: string;
  how: 'command' | 'press';
  state: 'running' | 'passed' | 'failed';
  asked_at: Time;
  asked_by: TextOrNull;
  ends_by: Time;
  heard_at: TimeOrNull;
  ended_at: TimeOrNull;
  reason: TextOrNull;
  proof: Facts;
}
interface ShiftHandoverTable {
  id: string;
  estate_id: string;
  from_at: Time;
  to_at: Time;
  written_at: Time;
  outgoing: string[];
  incoming: string[];
  content: ColumnType<Record<string, unknown>, string, string>;
  content_sha256: string;
  signed_at: TimeOrNull;
  signed_by: TextOrNull;
  sign_note: TextOrNull;
}

export interface AfterwardsTables {
  follow_up: FollowUpTable;
  weather_flag: WeatherFlagTable;
  weather_token: WeatherTokenTable;
  inspection: InspectionTable;
  inspection_unit: InspectionUnitTable;
  patrol_plan: PatrolPlanTable;
  patrol_round: PatrolRoundTable;
  patrol_check: PatrolCheckTable;
  alarm_path: AlarmPathTable;
  alarm_path_test: AlarmPathTestTable;
  shift_handover: ShiftHandoverTable;
}
