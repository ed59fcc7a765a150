import type { Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import { sha256Hex } from './device-credentials.js';
import type { TokenVault } from './token-vault.js';

type Tokens = Readonly<Record<string, string>>;

/** Keeps tokens sealed, in the transaction that writes their SHA-256. Replaces earlier ones. */
export async function sealTokens(db: Kysely<Database>, vault: TokenVault, tokens: Tokens): Promise<void> {
  const rows = Object.entries(tokens).map(([device, token]) => {
    const { keyId, sealed } = vault.seal(device, token);
    return { device_id: device, key_id: keyId, sealed };
  });
  for (let i = 0; i < rows.length; i += 1000) {
    await db
      .insertInto('device_token')
      .values(rows.slice(i, i + 1000))
      .onConflict((c) =>
        c.column('device_id').doUpdateSet((e) => ({
          key_id: e.ref('excluded.key_id'),
          sealed: e.ref('excluded.sealed'),
          sealed_at: new Date(),
        })),
      )
      .execute();
  }
}

export interface OpenedTokens {
  /** By device id. Only tokens that are still the device's. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Sealed with another key, by device id: that key's id. */
  readonly otherKey: ReadonlyMap<string, string>;
}

/** Opens the tokens of these devices. What is missing in both answers was never kept: the device must get a new one. */
export async function openTokens(
  db: Kysely<Database>,
  vault: TokenVault,
  devices: readonly { readonly id: string; readonly tokenSha256: string | null }[],
): Promise<OpenedTokens> {
  const tokens = new Map<string, string>();
  const otherKey = new Map<string, string>();
  const hashes = new Map(devices.map((d) => [d.id, d.tokenSha256]));
  const rows = await db
    .selectFrom('device_token')
    .select(['device_id', 'key_id', 'sealed'])
    .where((e) => e('device_id', '=', e.fn.any(e.val([...hashes.keys()]))))
    .execute();
  for (const r of rows) {
    if (r.key_id !== vault.keyId) {
      otherKey.set(r.device_id, r.key_id);
      continue;
    }
    const token = vault.open(r.device_id, { keyId: r.key_id, sealed: r.sealed });
    // A backup of one table alone, or a hand in the database: a token that is not the device's any more opens nothing.
    if (token !== null && sha256Hex(token) === hashes.get(r.device_id)) tokens.set(r.device_id, token);
  }
  return { tokens, otherKey };
}
