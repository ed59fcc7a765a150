import { z } from 'zod';
import { isStorableText } from '../kernel/storable-text.js';

/** What clients may send over sockets; anything else is refused (law 9). */
export const RESUME = z.object({ estate: z.string().min(1).max(128), lastSeq: z.int().min(0) });
export const SEEN = z.object({ pageId: z.uuid() });
export const ACCEPT = z.object({ pageId: z.uuid() });
export const DECLINE = z.object({ pageId: z.uuid(), reason: z.string().max(500).refine(isStorableText).optional() });
