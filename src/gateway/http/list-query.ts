import { z } from 'zod';

/** `?estate=&state=` of the lists. */
export const LIST_QUERY = z.object({
  estate: z.string().min(1).max(128).optional(),
  state: z.enum(['open', 'all']).optional(),
});
export type ListQuery = z.output<typeof LIST_QUERY>;
export const UUID = z.uuid();
