import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startOf } from '../../src/platform/process-table.js';
import { ensureBuilt } from '../support/started-steward.js';
import { until } from '../support/until.js';

jest.setTimeout(180_000);

/** Dead processes that nobody has collected yet do not count. */
const runs = (pid: number): boolean => startOf(pid) !== null;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Info {
  DATABASE_URL: string;
  REDIS_URL: string;
  INFLUX_URL: string;
  MQTT_URL: string;
  pids: { stack: number; database: number; redis: number; influx: number; mosquitto: number };
}

class Stack {
  out = '';
  err = '';
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  constructor(env: Record<string, string>, args: string[] = []) {
    this.child = spawn(process.execPath, [join(ROOT, 'scripts/stack.mjs'), '--json', ...args], {
      cwd: ROOT,
      env: { ...process.env, DATABASE_URL: '', STEWARD_STACK_DIR: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (text: Buffer) => (this.out += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => (this.err += text.toString()));
    this.exited = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)));
  }
  async line<T>(): Promise<T> {
    return until(`a line of JSON (${this.err})`, 90_000, () => {
      if (this.child.exitCode !== null) throw new Error(`the stack ended: ${this.err}`);
      return this.out.includes('\n') ? (JSON.parse(this.out) as T) : null;
    });
  }
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }
}

/** The temporary folders of these tests' stacks. */
let temporary: string;
const stacks: Stack[] = [];
const start = (env: Record<string, string> = {}, args: string[] = []): Stack => {
  const stack = new Stack({ TMPDIR: temporary, ...env }, args);
  stacks.push(stack);
  return stack;
};

beforeEach(async () => {
  ensureBuilt();
  temporary = await mkdtemp(join(tmpdir(), 'steward-stack-test-'));
});
afterEach(async () => {
  for (const stack of stacks.splice(0)) if (stack.child.exitCode === null) await stack.stop();
  await rm(temporary, { recursive: true, force: true });
});

const allGone = (info: Info) =>
  until('every server is gone', 20_000, () => !Object.values(info.pids).some((pid) => runs(pid)));

describe('npm run stack', () => {
  it('starts the four servers, tells their addresses, and takes all away when it is stopped', async () => {
    const stack = start();
    const info = await stack.line<Info>();
    expect(info.REDIS_URL).toMatch(/^redis:\/\/127\.0\.0\.1:/);
    expect(info.MQTT_URL).toMatch(/^mqtt:\/\/.+@127\.0\.0\.1:/);
    expect((await fetch(new URL('/ping', info.INFLUX_URL))).status).toBe(204);
    const client = new pg.Client({ connectionString: info.DATABASE_URL });
    await client.connect();
    expect((await client.query<{ fsync: string }>('show fsync')).rows).toEqual([{ fsync: 'on' }]);
    await client.end();

    expect(await stack.stop()).toBe(0);
    await allGone(info);
    expect((await readdir(temporary)).filter((name) => name.startsWith('steward-stack-'))).toEqual([]);
  });

  it('says which server died, stops the others and fails', async () => {
    const stack = start();
    const info = await stack.line<Info>();
    process.kill(info.pids.influx, 'SIGKILL');
    expect(await stack.exited).toBe(1);
    expect(stack.err).toMatch(/influx ended by itself/);
    await allGone(info);
  });

  it('ends what a killed stack left behind, and finds its data again on the same addresses', async () => {
    const kept = { STEWARD_STACK_DIR: join(temporary, 'kept') };
    const first = start(kept);
    const before = await first.line<Info>();
    const client = new pg.Client({ connectionString: before.DATABASE_URL });
    await client.connect();
    await client.query('create table kept (n int)');
    await client.end();
    first.child.kill('SIGKILL');
    await first.exited;
    expect(runs(before.pids.redis)).toBe(true);

    const second = start(kept);
    const { pids, ...addresses } = await second.line<Info>();
    const { pids: old, ...earlier } = before;
    expect(addresses).toEqual(earlier);
    expect([old.redis, old.influx, old.mosquitto].some((pid) => runs(pid))).toBe(false);
    const again = new pg.Client({ connectionString: addresses.DATABASE_URL });
    await again.connect();
    await again.query('select from kept');
    await again.end();
    expect(await second.stop()).toBe(0);
    await allGone({ ...addresses, pids });
  });

  it('removes the temporary data of a killed stack at the next start', async () => {
    const killed = start();
    const before = await killed.line<Info>();
    killed.child.kill('SIGKILL');
    await killed.exited;
    const next = start();
    await next.line<Info>();
    await allGone(before);
    expect((await readdir(temporary)).filter((name) => name.startsWith('steward-stack-'))).toHaveLength(1);
  });

  it('names the package of a server that is not installed', async () => {
    const stack = start({ PATH: join(temporary, 'nothing') });
    expect(await stack.exited).toBe(1);
    expect(stack.err).toMatch(/redis-server, influxd.*apt-get install redis-server influxdb/s);
  });
});
