import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../../scripts/servers/redis.mjs';
import { BullmqWorkQueue } from '../../src/platform/bullmq-work-queue.js';
import { FakeWorkQueue } from '../../src/platform/fake-work-queue.js';
import { PostgresWorkStore } from '../../src/platform/postgres-work-store.js';
import { RedisWorkStore } from '../../src/platform/redis-work-store.js';
import type { WorkItem, WorkQueue } from '../../src/platform/work-queue.port.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(60_000);

/** The same sentences for every queue. @param make a queue on the same store each time within one sentence */
function workQueueContract(name: string, make: () => WorkQueue, fresh: () => Promise<void>): void {
  describe(`${name} does work`, () => {
    const started: WorkQueue[] = [];
    let jobs = 0;
    const item = (n: number, payload: Record<string, unknown> = { n }): WorkItem => ({
      queue: 'deliveries',
      jobId: `job-${jobs}-${n}`,
      payload,
    });
    const open = async (handler: (payload: Record<string, unknown>) => Promise<boolean>): Promise<WorkQueue> => {
      const queue = make();
      queue.handle('deliveries', handler);
      await queue.start();
      started.push(queue);
      return queue;
    };
    beforeAll(fresh);
    afterEach(async () => {
      jobs++;
      for (const q of started.splice(0)) await q.stop();
    });

    it('and hands each job its payload', async () => {
      const seen: unknown[] = [];
      const queue = await open((p) => Promise.resolve(seen.push(p) > 0));
      await queue.add([item(1, { page: 'p-1', deep: { 水: [1, null] } }), item(2, {})]);
      await until('both', 10_000, () => seen.length === 2);
      expect(seen).toEqual(expect.arrayContaining([{ page: 'p-1', deep: { 水: [1, null] } }, {}]));
    });

    it('once, when a job is handed over twice', async () => {
      const seen: unknown[] = [];
      const queue = await open((p) => Promise.resolve(seen.push(p['n']) > 0));
      await Promise.all([queue.add([item(1), item(2), item(1)]), queue.add([item(1), item(2)])]);
      await until('both', 10_000, () => seen.length >= 2);
      await queue.add([item(1), item(3)]);
      await until('the third', 10_000, () => seen.includes(3));
      await pause(300);
      expect(new Set(seen)).toEqual(new Set([1, 2, 3]));
      expect(seen).toHaveLength(3);
    });

    it('again until the handler says that nothing is left to do, also after it has thrown', async () => {
      const tries = new Map<unknown, number>();
      const queue = await open((p) => {
        const n = (tries.get(p['n']) ?? 0) + 1;
        tries.set(p['n'], n);
        if (p['n'] === 2 && n === 1) return Promise.reject(new Error('the other side is away'));
        return Promise.resolve(n >= 2);
      });
      await queue.add([item(1), item(2)]);
      await until('the second tries', 20_000, () => tries.get(1) === 2 && tries.get(2) === 2);
      await pause(500);
      expect([...tries.values()]).toEqual([2, 2]);
    });

    it('of other queues too, each by its own handler', async () => {
      const seen: string[] = [];
      const queue = make();
      queue.handle('deliveries', () => Promise.resolve(seen.push('delivery') > 0));
      queue.handle('reports', () => Promise.resolve(seen.push('report') > 0));
      await queue.start();
      started.push(queue);
      await queue.add([item(1), { queue: 'reports', jobId: `report-${jobs}`, payload: {} }]);
      await until('both', 10_000, () => seen.length === 2);
      expect(seen.sort()).toEqual(['delivery', 'report']);
    });

    it('and leaves none half done when it stops', async () => {
      let [begun, ended] = [0, 0];
      const queue = await open(async () => {
        begun++;
        await pause(400);
        ended++;
        return true;
      });
      await queue.add([item(1), item(2)]);
      await until('a beginning', 10_000, () => begun > 0);
      await queue.stop();
      expect(ended).toBe(begun);
      await pause(600);
      expect(ended).toBe(begun);
    });
  });
}

workQueueContract(
  'the queue in memory',
  () => new FakeWorkQueue(),
  () => Promise.resolve(),
);

