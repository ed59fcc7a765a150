import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { DomainError } from '../../kernel/domain-error.js';

/*
 * A backup is one gzip file of JSON lines: a head, for each table a line that names it and lines with its rows, the
 * photos and films of tickets, the sequences, and an end without which the file is not whole. Gzip brings the checksum.
 */
export const FORMAT = 'steward-backup';
/** 2: with the photos and films of tickets. */
export const FORMAT_VERSION = 2;

export interface BackupHead {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Moment of the snapshot, ISO 8601: everything committed before it is in, nothing after it. */
  readonly at: string;
  /** The schema's version: what had been applied. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[];
  /** Partitions that are made at run time, parents first. */
  readonly partitions: readonly { readonly name: string; readonly parent: string; readonly bound: string }[];
  /** Files of the data folder's `secrets`, base64: without the key of the stored tokens they cannot be read. */
  readonly secrets: Readonly<Record<string, string>>;
}

export type BackupLine =
  | BackupHead
  /** `columns` as they can be written: without generated ones. */
  | { readonly table: string; readonly columns: readonly string[] }
  /** PostgreSQL's own text of whole rows, exact for every type. */
  | { readonly rows: readonly string[] }
  | { readonly sequences: Readonly<Record<string, { readonly last: string; readonly called: boolean }>> }
  /** A piece of a photo or film, base64; the pieces of one follow each other. */
  | { readonly evidence: string; readonly piece: string }
  | { readonly end: true; readonly counts: Readonly<Record<string, number>> };

/**
 * Writes a new file, readable by its owner alone; it has its name only when it is complete and on the disk.
 * @throws DomainError `conflict` when there is such a file already
 */
export async function writeBackupFile(path: string, lines: AsyncIterable<BackupLine>): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new DomainError('conflict', `${path} exists already; a backup never overwrites another one.`);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const gzip = createGzip({ level: 3 });
    const written = pipeline(gzip, createWriteStream(temporary, { mode: 0o600, flush: true }));
    try {
      for await (const line of lines) {
        if (!gzip.write(`${JSON.stringify(line)}\n`)) await Promise.race([once(gzip, 'drain'), written]);
      }
    } catch (error) {
      gzip.destroy();
      await written.catch(() => undefined);
      throw error;
    }
    gzip.end();
    await written;
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** @throws DomainError `invalid` when the file is not a backup, or was cut short */
export async function* readBackupFile(path: string): AsyncGenerator<BackupLine> {
  const source = createReadStream(path);
  const text = createGunzip();
  const flowing = pipeline(source, text).catch(() => undefined); // the reader below is told by `text`
  const damaged = (): DomainError =>
    new DomainError('invalid', `${path} is not a whole backup of Steward: it is something else, damaged or cut short.`);
  let ended = false;
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Infinity })) {
      const value = JSON.parse(line) as BackupLine;
      if ('end' in value) ended = true;
      yield value;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new DomainError('invalid', `There is no file ${path}.`);
    throw error instanceof SyntaxError || code?.startsWith('Z_') ? damaged() : error;
  } finally {
    source.destroy();
    text.destroy();
    await flowing;
  }
  if (!ended) throw damaged();
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
