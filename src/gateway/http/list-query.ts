import { z } from 'zod';
import { EVENTS, PRIORITIES, type EventName } from '../../kernel/events.js';
import { PAGE_QUERY } from './paging.js';

const ID = z.string().min(1).max(128);
const TIME = z.iso.datetime({ offset: true });
/** An event of the catalogue, or one that an estate has configured. */
const EVENT = z
  .string()
  .max(128)
  .refine((e): e is EventName => Object.hasOwn(EVENTS, e) || e.startsWith('generic.'), 'no such event');

export const UUID = z.uuid();

/** Narrow a list to a place, an urgency, a time; `from` counts, `to` does not. */
export const ESTATE_FILTER = z.object({ estate: ID.optional() });
export const SPAN_FILTER = z.object({ from: TIME.optional(), to: TIME.optional() });

/** The query of the lists of alarms and tickets. Without `after` and `limit` the 500 newest come at once. */
export const LIST_QUERY = z.object({
  ...ESTATE_FILTER.shape,
  state: z.enum(['open', 'all']).optional(),
  priority: z.enum(PRIORITIES).optional(),
  event: EVENT.optional(),
  building: ID.optional(),
  device: ID.optional(),
  ...SPAN_FILTER.shape,
  ...PAGE_QUERY.shape,
});
export type ListQuery = z.output<typeof LIST_QUERY>;
/** What narrows and pages, beside estate and state. */
export type ListFilter = Omit<ListQuery, 'estate' | 'state'>;
