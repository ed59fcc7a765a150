import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import { DomainError } from '../../kernel/domain-error.js';
import type { BackupLine } from './backup-file.js';

/** Bytes of a file in one line. */
const PIECE_BYTES = 1_500_000;

/** As src/tickets/evidence/evidence-store.ts names them: by their content. */
const placeOf = (folder: string, sha256: string): string => join(folder, sha256.slice(0, 2), sha256.slice(2));

/** The photos and films that the rows of the snapshot name. Files never change: read later, they are the same. */
export async function* evidenceLines(
  client: pg.PoolClient,
  folder: string,
  onMissing: (sha256: string) => void = () => undefined,
): AsyncGenerator<BackupLine> {
  const there = await client.query<{ there: boolean }>("select to_regclass('evidence') is not null as there");
  if (!there.rows[0]?.there) return; // a database that is older than this program
  const { rows } = await client.query<{ sha256: string }>(
    `select distinct sha256 from evidence where state = 'kept' order by sha256`,
  );
  for (const { sha256 } of rows) {
    const path = placeOf(folder, sha256);
    if (!(await stat(path).catch(() => null))) {
      onMissing(sha256);
      continue;
    }
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>)
      yield { evidence: sha256, piece: piece.toString('base64') };
  }
}

/**
 * Lets all other lines through and puts the photos and films into their folder.
 * @throws DomainError `invalid` when one is not what its name says: damaged
 */
export async function* withoutEvidence(
  lines: AsyncGenerator<BackupLine>,
  folder: string,
): AsyncGenerator<BackupLine, void, undefined> {
  let current: PartialFile | null = null;
  try {
    for await (const line of lines) {
      if ('evidence' in line) {
        if (current?.sha256 !== line.evidence) {
          await current?.finish();
          current = await PartialFile.begin(folder, line.evidence);
        }
        await current.add(Buffer.from(line.piece, 'base64'));
        continue;
      }
      await current?.finish();
      current = null;
      yield line;
    }
  } finally {
    await current?.abandon();
  }
}

class PartialFile {
  private readonly hash = createHash('sha256');

  private constructor(
    readonly sha256: string,
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async begin(folder: string, sha256: string): Promise<PartialFile> {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new DomainError('invalid', 'The backup names a photo by what is no hash.');
    const path = placeOf(folder, sha256);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return new PartialFile(sha256, path, await open(`${path}.tmp`, 'w', 0o600));
  }

  async add(piece: Buffer): Promise<void> {
    this.hash.update(piece);
    await this.file.write(piece);
  }

  async finish(): Promise<void> {
    if (this.hash.digest('hex') !== this.sha256) {
      await this.abandon();
      throw new DomainError('invalid', `The backup is damaged: the photo or film ${this.sha256} is another one.`);
    }
    await this.file.sync();
    await this.file.close();
    await rename(`${this.path}.tmp`, this.path);
  }

  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(`${this.path}.tmp`, { force: true });
  }
}
