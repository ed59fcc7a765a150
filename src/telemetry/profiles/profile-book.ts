import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database-schema.js';
import type { Profile } from './compile-profile.js';
import { makeProfile, readProfileFolder } from './read-profile-file.js';

/** All device profiles, compiled: the ready-made ones, and those of this service, which come first where ids meet. */
export class ProfileBook {
  private readonly log = new Logger(ProfileBook.name);
  private own: ReadonlyMap<string, Profile> = new Map();

  /** Empty of the service's own until `reload`; use `open`. */
  constructor(
    private readonly db: Kysely<Database>,
    private readonly readyMade: ReadonlyMap<string, Profile>,
  ) {}

  /** @throws Error when a ready-made profile is faulty */
  static async open(db: Kysely<Database>, folder: string): Promise<ProfileBook> {
    const profiles = await readProfileFolder(folder);
    const book = new ProfileBook(db, new Map(profiles.map((p) => [p.spec.id, p])));
    await book.reload();
    return book;
  }

  get(id: string): Profile | undefined {
    return this.own.get(id) ?? this.readyMade.get(id);
  }

  isReadyMade(id: string): boolean {
    return this.readyMade.has(id);
  }

  all(): { profile: Profile; readyMade: boolean }[] {
    const ids = [...new Set([...this.readyMade.keys(), ...this.own.keys()])].sort();
    return ids.flatMap((id) => {
      const profile = this.get(id);
      return profile ? [{ profile, readyMade: !this.own.has(id) }] : [];
    });
  }

  /** What was changed in the database, here or by another process, counts from now. */
  async reload(): Promise<void> {
    const rows = await this.db.selectFrom('device_profile').select(['id', 'spec']).execute();
    const own = new Map<string, Profile>();
    for (const { id, spec } of rows) {
      const before = this.own.get(id);
      if (before && JSON.stringify(before.spec) === JSON.stringify(spec)) {
        own.set(id, before);
        continue;
      }
      const made = makeProfile(spec);
      if (made.ok) own.set(id, made.value);
      else this.log.error(`the device profile ${id} is not good any more: ${made.error}`);
    }
    this.own = own;
  }

  reloadQuietly(): void {
    this.reload().catch((e: Error) => this.log.error(`device profiles could not be read again: ${e.message}`));
  }
}
