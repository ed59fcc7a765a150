-- Procedures of an organisation's or estate's own; what is not here is as the program brings it, version 1. ADR 0019.
create table procedure_version (
  scope text not null check (scope in ('organisation', 'estate')), scope_id text not null,
  procedure_id text not null, version int not null check (version > 1),
  state text not null check (state in ('draft', 'published', 'retired')),
  spec jsonb not null, -- ProcedureSpec of src/tickets/procedure-spec.ts
  written_at timestamptz not null, written_by text not null,
  published_at timestamptz, published_by text, retired_at timestamptz, retired_by text,
  primary key (scope, scope_id, procedure_id, version)
);
create unique index procedure_one_draft on procedure_version (scope, scope_id, procedure_id) where state = 'draft';
create unique index procedure_one_published on procedure_version (scope, scope_id, procedure_id) where state = 'published';

-- What a step was frozen with beside its limit, and when it was found late. Null in rows from before: nothing of it.
alter table ticket_step
  add limit_from timestamptz, -- its limit counts from here; null = from the ticket's opening
  add late_at timestamptz, -- when its limit passed and it was not done; written and journalled once
  add after_keys text[], -- keys of steps that come first
  add skip_reasons jsonb; -- [{zh, en}] to choose from

-- Photos and films; the files are named by their content in the evidence folder.
create table evidence (
  id uuid primary key, estate_id text not null references estate, ticket_id uuid not null references ticket,
  step_no int not null default 0, -- 0 = of the ticket as a whole
  sha256 text not null, kind text not null check (kind in ('photo', 'film')), mime text not null, bytes bigint not null,
  state text not null check (state in ('kept', 'quarantined')), reason text,
  position text not null check (position in ('removed', 'kept')),
  at timestamptz not null, by text not null,
  unique (ticket_id, step_no, sha256)
);
create index evidence_sha256 on evidence (sha256);
