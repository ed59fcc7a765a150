import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * Cost of one password guess: OWASP's scrypt setting with the least memory per login (2^14, 8, 5 ≈ 16 MiB), because
 * this runs beside the hot path. A stored hash carries its own numbers, so that they may be raised later.
 */
const COST = { N: 2 ** 14, r: 8, p: 5 };
const KEY_BYTES = 32;

/** Scrypt hash as `scrypt$N$r$p$saltB64$hashB64`, with a fresh salt. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST, KEY_BYTES);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$');
}

/** True when the password is the one that was hashed. A hash that cannot be read fits no password. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const m = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/.exec(hash);
  if (!m) return false;
  const cost = { N: Number(m[1]), r: Number(m[2]), p: Number(m[3]) };
  const wanted = Buffer.from(m[5]!, 'base64');
  if (wanted.length < 16) return false;
  try {
    const key = await derive(password, Buffer.from(m[4]!, 'base64'), cost, wanted.length);
    return timingSafeEqual(key, wanted);
  } catch {
    return false; // Numbers that scrypt refuses: a damaged row must not become a 500.
  }
}

function derive(password: string, salt: Buffer, cost: typeof COST, bytes: number): Promise<Buffer> {
  // The same letters typed on another keyboard may arrive composed differently.
  const secret = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, bytes, { ...cost, maxmem: 64 * 1024 * 1024 }, (e, key) => (e ? reject(e) : resolve(key)));
  });
}
