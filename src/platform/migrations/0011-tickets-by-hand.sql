-- Calls of residents, from which the control room opens tickets. What a caller said, and who he is, stands here and not in
-- the journal, which refers to it by id.
create table resident_call (
  id uuid primary key, estate_id text not null references estate,
  ticket_id uuid not null references ticket deferrable initially deferred,
  alarm_id uuid not null references alarm,
  event text not null, kind text, -- what the operator chose in the callers' words; null = named by the event itself
  subject_type text not null, subject_id text not null,
  caller_name text, caller_phone text, caller_unit text references unit,
  said text not null,
  reported_at timestamptz not null, entered_at timestamptz not null, entered_by text not null references person,
  joined boolean not null, -- the ticket was there already
  -- the same request sent twice is one call
  idempotency_key text not null, request_sha256 text not null,
  unique (estate_id, idempotency_key)
);
create index resident_call_ticket on resident_call (ticket_id);

-- What people write on a ticket. Never edited: a correction is another note.
create table ticket_note (
  id uuid primary key, estate_id text not null references estate, ticket_id uuid not null references ticket,
  at timestamptz not null, author text not null references person, text text not null
);
create index ticket_note_ticket on ticket_note (ticket_id, at);
create or replace function ticket_note_is_append_only() returns trigger language plpgsql as
$$ begin raise exception 'notes are append-only'; end $$;
create trigger ticket_note_no_change before update or delete on ticket_note
  for each row execute function ticket_note_is_append_only();

-- Alarms that a person moved from one ticket to another.
create table ticket_link (
  id uuid primary key, estate_id text not null references estate, kind text not null check (kind in ('merged', 'split')),
  from_id uuid not null references ticket,
  to_id uuid not null references ticket deferrable initially deferred,
  alarm_ids uuid[] not null, reason text not null, by text not null references person, at timestamptz not null
);
create index ticket_link_from on ticket_link (from_id);
create index ticket_link_to on ticket_link (to_id);
