import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInflux } from '../../scripts/servers/influx.mjs';
import type { StartedServer } from '../../scripts/servers/server-process.mjs';
import { createDatabase, createPool } from '../../src/platform/database.js';
import { migrate } from '../../src/platform/migrate.js';
import type { NumberedReading, StoredReading } from '../../src/telemetry/history.port.js';
import { CompactionRounds } from '../../src/telemetry/history/compaction-rounds.js';
import { connectInflux, type InfluxConnection } from '../../src/telemetry/history/influx-client.js';
import { InfluxDrain, type DrainOptions } from '../../src/telemetry/history/influx-drain.js';
import { prepareInflux } from '../../src/telemetry/history/influx-schema.js';
import { INSERT_LANDING, landingParameters } from '../../src/telemetry/history/landing-block.js';
import { InfluxHistory } from '../../src/telemetry/influx-history.js';
import { PostgresHistory } from '../../src/telemetry/postgres-history.js';
import type { Reading } from '../../src/telemetry/reading.js';
import { storedReadings } from '../support/stored-readings.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(120_000);

const T = Date.UTC(2026, 0, 5, 12);
const ESTATE = `
  insert into organisation values ('o', '组', 'O'); insert into region values ('r', 'o', '区', 'R');
  insert into estate (id, region_id, name_zh, name_en) values ('e', 'r', '一', '1');
  insert into device (id, no, estate_id, kind, name_zh, name_en, attributes) overriding system value
    values ('d1', 1, 'e', 'elevator', '梯', 'lift', '{}'), ('d2', 2, 'e', 'elevator', '梯', 'lift', '{}')`;

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
  await database.pool.query(ESTATE);
});
afterAll(() => database?.stop());
beforeEach(() => database.pool.query('truncate reading_landing, reading_block, reading_old'));

const reading = (seq: number, values: Reading['values'] = { floor: seq % 20, door: 'open' }): NumberedReading => {
  const at = T + seq * 10;
  return { no: 1, maybeStored: false, reading: { device: 'd1', observedAt: at, receivedAt: at + 3, at, seq, values } };
};
const insert = async (...readings: NumberedReading[]): Promise<void> => {
  await database.pool.query(INSERT_LANDING, landingParameters(readings));
};
const waiting = async (): Promise<number> =>
  (await database.rows<{ n: number }>('select coalesce(sum(count), 0) as n from reading_landing'))[0]?.n ?? -1;
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const seqs = (readings: readonly StoredReading[]): (number | undefined)[] => readings.map((r) => r.seq);

