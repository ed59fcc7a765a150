import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A fresh secret of 256 random bits, base64url (43 characters). For devices and for sign-ins alike. */
export const generateToken = (): string => randomBytes(32).toString('base64url');

/**
 * What is stored of a token, hex. A plain SHA-256 is enough for 256 random bits, and a reconnect storm of thousands
 * of devices must not cost a slow hash each (architecture: native MQTT contract).
 */
export const sha256Hex = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex');

/** Compares in constant time, so that the answer's delay tells nothing. `null` = this device may not log in. */
export function tokenMatches(token: string, storedSha256Hex: string | null): boolean {
  if (storedSha256Hex === null) return false;
  const stored = Buffer.from(storedSha256Hex, 'hex');
  const given = createHash('sha256').update(token, 'utf8').digest();
  return stored.length === given.length && timingSafeEqual(stored, given);
}
