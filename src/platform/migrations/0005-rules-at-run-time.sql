-- Thresholds set otherwise than their default; the most specific scope wins. ADR 0013.
create table rule_override (
  scope text not null check (scope in ('organisation', 'estate', 'building', 'device')), scope_id text not null,
  key text not null, value double precision not null,
  by text not null, at timestamptz not null, reason text not null,
  primary key (scope, scope_id, key)
);

-- States whose windows are saved about once a minute: the reading up to which they count (src/workflow/checkpoint.ts).
-- null = every change of these states is saved with the reading that made it.
alter table detector_state add through jsonb;

-- A logged visit, and a resident who is away: rules of the unit's devices know them.
alter table unit add visit_until timestamptz, add visit_by text, add visit_reason text,
  add away_until timestamptz, add away_by text;
