import { createHmac, timingSafeEqual } from 'node:crypto';

const ID_BYTES = 16;
const MAC_BYTES = 16;

/** What a link is bound to: one page, its person and its ticket. */
export interface JobBinding {
  /** A UUID. */
  readonly pageId: string;
  readonly person: string;
  readonly ticketId: string;
}

/**
 * The secret part of a link with which somebody without an account does one job: the page's id and a keyed hash over all
 * that it is bound to, 43 characters. It cannot be guessed (128 bits) and says nothing to whoever reads it.
 */
export function jobToken(key: Buffer, job: JobBinding): string {
  return Buffer.concat([idBytes(job.pageId), mac(key, job)]).toString('base64url');
}

/** The page that a token claims to be for; null when it is not even shaped like one. Proves nothing. */
export function claimedPage(token: string): string | null {
  if (!/^[\w-]{43}$/.test(token)) return null;
  const hex = Buffer.from(token, 'base64url').subarray(0, ID_BYTES).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function isJobToken(key: Buffer, token: string, job: JobBinding): boolean {
  const bytes = Buffer.from(token, 'base64url');
  if (claimedPage(token) !== job.pageId || bytes.length !== ID_BYTES + MAC_BYTES) return false;
  return timingSafeEqual(bytes.subarray(ID_BYTES), mac(key, job));
}

const idBytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

const mac = (key: Buffer, { pageId, person, ticketId }: JobBinding): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify(['job', 1, pageId, person, ticketId]))
    .digest()
    .subarray(0, MAC_BYTES);
