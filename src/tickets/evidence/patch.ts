/** A file that is too large to be held in memory, read in pieces. */
export interface ReadAt {
  /** Bytes. */
  readonly size: number;
  read(at: number, length: number): Promise<Buffer>;
}

/** Bytes written over a file's own; without `bytes`, zeros. The file's length and all offsets in it stay as they are. */
export interface Patch {
  readonly at: number;
  readonly length: number;
  readonly bytes?: Buffer;
}
