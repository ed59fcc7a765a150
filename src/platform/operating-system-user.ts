import { execFileSync } from 'node:child_process';
import { DomainError } from '../kernel/domain-error.js';

export interface OperatingSystemUser {
  name: string;
  uid: number;
  gid: number;
}

/** Tried in this order; the last one is created when none exists. */
const NAMES = ['postgres', 'steward-db'];

/**
 * PostgreSQL refuses to run as root, so that root needs a user to run it as; an ordinary user runs it as itself.
 * @param owner numeric id of the existing database folder's owner: who made the database goes on running it
 * @returns `null` for an ordinary user
 */
export function databaseUser(owner?: number): OperatingSystemUser | null {
  if (process.getuid?.() !== 0) return null;
  if (owner) {
    const existing = lookUp(String(owner));
    if (existing) return existing;
  }
  for (const name of NAMES) {
    const user = lookUp(name);
    if (user) return user;
  }
  return create(NAMES[NAMES.length - 1] ?? 'steward-db');
}

function lookUp(nameOrId: string): OperatingSystemUser | null {
  try {
    const read = (flag: string): string =>
      execFileSync('id', [flag, nameOrId], { encoding: 'utf8', stdio: 'pipe' }).trim();
    return { name: read('-un'), uid: Number(read('-u')), gid: Number(read('-g')) };
  } catch {
    return null;
  }
}

function create(name: string): OperatingSystemUser {
  const attempts: [string, string[]][] = [
    [
      'useradd',
      [
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/usr/sbin/nologin',
        name,
      ],
    ],
    ['adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', name]], // BusyBox (Alpine)
  ];
  for (const [command, args] of attempts) {
    try {
      execFileSync(command, args, { stdio: 'pipe' });
    } catch {
      // Not on this system, or another copy created the user in this moment: the look-up decides.
    }
    const user = lookUp(name);
    if (user) return user;
  }
  throw new DomainError(
    'unavailable',
    `The database cannot run as root and the user "${name}" could not be created. ` +
      `Create it (useradd --system ${name}), run Steward as an ordinary user, or set DATABASE_URL.`,
  );
}
