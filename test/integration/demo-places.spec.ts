import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { ownPlaces, withoutLogin } from '../../scripts/demo/own-places.mjs';
import { startRedis } from '../../scripts/servers/redis.mjs';
import type { StartedServer } from '../../scripts/servers/server-process.mjs';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(90_000);

let folder: string;
let database: TestDatabase;
let redis: StartedServer;
const said: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-places-'));
  database = await startTestDatabase();
  redis = await startRedis({ folder });
});
afterAll(async () => {
  await redis?.stop();
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

const INFLUX_URL = 'http://steward:secret@127.0.0.1:8086/steward';

async function places(data: string, env: Record<string, string> = {}): Promise<Record<string, string>> {
  const path = join(folder, data);
  await mkdir(join(path, 'demo'), { recursive: true });
  return ownPlaces({ DATABASE_URL: database.url, ...env }, path, (text) => said.push(text));
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a demo on servers that others use too', () => {
  it('has a database of its own, which the same data folder finds again and another does not', async () => {
    const first = await places('one', { REDIS_URL: redis.url, INFLUX_URL });
    await ask(first['DATABASE_URL'] ?? '', 'create table mine (n int)');
    expect(await places('one', { REDIS_URL: redis.url, INFLUX_URL })).toEqual(first);
    expect(first['INFLUX_URL']).toMatch(/^http:\/\/steward:secret@127\.0\.0\.1:8086\/demo_/);

    const second = await places('two', { REDIS_URL: redis.url, INFLUX_URL });
    expect(await ask(second['DATABASE_URL'] ?? '', "select to_regclass('mine') as mine")).toEqual([{ mine: null }]);
    expect(second['INFLUX_URL']).not.toBe(first['INFLUX_URL']);
  });

  it('takes a Redis number that nobody has written to', async () => {
    const other = new Redis(Object.assign(new URL(redis.url), { pathname: '/3' }).href);
    await other.set('somebody', 'was here');
    await other.quit();
    // 1 and 2 went to the two demos above.
    expect((await places('three', { REDIS_URL: redis.url }))['REDIS_URL']).toMatch(/\/4$/);
  });

  it('starts without Redis, too', async () => {
    const gone = await places('four', { REDIS_URL: 'redis://127.0.0.1:1/0' });
    expect(gone).not.toHaveProperty('REDIS_URL');
    expect(gone).toHaveProperty('DATABASE_URL');
  });

  it('keeps to the database it was given where its role may not make one, and says so', async () => {
    await ask(database.url, "create role poor login password 'poor'");
    const poor = Object.assign(new URL(database.url), { username: 'poor', password: 'poor' }).href;
    expect(await places('five', { DATABASE_URL: poor })).toEqual({});
    expect(said.join()).toMatch(/may not create databases/);
  });

  it('leaves an embedded demo as it is', async () => {
    expect(await places('six', { DATABASE_URL: '' })).toEqual({});
  });

  it('tells devices the broker without the name and password of Steward', () => {
    expect(withoutLogin('mqtts://steward:s%20x@broker:8883')).toBe('mqtts://broker:8883');
  });
});
