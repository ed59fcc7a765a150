import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { AuditService } from '../access/audit.service.js';
import type { Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { ProfileBook } from '../telemetry/profiles/profile-book.js';
import type { ProfileSpec } from '../telemetry/profiles/profile.js';
import { makeProfile } from '../telemetry/profiles/read-profile-file.js';

/** Changes of device profiles: audited, and effective for the next message. */
@Injectable()
export class ProfileCommands {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly audit: AuditService,
    private readonly directory: DirectoryHolder,
    private readonly profiles: ProfileBook,
  ) {}

  /** @throws DomainError `invalid` with what is wrong, `conflict` when devices of another kind use it */
  async put(id: string, data: unknown, by: Principal): Promise<ProfileSpec> {
    const made = makeProfile({ ...(data as object), id });
    if (!made.ok) throw new DomainError('invalid', made.error);
    const { spec } = made.value;
    const odd = this.usersOf(id).filter((d) => d.kind !== undefined && d.kind !== spec.kind);
    if (odd.length > 0) {
      const devices = odd.slice(0, 5).map((d) => d.id);
      throw new DomainError('conflict', `Devices of another kind use it: ${devices.join(', ')}.`, { devices });
    }
    await this.change(by, 'device-profile.changed', id, async (trx) => {
      const values = { spec: JSON.stringify(spec), updated_by: by.username, updated_at: new Date() };
      await trx
        .insertInto('device_profile')
        .values({ id, ...values })
        .onConflict((c) => c.column('id').doUpdateSet(values))
        .execute();
    });
    return spec;
  }

  /** A ready-made profile of the same id counts again. @throws DomainError `not-found`, `conflict` when it is in use */
  async remove(id: string, by: Principal): Promise<void> {
    const users = this.profiles.isReadyMade(id) ? [] : this.usersOf(id);
    if (users.length > 0) {
      const devices = users.slice(0, 5).map((d) => d.id);
      throw new DomainError('conflict', `${users.length} devices or bridges use it: ${devices.join(', ')}.`, {
        devices,
      });
    }
    await this.change(by, 'device-profile.removed', id, async (trx) => {
      const removed = await trx.deleteFrom('device_profile').where('id', '=', id).executeTakeFirst();
      if (removed.numDeletedRows === 0n) throw new DomainError('not-found', 'There is no such profile to remove.');
    });
  }

  private usersOf(id: string): { id: string; kind?: string }[] {
    const { current } = this.directory;
    return [
      ...current.devices().filter((d) => d.attributes.profile === id && d.life !== 'retired'),
      ...current.bridges().flatMap((b) => (b.profile === id ? [{ id: b.id }] : [])),
    ];
  }

  private async change(
    by: Principal,
    action: string,
    id: string,
    work: (trx: Kysely<Database>) => Promise<void>,
  ): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await work(trx);
      await this.audit.record({ actor: by.username, action, target: id }, trx);
      await sql`select pg_notify('steward_estate_changed', '')`.execute(trx);
    });
    await this.profiles.reload();
  }
}
