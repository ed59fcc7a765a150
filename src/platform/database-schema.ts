import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { BridgeDialect } from '../estate/bridge.js';
import type { DeviceKind, DeviceLife, Occupancy } from '../estate/device.js';
import type { OverrideScope } from '../estate/rule-overrides.js';
import type { EventName, Priority, SubjectType } from '../kernel/events.js';
import type { RescueTables } from './schema/rescue-tables.js';
import type { RosterTables } from './schema/roster-tables.js';
import type { AlarmState, Names, PageState, Role, SlotName, TicketState } from '../gateway/views.js';
import type { PolicyTables } from './schema/policy-tables.js';
import type { ChannelTables } from './schema/channel-tables.js';
import type { ProcedureTables } from './schema/procedure-tables.js';
import type { ByHandTables } from './schema/by-hand-tables.js';
import type { AfterwardsTables } from './schema/afterwards-tables.js';
import type { ApiTables } from './schema/api-tables.js';

/*
 * The tables of src/platform/migrations, as Kysely sees them. Rows elsewhere: `Selectable<Database['ticket']>`.
 * bigint is typed as number: the pool parses int8 so (the numbers here stay far below 2^53).
 */

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null, Date | string | null>;
type TimeByDefault = ColumnType<Date, Date | string | undefined, Date | string>;
/** A calendar day, written as `YYYY-MM-DD`; select it with `to_char`, or pg makes it midnight of the server's zone. */
type DayOrNull = ColumnType<Date | string | null, string | null, string | null>;
/**
 * jsonb. pg writes an array as a PostgreSQL array, not as JSON, so what is or may be an array is written with
 * `JSON.stringify`; the type insists on it.
 */
type JsonIn<T> = unknown extends T ? string : T extends readonly unknown[] ? string : T | string;
type Json<T> = ColumnType<T, JsonIn<T>, JsonIn<T>>;
type JsonByDefault<T> = ColumnType<T, JsonIn<T> | undefined, JsonIn<T>>;

type Facts = Record<string, string | number | boolean | null>;

interface NamesColumns {
  name_zh: string;
  name_en: string;
}

interface OrganisationTable extends NamesColumns {
  id: string;
}
interface RegionTable extends NamesColumns {
  id: string;
  organisation_id: string;
}
interface EstateTable extends NamesColumns {
  id: string;
  region_id: string;
  timezone: Generated<string>;
  setting: Generated<'city' | 'elsewhere'>;
  /** How somebody from outside gets in. */
  access_zh: string | null;
  access_en: string | null;
}
interface EstateHeadTable {
  estate_id: string;
  seq: Generated<number>;
  ticket_year: Generated<number>;
  ticket_no: Generated<number>;
  journal_no: Generated<number>;
  journal_hash: Generated<Buffer>;
}
interface EstateImportTable {
  sha256: string;
  at: TimeByDefault;
}
interface BuildingTable extends NamesColumns {
  id: string;
  estate_id: string;
  floors_min: Generated<number>;
  floors_max: Generated<number>;
  sort: Generated<number>;
}
interface RiserTable extends NamesColumns {
  id: string;
  estate_id: string;
  building_id: string;
  kind: 'water' | 'drain';
  valve: string | null;
}
interface UnitTable {
  id: string;
  estate_id: string;
  building_id: string;
  label: string;
  floor: number;
  water_riser_id: string | null;
  drain_riser_id: string | null;
  branch_valve: string | null;
  occupancy: Occupancy;
  occupancy_since: DayOrNull;
  occupancy_by: string | null;
  occupancy_review: DayOrNull;
  welfare: Generated<boolean>;
  owner_name: string | null;
  owner_phone: string | null;
  emergency_name: string | null;
  emergency_phone: string | null;
  key_custody: string | null;
  notes: string | null;
  visit_until: TimeOrNull;
  visit_by: string | null;
  visit_reason: string | null;
  away_until: TimeOrNull;
  away_by: string | null;
}
interface ZoneTable extends NamesColumns {
  id: string;
  estate_id: string;
}
interface ZoneBuildingTable {
  zone_id: string;
  building_id: string;
}
interface ZoneUnitTable {
  zone_id: string;
  unit_id: string;
}
interface DeviceTable extends NamesColumns {
  id: string;
  no: GeneratedAlways<number>;
  estate_id: string;
  kind: DeviceKind;
  building_id: string | null;
  unit_id: string | null;
  riser_id: string | null;
  floor: number | null;
  /** DeviceAttributes of src/estate/device.ts. */
  attributes: Json<Record<string, unknown>>;
  life: Generated<DeviceLife>;
  maintenance_by: string | null;
  maintenance_reason: string | null;
  maintenance_until: TimeOrNull;
  token_sha256: string | null;
  has_spoken: Generated<boolean>;
  seen_states: JsonByDefault<Record<string, unknown>>;
}

