import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/platform/migrate.js';
import { prepareDatabase } from '../../src/platform/prepare-database.js';
import { ensureBuilt, startedSteward, supportScript } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let outer: string;
let folder: string;

beforeAll(async () => {
  ensureBuilt();
  outer = await mkdtemp(join(tmpdir(), 'steward-together-'));
  database = await startTestDatabase();
});
afterAll(async () => {
  await database?.stop();
  await rm(outer, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(outer, 'files-'));
  await database.pool.query('drop schema public cascade; create schema public; drop schema if exists bullmq cascade');
});

const write = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql);
const ledger = async (): Promise<string[]> =>
  (await database.rows<{ name: string }>('select name from schema_migration order by name')).map((r) => r.name);
const there = async (table: string): Promise<boolean> =>
  (await database.rows<{ t: boolean }>('select to_regclass($1) is not null as t', [table]))[0]?.t ?? false;

/** A copy in a process of its own that migrates and says so. */
function copy(): { pid: number; applied: Promise<string[]>; kill(): Promise<void> } {
  const child = fork(supportScript('migrate-process.mjs'), [database.url, folder], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const applied = new Promise<string[]>((resolve, reject) => {
    child.once('message', (m) => resolve((m as { applied: string[] }).applied));
    void ended.then(() => reject(new Error('it ended without a word')));
  });
  applied.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    applied,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('several copies that start at once', () => {
  it('on an empty database: all of them come up, one has migrated', async () => {
    const copies = await Promise.all([1, 2, 3].map(() => startedSteward(database)));
    await Promise.all(copies.map((c) => c.stop()));
    const names = await ledger();
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('0001-first-light.sql');
  });

  it('make the tables of the work queue one after the other, too', async () => {
    for (let round = 0; round < 3; round++) {
      await database.pool.query('drop schema if exists bullmq cascade');
      const prepare = () =>
        prepareDatabase({ url: database.url, ownerUrl: undefined, holdsWork: true }, () => undefined);
      await Promise.all(Array.from({ length: 6 }, prepare));
      expect(await there('bullmq.job')).toBe(true);
    }
  });

  it('on one that must be upgraded and has data: one migrates, the others wait and say so', async () => {
    await write('0001-a.sql', 'create table a (n int); insert into a values (1)');
    expect(await migrate(database.pool, { folder })).toEqual(['0001-a.sql']);
    await write('0002-b.sql', 'alter table a add m int; select pg_sleep(1); update a set m = n');
    const said: string[] = [];
    const waiting = [1, 2].map(() => migrate(database.pool, { folder, onProgress: (text) => said.push(text) }));
    const applied = await Promise.all([...waiting, copy().applied, copy().applied]);
    expect(applied.flat()).toEqual(['0002-b.sql']);
    expect(said.join('\n')).toMatch(/waiting for another copy|0002-b/);
    expect(await database.rows('select * from a')).toEqual([{ n: 1, m: 1 }]);
  });

  it('wait no longer than they were told, and name what to look at', async () => {
    await write('0001-a.sql', 'create table a (n int)');
    const holder = new pg.Client(database.url);
    await holder.connect();
    await holder.query('select pg_advisory_lock(7832640317)');
    await expect(migrate(database.pool, { folder, waitMs: 300 })).rejects.toThrow(/0\.3 s.*pg_locks/);
    await holder.end();
    await until('the lock to be free', 10_000, () =>
      migrate(database.pool, { folder, waitMs: 300 }).then(
        () => true,
        () => false,
      ),
    );
  });

  it('one is killed in the middle: nothing of its file is there, and the next one does it', async () => {
    await write('0001-a.sql', 'create table a (n int)');
    await write('0002-b.sql', 'create table b (n int); select pg_sleep(60)');
    const doomed = copy();
    await until(
      'its middle',
      20_000,
      async () => (await database.rows(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`)).length > 0,
    );
    await doomed.kill();
    expect([await there('a'), await there('b')]).toEqual([true, false]);
    await write('0002-b.sql', 'create table b (n int)');
    // The server's session sleeps on and holds the lock until it notices; nobody has to wait for that here.
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and pid <> pg_backend_pid()`,
    );
    expect(await migrate(database.pool, { folder })).toEqual(['0002-b.sql']);
    expect(await ledger()).toEqual(['0001-a.sql', '0002-b.sql']);
  });
});

describe('a migration on a database in use', () => {
  it('does not make everybody queue behind a lock that it cannot get: it steps back and comes again', async () => {
    await write('0001-a.sql', 'create table a (n int); insert into a values (1)');
    await migrate(database.pool, { folder });
    await write('0002-b.sql', 'alter table a add m int');
    const reader = new pg.Client(database.url);
    await reader.connect();
    await reader.query('begin; select * from a');
    const said: string[] = [];
    const upgrade = migrate(database.pool, { folder, onProgress: (t) => said.push(t) });
    await until('it has stepped back', 20_000, () => said.some((t) => t.includes('in use')));
    // In its pause a writer passes at once; behind a waiting ALTER it would stand for ever.
    const writer = new pg.Client(database.url);
    await writer.connect();
    await writer.query(`set lock_timeout = '5s'; insert into a values (2)`);
    await writer.end();
    await reader.query('commit');
    await reader.end();
    expect(await upgrade).toEqual(['0002-b.sql']);
    expect(await database.rows('select n from a order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('a schema that is up to date is only read', async () => {
    await prepareDatabase({ url: database.url, ownerUrl: undefined, holdsWork: true }, () => undefined);
    const { rows } = await database.pool.query<{ xid: string }>(
      'select pg_snapshot_xmax(pg_current_snapshot())::text as xid',
    );
    await prepareDatabase({ url: database.url, ownerUrl: undefined, holdsWork: true }, () => undefined);
    const after = await database.pool.query<{ xid: string }>(
      'select pg_snapshot_xmax(pg_current_snapshot())::text as xid',
    );
    expect(after.rows).toEqual(rows);
  });
});
