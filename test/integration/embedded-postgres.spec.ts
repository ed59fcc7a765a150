import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import pg from 'pg';
import { type DataFolder, openDataFolder } from '../../src/platform/data-folder.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { isAlive, postgresProcessesIn, startOf } from '../../src/platform/process-table.js';

jest.setTimeout(60_000);

let outer: string;
let folder: DataFolder;
let server: EmbeddedPostgres | undefined;
const troubles: string[] = [];

beforeEach(async () => {
  outer = await mkdtemp(join(tmpdir(), 'steward-postgres-')); // 0700: the database user cannot pass through it
  folder = await openDataFolder(join(outer, 'data'));
  troubles.length = 0;
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await folder.release();
  await rm(outer, { recursive: true, force: true });
});

const start = async (): Promise<EmbeddedPostgres> =>
  (server = await startEmbeddedPostgres(folder, { onTrouble: (text) => troubles.push(text) }));

async function query(sql: string, url = server?.url): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function until(what: string, ms: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
  }
}

/** A Steward that starts the database, prints its pid and URL, fills a table, and is killed with everything or alone. */
async function killedCopy(whom: 'service' | 'service and database'): Promise<number> {
  const script = fileURLToPath(new URL('../support/hold-database.mjs', import.meta.url));
  const copy = spawn(process.execPath, [script, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve, reject) => {
    copy.stdout.on('data', (text: Buffer) => resolve(Number(text.toString())));
    copy.once('exit', (code) => reject(new Error(`the copy ended with ${code}`)));
  });
  const gone = new Promise((resolve) => copy.once('exit', resolve));
  if (whom !== 'service') process.kill(pid, 'SIGKILL');
  copy.kill('SIGKILL');
  await gone;
  return pid;
}

describe('the embedded database', () => {
  it('starts in a private folder, keeps its settings of law 1, and stops with nothing left running', async () => {
    const { pid, port } = await start();
    expect(isAlive(pid)).toBe(true);
    const settings = await query(
      "select name, setting from pg_settings where name in ('fsync','synchronous_commit','full_page_writes','data_checksums') order by 1",
    );
    expect(settings.map((row) => `${String(row.name)}=${String(row.setting)}`)).toEqual([
      'data_checksums=on',
      'fsync=on',
      'full_page_writes=on',
      'synchronous_commit=on',
    ]);
    expect(port).toBeLessThan(32_768);
    await server?.stop();
    expect(postgresProcessesIn(folder.file('postgres'))).toEqual([]);
    await server?.stop();
  });

  it('refuses a wrong password, and shows its own to its owner alone', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query('select 1', wrong.href)).rejects.toThrow('authentication');
    expect((await stat(folder.file('secrets', 'database-password'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder.file('run', 'database.json'))).mode & 0o777).toBe(0o600);
  });

  it('finds its data and its port again at the second start', async () => {
    const first = await start();
    await query('create table kept (n int)');
    await query('insert into kept values (42)');
    await first.stop();
    const second = await start();
    expect(second.port).toBe(first.port);
    expect(await query('select n from kept')).toEqual([{ n: 42 }]);
  });

  it('takes another port when somebody else has its own', async () => {
    const first = await start();
    await first.stop();
    const { createServer } = await import('node:net');
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(first.port, '127.0.0.1', resolve));
    const second = await start();
    expect(second.port).not.toBe(first.port);
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('begins anew after a kill in the middle of the very first start', async () => {
    const half = folder.file('postgres.making-dead');
    await mkdir(join(half, 'cluster', 'base'), { recursive: true });
    await start();
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
    expect((await readdir(folder.path)).filter((name) => name.includes('making'))).toEqual([]);
  });

  it.each(['service', 'service and database'] as const)(
    'recovers in under 6 s when the %s was killed in the middle of a write, and keeps what was committed',
    async (whom) => {
      await folder.release();
      const old = await killedCopy(whom);
      folder = await openDataFolder(folder.path);
      const began = Date.now();
      await start();
      expect(Date.now() - began).toBeLessThan(6000);
      expect(startOf(old)).toBeNull();
      expect(await query('select count(*)::int as n from committed')).toEqual([{ n: 1000 }]);
    },
  );

  it('is not stopped by a pid file whose number now belongs to somebody else', async () => {
    await (await start()).stop();
    const file = folder.file('postgres', 'postmaster.pid');
    await writeFile(file, `${process.pid}\n${folder.file('postgres')}\n1\n5432\n\nlocalhost\n  1 1\nready\n`);
    await chmod(file, 0o600);
    await start();
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('comes back on the same port when its server is killed under a running service', async () => {
    const { pid, port } = await start();
    await query('create table kept as select 7 as n');
    process.kill(pid, 'SIGKILL');
    await until('a new server', 10_000, async () => (await query('select 1').catch(() => [])).length === 1);
    expect(server?.port).toBe(port);
    await until('the new pid', 2000, () => server?.pid !== pid);
    expect(await query('select n from kept')).toEqual([{ n: 7 }]);
    expect(troubles).toHaveLength(1);
  });

  it('survives the killing of its backends alone', async () => {
    const { pid } = await start();
    await query('create table kept as select 7 as n');
    for (const backend of postgresProcessesIn(folder.file('postgres')).filter((p) => p.parent === pid)) {
      try {
        process.kill(backend.pid, 'SIGKILL');
      } catch {
        // the server had already ended it after the first one's death
      }
    }
    await until('an answer', 10_000, async () => (await query('select n from kept').catch(() => [])).length === 1);
    expect(server?.pid).toBe(pid);
  });

  it('says which file and why when it cannot start', async () => {
    await (await start()).stop();
    await rm(folder.file('postgres', 'global', 'pg_control'));
    await expect(start()).rejects.toThrow(/did not start.*pg_control.*postgres\.log/s);
    server = undefined;
    expect(await readFile(folder.file('log', 'postgres.log'), 'utf8')).toContain('pg_control');
  });
});
