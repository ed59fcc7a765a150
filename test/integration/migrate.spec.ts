import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { createPool } from '../../src/platform/database.js';
import { type DataFolder, openDataFolder } from '../../src/platform/data-folder.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { migrate } from '../../src/platform/migrate.js';

jest.setTimeout(30_000);

let outer: string;
let files: string;
let folder: DataFolder;
let server: EmbeddedPostgres;
let pool: pg.Pool;

beforeAll(async () => {
  outer = await mkdtemp(join(tmpdir(), 'steward-migrate-'));
  folder = await openDataFolder(join(outer, 'data'));
  server = await startEmbeddedPostgres(folder);
  pool = createPool({ url: server.url, name: 'test' });
});
afterAll(async () => {
  await pool.end();
  await server.stop();
  await folder.release();
  await rm(outer, { recursive: true, force: true });
});
beforeEach(async () => {
  await pool.query('drop schema public cascade; create schema public');
  files = await mkdtemp(join(outer, 'files-'));
});

const write = (name: string, sql: string): Promise<void> => writeFile(join(files, name), sql);

describe('migrations', () => {
  it('make the whole schema from nothing, and nothing the second time', async () => {
    expect(await migrate(pool)).toContain('0001-first-light.sql');
    expect(await migrate(pool)).toEqual([]);
    const { rows } = await pool.query<{ n: number }>("select count(*) as n from pg_tables where schemaname = 'public'");
    expect(rows[0]?.n).toBeGreaterThan(20);
  });

  it('are applied once when several copies start at once', async () => {
    await write('0001-a.sql', 'create table a (n int); select pg_sleep(0.2); insert into a values (1)');
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(pool, { folder: files })));
    expect(applied.flat()).toEqual(['0001-a.sql']);
    expect((await pool.query('select n from a')).rows).toEqual([{ n: 1 }]);
  });

  it('run on a database that already has data, in the order of their names', async () => {
    await write('0001-a.sql', 'create table a (n int); insert into a values (1)');
    await migrate(pool, { folder: files });
    await write('0003-c.sql', 'update a set m = n * 10');
    await write('0002-b.sql', 'alter table a add m int');
    expect(await migrate(pool, { folder: files })).toEqual(['0002-b.sql', '0003-c.sql']);
    expect((await pool.query('select n, m from a')).rows).toEqual([{ n: 1, m: 10 }]);
  });

  it('leave nothing behind when one fails, and say which one and where', async () => {
    await write('0001-a.sql', 'create table a (n int);\ncreate table b (n int);\ncreate tabel c (n int);');
    await expect(migrate(pool, { folder: files })).rejects.toThrow(/0001-a\.sql failed at line 3/);
    expect((await pool.query("select to_regclass('a') as a")).rows).toEqual([{ a: null }]);
    await write('0001-a.sql', 'create table a (n int)');
    expect(await migrate(pool, { folder: files })).toEqual(['0001-a.sql']);
  });

  it('refuse a file that was changed after it had been applied', async () => {
    await write('0001-a.sql', 'create table a (n int)');
    await migrate(pool, { folder: files });
    await write('0001-a.sql', 'create table a (n bigint)');
    await expect(migrate(pool, { folder: files })).rejects.toThrow(/0001-a\.sql was changed/);
  });

  it('do not mind another kind of line end', async () => {
    await write('0001-a.sql', 'create table a\n(n int)\n');
    await migrate(pool, { folder: files });
    await write('0001-a.sql', 'create table a\r\n(n int)\r\n');
    expect(await migrate(pool, { folder: files })).toEqual([]);
  });

  it('refuse a database that is newer than the program', async () => {
    await write('0001-a.sql', 'create table a (n int)');
    await write('0002-b.sql', 'create table b (n int)');
    await migrate(pool, { folder: files });
    await rm(join(files, '0002-b.sql'));
    await expect(migrate(pool, { folder: files })).rejects.toThrow(/newer than this program.*0002-b\.sql/);
  });

  it('refuse a new file that sorts before an applied one', async () => {
    await write('0002-b.sql', 'create table b (n int)');
    await migrate(pool, { folder: files });
    await write('0001-a.sql', 'create table a (n int)');
    await expect(migrate(pool, { folder: files })).rejects.toThrow(/0001-a\.sql sorts before/);
  });
});

describe('the pool', () => {
  it('reads bigint as a number and keeps the other types', async () => {
    const { rows } = await pool.query(
      'select 9007199254740991::bigint as big, \'{"a":1}\'::jsonb as json, 3::int as small',
    );
    expect(rows).toEqual([{ big: 9_007_199_254_740_991, json: { a: 1 }, small: 3 }]);
  });
});
