import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DomainError } from '../../kernel/domain-error.js';
import { HEAD_BYTES, MAX_BYTES, mediaTypeOf, tooLarge, type MediaType } from './media-type.js';
import { removePosition } from './remove-position.js';

/** A photo or film that has come in and is not kept yet. */
export interface Received extends MediaType {
  readonly path: string;
  /** Of what will be kept: after its position has been taken out. */
  readonly sha256: string;
  readonly bytes: number;
  readonly position: 'removed' | 'kept';
}

/** On a disk this full nothing more is taken: the database stands on it too. */
const RESERVE_BYTES = 1024 * 2 ** 20;
/** So many come in at once; each waits for its phone. */
const AT_ONCE = 24;
/** Left behind by a process that was killed. */
const FORGOTTEN_MS = 24 * 3600 * 1000;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Photos and films as files that are named by their content (`ab/cdef…`): the same one is kept once, and a changed byte
 * shows. What comes in is written to `incoming` and judged there; only what is whole and clean gets its name.
 */
export class EvidenceStore {
  private under = 0;

  /** @param folder null = this process keeps none */
  constructor(private readonly folder: string | null) {}

  /**
   * Takes a stream in: its type by content, its size while it comes, its position taken out.
   * @param announced bytes that the sender says will come
   * @throws DomainError `wrong-media-type`, `too-large`, `invalid` (not whole), `unavailable` (disk, too many); nothing is kept
   */
  async receive(from: Readable, announced: number | null, keepPosition: boolean): Promise<Received> {
    if (announced !== null && announced > MAX_BYTES.film) throw tooLarge('film');
    if (this.under >= AT_ONCE)
      throw new DomainError('unavailable', 'Too many photos come in at once. Send it again soon.');
    this.under++;
    try {
      const path = join(await this.incoming(), randomUUID());
      try {
        const type = await write(from, path, announced);
        await removePosition(path, type.mime, !keepPosition);
        const { sha256, bytes } = await digest(path);
        return { ...type, path, sha256, bytes, position: keepPosition ? 'kept' : 'removed' };
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    } finally {
      this.under--;
    }
  }

  /** Gives it its name, on the disk when this resolves. */
  async keep(r: Received): Promise<void> {
    await place(r.path, join(this.root, r.sha256.slice(0, 2)), r.sha256.slice(2));
  }

  /** Out of reach of everybody but the administrator of the machine. */
  async quarantine(r: Received): Promise<void> {
    await place(r.path, join(this.root, 'quarantine'), r.sha256);
  }

  async discard(r: Received): Promise<void> {
    await rm(r.path, { force: true });
  }

  /** @throws DomainError `not-found` when the file is not there */
  async read(sha256: string): Promise<{ stream: ReadStream; bytes: number }> {
    const path = this.pathOf(sha256);
    const found = await stat(path).catch(() => null);
    if (!found) throw new DomainError('not-found', 'The file of this photo or film is not here.');
    return { stream: createReadStream(path), bytes: found.size };
  }

  pathOf(sha256: string): string {
    if (!SHA256.test(sha256)) throw new DomainError('invalid', 'That is not the SHA-256 of a file.');
    return join(this.root, sha256.slice(0, 2), sha256.slice(2));
  }

  /** What a killed process has left behind half written. */
  async sweep(now: number): Promise<void> {
    if (this.folder === null) return;
    const folder = join(this.root, 'incoming');
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const found = await stat(path).catch(() => null);
      if (found && found.mtimeMs < now - FORGOTTEN_MS) await rm(path, { force: true });
    }
  }

  private get root(): string {
    if (this.folder === null) throw new DomainError('unavailable', 'This copy of Steward keeps no photos.');
    return this.folder;
  }

  private async incoming(): Promise<string> {
    const folder = join(this.root, 'incoming');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < RESERVE_BYTES)
      throw new DomainError('unavailable', 'The disk is nearly full: no photos are taken until there is room again.');
    return folder;
  }
}

async function write(from: Readable, path: string, announced: number | null): Promise<MediaType> {
  const file = await open(path, 'wx', 0o600);
  try {
    let type: MediaType | null = null;
    let head = Buffer.alloc(0);
    let total = 0;
    const judge = async (): Promise<MediaType> => {
      const found = await mediaTypeOf(head);
      if (Math.max(total, announced ?? 0) > MAX_BYTES[found.kind]) throw tooLarge(found.kind);
      return found;
    };
    // The sender is answered: its connection is not cut when this is left early.
    for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (!type) {
        head = Buffer.concat([head, chunk]);
        if (head.length >= HEAD_BYTES) type = await judge();
      }
      if (type && total > MAX_BYTES[type.kind]) throw tooLarge(type.kind);
      await file.write(chunk);
    }
    if (total === 0)
      throw new DomainError('invalid', 'There is nothing in it: the photo or film is the body as it is.');
    return type ?? (await judge());
  } finally {
    await file.close();
  }
}

async function digest(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Written through to the disk before its row is committed. */
async function place(from: string, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await sync(from);
  await rename(from, join(folder, name));
  await sync(folder);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
