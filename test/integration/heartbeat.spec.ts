import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../src/kernel/clock.js';
import { Heartbeat } from '../../src/ops/heartbeat.js';
import { Metrics } from '../../src/ops/metrics.js';
import { Readiness } from '../../src/ops/readiness.js';
import { createPool } from '../../src/platform/database.js';
import { NodeOutboundHttp } from '../../src/platform/outbound-http.js';
import { Dispatch } from '../support/dispatch.js';
import { importWish } from '../support/estate-builder.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';
import { webhookReceiver, type WebhookReceiver } from '../support/event-receiver.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let dispatch: Dispatch;
let outside: WebhookReceiver;
const http = new NodeOutboundHttp({ allowPrivate: true });
const clock = new ManualClock(Date.now());

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  dispatch = await Dispatch.on(database.url, clock);
  outside = await webhookReceiver();
});
afterAll(async () => {
  outside?.close();
  http.close();
  await dispatch?.close();
  await database?.stop();
});

/** Silent = no beat within many times its interval. */
async function isSilent(): Promise<boolean> {
  await pause(200);
  const before = outside.received.length;
  await pause(600);
  return outside.received.length === before;
}
const beats = async (): Promise<unknown> => {
  const before = outside.received.length;
  return until('a beat', 10_000, () => outside.received.length > before + 1);
};

it('the heartbeat stops while the database is away or hangs, and while deadlines are not served, and comes back', async () => {
  const { proxy, url } = await TcpProxy.beforeUrl(database.url);
  const pool = createPool({ url, name: 'test', max: 1, answerWithinMs: 500, onError: () => undefined });
  const readiness = new Readiness();
  readiness.register('database', async () => {
    await pool.query('select 1');
    return null;
  });
  const heartbeat = new Heartbeat({
    ...{ http, url: outside.url, metrics: new Metrics(), everyMs: 50 },
    trouble: async () => ({ ...(await readiness.failing()), ...(await dispatch.deadlines.trouble()) }),
  });
  heartbeat.start();
  try {
    await beats();
    await proxy.refuse();
    proxy.cut();
    expect(await isSilent()).toBe(true);
    await proxy.allow();
    await beats();
    proxy.silence();
    expect(await isSilent()).toBe(true);
    proxy.resume();
    await beats();
    // An escalation is due and nobody serves it.
    await dispatch.apply('alpha-1-lift-1', 'elevator.alarm-button');
    await beats();
    clock.advance(120_000);
    expect(await isSilent()).toBe(true);
    while ((await dispatch.deadlines.scan()) > 0);
    await beats();
  } finally {
    await heartbeat.stop();
    proxy.resume();
    proxy.cut();
    await proxy.refuse();
    await pool.end();
  }
});
