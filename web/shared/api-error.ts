import type { Names } from '../../src/gateway/views.js';

/** The service answered and refused. `holderName` says who was first, when that is why. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly holder: string | null,
    readonly holderName: Names | null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** No usable answer: no network, a timeout, or a service that is starting. Worth sending again. */
export class OfflineError extends Error {
  constructor() {
    super('offline');
    this.name = 'OfflineError';
  }
}

const asNames = (value: unknown): Names | null => {
  if (typeof value === 'string') return { zh: value, en: value };
  if (typeof value === 'object' && value !== null && 'zh' in value && 'en' in value)
    return { zh: String(value.zh), en: String(value.en) };
  return null;
};

/** Reads the body of a refusal: `{detail, message, holder?, holderName?, reason?}`; `detail` is in the page's language. */
export const refusal = (status: number, body: unknown): ApiError => {
  const fields: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const holder = typeof fields.holder === 'string' ? fields.holder : null;
  const said = [fields.detail, fields.message, fields.reason].find((m) => typeof m === 'string' && m !== '');
  return new ApiError(status, String(said ?? status), holder, asNames(fields.holderName) ?? asNames(holder));
};
