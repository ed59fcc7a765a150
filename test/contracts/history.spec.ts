import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeHistory } from '../../src/telemetry/fake-history.js';
import type { History, NumberedReading } from '../../src/telemetry/history.port.js';
import { CompactionRounds } from '../../src/telemetry/history/compaction-rounds.js';
import { connectInflux, type InfluxConnection } from '../../src/telemetry/history/influx-client.js';
import { InfluxDrain } from '../../src/telemetry/history/influx-drain.js';
import { prepareInflux } from '../../src/telemetry/history/influx-schema.js';
import { InfluxHistory } from '../../src/telemetry/influx-history.js';
import { INSERT_LANDING, landingParameters } from '../../src/telemetry/history/landing-block.js';
import { notYetStored } from '../../src/telemetry/history/new-readings.js';
import { PostgresHistory } from '../../src/telemetry/postgres-history.js';
import type { Reading } from '../../src/telemetry/reading.js';
import { startInflux } from '../../scripts/servers/influx.mjs';
import type { StartedServer } from '../../scripts/servers/server-process.mjs';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(60_000);

const T = Date.UTC(2026, 0, 5, 12);
const DAY = 86_400_000;
const DEVICES = new Map([
  [1, 'd1'],
  [2, 'd2'],
]);

interface Subject {
  readonly history: History;
  store(readings: readonly NumberedReading[]): Promise<void>;
}

const reading = (no: number, at: number, seq: number | undefined, values: Reading['values']): NumberedReading => ({
  no,
  maybeStored: false,
  reading: {
    device: DEVICES.get(no) ?? '',
    ...{ observedAt: at - 50, receivedAt: at + 20, at },
    ...(seq === undefined ? {} : { seq }),
    values,
  },
});
const again = (r: NumberedReading): NumberedReading => ({
  ...r,
  maybeStored: true,
  reading: { ...r.reading, receivedAt: r.reading.receivedAt + 60_000 },
});

