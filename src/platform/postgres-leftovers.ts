import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../kernel/domain-error.js';
import { postgresProcessesIn } from './process-table.js';

/** How long each way of asking may take before the next, ms. A fast stop writes a checkpoint; the others do not. */
const ORPHAN_SERVER: readonly [NodeJS.Signals, number][] = [
  ['SIGINT', 2500],
  ['SIGQUIT', 1000],
  ['SIGKILL', 1000],
];
const ORPHAN_BACKENDS: readonly [NodeJS.Signals, number][] = [
  ['SIGQUIT', 500],
  ['SIGKILL', 1000],
];

/**
 * Ends what a killed copy of Steward left running on these database files, and clears its pid file. The caller holds
 * the data folder's lock, so that nothing found here has an owner any more.
 *
 * A server whose Steward is gone is stopped rather than adopted: a new one starts from known settings, in a known
 * process group. Backends without a server end by themselves, but one that is inside a long write may take its time,
 * and the next server refuses to start while they hold the shared memory.
 * @returns what was done, for the log; `null` when there was nothing
 */
export async function endLeftovers(folder: string): Promise<string | null> {
  const found = postgresProcessesIn(folder);
  const server = serverOf(found);
  if (server !== undefined) await end(folder, ORPHAN_SERVER, (processes) => serverOf(processes));
  await end(folder, ORPHAN_BACKENDS, (processes) => processes[0]?.pid);
  const left = postgresProcessesIn(folder);
  if (left.length > 0) {
    const pids = left.map((p) => p.pid).join(', ');
    throw new DomainError('unavailable', `Old database processes on ${folder} do not end: ${pids}. End them by hand.`);
  }
  // Nobody runs here. PostgreSQL would judge the file by its pid alone, which after a container's restart belongs to
  // somebody else, and refuse to start.
  await rm(join(folder, 'postmaster.pid'), { force: true });
  if (server !== undefined) return `an orphaned database server (pid ${server}) was stopped`;
  return found.length > 0 ? `${found.length} orphaned database processes were ended` : null;
}

type Processes = ReturnType<typeof postgresProcessesIn>;

/** The server is the one whose parent is not among them, and who is a parent itself. */
function serverOf(processes: Processes): number | undefined {
  return processes.find((p) => processes.some((q) => q.parent === p.pid))?.pid;
}

async function end(
  folder: string,
  ways: readonly (readonly [NodeJS.Signals, number])[],
  remaining: (processes: Processes) => number | undefined,
): Promise<void> {
  for (const [signal, patience] of ways) {
    const now = postgresProcessesIn(folder);
    const first = remaining(now);
    if (first === undefined) return;
    for (const pid of ways === ORPHAN_SERVER ? [first] : now.map((p) => p.pid)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended in this moment.
      }
    }
    for (const until = performance.now() + patience; performance.now() < until; await sleep(20)) {
      if (remaining(postgresProcessesIn(folder)) === undefined) return;
    }
  }
}
