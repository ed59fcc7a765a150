import type { Kysely } from 'kysely';
import type { DirectoryHolder } from '../estate/directory-holder.js';
import type { Database } from '../platform/database-schema.js';
import type { History } from './history.port.js';
import { connectInflux } from './history/influx-client.js';
import { InfluxHistory } from './influx-history.js';
import { PostgresHistory } from './postgres-history.js';

/** Silence after which a question to InfluxDB has failed, ms. */
const PATIENCE_MS = 3000;

/** The history as the profile has it. @throws DomainError `invalid` when the URL names no database */
export function openHistory(
  db: Kysely<Database>,
  profile: { readonly influxUrl?: string | undefined },
  directory: DirectoryHolder,
): History {
  const inPostgres = new PostgresHistory(db);
  if (profile.influxUrl === undefined) return inPostgres;
  const influx = connectInflux(profile.influxUrl, PATIENCE_MS);
  return new InfluxHistory(influx, inPostgres, (device) => directory.current.device(device)?.kind);
}
