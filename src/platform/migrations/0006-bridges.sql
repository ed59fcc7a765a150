-- Accounts that speak for many devices (ADR 0012).
create table bridge (
  id text primary key,
  estate_id text not null references estate,
  name_zh text not null, name_en text not null,
  dialect text not null,
  -- all that it may publish begins with this; no two bridges share a beginning on one broker
  topic_prefix text not null unique,
  -- dialect `profile`: the device profile that all of its messages are read with
  profile text,
  token_sha256 text
);

-- A bridge's token is kept like a device's; ids of bridges and devices never meet (checked at the import).
alter table device_token drop constraint device_token_device_id_fkey;

-- A device is found by what its bridge calls it, and there is one for each name.
create unique index device_via on device ((attributes ->> 'via'), (attributes ->> 'foreignId'))
  where attributes ->> 'via' is not null;

-- What bridges speak of and nobody registered: for an operator to adopt. It raises nothing.
create table unclaimed_device (
  no bigint generated always as identity primary key,
  estate_id text not null references estate,
  bridge_id text not null references bridge on delete cascade,
  foreign_id text not null,
  first_seen timestamptz not null, last_seen timestamptz not null,
  count bigint not null,
  sample text, -- at most 1 KB of its newest message
  unique (bridge_id, foreign_id)
);

-- What payloads mean, beside the ready-made profiles that come with the service.
create table device_profile (
  id text primary key,
  spec jsonb not null,
  updated_at timestamptz not null default now(),
  updated_by text not null
);
