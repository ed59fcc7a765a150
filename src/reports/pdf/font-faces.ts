/*
 * PostScript names of the faces of an OpenType file: a collection (.ttc) holds several languages, and Chinese set in
 * the Japanese face has strokes that a Chinese reader finds wrong. Format: OpenType 1.9, "ttcf" header and "name" table.
 */
const POSTSCRIPT_NAME = 6;
const WINDOWS = 3;
/** TrueType, as Windows and as Apple mark it, and OpenType with PostScript outlines. */
const SINGLE = new Set(['\0\x01\0\0', 'true', 'OTTO']);

/** Names in the order of the faces; null for a face that does not say. Throws RangeError on a file that is no font. */
export function fontFaces(file: Buffer): (string | null)[] {
  const kind = file.toString('latin1', 0, 4);
  if (SINGLE.has(kind)) return [nameOf(file, 0)];
  if (kind !== 'ttcf') throw new RangeError('not a font');
  const count = file.readUInt32BE(8);
  if (count > 64) throw new RangeError('not a collection of fonts');
  return Array.from({ length: count }, (_, i) => nameOf(file, file.readUInt32BE(12 + 4 * i)));
}

function nameOf(file: Buffer, at: number): string | null {
  const tables = file.readUInt16BE(at + 4);
  for (let i = 0; i < tables; i++) {
    const record = at + 12 + 16 * i;
    if (file.toString('latin1', record, record + 4) === 'name') return readName(file, file.readUInt32BE(record + 8));
  }
  return null;
}

function readName(file: Buffer, table: number): string | null {
  const count = file.readUInt16BE(table + 2);
  const texts = table + file.readUInt16BE(table + 4);
  for (let i = 0; i < count; i++) {
    const record = table + 6 + 12 * i;
    if (file.readUInt16BE(record + 6) !== POSTSCRIPT_NAME) continue;
    const start = texts + file.readUInt16BE(record + 10);
    const bytes = file.subarray(start, start + file.readUInt16BE(record + 8));
    return file.readUInt16BE(record) === WINDOWS
      ? Buffer.from(bytes).swap16().toString('utf16le')
      : bytes.toString('latin1');
  }
  return null;
}
