/*
 * EXIF as TIFF: a head, then directories of entries of 12 bytes (tag, type, count, value or where it is). Source: Exif 2.32,
 * TIFF 6.0. Read with every offset in doubt; nothing is copied but three texts and a number.
 */

const ORIENTATION = 0x0112;
const DATE_TIME = 0x0132;
const EXIF_DIRECTORY = 0x8769;
const DATE_TIME_ORIGINAL = 0x9003;
const OFFSET_TIME_ORIGINAL = 0x9011;

interface KeptExif {
  readonly orientation: number | null;
  readonly dateTime: string | null;
  readonly dateTimeOriginal: string | null;
  readonly offset: string | null;
}

/**
 * A new EXIF block with what evidence needs of the old one: which way is up, and when it was taken. Everything else goes,
 * the position first.
 * @param tiff the old block, from its byte order mark on
 * @returns null when there is nothing of it
 */
export function exifWithoutPosition(tiff: Buffer): Buffer | null {
  const kept = readKept(tiff);
  const main: Entry[] = [];
  const sub: Entry[] = [];
  if (kept.orientation !== null) main.push({ tag: ORIENTATION, value: kept.orientation });
  if (kept.dateTime !== null) main.push({ tag: DATE_TIME, value: kept.dateTime });
  if (kept.dateTimeOriginal !== null) sub.push({ tag: DATE_TIME_ORIGINAL, value: kept.dateTimeOriginal });
  if (kept.offset !== null) sub.push({ tag: OFFSET_TIME_ORIGINAL, value: kept.offset });
  if (main.length + sub.length === 0) return null;
  const head = Buffer.from('II*\0\x08\0\0\0', 'latin1');
  if (sub.length === 0) return Buffer.concat([head, directory(main, 8)]);
  const first = directory([...main, { tag: EXIF_DIRECTORY, value: 0, long: true }], 8);
  const at = head.length + first.length;
  return Buffer.concat([
    head,
    directory([...main, { tag: EXIF_DIRECTORY, value: at, long: true }], 8),
    directory(sub, at),
  ]);
}

interface Entry {
  readonly tag: number;
  readonly value: number | string;
  readonly long?: boolean;
}

/** Little-endian, at `at` in its block; texts longer than 4 bytes follow the entries. Tags in rising order. */
function directory(entries: readonly Entry[], at: number): Buffer {
  const table = Buffer.alloc(2 + entries.length * 12 + 4);
  const texts: Buffer[] = [];
  let next = at + table.length;
  table.writeUInt16LE(entries.length, 0);
  entries.forEach(({ tag, value, long }, i) => {
    const p = 2 + i * 12;
    table.writeUInt16LE(tag, p);
    if (typeof value === 'number') {
      table.writeUInt16LE(long ? 4 : 3, p + 2);
      table.writeUInt32LE(1, p + 4);
      if (long) table.writeUInt32LE(value, p + 8);
      else table.writeUInt16LE(value, p + 8);
      return;
    }
    const text = Buffer.from(`${value}\0`, 'latin1');
    table.writeUInt16LE(2, p + 2);
    table.writeUInt32LE(text.length, p + 4);
    table.writeUInt32LE(next, p + 8);
    const padded = Buffer.alloc(text.length + (text.length % 2));
    text.copy(padded);
    texts.push(padded);
    next += padded.length;
  });
  return Buffer.concat([table, ...texts]);
}

function readKept(tiff: Buffer): KeptExif {
  const nothing = { orientation: null, dateTime: null, dateTimeOriginal: null, offset: null };
  const order = tiff.toString('latin1', 0, 4);
  if (order !== 'II*\0' && order !== 'MM\0*') return nothing;
  const little = order.startsWith('I');
  const u16 = (p: number): number | null =>
    p < 0 || p + 2 > tiff.length ? null : little ? tiff.readUInt16LE(p) : tiff.readUInt16BE(p);
  const u32 = (p: number): number | null =>
    p < 0 || p + 4 > tiff.length ? null : little ? tiff.readUInt32LE(p) : tiff.readUInt32BE(p);
  /** Where the value of a tag stands in a directory. */
  const find = (directoryAt: number | null, tag: number): { type: number; count: number; at: number } | null => {
    const count = directoryAt === null ? null : u16(directoryAt);
    if (directoryAt === null || count === null) return null;
    for (let i = 0; i < count; i++) {
      const p = directoryAt + 2 + i * 12;
      if (u16(p) !== tag) continue;
      const [type, n] = [u16(p + 2), u32(p + 4)];
      return type === null || n === null ? null : { type, count: n, at: p + 8 };
    }
    return null;
  };
  const text = (directoryAt: number | null, tag: number): string | null => {
    const entry = find(directoryAt, tag);
    if (!entry || entry.type !== 2 || entry.count > 32) return null;
    const at = entry.count <= 4 ? entry.at : u32(entry.at);
    if (at === null || at + entry.count > tiff.length) return null;
    const value = tiff.toString('latin1', at, at + entry.count).replace(/\0.*$/s, '');
    // A date and a time zone are figures; whatever else stands there is not taken along.
    return /^[\d: +-]{1,25}$/.test(value) ? value : null;
  };
  const main = u32(4);
  const sub = find(main, EXIF_DIRECTORY);
  const subAt = sub ? u32(sub.at) : null;
  const turned = find(main, ORIENTATION);
  const orientation = turned?.type === 3 ? u16(turned.at) : null;
  return {
    orientation: orientation !== null && orientation >= 1 && orientation <= 8 ? orientation : null,
    dateTime: text(main, DATE_TIME),
    dateTimeOriginal: text(subAt, DATE_TIME_ORIGINAL),
    offset: text(subAt, OFFSET_TIME_ORIGINAL),
  };
}
