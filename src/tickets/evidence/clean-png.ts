import { damaged, refuseGiant } from './damaged.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Beside the critical ones (first letter large): what the picture looks like with, and its motion. */
const KEPT = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'bKGD', 'pHYs', 'acTL', 'fcTL', 'fdAT']);

/**
 * The same picture without texts, EXIF and XMP, and without whatever follows its end.
 * @throws DomainError `invalid` when it is not a whole PNG
 */
export function cleanPng(file: Buffer): Buffer {
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw damaged('PNG');
  const kept: Buffer[] = [SIGNATURE];
  for (let p = 8; ;) {
    if (p + 12 > file.length) throw damaged('PNG');
    const end = p + 12 + file.readUInt32BE(p);
    const type = file.toString('latin1', p + 4, p + 8);
    if (end > file.length || !/^[A-Za-z]{4}$/.test(type)) throw damaged('PNG');
    if (p === 8) {
      if (type !== 'IHDR' || end < p + 25) throw damaged('PNG');
      refuseGiant(file.readUInt32BE(p + 8), file.readUInt32BE(p + 12));
    }
    if (/^[A-Z]/.test(type) || KEPT.has(type)) kept.push(file.subarray(p, end));
    if (type === 'IEND') return Buffer.concat(kept);
    p = end;
  }
}