/** What a queue must do beyond that when its store outlives it. */
function leftovers(make: () => WorkQueue): void {
  it('what a stopped copy had taken and not done is done by the next one', async () => {
    const first = make();
    first.handle('leftovers', () => Promise.resolve(false));
    await first.start();
    await first.add([{ queue: 'leftovers', jobId: 'left-1', payload: { n: 1 } }]);
    await first.stop();
    const seen: unknown[] = [];
    const second = make();
    second.handle('leftovers', (p, jobId) => Promise.resolve(seen.push([p, jobId]) > 0));
    await second.start();
    try {
      await until('the leftover', 20_000, () => seen.length > 0);
      expect(seen).toEqual([[{ n: 1 }, 'left-1']]);
    } finally {
      await second.stop();
    }
  });
}

describe('with a database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  });
  afterAll(() => database?.stop());
  const make = (): WorkQueue => new BullmqWorkQueue(new PostgresWorkStore(database.url));

  workQueueContract('BullMQ on PostgreSQL', make, () => Promise.resolve());
  leftovers(make);
});

describe('with Redis', () => {
  let folder: string;
  let redis: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'steward-redis-'));
    redis = await startRedis({ folder });
  });
  afterAll(async () => {
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const at = (url: string): WorkQueue => new BullmqWorkQueue(new RedisWorkStore(url));
  const make = (): WorkQueue => at(redis.url);

  workQueueContract('BullMQ on Redis', make, () => Promise.resolve());
  leftovers(make);

  it('starts without it, refuses work within seconds, says so, and takes work when it comes', async () => {
    const { proxy, url } = await TcpProxy.beforeUrl(redis.url);
    await proxy.refuse();
    const seen: unknown[] = [];
    let backs = 0;
    const queue = at(url);
    queue.onBack(() => backs++);
    queue.handle('deliveries', (p) => Promise.resolve(seen.push(p) > 0));
    const work = { queue: 'deliveries', jobId: 'away-1', payload: { n: 1 } };
    try {
      await queue.start();
      await expect(queue.add([work])).rejects.toThrow();
      expect(await queue.trouble()).toContain('Redis');
      await proxy.allow();
      await until('its return', 20_000, () => backs === 1);
      await until('it takes work', 20_000, () =>
        queue.add([work]).then(
          () => true,
          () => false,
        ),
      );
      await until('the work', 20_000, () => seen.length > 0);
      expect(await queue.trouble()).toBeNull();
    } finally {
      await queue.stop();
      await proxy.close();
    }
  });

  it('is frozen: refuses work within seconds, and goes on by itself after it', async () => {
    const seen: unknown[] = [];
    const queue = make();
    queue.handle('deliveries', (p) => Promise.resolve(seen.push(p) > 0));
    await queue.start();
    try {
      await queue.add([{ queue: 'deliveries', jobId: 'ice-0', payload: { n: 0 } }]);
      await until('the first', 20_000, () => seen.length === 1);
      redis.freeze();
      const began = performance.now();
      const second = { queue: 'deliveries', jobId: 'ice-1', payload: { n: 1 } };
      await expect(queue.add([second])).rejects.toThrow();
      expect(await queue.trouble()).toContain('Redis');
      expect(performance.now() - began).toBeLessThan(15_000);
      redis.resume();
      await until('it takes work', 20_000, () =>
        queue.add([second]).then(
          () => true,
          () => false,
        ),
      );
      await until('the second', 20_000, () => seen.length === 2);
    } finally {
      redis.resume();
      await queue.stop();
    }
  });

  it('stops although it is frozen, also when it was so at the start', async () => {
    redis.freeze();
    try {
      const queue = make();
      queue.handle('deliveries', () => Promise.resolve(true));
      await queue.start();
      const began = performance.now();
      await queue.stop();
      expect(performance.now() - began).toBeLessThan(15_000);
    } finally {
      redis.resume();
    }
  });

  it('killed with all it knew: the same work handed over again is done', async () => {
    const seen: unknown[] = [];
    let ready = false;
    const queue = make();
    queue.handle('deliveries', () => Promise.resolve(ready && seen.push(1) > 0));
    await queue.start();
    try {
      const work = { queue: 'deliveries', jobId: 'killed-1', payload: {} };
      await queue.add([work]);
      await redis.stop('SIGKILL');
      await redis.start();
      ready = true;
      await until('it takes work', 20_000, () =>
        queue.add([work]).then(
          () => true,
          () => false,
        ),
      );
      await until('the work', 20_000, () => seen.length === 1);
    } finally {
      await queue.stop();
    }
  });
});