describe('law 10: the compactor', () => {
  const rounds = (url = database.url): CompactionRounds =>
    new CompactionRounds({
      ...{ databaseUrl: url, keepDays: 400, now: () => T + 86_400_000 * 3 },
      ...{ onFailed: () => undefined, onRecovered: () => undefined },
    });
  const stored = async (): Promise<(number | undefined)[]> =>
    seqs((await new PostgresHistory(database.db).readings('d1', 0, T * 2, 100_000)).items);

  it.each([
    ['packing what has landed', 'land', 'reading_block'],
    ['merging', 'mergeHours', 'reading_block'],
  ] as const)('law 10: killed while %s, nothing is lost or doubled', async (_, step, table) => {
    for (let i = 0; i < 100; i += 10) await insert(...upTo(10).map((k) => reading(i + k)));
    const killed = rounds();
    if (step === 'mergeHours') await killed.compactor.land();
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query(`lock table ${table} in share mode`);
    const failed = killed.compactor[step]().then(
      () => null,
      (e: Error) => e,
    );
    await until('it to be in the middle', 10_000, async () => {
      const held = await database.rows(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'steward history' and wait_event_type = 'Lock'`,
      );
      return held.length > 0;
    });
    await client.query('rollback');
    client.release();
    expect(await failed).toBeInstanceOf(Error);
    expect(await stored()).toEqual(upTo(100));
    await killed.all();
    await killed.stop();
    expect(await waiting()).toBe(0);
    expect(await stored()).toEqual(upTo(100));
    expect(await storedReadings(database.pool)).toHaveLength(100);
  });

  it('law 10: what becomes visible out of the order of its number is packed too', async () => {
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query(INSERT_LANDING, landingParameters([reading(0)]));
    await insert(reading(1));
    const r = rounds();
    expect(await r.compactor.land()).toBe(1);
    await client.query('commit');
    client.release();
    expect(await r.compactor.land()).toBe(1);
    expect(await r.compactor.land()).toBe(0);
    await r.stop();
    expect(await stored()).toEqual([0, 1]);
  });

  it('law 10: of two at a time one works, the other one leaves it alone', async () => {
    await insert(...upTo(50).map((i) => reading(i)));
    const [a, b] = [rounds(), rounds()];
    const moved = await Promise.all([a.compactor.land(), b.compactor.land()]);
    expect(moved.reduce((n, m) => n + m)).toBe(50);
    await Promise.all([a.stop(), b.stop()]);
    expect(await stored()).toEqual(upTo(50));
  });

  it('drops what is older than the days that are kept, and nothing else', async () => {
    await insert(...upTo(10).map((i) => reading(i)));
    await insert(...upTo(5).map((i) => reading(i + 10_000_000)));
    const r = rounds();
    await r.all();
    expect(await r.compactor.dropBefore(T + 100_000)).toBe(10);
    await r.stop();
    expect(await stored()).toEqual(upTo(5).map((i) => i + 10_000_000));
  });

  it('the readings of the first release are there after the upgrade, before and after they are packed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'steward-migrations-'));
    await copyFile('src/platform/migrations/0001-first-light.sql', join(folder, '0001-first-light.sql'));
    await database.pool.query('create database upgraded');
    const url = new URL(database.url);
    url.pathname = '/upgraded';
    const pool = createPool({ url: url.href, name: 'test' });
    await migrate(pool, { folder });
    await pool.query(ESTATE);
    await pool.query(`create table reading_2026_01_05 partition of reading
      for values from ('2026-01-05T00:00Z') to ('2026-01-06T00:00Z')`);
    await pool.query(`insert into reading select 1, to_timestamp(${T} / 1000.0) + i * interval '1 s',
      to_timestamp(${T} / 1000.0) + i * interval '1.001 s', to_timestamp(${T} / 1000.0) + i * interval '1.5 s',
      nullif(i, 0), jsonb_build_object('floor', i, 'speedMps', i / 8.0, 'channels', '{"a b": 0.1}'::jsonb)
      from generate_series(0, 200000, 20) i`);
    await migrate(pool);
    const db = createDatabase(pool);
    const ask = async (): Promise<readonly StoredReading[]> =>
      (await new PostgresHistory(db).readings('d1', 0, T * 2, 100_000)).items;
    const wanted = upTo(10_001).map((n) => {
      const i = n * 20;
      const values = { floor: i, speedMps: i / 8, channels: { 'a b': 0.1 } };
      return {
        ...{ at: T + i * 1000, observedAt: T + i * 1001, receivedAt: T + i * 1500 },
        ...(i === 0 ? {} : { seq: i }),
        values,
      };
    });
    expect(await ask()).toEqual(wanted.sort((a, b) => a.at - b.at));
    const r = rounds(url.href);
    await r.all();
    await r.stop();
    expect((await pool.query('select from reading_old')).rowCount).toBe(0);
    expect(await ask()).toEqual(wanted);
    await db.destroy();
    await rm(folder, { recursive: true });
  });
});

describe('law 10: InfluxDB away', () => {
  let folder: string;
  let server: StartedServer;
  let influx: InfluxConnection;
  let drain: InfluxDrain | null = null;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'steward-influx-'));
    server = await startInflux({ folder });
    influx = connectInflux(server.url, 3000);
  });
  afterAll(async () => {
    await drain?.stop();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await drain?.stop();
    drain = null;
    await influx.client.dropDatabase(influx.database);
  });
  const history = (): InfluxHistory =>
    new InfluxHistory(influx, new PostgresHistory(database.db), (id) => (id.startsWith('d') ? 'elevator' : undefined));
  const startDrain = async (more: Partial<DrainOptions> = {}): Promise<void> => {
    drain = new InfluxDrain({
      ...{ databaseUrl: database.url, influxUrl: server.url, rawDays: 0, outboxMb: 100 },
      ...{ onFailed: () => undefined, onRecovered: () => undefined },
      ...{ onRefused: () => undefined, onDropped: () => undefined },
      ...more,
    });
    await drain.start();
  };

  it.each([
    ['killed', 'SIGKILL'],
    ['frozen', 'SIGSTOP'],
  ] as const)('law 10: %s while readings go on: none lost, in order, none doubled', async (_, signal) => {
    await startDrain();
    let sent = 0;
    const going = async (until: () => boolean): Promise<void> => {
      while (!until()) {
        await insert(...upTo(20).map((i) => reading(sent + i)));
        sent += 20;
        await pause(5);
      }
    };
    await going(() => sent >= 1000);
    await until('some to be there', 20_000, async () => (await waiting()) < sent);
    if (signal === 'SIGKILL') await server.stop('SIGKILL');
    else server.freeze();
    const began = performance.now();
    await going(() => performance.now() - began > 7000);
    expect(await waiting()).toBeGreaterThan(0);
    const asked = performance.now();
    const partly = await history().readings('d1', T, T * 2, 1_000_000);
    expect(partly.partial).toBe(true);
    expect(partly.items.length).toBeGreaterThan(0);
    expect(performance.now() - asked).toBeLessThan(10_000);
    if (signal === 'SIGKILL') await server.start();
    else server.resume();
    await going(() => performance.now() - began > 9000);
    await until('all to be drained', 60_000, async () => (await waiting()) === 0);
    const found = await history().readings('d1', T, T * 2, 1_000_000);
    expect(found.partial).toBe(false);
    expect(seqs(found.items)).toEqual(upTo(sent));
    const count = await influx.client.query<{ count: number }>('select count("_observedAt") from raw.elevator');
    expect(count[0]?.count).toBe(sent);
  });

  it('law 9: a reading that InfluxDB refuses for ever is told of, the others of its batch are written', async () => {
    await prepareInflux(influx, { rawDays: 0 });
    await influx.client.writePoints([
      { measurement: 'elevator', tags: { device: 'x' }, fields: { faultCode: 1 }, timestamp: `${T}000000` },
    ]);
    const refused: unknown[] = [];
    await insert(...upTo(30).map((i) => reading(i, i === 17 ? { floor: 1, faultCode: 'E17' } : { floor: 1 })));
    await startDrain({
      onRefused: (r) => refused.push([r.device, r.estate, r.reading.seq, /type conflict/.test(r.why)]),
    });
    await until('all to be drained', 20_000, async () => (await waiting()) === 0);
    expect(refused).toEqual([['d1', 'e', 17, true]]);
    expect(seqs((await history().readings('d1', T, T * 2, 100)).items)).toEqual(upTo(30).filter((i) => i !== 17));
  });

  it('law 10: a full outbox drops the oldest, counts them, and takes new ones all the same', async () => {
    await server.stop('SIGKILL');
    for (let i = 0; i < 200; i++) await insert(reading(i, { faultCode: `${i} ${'水'.repeat(60)}` }));
    let dropped = 0;
    await startDrain({ outboxMb: 0.04, onDropped: (n) => (dropped += n) });
    await until('some to be dropped', 20_000, () => dropped > 0);
    await insert(reading(200));
    const kept = seqs((await new PostgresHistory(database.db).readings('d1', 0, T * 2, 1000)).items);
    expect(kept).toEqual(upTo(201).slice(dropped));
    expect(kept.length).toBeGreaterThan(50);
    await server.start();
    await until('the rest to be drained', 60_000, async () => (await waiting()) === 0);
  });

  it('policies and continuous queries are made once, and changed when they are to be others', async () => {
    const policies = async (): Promise<Record<string, string>> => {
      const rows = await influx.client.query<{ name: string; duration: string }>(
        `show retention policies on "${influx.database}"`,
      );
      return Object.fromEntries(rows.map((r) => [r.name, r.duration]));
    };
    await prepareInflux(influx, { rawDays: 30 });
    await prepareInflux(influx, { rawDays: 30 });
    expect(await policies()).toMatchObject({ raw: '720h0m0s', five_minutes: '9600h0m0s', hours: '0s' });
    await influx.client.query(`drop continuous query "steward_hours" on "${influx.database}"`);
    await influx.client.query(`create continuous query "steward_hours" on "${influx.database}" begin
      select mean("floor") into "other" from "elevator" group by time(2h) end`);
    await prepareInflux(influx, { rawDays: 60 });
    expect(await policies()).toMatchObject({ raw: '1440h0m0s' });
    const answer = JSON.stringify(await influx.client.queryRaw('show continuous queries'));
    expect(answer).toContain('steward_five_minutes');
    expect(answer).toMatch(/steward_hours.*:MEASUREMENT/);
    expect(answer).not.toContain('time(2h)');
  });

  it('the continuous queries make smallest, largest, mean and last value of each number', async () => {
    await insert(...[2, 4].map((floor, i) => reading(i, { floor, peopleInCar: true, faultCode: 'x' })));
    await startDrain();
    await until('all to be drained', 20_000, async () => (await waiting()) === 0);
    const made = JSON.stringify(await influx.client.queryRaw('show continuous queries'));
    const text = /steward_five_minutes.*?BEGIN (.*?) END/.exec(made)?.[1]?.replaceAll('\\"', '"') ?? '';
    // By hand, for a time that is long over.
    await influx.client.query(
      text.replace('GROUP BY', `where time >= ${T - 1000}ms and time < ${T + 1000}ms GROUP BY`),
    );
    const rows = await influx.client.query<Record<string, unknown>>('select * from five_minutes.elevator');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      device: 'd1',
      estate: 'e',
      mean_floor: 3,
      min_floor: 2,
      max_floor: 4,
      last_floor: 4,
    });
    expect(Object.keys(rows[0] ?? {}).filter((k) => k.includes('__'))).toEqual([]);
  });
});
