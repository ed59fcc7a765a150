import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Pictures by the SHA-256 of their content; null = it is not there. */
export interface PictureStore {
  read(hash: string): Promise<Buffer | null>;
}
export const PICTURE_STORE = Symbol('PictureStore');

/** `FOLDER/ab/cdef…`, where `abcdef…` is the hash. */
export class PictureFolder implements PictureStore {
  constructor(private readonly folder: string) {}

  async read(hash: string): Promise<Buffer | null> {
    // It comes from the database, but nothing else may ever become a path.
    if (!/^[0-9a-f]{64}$/.test(hash)) return null;
    return readFile(join(this.folder, hash.slice(0, 2), hash.slice(2))).catch(() => null);
  }
}
