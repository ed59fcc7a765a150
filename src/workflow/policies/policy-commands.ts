import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { AuditService } from '../../access/audit.service.js';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { PolicyKey, SlotPolicy } from '../../estate/escalation-policy.js';
import { DomainError } from '../../kernel/domain-error.js';
import { missingFrom } from '../../paging/policy-schema.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { DirectoryRefresh } from '../directory-refresh.js';
import { assertKnownEvent, estatesOfScope } from './policy-scope.js';

/** Escalation policies, set while Steward runs. Tickets that are open keep what they were opened with. */
@Injectable()
export class PolicyCommands {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly refresh: DirectoryRefresh,
    private readonly audit: AuditService,
  ) {}

  /**
   * Saves the draft of a policy, which pages nobody until it is published. A draft that is there is replaced.
   * @returns its version
   * @throws DomainError `not-found` for an unknown place or event, `invalid` with every problem named
   */
  async saveDraft(by: Principal, key: PolicyKey, slots: readonly SlotPolicy[], reason: string): Promise<number> {
    const estates = this.check(by, key, slots);
    let version = 0;
    await this.change(by, key, estates, { action: 'saved', reason }, async (tx, change) => {
      version = await this.writeDraft(tx, by, key, slots, reason);
      change['version'] = version;
    });
    return version;
  }

  /** The draft of that version is in force when this resolves. @throws DomainError `conflict` when it is not the draft */
  async publish(by: Principal, key: PolicyKey, version: number, reason: string): Promise<void> {
    const estates = estatesOfScope(by, key, this.directory.current);
    await this.change(by, key, estates, { action: 'published', version, reason }, (tx, change) =>
      this.writePublished(tx, by, key, version, reason, change),
    );
  }

  /** A new version, in force when this resolves. */
  async put(by: Principal, key: PolicyKey, slots: readonly SlotPolicy[], reason: string): Promise<number> {
    const estates = this.check(by, key, slots);
    let version = 0;
    await this.change(by, key, estates, { action: 'published', reason }, async (tx, change) => {
      version = await this.writeDraft(tx, by, key, slots, reason);
      change['version'] = version;
      await this.writePublished(tx, by, key, version, reason, change);
    });
    return version;
  }

  /**
   * The wider policy holds again, or the built-in one; a draft goes, too. What was published stays to be read.
   * @throws DomainError `not-found` when there is neither
   */
  async remove(by: Principal, key: PolicyKey, reason: string): Promise<void> {
    const estates = estatesOfScope(by, key, this.directory.current);
    await this.change(by, key, estates, { action: 'removed', reason }, async (tx, change) => {
      const retired = await this.retire(tx, by, key);
      const dropped = await rowsOf(tx.trx.deleteFrom('escalation_policy'), key)
        .where('state', '=', 'draft')
        .returning('version')
        .executeTakeFirst();
      if (retired === null && !dropped) throw new DomainError('not-found', 'Nothing is published or drafted there.');
      Object.assign(change, { before: retired, ...(dropped ? { draft: dropped.version } : {}) });
    });
  }

  private check(by: Principal, key: PolicyKey, slots: readonly SlotPolicy[]): string[] {
    const directory = this.directory.current;
    const estates = estatesOfScope(by, key, directory);
    assertKnownEvent(key.event, estates, directory);
    const problems = missingFrom(slots, key.event, key.priority).map((message) => ({ path: 'slots', message }));
    for (const [i, slot] of slots.entries())
      for (const [j, level] of slot.levels.entries())
        for (const [k, t] of level.targets.entries()) {
          if (t.kind !== 'person' || estates.some((e) => directory.rolesIn(t.person, e).length > 0)) continue;
          const path = `slots.${i}.levels.${j}.targets.${k}.person`;
          problems.push({ path, message: `nobody who works there is called ${t.person}` });
        }
    if (problems.length === 0) return estates;
    throw new DomainError('invalid', `Not valid: ${problems.map((p) => `${p.path}: ${p.message}`).join('; ')}`, {
      problems,
    });
  }

  private async writeDraft(
    tx: EstateTransaction,
    by: Principal,
    key: PolicyKey,
    slots: readonly SlotPolicy[],
    reason: string,
  ): Promise<number> {
    const content = { slots: JSON.stringify(slots), reason, saved_by: by.username, saved_at: tx.at };
    const replaced = await rowsOf(tx.trx.updateTable('escalation_policy').set(content), key)
      .where('state', '=', 'draft')
      .returning('version')
      .executeTakeFirst();
    if (replaced) return replaced.version;
    const last = await rowsOf(tx.trx.selectFrom('escalation_policy'), key)
      .select((eb) => eb.fn.max('version').as('version'))
      .executeTakeFirst();
    const version = Number(last?.version ?? 0) + 1;
    // Two who save at once: the second meets the key of the first, and is run again.
    await tx.trx
      .insertInto('escalation_policy')
      .values({ ...columnsOf(key), version, state: 'draft', ...content })
      .execute();
    return version;
  }

  private async writePublished(
    tx: EstateTransaction,
    by: Principal,
    key: PolicyKey,
    version: number,
    reason: string,
    change: Record<string, unknown>,
  ): Promise<void> {
    const draft = await rowsOf(tx.trx.selectFrom('escalation_policy'), key)
      .select('version')
      .where('state', '=', 'draft')
      .forUpdate()
      .executeTakeFirst();
    if (draft?.version !== version)
      throw new DomainError('conflict', draft ? `The draft is version ${draft.version}.` : 'There is no draft.', {
        reason: 'not the draft',
        draft: draft?.version ?? null,
      });
    change['before'] = await this.retire(tx, by, key);
    await rowsOf(tx.trx.updateTable('escalation_policy'), key)
      .set({ state: 'published', published_by: by.username, published_at: tx.at, reason })
      .where('version', '=', version)
      .execute();
  }

  /** @returns the version that was in force */
  private async retire(tx: EstateTransaction, by: Principal, key: PolicyKey): Promise<number | null> {
    const before = await rowsOf(tx.trx.updateTable('escalation_policy'), key)
      .set({ state: 'retired', retired_by: by.username, retired_at: tx.at })
      .where('state', '=', 'published')
      .returning('version')
      .executeTakeFirst();
    return before?.version ?? null;
  }

  /** The change with its audit line and its line in the journal of each estate that it concerns. */
  private async change(
    by: Principal,
    key: PolicyKey,
    estates: readonly string[],
    what: Readonly<Record<string, unknown>>,
    write: (tx: EstateTransaction, change: Record<string, unknown>) => Promise<void>,
  ): Promise<void> {
    let change: Record<string, unknown> = {};
    const line = (tx: EstateTransaction): void =>
      tx.journal({ kind: 'escalation-policy', actor: by.username, payload: { ...change } });
    const [first = '', ...others] = estates;
    await this.transactions.run(first, async (tx) => {
      change = { ...key, ...what };
      await write(tx, change);
      const target = `${key.scope}:${key.scopeId}/${key.event}/${key.priority}`;
      await this.audit.record({ actor: by.username, action: 'policy.changed', target, details: change }, tx.trx);
      await sql`select pg_notify('steward_estate_changed', ${first})`.execute(tx.trx);
      line(tx);
    });
    for (const estate of others) await this.transactions.run(estate, (tx) => Promise.resolve(line(tx)));
    await this.refresh.now();
  }
}

const columnsOf = (key: PolicyKey) => ({
  scope: key.scope,
  scope_id: key.scopeId,
  event: key.event,
  priority: key.priority,
});

interface Narrowable<Q> {
  where(column: string, op: '=', value: string): Q;
}

/** The versions of one key. */
function rowsOf<Q>(q: Q, key: PolicyKey): Q {
  let narrowed = q as Q & Narrowable<Q & Narrowable<Q>>;
  for (const [column, value] of Object.entries(columnsOf(key)))
    narrowed = narrowed.where(column, '=', value) as typeof narrowed;
  return narrowed;
}
