import { damaged, refuseGiant } from './damaged.js';

const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
/** Flags of VP8X that say "there is EXIF", "there is XMP". */
const HAS_EXIF_OR_XMP = 0x08 | 0x04;

/**
 * The same picture without EXIF, XMP and unknown parts. Source: RFC 9649.
 * @throws DomainError `invalid` when it is not a whole WebP
 */
export function cleanWebp(file: Buffer): Buffer {
  const text = (at: number): string => file.toString('latin1', at, at + 4);
  if (file.length < 20 || text(0) !== 'RIFF' || text(8) !== 'WEBP') throw damaged('WebP');
  const end = 8 + file.readUInt32LE(4);
  if (end > file.length) throw damaged('WebP');
  const kept: Buffer[] = [];
  let picture = false;
  for (let p = 12; p + 8 <= end;) {
    const type = text(p);
    const size = file.readUInt32LE(p + 4);
    const next = p + 8 + size + (size % 2);
    if (p + 8 + size > end) throw damaged('WebP');
    if (KEPT.has(type)) {
      // A copy: the caller's bytes stay as they are.
      const chunk = Buffer.from(file.subarray(p, Math.min(next, end)));
      if (type === 'VP8X') {
        if (size < 10) throw damaged('WebP');
        chunk.writeUInt8(chunk.readUInt8(8) & ~HAS_EXIF_OR_XMP, 8);
        refuseGiant(chunk.readUIntLE(12, 3) + 1, chunk.readUIntLE(15, 3) + 1);
      }
      picture ||= type !== 'VP8X' && type !== 'ICCP' && type !== 'ANIM';
      kept.push(chunk);
    }
    p = next;
  }
  if (!picture) throw damaged('WebP');
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  const body = Buffer.concat(kept);
  head.writeUInt32LE(4 + body.length, 4);
  return Buffer.concat([head, body]);
}
