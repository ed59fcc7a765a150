import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { assertEstate } from '../access/estate-scope.js';
import { hasRole, type Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { definitionFor } from '../estate/event-definition.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { eventsOf, STANDARD_PROCEDURES } from '../tickets/procedure-catalogue.js';
import { diffProcedures } from '../tickets/procedure-diff.js';
import { ProcedureHolder } from '../tickets/procedure-holder.js';
import type { Procedure } from '../tickets/procedure.js';
import type { ProcedureAt } from '../workflow/procedures/procedure-commands.js';
import { standardNamed } from '../workflow/procedures/standard-named.js';
import type {
  ProcedureDiffView,
  ProcedureHistoryItem,
  ProcedureInForceView,
  ProcedureScope,
  ProcedureStepView,
  ProcedureVersionView,
} from './procedure-views.js';

type VersionRow = Selectable<Database['procedure_version']>;

/** Procedures as people read and edit them. */
@Injectable()
export class ProcedureReads {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly holder: ProcedureHolder,
    private readonly directory: DirectoryHolder,
  ) {}

  /** What holds in an estate, in the order of the handbook. */
  inForce(reader: Principal, estate: string): ProcedureInForceView[] {
    assertEstate(reader, estate);
    const at = { estate, organisation: this.directory.current.estate(estate)?.organisation ?? null };
    return [...STANDARD_PROCEDURES.values()].map((standard) => {
      const p = this.holder.inForce(standard, at);
      return {
        id: p.id,
        title: p.title,
        shape: p.shape,
        events: eventsOf(p.id).map((name) => ({ name, title: definitionFor(name, null).title })),
        version: p.version,
        scope: p.scope ?? 'built-in',
        steps: p.steps.length,
      };
    });
  }

  /** Every version of the owner, newest first, with what the program brings as the last. */
  async history(reader: Principal, at: ProcedureAt): Promise<ProcedureHistoryItem[]> {
    this.assertScope(reader, at);
    const standard = standardNamed(at.id);
    const rows = await this.rows(at);
    return [...rows.map((row) => viewOf(row, standard)), builtIn(standard)].map((v) => ({
      ...v,
      steps: v.steps.length,
    }));
  }

  /** @param version 1 = what the program brings @throws DomainError `not-found` */
  async version(reader: Principal, at: ProcedureAt, version: number): Promise<ProcedureVersionView> {
    this.assertScope(reader, at);
    const standard = standardNamed(at.id);
    if (version === 1) return builtIn(standard);
    const row = (await this.rows(at)).find((r) => r.version === version);
    if (!row) throw new DomainError('not-found', `There is no version ${version} of ${at.id} there.`);
    return viewOf(row, standard);
  }

  /** The draft against what it would replace in that scope. @throws DomainError `not-found` when there is no draft */
  async diff(reader: Principal, at: ProcedureAt): Promise<ProcedureDiffView> {
    this.assertScope(reader, at);
    const standard = standardNamed(at.id);
    const row = (await this.rows(at)).find((r) => r.state === 'draft');
    if (!row) throw new DomainError('not-found', `There is no draft of ${at.id} there.`);
    const draft = viewOf(row, standard);
    const estate = at.scope === 'estate' ? at.scopeId : null;
    const organisation = estate === null ? at.scopeId : (this.directory.current.estate(estate)?.organisation ?? null);
    const now = this.holder.inForce(standard, { estate, organisation });
    return {
      id: at.id,
      from: { scope: now.scope ?? 'built-in', version: now.version },
      to: { scope: at.scope, version: row.version },
      ...diffProcedures(now, draft),
    };
  }

  private rows(at: ProcedureAt): Promise<VersionRow[]> {
    return this.db
      .selectFrom('procedure_version')
      .selectAll()
      .where('scope', '=', at.scope)
      .where('scope_id', '=', at.scopeId)
      .where('procedure_id', '=', at.id)
      .orderBy('version', 'desc')
      .execute();
  }

  /** Whoever works in the estate, or in an estate of the organisation. */
  private assertScope(reader: Principal, { scope, scopeId }: ProcedureAt): void {
    if (scope === 'estate') return assertEstate(reader, scopeId);
    const estates = this.directory.current.estates().filter((e) => e.organisation === scopeId);
    if (!estates.some((e) => hasRole(reader, e.id)))
      throw new DomainError('not-found', 'There is no such organisation in your estates.');
  }
}

const NOBODY = {
  writtenAt: null,
  writtenBy: null,
  publishedAt: null,
  publishedBy: null,
  retiredAt: null,
  retiredBy: null,
};

const builtIn = (p: Procedure): ProcedureVersionView => ({
  ...of(p, 'built-in', null),
  version: p.version,
  state: 'published',
  ...NOBODY,
});

const iso = (d: Date | null): string | null => d?.toISOString() ?? null;

function viewOf(row: VersionRow, standard: Procedure): ProcedureVersionView {
  const { title, steps } = row.spec as Pick<Procedure, 'title' | 'steps'>;
  return {
    ...of({ ...standard, title, steps }, row.scope, row.scope_id),
    version: row.version,
    state: row.state,
    writtenAt: iso(row.written_at),
    writtenBy: row.written_by,
    publishedAt: iso(row.published_at),
    publishedBy: row.published_by,
    retiredAt: iso(row.retired_at),
    retiredBy: row.retired_by,
  };
}

const of = (p: Procedure, scope: ProcedureScope, scopeId: string | null) => ({
  id: p.id,
  scope,
  scopeId,
  shape: p.shape,
  title: p.title,
  steps: p.steps.map((s): ProcedureStepView => ({
    ...s,
    after: [...(s.after ?? [])],
    skipReasons: [...(s.skipReasons ?? [])],
  })),
});
