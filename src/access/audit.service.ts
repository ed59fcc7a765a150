import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';

export interface AuditEntry {
  /** User name; null when Steward itself or somebody unknown acted. */
  readonly actor: string | null;
  /** What was done, e.g. `session.opened`, `device.token-rotated`. */
  readonly action: string;
  /** Id of what it was done to. */
  readonly target?: string | null;
  readonly details?: Record<string, unknown>;
}

/** Who did what in the administration of Steward. Emergencies have their own record, the journal. */
@Injectable()
export class AuditService {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /** @param on the transaction that makes the change, so that neither stands without the other */
  async record(entry: AuditEntry, on: Kysely<Database> = this.db): Promise<void> {
    await on
      .insertInto('audit')
      .values({
        actor: entry.actor,
        action: entry.action,
        target: entry.target ?? null,
        details: JSON.stringify(entry.details ?? {}),
      })
      .execute();
  }
}
