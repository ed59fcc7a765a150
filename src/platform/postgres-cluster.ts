import { execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DomainError } from '../kernel/domain-error.js';
import type { OperatingSystemUser } from './operating-system-user.js';
import type { PostgresBinaries } from './postgres-binaries.js';

/** The database's superuser, and the name of its one database. */
export const DATABASE_ROLE = 'steward';

/** Owner of a complete database folder (PG_VERSION is PostgreSQL's own mark), or `null` when there is none yet. */
export const clusterOwner = (folder: string): Promise<number | null> =>
  stat(join(folder, 'PG_VERSION')).then(
    (found) => found.uid,
    () => null,
  );

/**
 * Makes the database files, once. They are made in a folder beside and moved when complete, so that a kill in the middle
 * of the first start leaves nothing that looks like a database.
 */
export async function makeCluster(
  folder: string,
  user: OperatingSystemUser | null,
  binaries: PostgresBinaries,
  password: string,
): Promise<void> {
  const parent = dirname(folder);
  const prefix = `${basename(folder)}.making-`;
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true });
  }
  const making = join(parent, `${prefix}${randomBytes(4).toString('hex')}`);
  const passwordFile = join(making, 'password');
  await mkdir(making, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) {
    await chown(passwordFile, user.uid, user.gid);
    await chown(making, user.uid, user.gid);
  }
  await withFolder(making, user, (path, options) => {
    const child = spawn(
      binaries.initdb,
      [
        ['--pgdata', `${path}/cluster`],
        ['--username', DATABASE_ROLE],
        ['--pwfile', `${path}/password`],
        ['--auth', 'scram-sha-256'],
        ['--encoding', 'UTF8'],
        // The builtin provider sorts the same on every machine; ICU and libc change their order with their version.
        ['--locale-provider', 'builtin'],
        ['--builtin-locale', 'C.UTF-8'],
        ['--no-locale', '--no-instructions'],
      ].flat(),
      { ...options, stdio: ['ignore', 'pipe', 'pipe', ...extra(options)] },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
    return new Promise<void>((done, fail) => {
      child.once('error', fail);
      child.once('close', (code, signal) => {
        if (code === 0) done();
        else
          fail(
            new DomainError(
              'unavailable',
              `The database could not be created (${code ?? signal}): ${said.trim().slice(-600)}`,
            ),
          );
      });
    });
  });
  await rename(join(making, 'cluster'), folder);
  await sync(parent);
  await rm(making, { recursive: true, force: true });
}

/**
 * Runs something that starts a PostgreSQL program on a folder. When the program's user cannot pass through the folders above
 * (a clone under a 0700 home, a temporary folder), the folder is named by its open descriptor instead: the kernel
 * then checks the folder alone.
 * @param start gets the folder's name for the program, and the options with which to spawn it
 */
export async function withFolder<T>(
  folder: string,
  user: OperatingSystemUser | null,
  start: (path: string, options: SpawnOptions) => T | Promise<T>,
): Promise<T> {
  const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  if (!user) return start(folder, { env: environment, stdio: [] });
  const options: SpawnOptions = { env: environment, uid: user.uid, gid: user.gid, cwd: '/', stdio: [] };
  if (canEnter(folder, user)) return start(folder, options);
  const handle = await open(folder, 'r');
  try {
    return await start('/proc/self/fd/3', { ...options, stdio: [handle.fd] });
  } finally {
    await handle.close();
  }
}

/** What a program started by {@link withFolder} must find after its three standard streams. */
export const extra = (options: SpawnOptions): number[] =>
  Array.isArray(options.stdio) ? options.stdio.filter((entry) => typeof entry === 'number') : [];

function canEnter(folder: string, user: OperatingSystemUser): boolean {
  try {
    execFileSync('ls', [`${folder}/.`], { uid: user.uid, gid: user.gid, cwd: '/', stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** A rename is on the disk only when its folder is. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
