import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { DomainError } from '../kernel/domain-error.js';
import { prepareDataFolder, secretOf } from '../platform/data-folder.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A token as it stands in the database. */
export interface SealedToken {
  /** Names the key, tells nothing of it. */
  readonly keyId: string;
  /** Nonce, tag and ciphertext, base64. */
  readonly sealed: string;
}

/**
 * Seals device tokens at rest (AES-256-GCM). The device's id is sealed in with each: a row that was moved to another
 * device does not open.
 */
export class TokenVault {
  readonly keyId: string;

  constructor(private readonly key: Buffer) {
    this.keyId = createHash('sha256').update(key).digest('hex').slice(0, 16);
  }

  /** A key of its own for another purpose: whoever has it learns nothing of this one (HKDF, RFC 5869). */
  keyFor(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.key, '', `steward ${purpose}`, KEY_BYTES));
  }

  seal(device: string, token: string): SealedToken {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(device));
    const text = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
    return { keyId: this.keyId, sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64') };
  }

  /** @returns null when another key sealed it, or it is another device's, or was changed */
  open(device: string, { keyId, sealed }: SealedToken): string | null {
    if (keyId !== this.keyId) return null;
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
    try {
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(device))
        .setAuthTag(tag);
      const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}

/**
 * The vault with the key of the environment, else with one that is made in the data folder at first need.
 * @param given STEWARD_SECRET_KEY
 * @throws DomainError `invalid` when the key is not 32 bytes
 */
export async function openTokenVault(given: string | undefined, dataDir: string): Promise<TokenVault> {
  if (given !== undefined) return new TokenVault(keyOf(given, 'STEWARD_SECRET_KEY'));
  const made = await secretOf(await prepareDataFolder(dataDir), 'device-tokens.key', () =>
    randomBytes(KEY_BYTES).toString('base64'),
  );
  return new TokenVault(keyOf(made, 'secrets/device-tokens.key in the data folder'));
}

function keyOf(text: string, where: string): Buffer {
  const given = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(given) ? Buffer.from(given, 'hex') : Buffer.from(given, 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new DomainError(
    'invalid',
    `${where} must hold 32 random bytes as base64 or hex, and holds ${key.length}. Make one with: openssl rand -base64 32`,
  );
}