interface DeviceTokenTable {
  device_id: string;
  key_id: string;
  /** See TokenVault. */
  sealed: string;
  sealed_at: ColumnType<Date, Date | undefined, Date>;
}

interface BridgeTable extends NamesColumns {
  id: string;
  estate_id: string;
  dialect: BridgeDialect;
  topic_prefix: string;
  profile: string | null;
  token_sha256: string | null;
}
interface UnclaimedDeviceTable {
  no: GeneratedAlways<number>;
  estate_id: string;
  bridge_id: string;
  foreign_id: string;
  first_seen: Time;
  last_seen: Time;
  count: number;
  sample: string | null;
}
interface DeviceProfileTable {
  id: string;
  /** ProfileSpec of src/telemetry/profiles/profile.ts. */
  spec: Json<Record<string, unknown>>;
  updated_at: TimeByDefault;
  updated_by: string;
}

interface PersonTable extends NamesColumns {
  username: string;
  phone: string | null;
  password_hash: string | null;
  active: Generated<boolean>;
}
interface PersonRoleTable {
  username: string;
  estate_id: string;
  role: Role;
}
interface RosterEntryTable {
  id: string;
  estate_id: string;
  /** null = the whole estate. */
  zone_id: string | null;
  role: Role;
  duty: Generated<'primary' | 'backup'>;
  username: string;
  /** 1 = Monday … 7 = Sunday. */
  weekdays: number[];
  /** Local time `HH:MM`; `to_time` ≤ `from_time` runs over midnight. */
  from_time: string;
  to_time: string;
}
interface SessionTable {
  token_sha256: string;
  username: string;
  created_at: TimeByDefault;
  expires_at: Time;
  revoked_at: TimeOrNull;
}
interface AuditTable {
  id: GeneratedAlways<number>;
  at: TimeByDefault;
  actor: string | null;
  action: string;
  target: string | null;
  details: JsonByDefault<Record<string, unknown>>;
}

/** What one commit brought; times in ms since the epoch. */
interface ReadingLandingTable {
  id: GeneratedAlways<number>;
  landed_at: TimeByDefault;
  first_at: number;
  last_at: number;
  count: number;
  device_nos: number[];
  payload: string;
}
/** Readings of one device, packed; times in ms since the epoch. */
interface ReadingBlockTable {
  device_no: number;
  hour: number;
  level: number;
  codec: number;
  first_at: number;
  last_at: number;
  count: number;
  payload: Buffer;
}
/** Rows of the first release. */
interface ReadingOldTable {
  device_no: number;
  at: Time;
  observed_at: Time;
  received_at: Time;
  seq: number | null;
  vals: Json<Record<string, unknown>>;
}
interface TelemetryRejectTable {
  id: GeneratedAlways<number>;
  at: TimeByDefault;
  estate_id: string | null;
  device_id: string | null;
  reason: string;
  detail: string | null;
  sample: string | null;
}

interface RuleOverrideTable {
  scope: OverrideScope;
  scope_id: string;
  key: string;
  value: number;
  by: string;
  at: Time;
  reason: string;
}

interface DetectorStateTable {
  /** `device:ID`, `building:ID`, `riser:ID` or `estate:ID`. */
  subject: string;
  estate_id: string;
  version: number;
  /** By detector id: version of the state and the state. */
  states: Json<Record<string, { v: number; s: unknown }>>;
  due_at: TimeOrNull;
  updated_at: TimeByDefault;
  /** Checkpoint of src/workflow/checkpoint.ts. */
  through: Json<{ receivedAt: number; seen: string[] }> | null;
}