/** The same sentences for every history. */
function historyContract(name: string, make: () => Promise<Subject>): void {
  describe(`${name} keeps readings`, () => {
    let history: History;
    let store: Subject['store'];
    beforeEach(async () => {
      ({ history, store } = await make());
    });
    const seqs = async (from: number, to: number, limit = 100): Promise<(number | undefined)[]> =>
      (await history.readings('d1', from, to, limit)).items.map((r) => r.seq);

    it('gives back every field as it was stored', async () => {
      const values = { door: 'open', floor: -1, speedMps: 0.125, peopleInCar: false, faultCode: '“水” 😀' } as const;
      await store([reading(1, T, 7, values)]);
      expect((await history.readings('d1', T, T + 1, 10)).items).toEqual([
        { observedAt: T - 50, receivedAt: T + 20, at: T, seq: 7, values },
      ]);
    });

    it('gives a reading without a number back without one', async () => {
      await store([reading(1, T, undefined, { floor: 1 })]);
      expect((await history.readings('d1', T, T + 1, 10)).items).toEqual([
        { observedAt: T - 50, receivedAt: T + 20, at: T, values: { floor: 1 } },
      ]);
    });

    it('takes the beginning of a range in and leaves its end out', async () => {
      await store([1, 2, 3, 4].map((i) => reading(1, T + i, i, { floor: i })));
      expect(await seqs(T + 2, T + 4)).toEqual([2, 3]);
      expect(await seqs(T + 2, T + 2)).toEqual([]);
      expect(await seqs(T + 4, T + 2)).toEqual([]);
      expect(await seqs(T, T + 5)).toEqual([1, 2, 3, 4]);
    });

    it('gives the oldest first, whatever the order in which they came, also over days', async () => {
      const at = [T + 5, T - DAY, T + DAY, T, T + 3, T - 300 * DAY];
      await store(at.slice(0, 3).map((t, i) => reading(1, t, i, { floor: i })));
      await store(at.slice(3).map((t, i) => reading(1, t, i + 3, { floor: i })));
      expect(await seqs(T - 400 * DAY, T + 2 * DAY)).toEqual([5, 1, 3, 4, 0, 2]);
    });

    it('gives those of one moment in the order of their numbers', async () => {
      await store([3, 1, 2].map((seq) => reading(1, T, seq, { floor: seq })));
      expect(await seqs(T, T + 1)).toEqual([1, 2, 3]);
    });

    it('gives at most as many as asked for, the oldest of them', async () => {
      await store(Array.from({ length: 20 }, (_, i) => reading(1, T + i, i, { floor: i })));
      expect(await seqs(T, T + 100, 3)).toEqual([0, 1, 2]);
      expect(await seqs(T + 10, T + 100, 3)).toEqual([10, 11, 12]);
    });

    it('gives back what is nested, and every digit', async () => {
      const channels = { 'temp °C': -0.1 - 0.2, on: true, big: 123456789012.5, tiny: 1e-9 };
      const flags: ('leak' | 'dry')[] = ['leak', 'dry'];
      await store([
        reading(1, T, 1, { channels }),
        reading(1, T + 1, 2, { channels: {} }),
        reading(1, T + 2, 3, { volumeM3: 0.1 + 0.2, flags, flowLph: -0.001 }),
        reading(1, T + 3, Number.MAX_SAFE_INTEGER, { volumeM3: 1e8, flags: [] }),
      ]);
      const found = (await history.readings('d1', T, T + 10, 10)).items;
      expect(found.map((r) => r.values)).toEqual([
        { channels },
        { channels: {} },
        { volumeM3: 0.1 + 0.2, flags, flowLph: -0.001 },
        { volumeM3: 1e8, flags: [] },
      ]);
      expect(found.at(-1)?.seq).toBe(Number.MAX_SAFE_INTEGER);
    });

    it('gives back many readings over hours and days as they came, from whatever beginning', async () => {
      const MINUTE = 60_000;
      const sent = Array.from({ length: 3000 }, (_, i) =>
        reading(1, T + i * MINUTE, i, { floor: i % 7, speedMps: i / 8 }),
      );
      for (let i = 0; i < sent.length; i += 500) await store(sent.slice(i, i + 500));
      const all = (await history.readings('d1', T, T + 4000 * MINUTE, 5000)).items;
      expect(all).toEqual(sent.map(({ reading: { device: _, ...r } }) => r));
      for (const from of [0, 59, 700, 1441, 2999])
        expect(await seqs(T + from * MINUTE, T + 3000 * MINUTE, 3)).toEqual(
          [from, from + 1, from + 2].filter((n) => n < 3000),
        );
    });

    it('gives smallest, largest, mean and last number of a field by buckets that are aligned to the epoch', async () => {
      const MINUTE = 60_000;
      const at = T + 30_000;
      await store([
        reading(1, T - 1, 1, { flowLph: 1000 }),
        reading(1, at, 2, { flowLph: 10 }),
        reading(1, at + 1, 3, { flowLph: 4 }),
        reading(1, at + 1, 4, { flowLph: 7 }),
        reading(1, at + 2, 5, { estimated: true }),
        // A gap of a minute, and one of a day; then the end of the range, which is left out.
        reading(1, T + 2 * MINUTE, 6, { flowLph: -1 }),
        reading(1, T + DAY, 7, { flowLph: 5, channels: { a: 2 } }),
        reading(1, T + DAY + 1, 8, { flowLph: 6 }),
        reading(2, at, 9, { flowLph: 99 }),
      ]);
      const found = await history.downsampled('d1', 'flowLph', T, T + DAY + 1, MINUTE);
      expect(found.partial).toBe(false);
      expect(found.items).toEqual([
        { at: T, count: 3, min: 4, max: 10, mean: 7, last: 7 },
        { at: T + 2 * MINUTE, count: 1, min: -1, max: -1, mean: -1, last: -1 },
        { at: T + DAY, count: 1, min: 5, max: 5, mean: 5, last: 5 },
      ]);
      const inner = await history.downsampled('d1', 'channels.a', T, T + 2 * DAY, DAY);
      expect(inner.items).toEqual([
        { at: Math.floor((T + DAY) / DAY) * DAY, count: 1, min: 2, max: 2, mean: 2, last: 2 },
      ]);
      // The range begins within a bucket: what lies before it does not count.
      const from = await history.downsampled('d1', 'flowLph', at + 1, at + 2, 3_600_000);
      expect(from.items.map((b) => [b.count, b.min, b.max])).toEqual([[2, 4, 7]]);
      expect((await history.downsampled('d1', 'estimated', T, T + DAY, MINUTE)).items).toEqual([]);
      expect((await history.downsampled('d1', 'flowLph', T + DAY, T, MINUTE)).items).toEqual([]);
    });

    it('tells devices apart, and knows nothing of one that there is not', async () => {
      await store([reading(1, T, 1, { floor: 1 }), reading(2, T, 2, { floor: 2 })]);
      expect((await history.readings('d2', T, T + 1, 10)).items.map((r) => r.seq)).toEqual([2]);
      expect((await history.readings('d3', T, T + 1, 10)).items).toEqual([]);
    });

    it('keeps what is sent again after a lost PUBACK once', async () => {
      const sent = [1, 2, 3].map((i) => reading(1, T + i, i, { floor: i, door: 'open' }));
      await store(sent);
      await store(sent.map(again));
      expect(await seqs(T, T + 10)).toEqual([1, 2, 3]);
      // What was not stored the first time comes in with the rest.
      await store([...sent.map(again), again(reading(1, T + 4, 4, { floor: 4 }))]);
      expect(await seqs(T, T + 10)).toEqual([1, 2, 3, 4]);
    });

    it('does not take a reading for one that it knows when the moment, the number or a value differs', async () => {
      await store([reading(1, T, 1, { floor: 1 })]);
      await store([
        again(reading(1, T + 1, 1, { floor: 1 })),
        again(reading(1, T, 2, { floor: 1 })),
        again(reading(1, T, undefined, { floor: 1 })),
        again(reading(1, T, 1, { floor: 2 })),
        again(reading(2, T, 1, { floor: 1 })),
      ]);
      expect((await history.readings('d1', T, T + 10, 10)).items).toHaveLength(5);
      expect((await history.readings('d2', T, T + 10, 10)).items).toHaveLength(1);
    });
  });
}

