import { z } from 'zod';

/** `?estate=` of lists that are one estate's. */
export const ESTATE = z.string().min(1).max(128);
export const ESTATE_QUERY = z.object({ estate: ESTATE });
export type EstateQuery = z.output<typeof ESTATE_QUERY>;
export const TEXT = z.string().trim().min(1).max(2000);
/** The name of something that is kept: its content hash, or where it stands. */
export const EVIDENCE = z.string().trim().min(1).max(200);
