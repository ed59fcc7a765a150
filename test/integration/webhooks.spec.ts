import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { AuditService } from '../../src/access/audit.service.js';
import { TokenVault } from '../../src/access/token-vault.js';
import { ManualClock } from '../../src/kernel/clock.js';
import { Metrics } from '../../src/ops/metrics.js';
import { NodeOutboundHttp } from '../../src/platform/outbound-http.js';
import { WebhookPump } from '../../src/workflow/webhooks/webhook-pump.js';
import { WebhookRegistry, type WebhookDraft, type WebhookRow } from '../../src/workflow/webhooks/webhook-registry.js';
import { WebhookReplay } from '../../src/workflow/webhooks/webhook-replay.js';
import type { WebhookParts } from '../../src/workflow/webhooks/webhook-sender.js';
import { Dispatch } from '../support/dispatch.js';
import { importWish } from '../support/estate-builder.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';
import { isSignedWith, webhookReceiver, type WebhookReceiver } from '../support/event-receiver.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let dispatch: Dispatch;
let registry: WebhookRegistry;
let parts: WebhookParts;
const clock = new ManualClock(Date.now());
const http = new NodeOutboundHttp({ allowPrivate: true });
const strict = new NodeOutboundHttp({ allowPrivate: false });
const running: { stop(): Promise<void> }[] = [];
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  await importWish(database.db, { id: 'beta', guests: [] });
  dispatch = await Dispatch.on(database.url, clock);
  const vault = new TokenVault(randomBytes(32));
  const audit = new AuditService(database.db);
  registry = new WebhookRegistry(database.db, clock, http, dispatch.directory, vault, audit);
  parts = { db: database.db, http, registry, directory: dispatch.directory, clock };
});
afterAll(async () => {
  await dispatch?.close();
  http.close();
  strict.close();
  await database?.stop();
});
beforeEach(() => database.pool.query('delete from webhook'));
afterEach(async () => {
  for (const p of running.splice(0)) await p.stop();
  for (const r of receivers.splice(0)) r.close();
});

async function receiver(): Promise<WebhookReceiver> {
  const made = await webhookReceiver();
  receivers.push(made);
  return made;
}
function pump(over: Partial<WebhookParts> = {}): WebhookPump {
  const made = new WebhookPump({ ...parts, ...over }, new Metrics());
  dispatch.transactions.onCommitted(() => made.wake());
  running.push(made);
  made.start();
  return made;
}
const supervisor = (estate = 'alpha') => dispatch.person(`${estate}.supervisor-1`);
const follow = (url: string, over: Partial<WebhookDraft> = {}): Promise<{ row: WebhookRow; secret: string }> =>
  registry.add(supervisor(), {
    ...{ scope: 'estate', scopeId: 'alpha', name: 'work orders', url, events: [], active: true },
    ...over,
  });
const types = (r: WebhookReceiver): unknown[] => r.received.map((x) => x.body['type']);
/** A ticket from its opening to its end, each time of another lift. */
async function story(device: string): Promise<string> {
  await dispatch.apply(device, 'elevator.alarm-button');
  const [row] = await database.rows<{ id: string }>(
    `select id from ticket where device_id = $1 order by no desc limit 1`,
    [device],
  );
  const id = row!.id;
  const security = dispatch.person('alpha.security-1');
  await dispatch.tickets.accept('alpha', id, security, {});
  await dispatch.tickets.step('alpha', id, 1, 'done', security, undefined);
  await dispatch.tickets.move('alpha', id, 'false-alarm', security, { reason: 'a child played' });
  return id;
}

/** So many tries were made and written down. */
const tried = (n: number): Promise<unknown> =>
  until(`${n} tries`, 5000, async () => {
    const [sum] = await database.rows<{ n: number }>('select sum(attempts)::int as n from webhook_delivery');
    return (sum?.n ?? 0) >= n;
  });

