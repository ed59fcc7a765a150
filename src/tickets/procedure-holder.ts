import type { EventName } from '../kernel/events.js';
import { procedureFor } from './procedure-catalogue.js';
import type { Procedure } from './procedure.js';

/** Whose version: the key under which a procedure of one's own is kept. */
export interface ProcedureOwner {
  readonly scope: 'organisation' | 'estate';
  readonly scopeId: string;
}

/**
 * The procedures in force, in memory: opening a ticket asks nobody. The estate's own goes before the organisation's, that
 * before the one the program brings. Replaced as a whole (src/workflow/procedures/procedure-loading.ts).
 */
export class ProcedureHolder {
  private own: ReadonlyMap<string, Procedure> = new Map();

  replace(published: Iterable<readonly [ProcedureOwner, Procedure]>): void {
    this.own = new Map([...published].map(([owner, p]) => [keyOf(owner, p.id), p]));
  }

  procedureFor(event: EventName, at: { estate: string; organisation: string | null }): Procedure {
    return this.inForce(procedureFor(event), at);
  }

  /** What holds there in place of a procedure that the program brings. */
  inForce(standard: Procedure, at: { estate: string | null; organisation: string | null }): Procedure {
    const { id } = standard;
    return (
      (at.estate === null ? undefined : this.own.get(keyOf({ scope: 'estate', scopeId: at.estate }, id))) ??
      (at.organisation === null
        ? undefined
        : this.own.get(keyOf({ scope: 'organisation', scopeId: at.organisation }, id))) ??
      standard
    );
  }
}

const keyOf = (owner: ProcedureOwner, id: string): string => `${owner.scope}:${owner.scopeId}:${id}`;
