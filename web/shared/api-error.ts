import type { Names } from '../../src/gateway/views.js';

/** The service answered and refused. `holderName` says who was first, when that is why. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly holder: string | null,
    readonly holderName: Names | null,
    /** Steps of the procedure that come first, when that is why. */
    readonly missing: readonly { readonly no: number; readonly title: Names }[] = [],
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

const asStep = (value: unknown): { no: number; title: Names }[] => {
  const title = typeof value === 'object' && value !== null && 'title' in value ? asNames(value.title) : null;
  const no = typeof value === 'object' && value !== null && 'no' in value ? Number(value.no) : NaN;
  return title && Number.isFinite(no) ? [{ no, title }] : [];
};

/** Reads the body of a refusal: `{detail, message, holder?, holderName?, reason?, missing?}`; `detail` is in the page's language. */
export const refusal = (status: number, body: unknown): ApiError => {
  const fields: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const holder = typeof fields.holder === 'string' ? fields.holder : null;
  const said = [fields.detail, fields.message, fields.reason].find((m) => typeof m === 'string' && m !== '');
  const missing = Array.isArray(fields.missing) ? fields.missing.flatMap(asStep) : [];
  const holderName = asNames(fields.holderName) ?? asNames(holder);
  return new ApiError(status, String(said ?? status), holder, holderName, missing);
};
