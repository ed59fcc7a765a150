import { damaged } from './damaged.js';
import type { Patch, ReadAt } from './patch.js';

/** A box of an ISO media file (MP4, MOV, HEIC): ISO/IEC 14496-12 §4.2. Offsets in bytes from the file's beginning. */
export interface Box {
  readonly type: string;
  readonly start: number;
  /** Where its content begins. */
  readonly body: number;
  readonly end: number;
}

const MAX_BOXES = 5000;

/** The boxes that lie one after the other in a stretch. @throws DomainError `invalid` when they do not fill it */
export async function boxesIn(file: ReadAt, from: number, to: number, what: string): Promise<Box[]> {
  const boxes: Box[] = [];
  for (let p = from; p < to;) {
    // QuickTime may end a list of boxes with four zeros.
    if (to - p < 8) {
      if (to - p === 4 && (await file.read(p, 4)).every((b) => b === 0)) break;
      throw damaged(what);
    }
    const head = await file.read(p, Math.min(16, to - p));
    let size = head.readUInt32BE(0);
    let body = p + 8;
    if (size === 1) {
      if (head.length < 16) throw damaged(what);
      size = Number(head.readBigUInt64BE(8));
      body = p + 16;
    } else if (size === 0) size = to - p;
    const end = p + size;
    if (size < body - p || end > to) throw damaged(what);
    boxes.push({ type: head.toString('latin1', 4, 8), start: p, body, end });
    if (boxes.length > MAX_BOXES) throw damaged(what);
    p = end;
  }
  return boxes;
}

/** Turns a box into empty space of the same size. */
export const emptied = (box: Box): Patch[] => [
  { at: box.start + 4, length: 4, bytes: Buffer.from('free', 'latin1') },
  { at: box.body, length: box.end - box.body },
];
