-- How people are reached when no page of theirs is open (docs/channels.md, ADR 0018).

-- No row = the defaults of src/paging/channels/reach.ts.
create table channel_preference (
  username text primary key references person on delete cascade,
  -- [{channel, on, priorities}] in the order in which they are tried
  channels jsonb not null,
  lang text not null default 'zh' check (lang in ('zh', 'en')),
  -- local time HH:MM; to <= from runs over midnight; they never apply to P1
  quiet_from text, quiet_to text,
  updated_at timestamptz not null, updated_by text not null,
  check ((quiet_from is null) = (quiet_to is null))
);

-- Sealed (src/access/token-vault.ts): the address of a robot holds its key, and an e-mail address is a person's own.
create table channel_address (
  username text not null references person on delete cascade,
  channel text not null check (channel in ('webhook', 'email')),
  key_id text not null, sealed text not null, updated_at timestamptz not null,
  primary key (username, channel)
);

-- Browsers that asked for Web Push; one that was made with other VAPID keys is of no use.
create table push_subscription (
  id uuid primary key, username text not null references person on delete cascade,
  endpoint_sha256 text not null unique,
  key_id text not null, sealed text not null, vapid_public text not null,
  label text not null, created_at timestamptz not null
);
create index push_subscription_person on push_subscription (username);

-- Made at the first start, sealed: the VAPID keys, and what receipt addresses are signed with.
create table service_secret (
  name text primary key, key_id text not null, sealed text not null, made_at timestamptz not null
);

-- How far one piece of the queue `page-channel` has come; the job's id as in the outbox.
create table channel_work (
  job_id text primary key, attempts int not null default 0, next_at timestamptz not null,
  claimed_until timestamptz, -- somebody is at it; a process that died lets it lapse
  reached text[] not null default '{}', -- addresses whose carrier has taken it
  last_reason text, updated_at timestamptz not null
);

-- A person's test of a channel. No ticket, so it is no page.
create table test_page (
  id uuid primary key, person text not null references person on delete cascade, channel text not null,
  state text not null check (state in ('queued', 'sent', 'delivered', 'seen', 'failed')), reason text,
  asked_by text not null, created_at timestamptz not null,
  sent_at timestamptz, delivered_at timestamptz, seen_at timestamptz
);

-- Pages that a carrier would not take, after all tries.
create table dead_letter (
  id uuid primary key, estate_id text not null references estate,
  job_id text not null, page_id uuid not null references page, person text not null, channel text not null,
  destination text not null, reason text not null, attempts int not null,
  died_at timestamptz not null, replayed_at timestamptz, replayed_by text
);
create index dead_letter_estate on dead_letter (estate_id, died_at desc);
