import type { Environment } from '../config/environment.js';

export interface DatabaseUrls {
  /** For pools; perhaps through a pooler that hands out connections per transaction. */
  readonly general: string;
  /** For whoever needs a session of its own: LISTEN, named statements, locks of a session. */
  readonly direct: string;
  /** As the owner of the tables. */
  readonly owner: string | undefined;
  readonly isPooled: boolean;
}

/** @param url the database that the service runs on: that of `DATABASE_URL`, or the embedded one */
export function databaseUrls({ database }: Pick<Environment, 'database'>, url: string): DatabaseUrls {
  const secured = (u: string): string => withAuthority(u, database.caFile);
  return {
    general: secured(url),
    direct: secured(database.directUrl ?? url),
    owner: database.migrationUrl ? secured(database.migrationUrl) : undefined,
    isPooled: database.directUrl !== undefined,
  };
}

/** TLS with full verification against that authority, unless the URL says otherwise itself. */
export function withAuthority(url: string, caFile: string | undefined): string {
  if (!caFile) return url;
  const secured = new URL(url);
  if (!secured.searchParams.has('sslmode')) secured.searchParams.set('sslmode', 'verify-full');
  if (!secured.searchParams.has('sslrootcert')) secured.searchParams.set('sslrootcert', caFile);
  return secured.href;
}
