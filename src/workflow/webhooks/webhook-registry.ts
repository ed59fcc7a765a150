import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import { AuditService } from '../../access/audit.service.js';
import { assertEstate } from '../../access/estate-scope.js';
import { hasRole, type Principal } from '../../access/principal.js';
import { TokenVault } from '../../access/token-vault.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { OUTBOUND_ADDRESSES, type OutboundAddresses } from '../../platform/outbound-http.js';
import type { WebhookEvent } from './webhook-event.js';
import { newWebhookSecret } from './webhook-signature.js';

export type WebhookRow = Selectable<Database['webhook']>;
export interface WebhookDraft {
  readonly scope: 'organisation' | 'estate';
  readonly scopeId: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly active: boolean;
}
export type WebhookPatch = Partial<Pick<WebhookDraft, 'name' | 'url' | 'events' | 'active'>>;

/** So many may one estate or organisation have. */
const MOST = 50;
const KEEPERS = ['supervisor', 'project-manager'] as const;

/** Which systems outside follow what happens in which estates. Kept by those who answer for the estates. */
@Injectable()
export class WebhookRegistry {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OUTBOUND_ADDRESSES) private readonly addresses: OutboundAddresses,
    private readonly directory: DirectoryHolder,
    private readonly vault: TokenVault,
    private readonly audit: AuditService,
  ) {}

  /** Told from now on. @throws DomainError `invalid` for an address that may not be used, `conflict` for too many */
  async add(by: Principal, draft: WebhookDraft): Promise<{ row: WebhookRow; secret: string }> {
    const estates = this.estatesOf(draft.scope, draft.scopeId);
    if (estates.length === 0) throw new DomainError('not-found', `There is no such ${draft.scope} in your estates.`);
    for (const e of estates) assertEstate(by, e, ...KEEPERS);
    await this.assertAddress(draft.url);
    const secret = newWebhookSecret();
    const at = new Date(this.clock.now());
    const id = newId(this.clock.now());
    const row = await this.db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtext(${`webhook ${draft.scopeId}`}))`.execute(trx);
      const { n } = await trx
        .selectFrom('webhook')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('scope', '=', draft.scope)
        .where('scope_id', '=', draft.scopeId)
        .executeTakeFirstOrThrow();
      if (Number(n) >= MOST) throw new DomainError('conflict', `There are ${MOST} webhooks there already.`);
      const made = await trx
        .insertInto('webhook')
        .values({
          ...{ id, scope: draft.scope, scope_id: draft.scopeId, name: draft.name, url: draft.url },
          ...{ events: [...draft.events], active: draft.active, why_inactive: null },
          ...this.sealed(id, secret),
          ...{ created_by: by.username, created_at: at, updated_at: at },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await this.follow(trx, id, estates);
      await this.record(trx, by, 'webhook.created', made);
      return made;
    });
    return { row, secret };
  }

  /** Those of estates that the reader answers for. */
  async list(by: Principal, estate: string | undefined): Promise<WebhookRow[]> {
    const rows = await this.db.selectFrom('webhook').selectAll().orderBy('id').execute();
    return rows.filter((r) => {
      const estates = this.estatesOf(r.scope, r.scope_id);
      return this.mayKeep(by, estates) && (estate === undefined || estates.includes(estate));
    });
  }

  /** @throws DomainError `not-found` also for one that is somebody else's */
  async one(by: Principal, id: string): Promise<WebhookRow> {
    const row = await this.db.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row || !this.mayKeep(by, this.estatesOf(row.scope, row.scope_id)))
      throw new DomainError('not-found', 'There is no such webhook.');
    return row;
  }

  /** Switched on again it goes on where it stopped. */
  async change(by: Principal, id: string, patch: WebhookPatch): Promise<WebhookRow> {
    await this.one(by, id);
    if (patch.url !== undefined) await this.assertAddress(patch.url);
    const { events, ...rest } = patch;
    const set = {
      ...rest,
      ...(events ? { events: [...events] } : {}),
      ...(patch.active === undefined ? {} : { why_inactive: null }),
      updated_at: new Date(this.clock.now()),
    };
    return this.db.transaction().execute(async (trx) => {
      const row = await trx.updateTable('webhook').set(set).where('id', '=', id).returningAll().executeTakeFirst();
      if (!row) throw new DomainError('not-found', 'There is no such webhook.');
      // Whoever has repaired the receiver does not wait for the back-off.
      await trx.updateTable('webhook_cursor').set({ not_before: null }).where('webhook_id', '=', id).execute();
      await this.record(trx, by, 'webhook.changed', row);
      return row;
    });
  }

  async remove(by: Principal, id: string): Promise<void> {
    const row = await this.one(by, id);
    await this.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('webhook').where('id', '=', id).execute();
      await this.record(trx, by, 'webhook.removed', row);
    });
  }

  /** The old secret signs nothing any more. */
  async rotateSecret(by: Principal, id: string): Promise<{ row: WebhookRow; secret: string }> {
    await this.one(by, id);
    const secret = newWebhookSecret();
    const row = await this.db.transaction().execute(async (trx) => {
      const changed = await trx
        .updateTable('webhook')
        .set({ ...this.sealed(id, secret), updated_at: new Date(this.clock.now()) })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await this.record(trx, by, 'webhook.secret-rotated', changed);
      return changed;
    });
    return { row, secret };
  }

  /** @returns null when the vault's key was changed: a new secret must be made */
  secretOf(row: Pick<WebhookRow, 'id' | 'secret' | 'secret_key_id'>): string | null {
    return this.vault.open(`webhook ${row.id}`, { keyId: row.secret_key_id, sealed: row.secret });
  }

  /** An organisation's webhook follows the estates that it has got since, from their first event. */
  async followNewEstates(): Promise<void> {
    const rows = await this.db.selectFrom('webhook').selectAll().where('scope', '=', 'organisation').execute();
    for (const row of rows) {
      const estates = this.estatesOf(row.scope, row.scope_id);
      if (estates.length === 0) continue;
      const fresh = estates.map((estate_id) => ({ webhook_id: row.id, estate_id, journal_no: 0 }));
      await this.db
        .insertInto('webhook_cursor')
        .values(fresh)
        .onConflict((c) => c.columns(['webhook_id', 'estate_id']).doNothing())
        .execute();
    }
  }

  private async follow(trx: Transaction<Database>, id: string, estates: readonly string[]): Promise<void> {
    await trx
      .insertInto('webhook_cursor')
      .columns(['webhook_id', 'estate_id', 'journal_no'])
      .expression((eb) =>
        eb
          .selectFrom('estate_head')
          .select([sql<string>`${id}::uuid`.as('webhook_id'), 'estate_id', 'journal_no'])
          .where('estate_id', 'in', estates),
      )
      .execute();
  }

  private estatesOf(scope: 'organisation' | 'estate', id: string): string[] {
    const all = this.directory.current.estates();
    return all.filter((e) => (scope === 'estate' ? e.id === id : e.organisation === id)).map((e) => e.id);
  }

  private mayKeep(by: Principal, estates: readonly string[]): boolean {
    return estates.length > 0 && estates.every((e) => hasRole(by, e, ...KEEPERS));
  }

  private async assertAddress(url: string): Promise<void> {
    const bad = await this.addresses.judge(url);
    if (bad)
      throw new DomainError('invalid', `This address cannot be used: ${bad.detail}.`, { reason: bad.why, path: 'url' });
  }

  private sealed(id: string, secret: string): { secret: string; secret_key_id: string } {
    const { keyId, sealed } = this.vault.seal(`webhook ${id}`, secret);
    return { secret: sealed, secret_key_id: keyId };
  }

  /** Without the path: some addresses are secrets themselves. */
  private async record(trx: Transaction<Database>, by: Principal, action: string, row: WebhookRow): Promise<void> {
    const { scope, scope_id: scopeId, events, active } = row;
    const details = { scope, scopeId, host: new URL(row.url).host, events, active };
    await this.audit.record({ actor: by.username, action, target: row.id, details }, trx);
  }
}
