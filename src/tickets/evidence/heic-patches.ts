import { boxesIn, emptied, type Box } from './boxes.js';
import { damaged } from './damaged.js';
import type { Patch, ReadAt } from './patch.js';

const SHOWN = new Set(['ftyp', 'meta', 'mdat', 'moov']);
const MAX_META_BYTES = 4 * 2 ** 20;

/**
 * What must be written over a HEIC so that its EXIF and XMP are gone: they are items of their own beside the picture,
 * whose table says where they lie. Which way is up stands in the picture's properties and stays. ISO/IEC 23008-12.
 * @throws DomainError `invalid` when its parts cannot be told apart
 */
export async function heicPatches(file: ReadAt): Promise<Patch[]> {
  const top = await boxesIn(file, 0, file.size, 'HEIC');
  const meta = top.find((b) => b.type === 'meta');
  if (top[0]?.type !== 'ftyp' || !meta || meta.end - meta.start > MAX_META_BYTES) throw damaged('HEIC');
  const patches = top.filter((b) => !SHOWN.has(b.type)).flatMap(emptied);
  // Of a picture in motion only the still is shown; its tracks are not looked into, so they go.
  patches.push(...top.filter((b) => b.type === 'moov').flatMap(emptied));
  const inside = await boxesIn(file, meta.body + 4, meta.end, 'HEIC');
  patches.push(...inside.filter((b) => b.type === 'uuid' || b.type === 'udta' || b.type === 'free').flatMap(emptied));
  const iinf = inside.find((b) => b.type === 'iinf');
  const iloc = inside.find((b) => b.type === 'iloc');
  if (!iinf || !iloc) throw damaged('HEIC');
  const told = await tellingItems(file, iinf);
  const idat = inside.find((b) => b.type === 'idat');
  patches.push(...told.types, ...(await placesOf(file, iloc, told.ids, idat)));
  return patches;
}

/** Items that are metadata: their ids, and patches that make their type unknown to readers. */
async function tellingItems(file: ReadAt, iinf: Box): Promise<{ ids: Set<number>; types: Patch[] }> {
  const head = await file.read(iinf.body, 8);
  const entries = await boxesIn(file, iinf.body + ((head[0] ?? 0) === 0 ? 6 : 8), iinf.end, 'HEIC');
  const ids = new Set<number>();
  const types: Patch[] = [];
  for (const entry of entries) {
    const body = await file.read(entry.body, Math.min(16, entry.end - entry.body));
    const version = body[0] ?? 0;
    if (entry.type !== 'infe' || version < 2 || body.length < 12) throw damaged('HEIC');
    const wide = version >= 3;
    if (wide && body.length < 14) throw damaged('HEIC');
    const id = wide ? body.readUInt32BE(4) : body.readUInt16BE(4);
    const typeAt = wide ? 10 : 8;
    const type = body.toString('latin1', typeAt, typeAt + 4);
    if (type !== 'Exif' && type !== 'mime' && type !== 'uri ') continue;
    ids.add(id);
    if (type === 'Exif') types.push({ at: entry.body + typeAt, length: 4, bytes: Buffer.from('gone', 'latin1') });
  }
  return { ids, types };
}

/** Where the data of these items lie, in the file or in `idat`. */
async function placesOf(file: ReadAt, iloc: Box, ids: ReadonlySet<number>, idat: Box | undefined): Promise<Patch[]> {
  const table = await file.read(iloc.body, iloc.end - iloc.body);
  let p = 0;
  const take = (bytes: number): number => {
    if (p + bytes > table.length) throw damaged('HEIC');
    const value = bytes === 0 ? 0 : bytes === 8 ? Number(table.readBigUInt64BE(p)) : table.readUIntBE(p, bytes);
    p += bytes;
    return value;
  };
  const version = take(1);
  p += 3;
  const sizes = take(2);
  const [offsetSize, lengthSize, baseSize] = [(sizes >> 12) & 15, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version === 0 ? 0 : sizes & 15;
  // Without lengths a table could say that a byte has a million pieces.
  if (
    lengthSize === 0 ||
    version > 2 ||
    [offsetSize, lengthSize, baseSize, indexSize].some((n) => n !== 0 && n !== 4 && n !== 8)
  )
    throw damaged('HEIC');
  const items = take(version < 2 ? 2 : 4);
  const patches: Patch[] = [];
  for (let i = 0; i < items; i++) {
    const id = take(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : take(2) & 15;
    take(2);
    const base = take(baseSize);
    for (let extents = take(2); extents > 0; extents--) {
      take(indexSize);
      const offset = take(offsetSize);
      const length = take(lengthSize);
      if (!ids.has(id)) continue;
      const from = method === 0 ? 0 : method === 1 && idat ? idat.body : NaN;
      const at = from + base + offset;
      if (!(at + length <= file.size) || length === 0) throw damaged('HEIC');
      patches.push({ at, length });
    }
  }
  return patches;
}
