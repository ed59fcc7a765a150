-- Commands that carry an Idempotency-Key (ADR 0022). One row a key and route of one person: whoever puts it in does the
-- command. Answers are sealed: some hold a secret that is shown once, some an owner's telephone.
create table idempotency_key (
  principal text not null, route text not null, key text not null,
  request_sha256 text not null,
  token uuid not null, -- of the try that is under way
  started_at timestamptz not null,
  committed_at timestamptz, -- written by the command's own transaction
  status int, answer_key text, answer text,
  primary key (principal, route, key)
);
create index idempotency_key_started on idempotency_key (started_at);
create unique index idempotency_key_token on idempotency_key (token);

-- Companies' own systems that follow what happens (ADR 0022). What there is to tell is the journal itself; a row of
-- webhook_cursor says up to which line one estate has been told.
create table webhook (
  id uuid primary key,
  scope text not null check (scope in ('organisation', 'estate')), scope_id text not null,
  name text not null, url text not null,
  events text[] not null, -- empty = all
  active boolean not null,
  why_inactive text,
  secret_key_id text not null, secret text not null, -- sealed
  created_by text not null, created_at timestamptz not null, updated_at timestamptz not null
);
create table webhook_cursor (
  webhook_id uuid not null references webhook on delete cascade,
  estate_id text not null references estate on delete cascade,
  journal_no bigint not null, -- told up to here
  attempts int not null default 0, -- tries of the next line
  not_before timestamptz, -- of the next try
  lease uuid, leased_until timestamptz, -- the instance that is at it
  primary key (webhook_id, estate_id)
);
create table webhook_delivery (
  no bigint generated always as identity primary key,
  id uuid not null unique, -- told to the receiver: the same for every try
  webhook_id uuid not null references webhook on delete cascade,
  estate_id text not null references estate on delete cascade,
  journal_no bigint not null,
  event text not null, ticket_id uuid,
  state text not null check (state in ('trying', 'delivered', 'dead')),
  attempts int not null, status int, problem text, took_ms int,
  at timestamptz not null, -- when it happened
  last_try_at timestamptz not null, delivered_at timestamptz,
  replay boolean not null default false, -- asked for by a person, beside the order
  unique (webhook_id, estate_id, journal_no)
);
create index webhook_delivery_list on webhook_delivery (webhook_id, no desc);
create index webhook_delivery_dead on webhook_delivery (webhook_id, no) where state = 'dead';

-- What residents are told. A group chat or app of the company takes it; who has asked for it stands in the journal.
create table notice_channel (
  id uuid primary key, estate_id text not null references estate,
  name text not null, kind text not null check (kind in ('generic', 'wecom', 'dingtalk', 'feishu')),
  url_key_id text not null, url text not null, -- sealed: whoever has it may post to the group
  secret_key_id text, secret text,
  active boolean not null, created_by text not null, created_at timestamptz not null, updated_at timestamptz not null
);
create table notice (
  id uuid primary key, estate_id text not null references estate, ticket_id uuid not null references ticket,
  kind text not null check (kind in ('begin', 'over')),
  title_zh text not null, title_en text not null, text_zh text not null, text_en text not null,
  units text[] not null,
  sent_by text not null, sent_at timestamptz not null
);
create index notice_ticket on notice (ticket_id, sent_at);
create table notice_delivery (
  notice_id uuid not null references notice on delete cascade, channel_id uuid not null references notice_channel on delete cascade,
  state text not null check (state in ('waiting', 'delivered', 'dead')),
  attempts int not null default 0, status int, problem text, last_try_at timestamptz,
  primary key (notice_id, channel_id)
);

-- Lists are read page by page in these orders.
create index if not exists alarm_estate_page on alarm (estate_id, raised_at desc, id desc);
create index if not exists ticket_estate_page on ticket (estate_id, opened_at desc, id desc);
