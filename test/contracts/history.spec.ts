import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeHistory } from '../../src/telemetry/fake-history.js';
import type { History, NumberedReading } from '../../src/telemetry/history.port.js';
import {
  ensureReadingPartitions,
  INSERT_READINGS,
  insertNewReadings,
  PostgresHistory,
  readingParameters,
} from '../../src/telemetry/postgres-history.js';
import type { Reading } from '../../src/telemetry/reading.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

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
      (await history.readings('d1', from, to, limit)).map((r) => r.seq);

    it('gives back every field as it was stored', async () => {
      const values = { door: 'open', floor: -1, speedMps: 0.125, peopleInCar: false, faultCode: '“水” 😀' } as const;
      await store([reading(1, T, 7, values)]);
      expect(await history.readings('d1', T, T + 1, 10)).toEqual([
        { observedAt: T - 50, receivedAt: T + 20, at: T, seq: 7, values },
      ]);
    });

    it('gives a reading without a number back without one', async () => {
      await store([reading(1, T, undefined, { floor: 1 })]);
      expect(await history.readings('d1', T, T + 1, 10)).toEqual([
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

    it('tells devices apart, and knows nothing of one that there is not', async () => {
      await store([reading(1, T, 1, { floor: 1 }), reading(2, T, 2, { floor: 2 })]);
      expect((await history.readings('d2', T, T + 1, 10)).map((r) => r.seq)).toEqual([2]);
      expect(await history.readings('d3', T, T + 1, 10)).toEqual([]);
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
      expect(await history.readings('d1', T, T + 10, 10)).toHaveLength(5);
      expect(await history.readings('d2', T, T + 10, 10)).toHaveLength(1);
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
    await ensureReadingPartitions(database.db, T);
  });
  afterAll(() => database?.stop());

  /** As the intake writes: what may have been stored before in a statement of its own. */
  const insert = async (readings: readonly NumberedReading[]): Promise<void> => {
    const maybe = readings.filter((r) => r.maybeStored);
    const fresh = readings.filter((r) => !r.maybeStored);
    if (fresh.length > 0) await database.pool.query(INSERT_READINGS, readingParameters(fresh));
    if (maybe.length > 0) await insertNewReadings(database.pool, maybe);
  };

  historyContract('PostgreSQL', async () => {
    await database.pool.query('truncate reading');
    return {
      history: new PostgresHistory(database.db),
      store: insert,
    };
  });

  it('a partition that is made late takes over what had reached the default one', async () => {
    await database.pool.query('truncate reading');
    const day = T + 40 * DAY;
    await insert([reading(1, day, 1, { floor: 1 })]);
    await ensureReadingPartitions(database.db, day);
    await ensureReadingPartitions(database.db, day);
    expect(await database.rows('select count(*) as n from reading_default')).toEqual([{ n: 0 }]);
    const found = await new PostgresHistory(database.db).readings('d1', day, day + 1, 10);
    expect(found.map((r) => r.seq)).toEqual([1]);
  });
});
