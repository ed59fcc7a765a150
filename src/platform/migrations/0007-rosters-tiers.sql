-- Who is on duty beside the weekly lines of the estate file (src/estate/roster-plan.ts). ADR 0016.
create table roster_rotation (
  id uuid primary key, estate_id text not null references estate,
  zone_id text references zone on delete cascade, role text not null,
  duty text not null check (duty in ('primary', 'backup')),
  people text[] not null check (cardinality(people) > 0),
  period text not null check (period in ('daily', 'weekly')),
  starts_on text not null, handover text not null, ends_on text, -- local days and time of day
  replaces_lines boolean not null default false,
  created_by text not null, created_at timestamptz not null
);
create table roster_leave (
  id uuid primary key, estate_id text not null references estate, username text not null references person,
  from_at timestamptz not null, until_at timestamptz not null check (until_at > from_at), reason text not null,
  created_by text not null, created_at timestamptz not null
);
create table roster_swap (
  id uuid primary key, estate_id text not null references estate, role text not null,
  asked_by text not null references person, asked_of text not null references person,
  -- what is given away, and (or null) what is taken over in return
  give_zone text references zone on delete cascade, give_duty text not null,
  give_from timestamptz not null, give_until timestamptz not null check (give_until > give_from),
  take_zone text references zone on delete cascade, take_duty text,
  take_from timestamptz, take_until timestamptz check (take_until > take_from),
  note text not null,
  state text not null default 'asked' check (state in ('asked', 'accepted', 'refused', 'withdrawn')),
  asked_at timestamptz not null, expires_at timestamptz not null, answered_at timestamptz, answered_by text
);
create table roster_override (
  id uuid primary key, estate_id text not null references estate,
  zone_id text references zone on delete cascade, role text not null,
  duty text not null check (duty in ('primary', 'backup')),
  username text not null references person, instead_of text references person,
  from_at timestamptz not null, until_at timestamptz not null check (until_at > from_at), reason text not null,
  swap_id uuid references roster_swap on delete cascade,
  created_by text not null, created_at timestamptz not null
);

-- Numbers outside the estate's own staff: the district's rescue station, fire brigade, police.
create table estate_contact (
  id text primary key, estate_id text not null references estate,
  kind text not null check (kind in ('district-station', 'fire', 'police', 'ambulance', 'lift-hotline')),
  name_zh text not null, name_en text not null, phone text not null,
  source text not null default 'run-time' check (source in ('file', 'run-time'))
);

-- How somebody from outside gets in: gates, keys, machine rooms.
alter table estate add access_zh text, add access_en text;

-- When a lesser ticket became an emergency: its clocks count from then. null = since its opening.
alter table ticket add danger_since timestamptz;

-- Both are checked at the commit: a ticket is written with the last statement of the transaction that opens it.
-- The next rescue tier is to be called: asked of the control room until somebody says that it was done.
create table tier_call (
  ticket_id uuid not null references ticket deferrable initially deferred, tier int not null check (tier in (2, 3)),
  estate_id text not null references estate,
  due_at timestamptz not null, because text not null, asked_at timestamptz not null,
  called_at timestamptz, called_by text, contact text, spoke_with text, note text,
  primary key (ticket_id, tier)
);
-- A limit that was not kept, written down once for each start of its clock.
create table missed_limit (
  ticket_id uuid not null references ticket deferrable initially deferred, clock text not null,
  since timestamptz not null, missed_at timestamptz not null,
  primary key (ticket_id, clock, since)
);
