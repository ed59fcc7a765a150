import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { AuditService } from '../../access/audit.service.js';
import { assertEstate } from '../../access/estate-scope.js';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { DomainError } from '../../kernel/domain-error.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import type { ProcedureOwner } from '../../tickets/procedure-holder.js';
import { shapeProblems, type ProcedureSpec } from '../../tickets/procedure-spec.js';
import { ProcedureLoading } from './procedure-loading.js';
import { standardNamed } from './standard-named.js';

export interface ProcedureAt extends ProcedureOwner {
  readonly id: string;
}

/**
 * The life of a procedure of one's own: draft → published → retired. One draft and one published version of a procedure an
 * owner; a version that was published never changes. Tickets that run keep what they were opened with.
 */
@Injectable()
export class ProcedureCommands {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly loading: ProcedureLoading,
    private readonly audit: AuditService,
  ) {}

  /** Writes the draft, or over it. @returns its version @throws DomainError `invalid` with what is wrong with it */
  async putDraft(by: Principal, at: ProcedureAt, spec: ProcedureSpec): Promise<number> {
    const problems = shapeProblems(spec, standardNamed(at.id).shape);
    if (problems.length > 0) {
      throw new DomainError('invalid', `Not valid: ${problems.map((p) => p.message).join('; ')}`, { problems });
    }
    const text = JSON.stringify(spec);
    return this.change(by, at, 'drafted', async (tx) => {
      const versions = await this.versions(tx, at);
      const draft = versions.find((v) => v.state === 'draft');
      const version = draft?.version ?? Math.max(1, ...versions.map((v) => v.version)) + 1;
      const written = { spec: text, written_at: tx.at, written_by: by.username };
      const kept = await tx.trx
        .insertInto('procedure_version')
        .values({ ...keyOf(at), version, state: 'draft', ...written })
        .onConflict((c) =>
          c
            .columns(['scope', 'scope_id', 'procedure_id', 'version'])
            .doUpdateSet(written)
            .where('procedure_version.state', '=', 'draft'),
        )
        .returning('version')
        .executeTakeFirst();
      if (!kept) throw new DomainError('conflict', 'Somebody has published that version meanwhile. Read it again.');
      return version;
    });
  }

  /** The draft goes. @throws DomainError `not-found` when there is none */
  async discardDraft(by: Principal, at: ProcedureAt): Promise<void> {
    standardNamed(at.id);
    await this.change(by, at, 'discarded', async (tx) => {
      const draft = (await this.versions(tx, at)).find((v) => v.state === 'draft');
      if (!draft) throw noDraft(at);
      await tx.trx
        .deleteFrom('procedure_version')
        .where('scope', '=', at.scope)
        .where('scope_id', '=', at.scopeId)
        .where('procedure_id', '=', at.id)
        .where('version', '=', draft.version)
        .execute();
      return draft.version;
    });
  }

  /**
   * From now on tickets are opened with the draft; the version before it is retired.
   * @param expected the version that the caller has read; another one now is a `conflict`
   */
  async publish(by: Principal, at: ProcedureAt, reason: string, expected?: number): Promise<number> {
    standardNamed(at.id);
    return this.change(by, at, 'published', async (tx, details) => {
      details['reason'] = reason;
      const versions = await this.versions(tx, at);
      const draft = versions.find((v) => v.state === 'draft');
      if (!draft) throw noDraft(at);
      if (expected !== undefined && expected !== draft.version) {
        throw new DomainError('conflict', `The draft is version ${draft.version}.`, { version: draft.version });
      }
      const old = versions.find((v) => v.state === 'published');
      if (old) await this.set(tx, at, old.version, { state: 'retired', retired_at: tx.at, retired_by: by.username });
      details['replaces'] = old?.version ?? null;
      await this.set(tx, at, draft.version, { state: 'published', published_at: tx.at, published_by: by.username });
      return draft.version;
    });
  }

  /** What holds then is the organisation's, or what the program brings. @throws DomainError `not-found` */
  async retire(by: Principal, at: ProcedureAt, reason: string): Promise<number> {
    standardNamed(at.id);
    return this.change(by, at, 'retired', async (tx, details) => {
      details['reason'] = reason;
      const published = (await this.versions(tx, at)).find((v) => v.state === 'published');
      if (!published) throw new DomainError('not-found', `No version of ${at.id} is published there.`);
      await this.set(tx, at, published.version, { state: 'retired', retired_at: tx.at, retired_by: by.username });
      return published.version;
    });
  }

  /** Locked, so that two who write at once follow each other. */
  private versions(tx: EstateTransaction, at: ProcedureAt) {
    return tx.trx
      .selectFrom('procedure_version')
      .select(['version', 'state'])
      .where('scope', '=', at.scope)
      .where('scope_id', '=', at.scopeId)
      .where('procedure_id', '=', at.id)
      .orderBy('version')
      .forUpdate()
      .execute();
  }

  private async set(
    tx: EstateTransaction,
    at: ProcedureAt,
    version: number,
    patch:
      | { state: 'published'; published_at: Date; published_by: string }
      | { state: 'retired'; retired_at: Date; retired_by: string },
  ): Promise<void> {
    await tx.trx
      .updateTable('procedure_version')
      .set(patch)
      .where('scope', '=', at.scope)
      .where('scope_id', '=', at.scopeId)
      .where('procedure_id', '=', at.id)
      .where('version', '=', version)
      .execute();
  }

  /** With its audit line and its line in the journal of every estate that it concerns. @returns the version */
  private async change(
    by: Principal,
    at: ProcedureAt,
    what: 'drafted' | 'discarded' | 'published' | 'retired',
    work: (tx: EstateTransaction, details: Record<string, unknown>) => Promise<number>,
  ): Promise<number> {
    const [first = '', ...others] = this.estatesOf(by, at);
    const details: Record<string, unknown> = { id: at.id, scope: at.scope, scopeId: at.scopeId };
    const line = (tx: EstateTransaction): void =>
      tx.journal({ kind: `procedure-${what}`, actor: by.username, payload: { ...details } });
    const version = await this.transactions.run(first, async (tx) => {
      const done = await work(tx, details);
      details['version'] = done;
      const target = `${at.scope}:${at.scopeId}:${at.id}`;
      await this.audit.record({ actor: by.username, action: `procedure.${what}`, target, details }, tx.trx);
      // What every instance of the service listens to.
      await sql`select pg_notify('steward_estate_changed', ${first})`.execute(tx.trx);
      line(tx);
      return done;
    });
    for (const estate of others) await this.transactions.run(estate, (tx) => Promise.resolve(line(tx)));
    await this.loading.now();
    return version;
  }

  /** The estates that it concerns. @throws DomainError out of the caller's scope */
  private estatesOf(by: Principal, { scope, scopeId }: ProcedureOwner): string[] {
    const estates = this.directory.current.estates();
    const found = estates.filter((e) => (scope === 'estate' ? e.id : e.organisation) === scopeId).map((e) => e.id);
    if (found.length === 0) throw new DomainError('not-found', `There is no such ${scope} in your estates.`);
    for (const estate of found) assertEstate(by, estate, 'supervisor', 'project-manager');
    return found;
  }
}

const keyOf = (at: ProcedureAt) => ({ scope: at.scope, scope_id: at.scopeId, procedure_id: at.id });
const noDraft = (at: ProcedureAt): DomainError => new DomainError('not-found', `There is no draft of ${at.id} there.`);
