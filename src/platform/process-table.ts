import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';

/** True when a process with this id exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * What tells a process from a later one with the same id: its start in clock ticks since boot (and which boot), or
 * what `ps` says where there is no /proc. `null` when there is no such process.
 */
export function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command (field 2) may hold spaces and brackets: count from the last bracket. Start time is field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null; // dead, only not yet collected by its parent
    return `${bootId()}:${fields[19] ?? ''}`;
  } catch {
    if (hasProc()) return null;
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return isAlive(pid) ? '' : null;
  }
}

/** The same process as the one that was seen then, still running. */
export const isSameProcess = (pid: number, start: string): boolean => startOf(pid) === start;

/** PostgreSQL processes (server and backends) whose working folder is this very folder, whatever path led there. */
export function postgresProcessesIn(folder: string): { pid: number; parent: number }[] {
  let target;
  try {
    target = statSync(folder);
  } catch {
    return [];
  }
  const found: { pid: number; parent: number }[] = [];
  if (!hasProc()) return postgresProcessesByPidFile(folder);
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const cwd = statSync(`/proc/${name}/cwd`);
      if (cwd.ino !== target.ino || cwd.dev !== target.dev) continue;
      if (readFileSync(`/proc/${name}/comm`, 'utf8').trim() !== 'postgres') continue; // an administrator's shell
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] !== 'Z' && fields[0] !== 'X') found.push({ pid: Number(name), parent: Number(fields[1]) });
    } catch {
      // It ended while we looked, or belongs to another user and so cannot be our database.
    }
  }
  return found;
}

/** macOS shows nobody's working folder: there the server is known by its pid file, the backends by their parent. */
function postgresProcessesByPidFile(folder: string): { pid: number; parent: number }[] {
  try {
    const server = Number(readFileSync(`${folder}/postmaster.pid`, 'utf8').split('\n')[0]);
    const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' }).trim().split('\n');
    return lines
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
      .filter((fields) => fields?.[3]?.includes('postgres'))
      .map((fields) => ({ pid: Number(fields?.[1]), parent: Number(fields?.[2]) }))
      .filter((p) => p.pid === server || p.parent === server);
  } catch {
    return [];
  }
}

let proc: boolean | undefined;
function hasProc(): boolean {
  proc ??= (() => {
    try {
      return statSync('/proc/self/stat').isFile();
    } catch {
      return false;
    }
  })();
  return proc;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
