-- Readings land as one row a commit and are packed later, or written to InfluxDB (docs/history.md). Times here are
-- milliseconds since the epoch: they are compared with the packed payloads, which hold nothing else.

-- What one commit brought. Nobody counts on the order of ids: commits become visible out of it, so whoever drains
-- deletes what he has drained and keeps no place.
create table reading_landing (
  id bigint generated always as identity primary key,
  landed_at timestamptz not null default now(),
  first_at bigint not null, last_at bigint not null, count int not null check (count > 0),
  device_nos int[] not null,
  -- "no at observed-at received-at seq values", one a reading, separated by U+001E (landing-block.ts)
  payload text not null
) with (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 5000, toast.autovacuum_vacuum_cost_delay = 0
);
create index reading_landing_last_at on reading_landing (last_at);

-- Readings of one device within one hour (of one day at level 2): packed columns (packed-block.ts), compressed already.
-- level 0 = as it came from the landing table, 1 = an hour merged, 2 = final.
create table reading_block (
  device_no int not null, hour int not null, level smallint not null, codec smallint not null,
  first_at bigint not null, last_at bigint not null, count int not null check (count > 0),
  payload bytea not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
alter table reading_block alter payload set storage external;
create index reading_block_device on reading_block (device_no, last_at);
create index reading_block_unmerged on reading_block (level, hour, device_no) where level < 2;

-- Rows of the first release, until they have been moved into blocks.
alter table reading rename to reading_old;

-- How many readings are stored in this database, wherever they stand.
create function stored_readings() returns bigint language sql stable as $$
  select coalesce((select sum(count) from reading_landing), 0)::bigint
    + coalesce((select sum(count) from reading_block), 0)::bigint + (select count(*) from reading_old)
$$;