describe('a webhook', () => {
  it('is told the story of a ticket in its order, signed, once', async () => {
    const r = await receiver();
    const { secret } = await follow(r.url);
    pump();
    const ticket = await story('alpha-1-lift-1');
    await until('the end', 5000, () => types(r).includes('ticket.closed'));
    await pause(200);
    const told = types(r);
    expect(new Set(told.slice(0, 2))).toEqual(new Set(['alarm.raised', 'ticket.opened']));
    expect(told.slice(2)).toEqual(['ticket.accepted', 'step.done', 'ticket.closed', 'alarm.ended']);
    const seqs = r.received.map((x) => x.body['seq'] as number);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    for (const x of r.received) expect(isSignedWith(secret, x)).toBe(true);
    expect(isSignedWith('another', r.received[0]!)).toBe(false);
    expect(new Set(r.received.map((x) => x.headers['steward-delivery'])).size).toBe(told.length);
    expect(r.received[2]?.body).toMatchObject({
      id: r.received[2]?.headers['steward-delivery'],
      estate: 'alpha',
      actor: 'alpha.security-1',
      ticket: { id: ticket, event: 'elevator.alarm-button', priority: 'P1', title: { zh: '轿厢报警按钮' } },
      data: { slot: 'responder' },
    });
    expect(r.received.map((x) => x.text).join()).not.toContain('139-0000-0000');
  });

  it('is told only what it asked for, of its own estate', async () => {
    const r = await receiver();
    await follow(r.url, { events: ['ticket.closed'] });
    const other = await receiver();
    await registry.add(supervisor('beta'), {
      ...{ scope: 'estate', scopeId: 'beta', name: 'b', url: other.url, events: [], active: true },
    });
    pump();
    await story('alpha-1-lift-2');
    await until('the end', 5000, () => r.received.length > 0);
    await pause(200);
    expect(types(r)).toEqual(['ticket.closed']);
    expect(other.received).toEqual([]);
  });

  it('that refuses holds up what follows, in order, and is told all of it when it works again', async () => {
    const r = await receiver();
    r.answer = 503;
    await follow(r.url, { events: ['ticket.opened', 'ticket.closed'] });
    pump();
    await story('alpha-2-lift-1');
    await tried(1);
    await pause(1300);
    expect(types(r)).toEqual(['ticket.opened']);
    clock.advance(5001);
    await tried(2);
    r.answer = 200;
    clock.advance(15_001);
    await until('all', 5000, () => types(r).includes('ticket.closed'));
    expect(types(r)).toEqual(['ticket.opened', 'ticket.opened', 'ticket.opened', 'ticket.closed']);
    expect(new Set(r.received.slice(0, 3).map((x) => x.body['id'])).size).toBe(1);
    await tried(4);
    const rows = await database.rows('select event, state, attempts from webhook_delivery order by no');
    expect(rows).toEqual([
      { event: 'ticket.opened', state: 'delivered', attempts: 3 },
      { event: 'ticket.closed', state: 'delivered', attempts: 1 },
    ]);
  });

  it('that hangs holds up nobody else', async () => {
    const hanging = await receiver();
    hanging.answer = null;
    const good = await receiver();
    for (let i = 0; i < 10; i++) await follow(`${hanging.url}/${i}`);
    await follow(good.url);
    pump();
    const began = performance.now();
    await story('alpha-2-lift-2');
    await until('the end', 5000, () => types(good).includes('ticket.closed'));
    expect(performance.now() - began).toBeLessThan(4000);
    await until('the others were tried', 5000, () => hanging.received.length === 10);
    hanging.close();
  });

  it('gives up what is refused three times, goes on, and tells it again when a person asks', async () => {
    const r = await receiver();
    r.answer = 404;
    const { row } = await follow(r.url, { events: ['ticket.opened', 'ticket.closed'] });
    pump();
    await story('alpha-1-lift-1');
    for (let i = 1; i <= 6; i++) {
      await tried(i);
      clock.advance(61_000);
    }
    const states = await database.rows('select event, state, status, problem from webhook_delivery order by no');
    expect(states).toEqual([
      { event: 'ticket.opened', state: 'dead', status: 404, problem: 'answered with status 404' },
      { event: 'ticket.closed', state: 'dead', status: 404, problem: 'answered with status 404' },
    ]);
    r.answer = 200;
    const replay = new WebhookReplay(parts);
    expect(await replay.ask(row.id, null)).toBe(2);
    await expect(replay.ask(row.id, String(r.received[0]?.body['id']))).rejects.toThrow('being tried');
    const jobs = await database.rows<{ payload: Record<string, unknown> }>(
      `select payload from outbox where queue = 'webhook-replay' order by id`,
    );
    for (const { payload } of jobs) expect(await replay.perform(payload)).toBe(true);
    expect(r.received).toHaveLength(8);
    expect(r.received[6]?.headers['steward-delivery']).toBe(r.received[0]?.headers['steward-delivery']);
    expect(await database.rows(`select 1 from webhook_delivery where state <> 'delivered'`)).toEqual([]);
  });

  it('that wants nothing more is switched off, and says why', async () => {
    const r = await receiver();
    r.answer = 410;
    const { row } = await follow(r.url);
    pump();
    await story('alpha-1-lift-2');
    await until('it is off', 5000, async () => !(await registry.one(supervisor(), row.id)).active);
    expect(await registry.one(supervisor(), row.id)).toMatchObject({ why_inactive: 'answered with status 410' });
    expect(r.received).toHaveLength(1);
    r.answer = 200;
    await registry.change(supervisor(), row.id, { active: true });
    await until('the rest', 5000, () => types(r).includes('ticket.closed'));
  });

  it('is told once by two instances, and by the other one when the first dies in a try', async () => {
    const r = await receiver();
    await follow(r.url, { events: ['ticket.opened', 'ticket.closed'] });
    pump();
    pump();
    await Promise.all(['alpha-1-lift-1', 'alpha-2-lift-1', 'alpha-2-lift-2'].map(story));
    await until('all', 10_000, () => types(r).filter((t) => t === 'ticket.closed').length === 3);
    await pause(300);
    expect(r.received).toHaveLength(6);
    for (const p of running.splice(0)) await p.stop();
    // One that takes the next event and is never heard of again.
    const dead = pump({ http: { send: () => new Promise(() => undefined) } });
    await story('alpha-1-lift-1');
    await until('it is at it', 5000, async () => {
      const [held] = await database.rows('select 1 from webhook_cursor where lease is not null');
      return held !== undefined;
    });
    running.splice(running.indexOf(dead), 1);
    void dead.stop();
    pump();
    await pause(1200);
    expect(r.received).toHaveLength(6);
    clock.advance(46_000);
    await until('the rest', 5000, () => r.received.length === 8);
  });
});

