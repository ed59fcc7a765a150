import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { PICTURE_STORE, type PictureStore } from './picture-store.js';
import { rowsIfThere } from './rows-if-there.js';
import type { EvidenceItem } from './rescue-facts.js';

/** Larger ones are named by their hash alone: a report is something that people send by mail. */
const LARGEST_SHOWN = 4_000_000;
const MOST_SHOWN = 12;
const SHOWN_TYPES = new Set(['image/jpeg', 'image/png', 'image/webp']);

/** Photos and films of a ticket, as the table `evidence` has them; an estate that keeps none has no such table. */
@Injectable()
export class EvidenceReads {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(PICTURE_STORE) private readonly pictures: PictureStore,
  ) {}

  async of(ticketId: string): Promise<EvidenceItem[]> {
    const rows = await rowsIfThere(this.db, 'evidence', ticketId);
    const items: EvidenceItem[] = [];
    for (const item of rows.map(evidenceItem).sort(byTime)) {
      const room = items.filter((i) => i.thumbnail !== null).length < MOST_SHOWN;
      const shown = room && SHOWN_TYPES.has(item.mediaType) && item.bytes <= LARGEST_SHOWN && item.kept;
      const picture = shown ? await this.pictures.read(item.hash) : null;
      const thumbnail = picture ? { mediaType: item.mediaType, base64: picture.toString('base64') } : null;
      items.push({ ...item, thumbnail });
    }
    return items;
  }
}

type Untold = Omit<EvidenceItem, 'thumbnail'>;

/** The row under either of the names that its columns may have. */
function evidenceItem(row: Record<string, unknown>): Untold {
  const first = (...names: string[]): unknown => names.map((n) => row[n]).find((v) => v !== null && v !== undefined);
  const hash = String(first('sha256', 'hash') ?? '');
  const at = first('taken_at', 'at');
  const step = Number(first('step_no') ?? 0);
  return {
    hash: hash.replace(/^\\x/, ''),
    stepNo: step > 0 ? step : null,
    mediaType: String(first('mime', 'media_type') ?? ''),
    bytes: Number(first('bytes') ?? 0),
    takenAt: typeof at === 'string' ? Date.parse(at) : null,
    by: typeof row['by'] === 'string' ? row['by'] : null,
    kept: row['state'] !== 'quarantined',
  };
}

const byTime = (a: Untold, b: Untold): number => (a.takenAt ?? 0) - (b.takenAt ?? 0) || a.hash.localeCompare(b.hash);
