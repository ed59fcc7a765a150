import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { AuditService } from '../../access/audit.service.js';
import { TokenVault } from '../../access/token-vault.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { OUTBOUND_ADDRESSES, type OutboundAddresses } from '../../platform/outbound-http.js';
import type { NoticeChannelKind } from './notice-formats.js';

export type NoticeChannelRow = Selectable<Database['notice_channel']>;
export interface NoticeChannelDraft {
  readonly estate: string;
  readonly name: string;
  readonly kind: NoticeChannelKind;
  readonly url: string;
  readonly secret?: string | undefined;
}

/** Groups and apps of the company through which residents of an estate are told. */
@Injectable()
export class NoticeChannels {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OUTBOUND_ADDRESSES) private readonly addresses: OutboundAddresses,
    private readonly vault: TokenVault,
    private readonly audit: AuditService,
  ) {}

  /** @throws DomainError `invalid` for an address that may not be used */
  async add(by: string, draft: NoticeChannelDraft): Promise<NoticeChannelRow> {
    const bad = await this.addresses.judge(draft.url);
    if (bad)
      throw new DomainError('invalid', `This address cannot be used: ${bad.detail}.`, { reason: bad.why, path: 'url' });
    const id = newId(this.clock.now());
    const at = new Date(this.clock.now());
    const url = this.vault.seal(`notice url ${id}`, draft.url);
    const secret = draft.secret === undefined ? null : this.vault.seal(`notice secret ${id}`, draft.secret);
    return this.db.transaction().execute(async (trx) => {
      const row = await trx
        .insertInto('notice_channel')
        .values({
          ...{ id, estate_id: draft.estate, name: draft.name, kind: draft.kind, active: true },
          ...{ url: url.sealed, url_key_id: url.keyId },
          ...{ secret: secret?.sealed ?? null, secret_key_id: secret?.keyId ?? null },
          ...{ created_by: by, created_at: at, updated_at: at },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      const details = { estate: draft.estate, kind: draft.kind, host: new URL(draft.url).host };
      await this.audit.record({ actor: by, action: 'notice-channel.created', target: id, details }, trx);
      return row;
    });
  }

  of(estate: string): Promise<NoticeChannelRow[]> {
    return this.db.selectFrom('notice_channel').selectAll().where('estate_id', '=', estate).orderBy('id').execute();
  }

  /** @throws DomainError `not-found` */
  async one(id: string): Promise<NoticeChannelRow> {
    const row = await this.db.selectFrom('notice_channel').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) throw new DomainError('not-found', 'There is no such thing in your estates.');
    return row;
  }

  async switch(by: string, id: string, active: boolean): Promise<NoticeChannelRow> {
    return this.db.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('notice_channel')
        .set({ active, updated_at: new Date(this.clock.now()) })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await this.audit.record({ actor: by, action: 'notice-channel.changed', target: id, details: { active } }, trx);
      return row;
    });
  }

  /** @returns null when the vault's key was changed: it must be made anew */
  opened(row: NoticeChannelRow): { kind: NoticeChannelKind; url: string; secret: string | null } | null {
    const url = this.vault.open(`notice url ${row.id}`, { keyId: row.url_key_id, sealed: row.url });
    if (url === null) return null;
    if (row.secret === null) return { kind: row.kind, url, secret: null };
    const secret = this.vault.open(`notice secret ${row.id}`, { keyId: row.secret_key_id ?? '', sealed: row.secret });
    return secret === null ? null : { kind: row.kind, url, secret };
  }
}