interface TicketTable {
  id: string;
  estate_id: string;
  no: string;
  event: EventName;
  priority: Exclude<Priority, 'P4'>;
  state: TicketState;
  subject_type: SubjectType;
  subject_id: string;
  device_id: string | null;
  building_id: string | null;
  unit_id: string | null;
  zone_ids: Generated<string[]>;
  car_id: string | null;
  round: Generated<number>;
  drill: Generated<boolean>;
  procedure: Json<unknown>;
  policy: Json<unknown>;
  opened_at: Time;
  rescued_at: TimeOrNull;
  over_at: TimeOrNull;
  over_reason: string | null;
  follow_up_due_at: TimeOrNull;
  /** When it rose to what it is; null = it was that at its opening. */
  danger_since: TimeOrNull;
  version: Generated<number>;
  schema: Generated<number>;
}
interface AlarmTable {
  id: string;
  estate_id: string;
  subject_type: SubjectType;
  subject_id: string;
  device_id: string | null;
  event: EventName;
  priority: Priority;
  state: AlarmState;
  latched: boolean;
  active: boolean;
  raised_at: Time;
  since: Time;
  occurrence: Generated<number>;
  cleared_at: TimeOrNull;
  acked_at: TimeOrNull;
  acked_by: string | null;
  ended_at: TimeOrNull;
  ended_how: string | null;
  ended_by: string | null;
  shelved_until: TimeOrNull;
  shelved_by: string | null;
  shelved_reason: string | null;
  reason: string;
  evidence: JsonByDefault<Facts>;
  late: Generated<boolean>;
  ticket_id: string | null;
}
interface SlotTable {
  ticket_id: string;
  slot: SlotName;
  round: Generated<number>;
  state: 'pending' | 'open' | 'filled' | 'over';
  opened_at: Time;
  level: Generated<number>;
  holder: string | null;
  filled_at: TimeOrNull;
  on_behalf_by: string | null;
  en_route_at: TimeOrNull;
  on_site_at: TimeOrNull;
  asked_again_at: TimeOrNull;
  last_reassured_at: TimeOrNull;
}
interface PageTable {
  id: string;
  estate_id: string;
  ticket_id: string;
  person: string;
  role: Role;
  slot: SlotName;
  round: number;
  level: number;
  channel: string;
  state: PageState;
  reason: string | null;
  silent: Generated<boolean>;
  attempts: Generated<number>;
  created_at: Time;
  sent_at: TimeOrNull;
  delivered_at: TimeOrNull;
  seen_at: TimeOrNull;
  ended_at: TimeOrNull;
}
interface TicketStepTable {
  ticket_id: string;
  no: number;
  key: string;
  title_zh: string;
  title_en: string;
  role: Role;
  /** Seconds. */
  limit_s: number | null;
  required: boolean;
  evidence: string | null;
  state: Generated<'open' | 'done' | 'skipped'>;
  done_at: TimeOrNull;
  done_by: string | null;
  note: string | null;
  /** Its limit counts from here; null = from the ticket's opening. */
  limit_from: TimeOrNull;
  /** When its limit passed and it was not done. */
  late_at: TimeOrNull;
  /** Keys of steps that come first. */
  after_keys: string[] | null;
  skip_reasons: Json<readonly Names[]> | null;
}
interface DeadlineTable {
  id: GeneratedAlways<number>;
  kind: string;
  key: string;
  estate_id: string;
  ticket_id: string | null;
  due_at: Time;
  payload: JsonByDefault<Record<string, unknown>>;
  created_at: TimeByDefault;
  served_at: TimeOrNull;
  outcome: string | null;
}
interface OutboxTable {
  id: GeneratedAlways<number>;
  queue: string;
  job_id: string;
  payload: Json<Record<string, unknown>>;
  not_before: TimeByDefault;
  created_at: TimeByDefault;
  handed_at: TimeOrNull;
}
interface TransactionReceiptTable {
  token: string;
  at: TimeByDefault;
  /** What close_estate_transaction told; null = declared void. */
  result: Json<ClosedTransaction> | null;
}
/** The numbers that a transaction was given at its end; tokens stand for ticket numbers until then. */
export interface ClosedTransaction {
  readonly firstSeq: number;
  readonly numbers: Readonly<Record<string, string>>;
}

interface ChangeLogTable {
  estate_id: string;
  seq: number;
  at: Time;
  type: string;
  entity_id: string | null;
  /** Roles that may see the payload; null = every role of the estate. */
  audience: string[] | null;
  payload: Json<Record<string, unknown>>;
}
interface JournalTable {
  estate_id: string;
  no: number;
  at: Time;
  kind: string;
  actor: string | null;
  ticket_id: string | null;
  alarm_id: string | null;
  device_id: string | null;
  payload: Json<Record<string, unknown>>;
  prev_hash: Buffer;
  hash: Buffer;
}

/** Every table of the system of record. */
export interface Database
  extends
    RosterTables,
    RescueTables,
    PolicyTables,
    ChannelTables,
    ProcedureTables,
    ByHandTables,
    AfterwardsTables,
    ApiTables {
  organisation: OrganisationTable;
  region: RegionTable;
  estate: EstateTable;
  estate_head: EstateHeadTable;
  estate_import: EstateImportTable;
  building: BuildingTable;
  riser: RiserTable;
  unit: UnitTable;
  zone: ZoneTable;
  zone_building: ZoneBuildingTable;
  zone_unit: ZoneUnitTable;
  device: DeviceTable;
  device_token: DeviceTokenTable;
  bridge: BridgeTable;
  unclaimed_device: UnclaimedDeviceTable;
  device_profile: DeviceProfileTable;
  person: PersonTable;
  person_role: PersonRoleTable;
  roster_entry: RosterEntryTable;
  session: SessionTable;
  audit: AuditTable;
  reading_landing: ReadingLandingTable;
  reading_block: ReadingBlockTable;
  reading_old: ReadingOldTable;
  telemetry_reject: TelemetryRejectTable;
  rule_override: RuleOverrideTable;
  detector_state: DetectorStateTable;
  ticket: TicketTable;
  alarm: AlarmTable;
  slot: SlotTable;
  page: PageTable;
  ticket_step: TicketStepTable;
  deadline: DeadlineTable;
  outbox: OutboxTable;
  transaction_receipt: TransactionReceiptTable;
  change_log: ChangeLogTable;
  journal: JournalTable;
}
