import { open, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { cleanJpeg } from './clean-jpeg.js';
import { cleanPng } from './clean-png.js';
import { cleanWebp } from './clean-webp.js';
import { filmPatches } from './film-patches.js';
import { heicPatches } from './heic-patches.js';
import type { Patch, ReadAt } from './patch.js';
import { webmPatches } from './webm-patches.js';

const REWRITTEN: Readonly<Record<string, (file: Buffer) => Buffer>> = {
  'image/jpeg': cleanJpeg,
  'image/png': cleanPng,
  'image/webp': cleanWebp,
};
const PATCHED: Readonly<Record<string, (file: ReadAt) => Promise<Patch[]>>> = {
  'image/heic': heicPatches,
  'image/heif': heicPatches,
  'video/mp4': filmPatches,
  'video/quicktime': filmPatches,
  'video/webm': webmPatches,
};
const PIECE = 64 * 1024;

/**
 * Looks into a photo or film, and takes out where it was made (with the rest of what its maker wrote about it).
 * @param write false: only look whether it is whole; its position stays
 * @throws DomainError `invalid` when it is not a whole one, `too-large` when it would be one unpacked
 */
export async function removePosition(path: string, mime: string, write: boolean): Promise<void> {
  const rewrite = REWRITTEN[mime];
  if (rewrite) {
    const cleaned = rewrite(await readFile(path));
    if (write) await writeFile(path, cleaned);
    return;
  }
  const patchesOf = PATCHED[mime];
  if (!patchesOf) throw new Error(`nobody knows how to take the position out of ${mime}`);
  const handle = await open(path, 'r+');
  try {
    const patches = await patchesOf(await readAt(handle));
    if (write) for (const patch of patches) await apply(handle, patch);
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle): Promise<ReadAt> {
  const { size } = await handle.stat();
  let piece: { at: number; bytes: Buffer } = { at: 0, bytes: Buffer.alloc(0) };
  const load = async (at: number, length: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(Math.min(length, size - at));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, at + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  };
  return {
    size,
    /** Small reads come one after the other: a piece at a time is fetched. */
    read: async (at, length) => {
      if (length > PIECE) return load(at, length);
      if (at < piece.at || at + length > piece.at + piece.bytes.length) piece = { at, bytes: await load(at, PIECE) };
      return piece.bytes.subarray(at - piece.at, at - piece.at + length);
    },
  };
}

async function apply(handle: FileHandle, { at, length, bytes }: Patch): Promise<void> {
  if (bytes) {
    await handle.write(bytes, 0, length, at);
    return;
  }
  const zeros = Buffer.alloc(Math.min(PIECE, length));
  for (let done = 0; done < length; done += zeros.length)
    await handle.write(zeros, 0, Math.min(zeros.length, length - done), at + done);
}
