import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { STANDARD_PROCEDURES } from '../../tickets/procedure-catalogue.js';
import { ProcedureHolder, type ProcedureOwner } from '../../tickets/procedure-holder.js';
import { PROCEDURE_SPEC, shapeProblems } from '../../tickets/procedure-spec.js';
import type { Procedure } from '../../tickets/procedure.js';

/** Keeps the procedures in force in memory: at the start, after a change of ours, and when others tell of theirs. */
@Injectable()
export class ProcedureLoading {
  private readonly log = new Logger(ProcedureLoading.name);
  private running: Promise<void> | null = null;
  private again = false;

  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly holder: ProcedureHolder,
  ) {}

  /** Resolves when what was committed before the call is in force here. */
  async now(): Promise<void> {
    if (this.running) {
      // The look that is under way may have been too early.
      this.again = true;
      return this.running;
    }
    this.running = this.load().finally(() => (this.running = null));
    return this.running;
  }

  quietly(): void {
    this.now().catch((e: Error) => this.log.error(`procedures could not be read again: ${e.message}`));
  }

  private async load(): Promise<void> {
    do {
      this.again = false;
      await this.read();
    } while (this.again);
  }

  private async read(): Promise<void> {
    const rows = await this.db.selectFrom('procedure_version').selectAll().where('state', '=', 'published').execute();
    const published: [ProcedureOwner, Procedure][] = [];
    for (const row of rows) {
      const made = procedureOf(row.procedure_id, row.version, row.scope, row.spec);
      if (made) published.push([{ scope: row.scope, scopeId: row.scope_id }, made]);
      // An older program's text that this one does not take: people are paged by the wider one, never by none.
      else
        this.log.error(`procedure ${row.procedure_id} v${row.version} of ${row.scope_id} is not usable, passed over`);
    }
    this.holder.replace(published);
  }
}

/** A stored spec as a procedure; null when this program cannot use it. */
export function procedureOf(
  id: string,
  version: number,
  scope: ProcedureOwner['scope'],
  spec: unknown,
): Procedure | null {
  const standard = STANDARD_PROCEDURES.get(id);
  const parsed = PROCEDURE_SPEC.safeParse(spec);
  if (!standard || !parsed.success || shapeProblems(parsed.data, standard.shape).length > 0) return null;
  return { id, version, scope, shape: standard.shape, ...parsed.data };
}
