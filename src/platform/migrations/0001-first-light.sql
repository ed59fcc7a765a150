-- Steward's system of record. Ids of people, places and devices are the names that an estate gives them;
-- ids of alarms, tickets and pages are UUIDs (v7) made by the service. Times are timestamptz.

-- ── Estate ────────────────────────────────────────────────────────────────────────────────────────────────────────
create table organisation (id text primary key, name_zh text not null, name_en text not null);
create table region (
  id text primary key, organisation_id text not null references organisation, name_zh text not null, name_en text not null
);
create table estate (
  id text primary key, region_id text not null references region,
  name_zh text not null, name_en text not null,
  timezone text not null default 'Asia/Shanghai',
  setting text not null default 'city' check (setting in ('city', 'elsewhere'))
);
-- Last change number and journal hash of an estate: one row, updated last in every transaction that people can see.
create table estate_head (
  estate_id text primary key references estate,
  seq bigint not null default 0,
  -- the last ticket number of that year
  ticket_year int not null default 0,
  ticket_no int not null default 0,
  journal_no bigint not null default 0,
  journal_hash bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000'
);
create table building (
  id text primary key, estate_id text not null references estate, name_zh text not null, name_en text not null,
  floors_min int not null default 1, floors_max int not null default 1, sort int not null default 0
);
-- The file that an estate was last imported from: the same file is not imported again at each start, so that what was
-- changed at run time since then stays.
create table estate_import (sha256 text primary key, at timestamptz not null default now());
create table riser (
  id text primary key, estate_id text not null references estate, building_id text not null references building,
  kind text not null check (kind in ('water', 'drain')), name_zh text not null, name_en text not null, valve text
);
create table unit (
  id text primary key, estate_id text not null references estate, building_id text not null references building,
  label text not null, floor int not null,
  water_riser_id text references riser, drain_riser_id text references riser, branch_valve text,
  occupancy text not null check (occupancy in ('occupied','leased','vacant','undelivered','renovating','for-sale')),
  occupancy_since date, occupancy_by text, occupancy_review date,
  welfare boolean not null default false,
  owner_name text, owner_phone text, emergency_name text, emergency_phone text, key_custody text, notes text
);
create index unit_building on unit (building_id);
create table zone (id text primary key, estate_id text not null references estate, name_zh text not null, name_en text not null);
create table zone_building (
  zone_id text not null references zone on delete cascade, building_id text not null references building,
  primary key (zone_id, building_id)
);
create table zone_unit (
  zone_id text not null references zone on delete cascade, unit_id text not null references unit,
  primary key (zone_id, unit_id)
);
create table device (
  id text primary key, no int generated always as identity unique,
  estate_id text not null references estate, kind text not null check (kind in ('elevator','water-meter','pipe-sensor','gate','generic')),
  name_zh text not null, name_en text not null,
  building_id text references building, unit_id text references unit, riser_id text references riser, floor int,
  attributes jsonb not null,
  life text not null default 'registered' check (life in ('registered','commissioning','live','maintenance','retired')),
  maintenance_by text, maintenance_reason text, maintenance_until timestamptz,
  check (life <> 'maintenance' or (maintenance_by is not null and maintenance_reason is not null and maintenance_until is not null)),
  token_sha256 text,
  has_spoken boolean not null default false,
  -- commissioning: which of presence, door, zone and button have been seen in which state
  seen_states jsonb not null default '{}'
);
create index device_estate on device (estate_id);

-- ── People ────────────────────────────────────────────────────────────────────────────────────────────────────────
create table person (
  username text primary key, name_zh text not null, name_en text not null, phone text,
  password_hash text, active boolean not null default true
);
-- A role in one estate. Scope is this row: no row, no access.
create table person_role (
  username text not null references person on delete cascade, estate_id text not null references estate,
  role text not null check (role in ('control-room','butler','security','engineer','supervisor','contractor','project-manager')),
  primary key (username, estate_id, role)
);
-- Weekly rotation: on these weekdays (1 = Monday) from time to time (local; to <= from runs over midnight).
create table roster_entry (
  id text primary key, estate_id text not null references estate,
  zone_id text references zone on delete cascade, role text not null,
  duty text not null default 'primary' check (duty in ('primary','backup')),
  username text not null references person, weekdays int[] not null, from_time text not null, to_time text not null
);
create table session (
  token_sha256 text primary key, username text not null references person on delete cascade,
  created_at timestamptz not null default now(), expires_at timestamptz not null, revoked_at timestamptz
);
create table audit (
  id bigint generated always as identity primary key, at timestamptz not null default now(),
  actor text, action text not null, target text, details jsonb not null default '{}'
);

