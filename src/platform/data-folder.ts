import { randomBytes } from 'node:crypto';
import { access, chmod, constants, link, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../kernel/domain-error.js';
import { isSameProcess, startOf } from './process-table.js';

interface LockHolder {
  pid: number;
  start: string;
}

/** The one folder in which a copy of Steward keeps everything; held by one process at a time. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** A file or folder inside. */
  file(...parts: string[]): string;
  /** See {@link secretOf}. */
  secret(name: string, create: () => string): Promise<string>;
  release(): Promise<void>;
}

/**
 * Makes the folder if need be and locks it.
 * @throws DomainError `conflict` naming the process that holds it, `unavailable` when it cannot be written
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = await prepareDataFolder(folder);
  const file = (...parts: string[]): string => join(path, ...parts);
  await oneAtATime(path, () => lock(file('lock'), path));
  let held = true;
  return {
    path,
    file,
    secret: (name, create) => secretOf(path, name, create),
    release: async () => {
      if (held) await unlink(file('lock')).catch(() => undefined);
      held = false;
    },
  };
}

/**
 * Makes the folder and what is always in it, without locking it.
 * @returns its absolute path
 */
export async function prepareDataFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  try {
    await mkdir(path, { recursive: true });
    const { mode, uid } = await stat(path);
    const me = process.getuid?.();
    // 0711: the database's own user must be able to pass through to its folder, and see nothing else.
    if ((mode & 0o777) !== 0o711 && (uid === me || me === 0)) await chmod(path, 0o711);
    for (const name of ['run', 'secrets', 'log']) await mkdir(join(path, name), { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new DomainError(
      'unavailable',
      `The data folder ${path} cannot be used (${code}). Give STEWARD_DATA_DIR a folder that this user may write.`,
    );
  }
  return path;
}

/** Refuses a folder that another copy holds now. Only {@link openDataFolder} makes sure that it stays so. */
export async function refuseFolderInUse(folder: string): Promise<void> {
  const path = resolve(folder);
  const text = await readFile(join(path, 'lock'), 'utf8').catch(() => null);
  const holder = text === null ? null : parseHolder(text);
  if (!holder || !isSameProcess(holder.pid, holder.start)) return;
  throw new DomainError(
    'conflict',
    `The data folder ${path} is in use by another copy of Steward (process ${holder.pid}). ` +
      'Stop that copy first, or give this one another folder with STEWARD_DATA_DIR.',
    { pid: holder.pid, folder: path },
  );
}

/** A file of `secrets/` as text, made by `create` at its first use; readable by its owner alone. */
export async function secretOf(folder: string, name: string, create: () => string): Promise<string> {
  const file = join(folder, 'secrets', name);
  const found = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (found) return found;
  const value = create();
  const temporary = `${file}.${process.pid}.tmp`;
  await writeSynced(temporary, value, 0o600);
  await rename(temporary, file);
  return value;
}

/**
 * The lock is a file that appears complete or not at all (`link` is atomic). One left by a process that is gone, or
 * whose id now belongs to another process, is replaced.
 */
async function lock(lockFile: string, folder: string): Promise<void> {
  const me: LockHolder = { pid: process.pid, start: startOf(process.pid) ?? '' };
  const mine = `${lockFile}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeSynced(mine, JSON.stringify(me), 0o644);
  try {
    await refuseFolderInUse(folder);
    await unlink(lockFile).catch(() => undefined);
    await link(mine, lockFile);
  } finally {
    await unlink(mine).catch(() => undefined);
  }
}

/**
 * Two copies that judge the same stale lock must not do so at once, or the slower one removes the lock that the quicker
 * one has just taken. A name in the kernel's abstract socket space can be had once and is free again when its holder dies.
 */
async function oneAtATime(folder: string, task: () => Promise<void>): Promise<void> {
  const { dev, ino } = await stat(folder);
  const server = createServer((socket) => socket.destroy());
  for (const end = performance.now() + 5000; ; await sleep(5)) {
    const problem = await new Promise<string | undefined>((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      server.listen(`\0steward-data-${dev}-${ino}`, () => resolve(undefined));
    });
    // Only Linux has such names; elsewhere, and when a stranger sits on ours, the file alone has to do.
    if (problem !== 'EADDRINUSE' || performance.now() > end) break;
  }
  try {
    await task();
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}

function parseHolder(text: string): LockHolder | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('start' in value)) return null;
    return typeof value.pid === 'number' && typeof value.start === 'string'
      ? { pid: value.pid, start: value.start }
      : null;
  } catch {
    return null; // cut short by a power failure: nobody holds it
  }
}

async function writeSynced(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, 'w', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
