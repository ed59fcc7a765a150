import { z } from 'zod';
import { DomainError } from '../../kernel/domain-error.js';

/** The most that one answer brings. */
export const MOST_ITEMS = 200;

/** `?after=&limit=` of lists that are read page by page: `after` is the `next` of the page before. */
export const PAGE_QUERY = z.object({
  after: z.string().min(1).max(512).optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(MOST_ITEMS).optional().meta({ description: 'Items of one page.' }),
});
export type PageQuery = z.output<typeof PAGE_QUERY>;

/** A place in a total order: what the last item of a page is sorted by. Opaque to whoever sends it back. */
export const cursorOf = (...key: (string | number)[]): string =>
  Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');

/** @throws DomainError `invalid` for what no page has told */
export function readCursor<T extends z.ZodType>(after: string | undefined, shape: T): z.output<T> | null {
  if (after === undefined) return null;
  let told: unknown = null;
  try {
    told = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
  } catch {
    // Not of ours.
  }
  const read = shape.safeParse(told);
  if (!read.success) throw new DomainError('invalid', 'Not valid: after: not the `next` of a page of this list.');
  return read.data;
}

/** Sorted by a time, newest first, then by id. */
export const TIME_AND_ID = z.tuple([z.number().int().min(0).max(8.64e15), z.uuid()]);

/** Asked for one more than a page: whether there is one tells whether it goes on. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  cursor: (last: Row) => string,
): { rows: Row[]; next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursor(last) : null };
}
