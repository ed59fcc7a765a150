import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../../scripts/servers/redis.mjs';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import type { SocketClient } from '../support/socket-client.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let folder: string;
let redis: Awaited<ReturnType<typeof startRedis>>;
let steward: StartedSteward | undefined;
let door = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-redis-'));
  redis = await startRedis({ folder });
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: 8 });
});
afterAll(async () => {
  await database?.stop();
  await redis?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  redis.resume();
  if (redis.pid === null) await redis.start();
  if (!steward) return;
  const control = await steward.as('alpha.control-1');
  for (const t of (await control.tickets('?state=open')).items)
    await control.move(t.id, 'false-alarm', { reason: 'the next test' });
  await steward.stop();
  steward = undefined;
  expect(await violations(database)).toEqual([]);
});

const start = async (): Promise<StartedSteward> => (steward = await startedSteward(database, { REDIS_URL: redis.url }));

/** A duress code at a door of its own: pages butler-1, security-1 and control-1. */
async function duress(s: StartedSteward): Promise<string> {
  const id = `alpha-1-door-${++door}`;
  const device = await s.device(id);
  await device.tell({ position: 'closed', access: 'duress' });
  return id;
}

const pagesOf = (device: string) =>
  database.rows<{ id: string; person: string; state: string }>(
    `select p.id, p.person, p.state from page p join ticket t on t.id = p.ticket_id where t.device_id = $1 order by person`,
    [device],
  );
const outboxOf = async (device: string): Promise<number> =>
  (
    await database.rows<{ n: number }>(
      `select count(*) as n from outbox o join page p on o.job_id = 'page-' || p.id join ticket t on t.id = p.ticket_id
       where t.device_id = $1`,
      [device],
    )
  )[0]?.n ?? -1;

const ringing = (s: SocketClient, pages: readonly { id: string; person: string }[], person: string): boolean =>
  s.pages.some((p) => pages.some((x) => x.id === p.pageId && x.person === person));

async function warnings(s: StartedSteward): Promise<{ status: number; warnings: Record<string, string> }> {
  const answer = await fetch(`${s.http}/readyz`);
  const { warnings } = (await answer.json()) as { warnings: Record<string, string> };
  return { status: answer.status, warnings };
}

describe('law 4: Redis is never the truth', () => {
  it('flushed: the page that nobody has got is tried again, until its phone confirms it', async () => {
    const s = await start();
    const id = await duress(s);
    const pages = await pagesOf(id);
    const client = new Redis(redis.url);
    const known = async (): Promise<boolean> =>
      (await client.exists(pages.map((p) => `bull:page-delivery:page-${p.id}`))) === pages.length;
    try {
      await until('the work to be in Redis', 20_000, known);
      expect(await outboxOf(id)).toBeGreaterThanOrEqual(pages.length);
      await client.flushall();
      expect(await known()).toBe(false);
      await until('the work to be in Redis again', 30_000, known);
    } finally {
      client.disconnect();
    }
    await until('its count', 5000, async () => (await s.metric('steward_work_fed_again_total')) >= pages.length);
    const mine = pages.find((p) => p.person === 'alpha.butler-1');
    const phone = await s.socket('butler', 'alpha.butler-1');
    await until('the page', 20_000, () => phone.pages.some((p) => p.pageId === mine?.id));
    await until('its receipt', 20_000, async () =>
      (await pagesOf(id)).some((p) => p.id === mine?.id && p.state === 'delivered'),
    );
    await until(
      'nothing left to do for it',
      20_000,
      async () =>
        (await database.rows('select 1 from outbox where job_id = $1', [`page-${mine?.id ?? ''}`])).length === 0,
    );
    const now = (await pagesOf(id)).map((p) => p.id);
    expect(now).toEqual(expect.arrayContaining(pages.map((p) => p.id)));
  });

  it('killed with all it knew and away: emergencies page at once, work goes on without it and is in it again after', async () => {
    const s = await start();
    await until('no warning', 20_000, async () => Object.keys((await warnings(s)).warnings).length === 0);
    const phone = await s.socket('butler', 'alpha.butler-1');
    await redis.stop('SIGKILL');
    const began = performance.now();
    const id = await duress(s);
    const pages = await pagesOf(id);
    await until('the page', 5000, () => ringing(phone, pages, 'alpha.butler-1'));
    expect(performance.now() - began).toBeLessThan(5000);
    const told = await warnings(s);
    expect(told.status).toBe(200);
    expect(told.warnings['work-queue']).toContain('Redis');
    await until('tries without it', 30_000, async () => (await s.metric('steward_work_without_queue_total')) > 0);
    await redis.start();
    const client = new Redis(redis.url);
    try {
      await until(
        'the work to be in Redis',
        30_000,
        async () => (await client.keys('bull:page-delivery:page-*')).length >= 2,
      );
    } finally {
      client.disconnect();
    }
    await until('no warning', 20_000, async () => Object.keys((await warnings(s)).warnings).length === 0);
    expect(phone.pages.filter((p) => pages.some((x) => x.id === p.pageId)).length).toBeGreaterThan(0);
    expect((await pagesOf(id)).map((p) => p.id)).toEqual(expect.arrayContaining(pages.map((p) => p.id)));
  });

  it('away at the start: Steward is ready, pages, and escalates in time', async () => {
    await redis.stop('SIGKILL');
    const s = await start();
    expect((await warnings(s)).status).toBe(200);
    const phone = await s.socket('butler', 'alpha.butler-1');
    const id = await duress(s);
    const pages = await pagesOf(id);
    await until('the page', 5000, () => ringing(phone, pages, 'alpha.butler-1'));
    // Nobody but the butler has a phone: the others' pages are served as undelivered after ten seconds.
    await until(
      'a deadline served',
      30_000,
      async () =>
        (
          await database.rows(
            `select 1 from deadline d join ticket t on t.id = d.ticket_id
           where t.device_id = $1 and d.kind = 'undelivered' and d.outcome = 'served'`,
            [id],
          )
        ).length > 0,
    );
    const late = await database.rows<{ s: number }>(
      `select extract(epoch from served_at - due_at)::float8 as s from deadline where outcome = 'served' and kind = 'undelivered'
       order by id desc limit 5`,
    );
    for (const { s: seconds } of late) expect(seconds).toBeLessThan(2);
  });

  it('frozen: emergencies page at once, and nothing is lost when it goes on', async () => {
    const s = await start();
    const phone = await s.socket('butler', 'alpha.butler-1');
    redis.freeze();
    const id = await duress(s);
    const pages = await pagesOf(id);
    await until('the page', 5000, () => ringing(phone, pages, 'alpha.butler-1'));
    expect((await warnings(s)).status).toBe(200);
    const desk = await s.socket('butler', 'alpha.security-1');
    await until('the other page', 20_000, () => ringing(desk, pages, 'alpha.security-1'));
    redis.resume();
    await until('no warning', 30_000, async () => Object.keys((await warnings(s)).warnings).length === 0);
    expect((await pagesOf(id)).map((p) => p.id)).toEqual(expect.arrayContaining(pages.map((p) => p.id)));
  });
});
