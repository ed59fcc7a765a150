/** Why nothing came back. */
export interface OutboundFailure {
  readonly ok: false;
  /**
   * `refused` nobody listens there · `dns` the name means nothing, or nobody could be asked · `bad-url` no address at all,
   * or one with a password in it, or a request that cannot be made · `unreachable` everything else on the way.
   */
  readonly why: 'timeout' | 'refused' | 'unreachable' | 'dns' | 'private-address' | 'bad-url' | 'tls';
  readonly detail: string;
}

const TLS = /CERT|TLS|SSL|SIGNATURE|EPROTO/;
const DNS = /^(ENOTFOUND|ENODATA|EAI_\w+)$/;

/** What Node's error of a request means. */
export function failureOf(error: unknown): OutboundFailure {
  const { code = '', message, errors } = error as NodeJS.ErrnoException & { errors?: readonly Error[] };
  // Of a name with several addresses: an error for each, and no message of its own.
  const detail = message || errors?.[0]?.message || code || 'failed';
  return { ok: false, why: whyOf(code), detail };
}

function whyOf(code: string): OutboundFailure['why'] {
  if (code === 'EPRIVATE') return 'private-address';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ETIMEDOUT') return 'timeout';
  if (DNS.test(code)) return 'dns';
  return TLS.test(code) ? 'tls' : 'unreachable';
}
