import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Told once, when it is made. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64url')}`;

/**
 * `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. The time is signed too: a receiver that refuses what is older than
 * five minutes cannot be told the same twice by somebody who listened.
 * @param now ms since the epoch
 */
export function webhookSignature(secret: string, body: string, now: number): string {
  const t = Math.floor(now / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

/** The same for every try, also by another instance and after a crash: a receiver drops an id that it knows. */
export function deliveryIdOf(webhook: string, estate: string, journalNo: number): string {
  const hex = createHash('sha256').update(`${webhook} ${estate} ${journalNo}`).digest('hex');
  // RFC 9562, version 8: made by a rule of one's own.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
