import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { AuditService } from '../access/audit.service.js';
import type { Principal } from '../access/principal.js';
import type { EstateContact } from '../estate/estate-directory.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import type { Database } from '../platform/database-schema.js';
import { EstateTransactions, type EstateTransaction } from '../platform/estate-transaction.js';
import { DirectoryRefresh } from './directory-refresh.js';

export type ContactWish = Omit<EstateContact, 'id' | 'estate'>;

/** Numbers that the control room calls outside the estate's own staff. */
@Injectable()
export class ContactCommands {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly refresh: DirectoryRefresh,
    @Inject(AuditService) private readonly audit: Pick<AuditService, 'record'>,
  ) {}

  async add(estate: string, by: Principal, wish: ContactWish): Promise<EstateContact> {
    const contact = await this.change(estate, by, 'contact-added', async (tx) => {
      const added: EstateContact = { ...wish, id: newId(tx.now), estate };
      await tx.trx
        .insertInto('estate_contact')
        .values({
          ...{ id: added.id, estate_id: estate, kind: wish.kind, phone: wish.phone },
          ...{ name_zh: wish.names.zh, name_en: wish.names.en },
        })
        .execute();
      return added;
    });
    return contact;
  }

  /** One that the estate file names comes back with the next import of the file. */
  remove(estate: string, by: Principal, id: string): Promise<object> {
    return this.change(estate, by, 'contact-removed', async (tx) => {
      const row = await tx.trx
        .deleteFrom('estate_contact')
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .returning(['id', 'kind', 'phone'])
        .executeTakeFirst();
      if (!row) throw new DomainError('not-found', 'There is no such contact.');
      return row;
    });
  }

  private async change<T extends object>(
    estate: string,
    by: Principal,
    action: string,
    work: (tx: EstateTransaction) => Promise<T>,
  ): Promise<T> {
    const done = await this.transactions.run(estate, async (tx) => {
      const told = await work(tx);
      // The same transaction, seen as a connection.
      const on = tx.trx as unknown as Kysely<Database>;
      const details = { ...told } as Record<string, unknown>;
      await this.audit.record({ actor: by.username, action: `estate.${action}`, target: estate, details }, on);
      await sql`select pg_notify('steward_estate_changed', ${estate})`.execute(tx.trx);
      return told;
    });
    await this.refresh.now();
    return done;
  }
}