describe('keeping webhooks', () => {
  it('takes somebody who answers for every estate of it', async () => {
    const { row } = await follow('http://127.0.0.1:9/');
    expect(await registry.list(supervisor(), undefined)).toHaveLength(1);
    expect(await registry.list(supervisor('beta'), undefined)).toEqual([]);
    await expect(registry.one(supervisor('beta'), row.id)).rejects.toThrow('no such webhook');
    const draft = { name: 'x', url: 'http://127.0.0.1:9/', events: [], active: true } as const;
    const organisation = { ...draft, scope: 'organisation', scopeId: 'group' } as const;
    await expect(registry.add(supervisor(), organisation)).rejects.toThrow('no such thing');
    const both = { ...supervisor(), roles: [...supervisor().roles, ...supervisor('beta').roles] };
    const made = await registry.add(both, organisation);
    const cursors = await database.rows('select estate_id from webhook_cursor where webhook_id = $1 order by 1', [
      made.row.id,
    ]);
    expect(cursors).toEqual([{ estate_id: 'alpha' }, { estate_id: 'beta' }]);
    await expect(follow('http://127.0.0.1:9/', { scopeId: 'nowhere' })).rejects.toThrow('no such estate');
    await expect(
      registry.add(dispatch.person('alpha.butler-1'), { ...draft, scope: 'estate', scopeId: 'alpha' }),
    ).rejects.toThrow('needs the role');
  });

  it.each([
    'http://127.0.0.1/',
    'http://192.168.0.9/hook',
    'http://[::1]/',
    'ftp://example.com/',
    'https://a:b@example.com/',
  ])('refuses %s where only addresses outside are allowed, and changes nothing', async (url) => {
    const { directory } = dispatch;
    const vault = new TokenVault(randomBytes(32));
    const own = new WebhookRegistry(database.db, clock, strict, directory, vault, new AuditService(database.db));
    const draft = { scope: 'estate', scopeId: 'alpha', name: 'x', url, events: [], active: true } as const;
    await expect(own.add(supervisor(), draft)).rejects.toMatchObject({
      code: 'invalid',
      details: { reason: expect.stringMatching(/^(private-address|bad-url)$/) },
    });
    expect(await database.rows('select 1 from webhook')).toEqual([]);
  });

  it('keeps the secret sealed, and the address’s path out of the audit', async () => {
    const { secret } = await follow('http://127.0.0.1:9/hooks/very-secret');
    const stored = JSON.stringify(await database.rows('select * from webhook'));
    expect(stored).not.toContain(secret);
    const [line] = await database.rows(`select * from audit where action = 'webhook.created' order by id desc limit 1`);
    expect(line).toMatchObject({ actor: 'alpha.supervisor-1', details: { host: '127.0.0.1:9' } });
    expect(JSON.stringify(line)).not.toContain('very-secret');
  });
});
