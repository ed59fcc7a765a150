-- What remains to be done when the emergency is over, and what is done before the next one (docs/afterwards.md).

-- Small jobs of their own: a visit, a repair, a look on the first rainy day. They go on when their ticket is closed.
create table follow_up (
  id uuid primary key, estate_id text not null references estate, kind text not null,
  ticket_id uuid references ticket deferrable initially deferred,
  subject_type text not null, subject_id text not null,
  zone_ids text[] not null default '{}',
  title_zh text not null, title_en text not null, note text,
  -- who: this person, else whoever is on duty in this role for the place
  role text not null, assignee text references person,
  state text not null check (state in ('waiting', 'open', 'done', 'skipped')),
  waits_for text check (waits_for in ('rain')),
  due_at timestamptz, reminded_at timestamptz, reminders int not null default 0,
  created_at timestamptz not null, created_by text, -- null = made by a rule
  ended_at timestamptz, ended_by text, outcome text, reason text,
  satisfaction smallint check (satisfaction between 1 and 5),
  check (state <> 'open' or due_at is not null),
  check (state <> 'waiting' or waits_for is not null),
  check ((state in ('done', 'skipped')) = (ended_at is not null))
);
create index follow_up_open on follow_up (estate_id, due_at) where state in ('waiting', 'open');
create index follow_up_ticket on follow_up (ticket_id);
-- A rule makes one of a kind for a ticket, or for a place while it is open, however often it is asked.
create unique index follow_up_once on follow_up (ticket_id, kind) where created_by is null and ticket_id is not null;
create unique index follow_up_once_open on follow_up (estate_id, kind, subject_id)
  where created_by is null and ticket_id is null and state in ('waiting', 'open');

create table weather_flag (
  id uuid primary key, estate_id text not null references estate,
  kind text not null check (kind in ('rain', 'typhoon', 'plum-rain', 'frost')),
  from_at timestamptz not null, to_at timestamptz not null, check (to_at > from_at),
  source text not null check (source in ('hand', 'webhook')), set_by text, created_at timestamptz not null,
  unique (estate_id, kind, from_at)
);
-- What a weather service signs its calls with, one an estate; sealed like a device's token.
create table weather_token (estate_id text primary key references estate, key_id text not null, sealed text not null);

create table inspection (
  id uuid primary key, estate_id text not null references estate,
  occasion text not null, -- monthly, by-hand, before-typhoon, after-typhoon …
  occasion_key text not null, -- the month, or the flag: a list is made once
  due_at timestamptz not null, created_at timestamptz not null, created_by text, ended_at timestamptz,
  unique (estate_id, occasion, occasion_key)
);
create table inspection_unit (
  inspection_id uuid not null references inspection on delete cascade, unit_id text not null references unit,
  state text not null default 'open' check (state in ('open', 'ok', 'finding', 'skipped')),
  at timestamptz, by text, note text, evidence text,
  ticket_id uuid references ticket deferrable initially deferred,
  primary key (inspection_id, unit_id)
);

create table patrol_plan (
  estate_id text primary key references estate, every_h int not null check (every_h between 1 and 24),
  device_ids text[], -- null = every door and barrier
  set_at timestamptz not null, set_by text not null
);
create table patrol_round (
  id uuid primary key, estate_id text not null references estate,
  from_at timestamptz not null, due_at timestamptz not null, device_ids text[] not null,
  state text not null default 'open' check (state in ('open', 'done', 'missed')), ended_at timestamptz,
  unique (estate_id, from_at)
);
create table patrol_check (
  round_id uuid not null references patrol_round on delete cascade, device_id text not null references device,
  result text not null check (result in ('ok', 'finding')), at timestamptz not null, by text not null,
  evidence text, note text,
  primary key (round_id, device_id)
);

-- The alarm path of each lift, from its button to the people (EN 81-28: every 72 h).
create table alarm_path (
  device_id text primary key references device, estate_id text not null references estate,
  since timestamptz not null, last_passed_at timestamptz, fails int not null default 0
);
create table alarm_path_test (
  id uuid primary key, device_id text not null references device, estate_id text not null references estate,
  how text not null check (how in ('command', 'press')),
  state text not null check (state in ('running', 'passed', 'failed')),
  asked_at timestamptz not null, asked_by text, ends_by timestamptz not null,
  heard_at timestamptz, ended_at timestamptz, reason text, proof jsonb not null default '{}'
);
create unique index alarm_path_test_running on alarm_path_test (device_id) where state = 'running';
create index alarm_path_test_device on alarm_path_test (device_id, asked_at desc);

create table shift_handover (
  id uuid primary key, estate_id text not null references estate,
  from_at timestamptz not null, to_at timestamptz not null, written_at timestamptz not null,
  outgoing text[] not null, incoming text[] not null,
  content jsonb not null, content_sha256 text not null, -- of its canonical JSON: what was signed
  signed_at timestamptz, signed_by text, sign_note text,
  check ((signed_at is null) = (signed_by is null))
);
create index shift_handover_estate on shift_handover (estate_id, to_at desc);
