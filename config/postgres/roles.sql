-- The two roles of Steward on a PostgreSQL of your own, and its database. Run once, as a superuser:
--
--   psql -v owner_password=… -v service_password=… -f config/postgres/roles.sql postgres://postgres@HOST/postgres
--
-- Then give the service
--   DATABASE_URL                    postgres://steward_service:…@HOST/steward         reads and writes rows
--   STEWARD_MIGRATION_DATABASE_URL  postgres://steward_owner:…@HOST/steward   owns the tables; used at the start
--   DATABASE_CA_FILE                the authority that signed the server's certificate
-- At each start the owner's connection applies migrations under a lock, makes BullMQ's tables unless REDIS_URL is set, and
-- grants rows of all tables to the role of DATABASE_URL: select, insert, update, delete; on the journal select and insert
-- alone (law 12: evidence is added to, never changed), on the list of migrations select. That role cannot create, alter,
-- drop or truncate anything. Without STEWARD_MIGRATION_DATABASE_URL the service needs a schema that is up to date.

create role steward_owner login password :'owner_password' nosuperuser nocreatedb nocreaterole;
create role steward_service login password :'service_password' nosuperuser nocreatedb nocreaterole;
create database steward owner steward_owner;
revoke all on database steward from public;
-- BullMQ gathers each handful of jobs in a temporary table; with REDIS_URL set, `temporary` may be left out.
grant connect, temporary on database steward to steward_service;

-- A connection whose other end is gone without a word must not keep its locks for hours. The service asks for the same by
-- itself where no pooler stands between; through a pooler only these count.
alter role steward_service set tcp_keepalives_idle = 10;
alter role steward_service set tcp_keepalives_interval = 5;
alter role steward_service set tcp_keepalives_count = 4;
alter role steward_service set tcp_user_timeout = 30000;
-- PostgreSQL 14 and newer, on Linux: a statement whose asker has gone ends within a second.
alter role steward_service set client_connection_check_interval = '1s';
alter role steward_service set idle_in_transaction_session_timeout = '15s';
-- Accepted means durable: nobody turns this off for the service by mistake.
alter role steward_service set synchronous_commit = on;

\connect steward
revoke create on schema public from public;
grant create, usage on schema public to steward_owner;
