import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { AuditService } from '../access/audit.service.js';
import { assertEstate } from '../access/estate-scope.js';
import type { Principal } from '../access/principal.js';
import { closestName } from '../config/closest-name.js';
import type { Parameter } from '../detection/parameter.js';
import { PARAMETERS, RULES } from '../detection/rule-catalogue.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { OverrideScope, RuleOverride } from '../estate/rule-overrides.js';
import { DomainError } from '../kernel/domain-error.js';
import { EstateTransactions, type EstateTransaction } from '../platform/estate-transaction.js';
import { DirectoryRefresh } from './directory-refresh.js';

export interface OverrideKey {
  readonly scope: OverrideScope;
  readonly scopeId: string;
  readonly key: string;
}

/** Thresholds of rules, set while Steward runs. Every instance hears of it with the next notice of the database. */
@Injectable()
export class RuleCommands {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly refresh: DirectoryRefresh,
    private readonly audit: AuditService,
  ) {}

  /**
   * In force when this resolves; running holds go on and are measured by the new value.
   * @throws DomainError `not-found` for an unknown key or place, `invalid` outside the bounds
   */
  async set(by: Principal, at: OverrideKey, value: number, reason: string): Promise<RuleOverride> {
    const parameter = parameterNamed(at.key);
    if (!(value >= parameter.min && value <= parameter.max)) {
      const { min, max, unit } = parameter;
      throw new DomainError('invalid', `${at.key} must be between ${min} and ${max} ${unit}.`, { min, max, unit });
    }
    if (parameter.whole && !Number.isInteger(value)) throw new DomainError('invalid', `${at.key} is a whole number.`);
    const estates = this.estatesOf(by, at);
    this.assertHasRule(at);
    const row = { scope: at.scope, scope_id: at.scopeId, key: at.key, value, by: by.username, reason };
    let setAt = 0;
    await this.change(by, at, estates, { value, reason }, async (tx, change) => {
      setAt = tx.now;
      const before = await tx.trx
        .selectFrom('rule_override')
        .select('value')
        .where('scope', '=', at.scope)
        .where('scope_id', '=', at.scopeId)
        .where('key', '=', at.key)
        .forUpdate()
        .executeTakeFirst();
      change['before'] = before?.value ?? null;
      await tx.trx
        .insertInto('rule_override')
        .values({ ...row, at: tx.at })
        .onConflict((c) => c.columns(['scope', 'scope_id', 'key']).doUpdateSet({ ...row, at: tx.at }))
        .execute();
    });
    return { ...at, value, by: by.username, at: setAt, reason };
  }

  /** What holds then is the next wider override, or the default. @throws DomainError `not-found` when there is none */
  async remove(by: Principal, at: OverrideKey, reason: string): Promise<void> {
    const estates = this.estatesOf(by, at);
    await this.change(by, at, estates, { value: null, reason }, async (tx, change) => {
      const gone = await tx.trx
        .deleteFrom('rule_override')
        .where('scope', '=', at.scope)
        .where('scope_id', '=', at.scopeId)
        .where('key', '=', at.key)
        .returning('value')
        .executeTakeFirst();
      if (!gone) {
        parameterNamed(at.key);
        throw new DomainError('not-found', `${at.key} is not set there.`);
      }
      change['before'] = gone.value;
    });
  }

  /** The change with its audit line and its line in the journal; of an organisation, a line in each estate's journal. */
  private async change(
    by: Principal,
    at: OverrideKey,
    estates: readonly string[],
    what: Readonly<Record<string, unknown>>,
    write: (tx: EstateTransaction, change: Record<string, unknown>) => Promise<void>,
  ): Promise<void> {
    const change: Record<string, unknown> = { ...at, ...what };
    const line = (tx: EstateTransaction): void =>
      tx.journal({ kind: 'rule-override', actor: by.username, payload: { ...change } });
    const [first = '', ...others] = estates;
    await this.transactions.run(first, async (tx) => {
      await write(tx, change);
      const target = `${at.scope}:${at.scopeId}`;
      await this.audit.record({ actor: by.username, action: 'rule.override', target, details: change }, tx.trx);
      await sql`select pg_notify('steward_estate_changed', ${first})`.execute(tx.trx);
      line(tx);
    });
    for (const estate of others) await this.transactions.run(estate, (tx) => Promise.resolve(line(tx)));
    await this.refresh.now();
  }

  /** The estates that it concerns. @throws DomainError out of the caller's scope */
  private estatesOf(by: Principal, { scope, scopeId }: OverrideKey): string[] {
    const d = this.directory.current;
    const found =
      scope === 'organisation'
        ? d.estates().flatMap((e) => (e.organisation === scopeId ? [e.id] : []))
        : [d.estateOf({ type: scope, id: scopeId })].filter((e) => e !== undefined);
    if (found.length === 0) throw new DomainError('not-found', `There is no such ${scope} in your estates.`);
    for (const estate of found) assertEstate(by, estate, 'supervisor', 'engineer');
    return found;
  }

  private assertHasRule({ scope, scopeId, key }: OverrideKey): void {
    const kind = scope === 'device' ? this.directory.current.device(scopeId)?.kind : undefined;
    if (kind === undefined) return;
    const rules = RULES.filter((r) => r.parameters.some((p) => p.key === key));
    if (rules.some((r) => r.over === 'device' && r.kinds.includes(kind))) return;
    throw new DomainError('invalid', `No rule of a single ${kind} has ${key}.`, { rules: rules.map((r) => r.id) });
  }
}

function parameterNamed(key: string): Parameter {
  const found = PARAMETERS.get(key);
  if (found) return found;
  const closest = closestName(key, [...PARAMETERS.keys()]);
  const hint = closest === undefined ? '' : ` Did you mean ${closest}?`;
  throw new DomainError('not-found', `There is no parameter ${key}.${hint}`, closest === undefined ? {} : { closest });
}