historyContract('the history in memory', () => {
  const history = new FakeHistory(DEVICES);
  return Promise.resolve({ history, store: (r) => Promise.resolve(history.store(r)) });
});

describe('with a database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
    await database.pool.query(`
      insert into organisation values ('o', '组', 'O'); insert into region values ('r', 'o', '区', 'R');
      insert into estate (id, region_id, name_zh, name_en) values ('e', 'r', '一', '1');
      insert into device (id, no, estate_id, kind, name_zh, name_en, attributes) overriding system value
        values ('d1', 1, 'e', 'elevator', '梯', 'lift', '{}'), ('d2', 2, 'e', 'elevator', '梯', 'lift', '{}')`);
  });
  afterAll(() => database?.stop());

  /** As the intake writes. */
  const insert = async (readings: readonly NumberedReading[]): Promise<void> => {
    const fresh = readings.filter((r) => !r.maybeStored);
    fresh.push(
      ...(await notYetStored(
        database.pool,
        readings.filter((r) => r.maybeStored),
      )),
    );
    await database.pool.query(INSERT_LANDING, landingParameters(fresh));
  };
  const empty = (): Promise<unknown> => database.pool.query('truncate reading_landing, reading_block, reading_old');

  historyContract('PostgreSQL before compaction', async () => {
    await empty();
    return { history: new PostgresHistory(database.db), store: insert };
  });

  historyContract('PostgreSQL after compaction', async () => {
    await empty();
    return {
      history: new PostgresHistory(database.db),
      store: async (r) => {
        await insert(r);
        await compacted();
      },
    };
  });

  /** Packs all, at a time at which every hour and day of the readings is over. */
  async function compacted(now = T + 500 * DAY): Promise<void> {
    const rounds = new CompactionRounds({
      ...{ databaseUrl: database.url, keepDays: 400, now: () => now },
      ...{ onFailed: () => undefined, onRecovered: () => undefined },
    });
    await rounds.all();
    await rounds.stop();
  }

  describe('and with InfluxDB', () => {
    let folder: string;
    let server: StartedServer;
    let influx: InfluxConnection;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'steward-influx-'));
      server = await startInflux({ folder });
      influx = connectInflux(server.url, 5000);
    });
    afterAll(async () => {
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const emptyBoth = async (): Promise<History> => {
      await empty();
      await influx.client.dropDatabase(influx.database);
      await prepareInflux(influx, { rawDays: 0 });
      return new InfluxHistory(influx, new PostgresHistory(database.db), (id) =>
        [...DEVICES.values()].includes(id) ? 'elevator' : undefined,
      );
    };

    historyContract('InfluxDB before draining', async () => ({ history: await emptyBoth(), store: insert }));

    historyContract('InfluxDB after draining', async () => ({
      history: await emptyBoth(),
      store: async (r) => {
        await insert(r);
        await drained();
      },
    }));

    historyContract('InfluxDB while readings are being drained', async () => ({
      history: await emptyBoth(),
      // They are in InfluxDB and wait as well: as after a crash between the two.
      store: async (r) => {
        await insert(r);
        const { rows } = await database.pool.query<{ count: number }>('select * from reading_landing');
        await drained();
        for (const l of rows as unknown as Record<string, unknown>[])
          await database.pool.query(
            'insert into reading_landing (first_at, last_at, count, device_nos, payload) values ($1, $2, $3, $4, $5)',
            [l['first_at'], l['last_at'], l['count'], l['device_nos'], l['payload']],
          );
      },
    }));

    async function drained(): Promise<void> {
      const faults: string[] = [];
      const drain = new InfluxDrain({
        ...{ databaseUrl: database.url, influxUrl: server.url, rawDays: 0, outboxMb: 100 },
        onFailed: (e) => faults.push(e.message),
        onRecovered: () => undefined,
        onRefused: (r) => faults.push(r.why),
        onDropped: (n) => faults.push(`${n} dropped`),
      });
      await drain.start();
      await until('all drained', 20_000, async () => {
        const [row] = await database.rows<{ n: number }>('select count(*) as n from reading_landing');
        return row?.n === 0;
      });
      await drain.stop();
      expect(faults).toEqual([]);
    }
  });
});