-- ── Telemetry ─────────────────────────────────────────────────────────────────────────────────────────────────────
-- at = the device's time placed on Steward's clock; one partition a day, made ahead; the default catches the rest.
create table reading (
  device_no int not null, at timestamptz not null, observed_at timestamptz not null, received_at timestamptz not null,
  seq bigint, vals jsonb not null
) partition by range (at);
create index reading_device_at on reading (device_no, at);
create table reading_default partition of reading default;
create table telemetry_reject (
  id bigint generated always as identity primary key, at timestamptz not null default now(),
  estate_id text, device_id text, reason text not null, detail text, sample text
);
create index telemetry_reject_at on telemetry_reject (at desc);

-- ── Detection ─────────────────────────────────────────────────────────────────────────────────────────────────────
-- One row a subject ("device:ID", "building:ID"): {detectorId: {v, s}} and the earliest hold deadline.
create table detector_state (
  subject text primary key, estate_id text not null, version bigint not null,
  states jsonb not null, due_at timestamptz, updated_at timestamptz not null default now()
) with (fillfactor = 70);

-- ── Emergencies ───────────────────────────────────────────────────────────────────────────────────────────────────
create table ticket (
  id uuid primary key, estate_id text not null references estate, no text not null,
  event text not null, priority text not null check (priority in ('P1','P2','P3')),
  state text not null check (state in ('opened','accepted','en-route','on-site','contained','rescued','resolved','follow-up','closed','false-alarm','cancelled')),
  subject_type text not null, subject_id text not null, device_id text references device,
  building_id text references building, unit_id text references unit, zone_ids text[] not null default '{}',
  car_id text, -- the lift whose events this ticket gathers
  round int not null default 0, drill boolean not null default false,
  procedure jsonb not null, policy jsonb not null, -- frozen at opening
  opened_at timestamptz not null, rescued_at timestamptz, over_at timestamptz, over_reason text,
  follow_up_due_at timestamptz, version int not null default 0, schema int not null default 1,
  unique (estate_id, no)
);
create index ticket_estate on ticket (estate_id, opened_at desc);
-- One car, one open ticket.
create unique index ticket_one_open_per_car on ticket (car_id)
  where car_id is not null and state in ('opened','accepted','en-route','on-site','contained');

create table alarm (
  id uuid primary key, estate_id text not null references estate,
  subject_type text not null, subject_id text not null, device_id text references device,
  event text not null, priority text not null check (priority in ('P1','P2','P3','P4')),
  state text not null check (state in ('NORM','UNACK','ACKED','RTNUN','LUNACK','LACKED','SHLVD','DSUPR','OOSRV')),
  latched boolean not null, active boolean not null, -- the condition holds now
  raised_at timestamptz not null, since timestamptz not null, occurrence int not null default 1,
  cleared_at timestamptz, acked_at timestamptz, acked_by text,
  ended_at timestamptz, ended_how text, ended_by text,
  shelved_until timestamptz, shelved_by text, shelved_reason text,
  reason text not null, evidence jsonb not null default '{}', late boolean not null default false,
  -- checked at the commit: the ticket is written with the last statement of the transaction that opens it
  ticket_id uuid references ticket deferrable initially deferred,
  -- an alarm that is over is NORM and the reverse: nothing swallowed, nothing stuck
  check ((state = 'NORM') = (ended_at is not null))
);
-- Law 2: one open alarm per subject and event.
create unique index alarm_one_open on alarm (subject_type, subject_id, event) where ended_at is null;
create index alarm_estate on alarm (estate_id, raised_at desc);
create index alarm_ticket on alarm (ticket_id);
create index alarm_device_open on alarm (device_id) where ended_at is null;

