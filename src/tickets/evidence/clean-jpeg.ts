import { damaged, refuseGiant } from './damaged.js';
import { exifWithoutPosition } from './exif-time.js';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const EXIF = 'Exif\0\0';
const ICC = 'ICC_PROFILE\0';

const isFrame = (m: number): boolean => m >= 0xc0 && m <= 0xcf && m !== 0xc4 && m !== 0xc8 && m !== 0xcc;
const standsAlone = (m: number): boolean => m === 0x01 || (m >= 0xd0 && m <= 0xd7);

/**
 * The same picture, bit by bit, without what was written about it: EXIF but for its time and which way is up, XMP, IPTC,
 * comments, further pictures (MPF), and whatever follows its end. Only the colour profile and JFIF's and Adobe's
 * marks stay: the picture needs them.
 * @throws DomainError `invalid` when it is not a whole JPEG
 */
export function cleanJpeg(file: Buffer): Buffer {
  const kept: Buffer[] = [Buffer.from([0xff, SOI])];
  if (file[0] !== 0xff || file[1] !== SOI) throw damaged('JPEG');
  let scans = 0;
  for (let p = 2; ;) {
    if (file[p] !== 0xff) throw damaged('JPEG');
    while (file[p + 1] === 0xff) p++;
    const marker = file[p + 1];
    if (marker === undefined || marker === 0x00 || marker === SOI) throw damaged('JPEG');
    if (marker === EOI) {
      if (scans === 0) throw damaged('JPEG');
      return Buffer.concat([...kept, Buffer.from([0xff, EOI])]);
    }
    if (standsAlone(marker)) {
      p += 2;
      continue;
    }
    const length = p + 4 <= file.length ? file.readUInt16BE(p + 2) : 0;
    const end = p + 2 + length;
    if (length < 2 || end > file.length) throw damaged('JPEG');
    const body = file.subarray(p + 4, end);
    if (isFrame(marker) && body.length >= 5) refuseGiant(body.readUInt16BE(3), body.readUInt16BE(1));
    const segment = keptSegment(marker, body, file.subarray(p, end));
    if (segment) kept.push(segment);
    p = end;
    if (marker === SOS) {
      scans++;
      p = endOfScan(file, end);
      kept.push(file.subarray(end, p));
    }
  }
}

function keptSegment(marker: number, body: Buffer, whole: Buffer): Buffer | null {
  const begins = (text: string): boolean => body.toString('latin1', 0, text.length) === text;
  if (marker === 0xfe) return null; // a comment
  if (marker < 0xe0 || marker > 0xef) return whole;
  if (marker === 0xe0 && begins('JFIF\0')) return whole;
  if (marker === 0xe2 && begins(ICC)) return whole;
  if (marker === 0xee && begins('Adobe')) return whole;
  if (marker !== 0xe1 || !begins(EXIF)) return null;
  const exif = exifWithoutPosition(body.subarray(EXIF.length));
  if (!exif) return null;
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(2 + EXIF.length + exif.length, 2);
  return Buffer.concat([head, Buffer.from(EXIF, 'latin1'), exif]);
}

/** Picture data go on until a marker that is neither a stuffed byte nor a restart. */
function endOfScan(file: Buffer, from: number): number {
  for (let p = file.indexOf(0xff, from); p !== -1; p = file.indexOf(0xff, p + 1)) {
    const next = file[p + 1];
    if (next === undefined) break;
    if (next !== 0x00 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return p;
  }
  throw damaged('JPEG');
}
