import type { Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import type { TokenVault } from './token-vault.js';

const scope = (name: string): string => `service:${name}`;

/**
 * A secret of the service itself, made at its first need and kept sealed in the database, the same for every copy. One that
 * does not open (STEWARD_SECRET_KEY is another one now) is made anew.
 * @param create makes one; of two copies that start at once, one's is kept
 */
export async function serviceSecret(
  db: Kysely<Database>,
  vault: TokenVault,
  name: string,
  now: number,
  create: () => string,
): Promise<string> {
  const read = async (): Promise<string | null> => {
    const row = await db.selectFrom('service_secret').selectAll().where('name', '=', name).executeTakeFirst();
    return row ? vault.open(scope(name), { keyId: row.key_id, sealed: row.sealed }) : null;
  };
  const kept = await read();
  if (kept !== null) return kept;
  const { keyId, sealed } = vault.seal(scope(name), create());
  const row = { name, key_id: keyId, sealed, made_at: new Date(now) };
  await db
    .insertInto('service_secret')
    .values(row)
    .onConflict((c) => c.column('name').doUpdateSet(row).where('service_secret.key_id', '<>', keyId))
    .execute();
  const made = await read();
  if (made === null) throw new Error(`the secret ${name} cannot be read back`);
  return made;
}
