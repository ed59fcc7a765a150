-- Escalation policies set otherwise than the built-in ones (ADR 0017). Versions of one key are numbered without gaps and
-- never change once they are published; a ticket keeps a copy of the one it was opened with.
create table escalation_policy (
  scope text not null check (scope in ('organisation', 'estate')), scope_id text not null,
  event text not null, -- one event, a family (`elevator.*`) or every event (`*`)
  priority text not null check (priority in ('P1', 'P2', 'P3')),
  version int not null check (version >= 1),
  state text not null check (state in ('draft', 'published', 'retired')),
  slots jsonb not null,
  reason text not null, saved_by text not null, saved_at timestamptz not null,
  published_by text, published_at timestamptz,
  retired_by text, retired_at timestamptz,
  primary key (scope, scope_id, event, priority, version),
  check ((state = 'draft') = (published_at is null))
);
create unique index escalation_policy_published on escalation_policy (scope, scope_id, event, priority)
  where state = 'published';
create unique index escalation_policy_draft on escalation_policy (scope, scope_id, event, priority)
  where state = 'draft';