create table slot (
  ticket_id uuid not null references ticket, slot text not null check (slot in ('responder','rescuer','coordinator')),
  round int not null default 0, state text not null check (state in ('pending','open','filled','over')),
  opened_at timestamptz not null, level int not null default -1,
  holder text references person, filled_at timestamptz, on_behalf_by text,
  en_route_at timestamptz, on_site_at timestamptz, asked_again_at timestamptz, last_reassured_at timestamptz,
  primary key (ticket_id, slot)
);
create table page (
  id uuid primary key, estate_id text not null references estate, ticket_id uuid not null references ticket,
  person text not null references person, role text not null,
  slot text not null, round int not null, level int not null, channel text not null,
  state text not null check (state in ('queued','sent','delivered','seen','accepted','declined','failed','expired','recalled')),
  reason text, silent boolean not null default false, attempts int not null default 0,
  created_at timestamptz not null, sent_at timestamptz, delivered_at timestamptz, seen_at timestamptz, ended_at timestamptz,
  -- doubled means: two ids for one ticket, slot, round, level, person and channel
  unique (ticket_id, slot, round, level, person, channel)
);
create index page_person_live on page (person) where state in ('queued','sent','delivered','seen');
create index page_ticket on page (ticket_id);
create table ticket_step (
  ticket_id uuid not null references ticket, no int not null, key text not null,
  title_zh text not null, title_en text not null, role text not null, limit_s int, required boolean not null,
  evidence text, state text not null default 'open' check (state in ('open','done','skipped')),
  done_at timestamptz, done_by text, note text,
  primary key (ticket_id, no)
);
-- Law 4: a deadline is a row; whoever wakes only re-checks.
create table deadline (
  id bigint generated always as identity primary key, kind text not null, key text not null,
  estate_id text not null references estate, ticket_id uuid references ticket, due_at timestamptz not null,
  payload jsonb not null default '{}', created_at timestamptz not null default now(),
  served_at timestamptz, outcome text
);
create unique index deadline_open on deadline (kind, key) where served_at is null;
create index deadline_due on deadline (due_at) where served_at is null;
create index deadline_ticket on deadline (ticket_id) where served_at is null;
-- Outbound work, committed with what caused it; a relay hands it to the queue.
create table outbox (
  id bigint generated always as identity primary key, queue text not null, job_id text not null unique,
  payload jsonb not null, not_before timestamptz not null default now(), created_at timestamptz not null default now()
);
create index outbox_due on outbox (not_before);

-- ── What people see, and evidence ─────────────────────────────────────────────────────────────────────────────────
create table change_log (
  estate_id text not null references estate, seq bigint not null, at timestamptz not null, type text not null,
  entity_id text, audience text[], -- null = every role of the estate; else only these roles see more than the number
  payload jsonb not null, primary key (estate_id, seq)
);
create table journal (
  estate_id text not null references estate, no bigint not null, at timestamptz not null, kind text not null,
  actor text, ticket_id uuid, alarm_id uuid, device_id text, payload jsonb not null,
  prev_hash bytea not null, hash bytea not null, primary key (estate_id, no)
);
create index journal_ticket on journal (ticket_id, no);
create index journal_device on journal (device_id, no);
create or replace function journal_is_append_only() returns trigger language plpgsql as
$$ begin raise exception 'the journal is append-only'; end $$;
create trigger journal_no_change before update or delete on journal for each row execute function journal_is_append_only();
create trigger journal_no_truncate before truncate on journal for each statement execute function journal_is_append_only();

-- ── The end of a transaction ──────────────────────────────────────────────────────────────────────────────────────
-- Writes what an estate's transaction has gathered under the estate's next numbers (tickets, changes, journal lines) and
-- moves the head. Here and not in the service, because the head is locked meanwhile: called in one message with the
-- commit, the lock is held for a millisecond however busy the service is.
--   p_rows     {table: [row]} new rows
--   p_changes  [{type, entityId, audience, payload}]
--   p_lines    [{before, after}]: canonical JSON of each line, without its number, which goes in between
--   p_tickets  [{token, year}]: tickets to number; the token stands for the number wherever it is told
-- Returns {firstSeq, numbers: {token: number}}.
create or replace function close_estate_transaction(
  p_estate text, p_at timestamptz, p_rows text, p_changes text, p_lines text, p_tickets text
) returns jsonb language plpgsql as
$$
declare
  head estate_head;
  new_rows jsonb;
  item jsonb;
  line jsonb;
  prev bytea;
  number text;
  numbers jsonb := '{}';
  first_seq bigint;
  body text;
