export type DomainErrorCode =
  'not-found' | 'conflict' | 'forbidden' | 'invalid' | 'unavailable' | 'too-large' | 'wrong-media-type';

/**
 * A refusal that a caller must be told about, in domain words. The HTTP and socket edges translate `code`
 * (conflict → 409 and so on); rules and services never know of HTTP.
 */
export class DomainError extends Error {
  constructor(
    readonly code: DomainErrorCode,
    message: string,
    /** Facts for the client, e.g. `{ holder: 'wang.qiang', holderName: '王强' }`. */
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'DomainError';
  }
}
