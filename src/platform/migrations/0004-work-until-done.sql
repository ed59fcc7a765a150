-- Work stays in the outbox until it is done: a queue that forgets (a flushed Redis) is fed from here again. ADR 0009.
alter table outbox add handed_at timestamptz; -- last handed to the queue; null = not yet

-- What became of a transaction whose COMMIT was sent and whose answer was lost with the connection: its token is here
-- when it was committed. Whoever must know puts the token in himself: then either he finds it taken, or the transaction
-- can never be committed any more. Old ones are deleted by the service.
create table transaction_receipt (
  token uuid primary key, at timestamptz not null default now(),
  result jsonb -- what close_estate_transaction told; null = declared void
);
create index transaction_receipt_at on transaction_receipt (at);