begin
  select * into strict head from estate_head where estate_id = p_estate for update;
  for item in select * from jsonb_array_elements(p_tickets::jsonb) loop
    if head.ticket_year <> (item->>'year')::int then
      head.ticket_year := (item->>'year')::int;
      head.ticket_no := 0;
    end if;
    head.ticket_no := head.ticket_no + 1;
    number := 'T-' || head.ticket_year || '-' || lpad(head.ticket_no::text, greatest(4, length(head.ticket_no::text)), '0');
    numbers := numbers || jsonb_build_object(item->>'token', number);
    p_rows := replace(p_rows, item->>'token', number);
    p_changes := replace(p_changes, item->>'token', number);
    p_lines := replace(p_lines, item->>'token', number);
  end loop;

  new_rows := p_rows::jsonb;
  if new_rows ? 'ticket' then
    insert into ticket (id, estate_id, no, event, priority, state, subject_type, subject_id, device_id, building_id, unit_id,
      zone_ids, car_id, round, drill, procedure, policy, opened_at, rescued_at, over_at, over_reason, follow_up_due_at,
      version, schema)
    select id, estate_id, no, event, priority, state, subject_type, subject_id, device_id, building_id, unit_id,
      zone_ids, car_id, round, drill, procedure, policy, opened_at, rescued_at, over_at, over_reason, follow_up_due_at,
      version, schema from jsonb_populate_recordset(null::ticket, new_rows->'ticket');
  end if;
  if new_rows ? 'slot' then
    insert into slot select * from jsonb_populate_recordset(null::slot, new_rows->'slot');
  end if;
  if new_rows ? 'page' then
    insert into page select * from jsonb_populate_recordset(null::page, new_rows->'page');
  end if;
  if new_rows ? 'ticket_step' then
    insert into ticket_step select * from jsonb_populate_recordset(null::ticket_step, new_rows->'ticket_step');
  end if;
  if new_rows ? 'deadline' then
    insert into deadline (kind, key, estate_id, ticket_id, due_at, payload, created_at)
    select kind, key, estate_id, ticket_id, due_at, payload, created_at
    from jsonb_populate_recordset(null::deadline, new_rows->'deadline');
  end if;
  if new_rows ? 'outbox' then
    insert into outbox (queue, job_id, payload, not_before, created_at)
    select queue, job_id, payload, not_before, created_at from jsonb_populate_recordset(null::outbox, new_rows->'outbox');
  end if;

  first_seq := head.seq + 1;
  for item in select * from jsonb_array_elements(p_changes::jsonb) loop
    head.seq := head.seq + 1;
    insert into change_log (estate_id, seq, at, type, entity_id, audience, payload)
    values (p_estate, head.seq, p_at, item->>'type', item->>'entityId',
      case when jsonb_typeof(item->'audience') = 'array' then array(select jsonb_array_elements_text(item->'audience')) end,
      item->'payload');
  end loop;

  for item in select * from jsonb_array_elements(p_lines::jsonb) loop
    head.journal_no := head.journal_no + 1;
    prev := head.journal_hash;
    body := (item->>'before') || head.journal_no || (item->>'after');
    head.journal_hash := sha256(prev || convert_to(body, 'UTF8'));
    line := body::jsonb;
    insert into journal (estate_id, no, at, kind, actor, ticket_id, alarm_id, device_id, payload, prev_hash, hash)
    values (p_estate, head.journal_no, p_at, line->>'kind', line->>'actor', (line->>'ticket_id')::uuid,
      (line->>'alarm_id')::uuid, line->>'device_id', line->'payload', prev, head.journal_hash);
  end loop;

  update estate_head set seq = head.seq, journal_no = head.journal_no, journal_hash = head.journal_hash,
    ticket_year = head.ticket_year, ticket_no = head.ticket_no
  where estate_id = p_estate;
  perform pg_notify('steward_changes', p_estate || ':' || head.seq);
  return jsonb_build_object('firstSeq', first_seq, 'numbers', numbers);
end
$$;
