// What a stack has started, on disk: a stack that was killed (-9) leaves its servers running, and the next one must end
// them before it uses their folders, by process id and start time, so that a stranger with the same id is left alone.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

const read = (folder) => {
  try {
    return JSON.parse(readFileSync(join(folder, 'run', 'stack.json'), 'utf8'));
  } catch {
    return null; // its first start, or killed before anything was started
  }
};

const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)));
  });

/**
 * The record of a stack's folder.
 * @param processes `{ startOf, isSameProcess }`
 */
export function recordOf(folder, { startOf }) {
  const file = join(folder, 'run', 'stack.json');
  const before = read(folder);
  const content = { owner: { pid: process.pid, start: startOf(process.pid) }, servers: {} };
  return {
    left: Object.entries(before?.servers ?? {}),
    /** The port that a server had last time, so that its address stays; undefined when it had none or it is taken. */
    portOf: async (name) => {
      const port = before?.servers[name]?.port;
      return port && (await isFree(port)) ? port : undefined;
    },
    add: (name, server) => {
      content.servers[name] = { pid: server.pid, start: startOf(server.pid), port: server.port };
      writeFileSync(`${file}.tmp`, JSON.stringify(content), { mode: 0o600 });
      renameSync(`${file}.tmp`, file);
    },
  };
}

/** Ends the servers that a killed stack left in this folder; the caller holds the folder's lock. */
export async function endLeftServers({ left }, { isSameProcess }, say) {
  for (const [name, { pid, start }] of left) {
    if (!isSameProcess(pid, start)) continue;
    say(`ending ${name} (process ${pid}), which a killed stack left behind`);
    for (const [signal, patience] of [
      ['SIGTERM', 5000],
      ['SIGKILL', 2000],
    ]) {
      if (!isSameProcess(pid, start)) break;
      process.kill(pid, signal);
      for (const until = performance.now() + patience; performance.now() < until && isSameProcess(pid, start);) {
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
  }
}

/** Temporary folders of stacks that were killed: their servers are ended, their data is removed. */
export async function clearAbandoned(parent, prefix, processes, say) {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(parent, name);
    const found = read(folder);
    if (!found || processes.isSameProcess(found.owner.pid, found.owner.start)) continue;
    await endLeftServers({ left: Object.entries(found.servers) }, processes, say);
    const cluster = join(folder, 'postgres');
    for (const { pid } of processes.postgresProcessesIn(cluster)) {
      try {
        process.kill(pid, 'SIGQUIT'); // its data is thrown away
      } catch {
        // it has just ended with its server
      }
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    say(`removed ${folder}, which a killed stack left behind`);
  }
}
