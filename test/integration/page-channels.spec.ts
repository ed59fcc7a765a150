import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChannelsView, TestPageView } from '../../src/gateway/channel-views.js';
import type { TicketDetail } from '../../src/gateway/views.js';
import { importWish } from '../support/estate-builder.js';
import { LIFT } from '../support/device-client.js';
import { PushEndpoint } from '../support/push-endpoint.js';
import type { Refusal, RestClient } from '../support/rest-client.js';
import { SocketClient } from '../support/socket-client.js';
import { signIn, startedSteward, type StartedSteward } from '../support/started-steward.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let steward: StartedSteward;
let push: PushEndpoint;
let hooks: WebhookReceiver;
let env: Record<string, string>;
const people = new Map<string, RestClient>();

beforeAll(async () => {
  [database, push, hooks] = await Promise.all([startTestDatabase(), PushEndpoint.start(), WebhookReceiver.start()]);
  await importWish(database.db, { id: 'alpha', lifts: 8 });
  const ca = join(database.folder, 'push-ca.pem');
  await writeFile(ca, push.ca);
  env = {
    STEWARD_OUTBOUND_PRIVATE: 'true',
    STEWARD_OUTBOUND_CA_FILE: ca,
    STEWARD_PUBLIC_URL: 'https://steward.example/',
  };
  steward = await startedSteward(database, env);
  for (const who of ['butler-1', 'security-1', 'contractor-1', 'control-1', 'supervisor-1'])
    people.set(who, await steward.as(`alpha.${who}`));
});
afterAll(async () => {
  await steward?.stop();
  await Promise.all([push?.stop(), hooks?.stop()]);
  await database?.stop();
});

const as = (who: string): RestClient => people.get(who)!;
const put = (who: string, body: unknown) => as(who).ask<ChannelsView & Refusal>('PUT', '/me/channels', body);
const hook = (path: string, kind = 'generic') => ({ webhook: { kind, url: hooks.url(path), secret: 's3cret' } });
const phone = (who: string) =>
  as(who).post<{ id: string }>('/me/channels/push-devices', { ...push.subscription(who), label: who });
let cars = 0;
/** People are trapped in the next car. @returns its ticket */
async function trapped(): Promise<string> {
  const car = `alpha-1-lift-${++cars}`;
  const lift = await steward.device(car);
  await lift.tell(LIFT.boarding);
  await lift.tell(LIFT.trapped);
  await steward.advance(31_000);
  await lift.tell(LIFT.trapped);
  lift.cut();
  return until('the ticket', 10_000, async () => (await as('control-1').ticketsOf(car))[0]?.id);
}
const ticket = (id: string): Promise<TicketDetail> => as('control-1').ticket(id);
const pageOf = async (id: string, who: string, channel: string) =>
  (await ticket(id)).pages.find((p) => p.person === `alpha.${who}` && p.channel === channel);
const receipt = (path: unknown, body: unknown = {}) =>
  fetch(`${steward.http}${String(path)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('how a person is reached', () => {
  it('is told, changed, and kept without showing what is secret', async () => {
    const before = await as('butler-1').get<ChannelsView>('/me/channels');
    expect(before.channels.map((c) => c.channel)).toEqual(['websocket', 'web-push', 'webhook', 'email']);
    expect(before.channels[3]).toMatchObject({ ready: false, why: 'not-set-up', priorities: ['P3'] });
    expect(before.pushKey).toMatch(/^[\w-]{87}$/);
    const { status, body } = await put('butler-1', {
      ...hook('/robot?key=hidden'),
      quietHours: { from: '22:00', to: '07:00' },
      lang: 'en',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ lang: 'en', quietHours: { from: '22:00', to: '07:00' } });
    expect(body.webhook).toEqual({ kind: 'generic', host: new URL(hooks.url('/')).host, signed: true, number: null });
    expect(JSON.stringify(body)).not.toMatch(/hidden|s3cret/);
    const [row] = await database.rows<{ sealed: string }>('select sealed from channel_address');
    expect(row?.sealed).not.toMatch(/hidden|s3cret/);
    // What is left out stays, null takes away.
    expect((await put('butler-1', { quietHours: null })).body).toMatchObject({ quietHours: null, lang: 'en' });
    expect((await put('butler-1', { webhook: null, lang: 'zh' })).body).toMatchObject({ webhook: null });
  });

  it.each([
    [{ channels: [{ channel: 'websocket', on: false, priorities: [] }] }, /cannot be switched off/],
    [{ channels: [{ channel: 'pigeon', on: true, priorities: [] }] }, /channels.0.channel/],
    [{ channels: ['webhook', 'webhook'].map((channel) => ({ channel, on: true, priorities: [] })) }, /named twice/],
    [{ quietHours: { from: '25:00', to: '07:00' } }, /quietHours.from/],
    [{ webhook: { kind: 'generic', url: 'ftp://x' } }, /must begin with/],
    [{ webhook: { kind: 'generic', url: 'https://user:pw@example.com/' } }, /password/],
    [{ email: 'not an address' }, /email/],
    [{ webhook: { kind: 'pigeon', url: 'https://example.com' } }, /webhook.kind/],
  ])('is not changed by what is not valid: %j', async (body, words) => {
    const before = await as('butler-1').get<ChannelsView>('/me/channels');
    const answer = await put('butler-1', body);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringMatching(words) } });
    expect(await as('butler-1').get<ChannelsView>('/me/channels')).toEqual(before);
  });

  it('is a supervisor’s business for his own people, and nobody else’s', async () => {
    const path = '/staff/alpha.security-1/channels';
    expect(await as('supervisor-1').get<ChannelsView>(path)).toMatchObject({ person: 'alpha.security-1' });
    expect((await as('supervisor-1').ask('PUT', path, { lang: 'en' })).status).toBe(200);
    expect((await as('supervisor-1').ask('PUT', path, { lang: 'zh' })).status).toBe(200);
    expect((await as('butler-1').ask('GET', path)).status).toBe(403);
    expect((await as('supervisor-1').ask('GET', '/staff/nobody/channels')).status).toBe(404);
  });

  it('refuses a webhook and a push service at a private address where that is forbidden, and changes nothing', async () => {
    const strict = await startedSteward(database, {});
    try {
      const butler = await strict.as('alpha.butler-1');
      for (const url of ['http://127.0.0.1/x', 'http://localhost/x', 'http://[::1]/x', 'http://169.254.169.254/x']) {
        const answer = await butler.ask<Refusal>('PUT', '/me/channels', { webhook: { kind: 'generic', url } });
        expect(answer).toMatchObject({ status: 400, body: { reason: 'private-address' } });
      }
      const subscribed = await butler.ask('POST', '/me/channels/push-devices', { ...push.subscription(), label: 'x' });
      expect(subscribed).toMatchObject({ status: 400, body: { reason: 'private-address' } });
      expect(await butler.get('/me/channels')).toMatchObject({ webhook: null, pushDevices: [] });
      // Of two copies on one database: the same VAPID keys, kept sealed.
      const mine = await as('butler-1').get<ChannelsView>('/me/channels');
      expect((await butler.get<ChannelsView>('/me/channels')).pushKey).toBe(mine.pushKey);
      const secrets = await database.rows<{ name: string; sealed: string }>('select name, sealed from service_secret');
      expect(secrets.map((s) => s.name).sort()).toEqual(['page-receipts', 'vapid']);
      expect(JSON.stringify(secrets)).not.toContain('privateKey');
    } finally {
      await strict.stop();
    }
  });
});

describe('a test of a channel', () => {
  it('comes as a push marked as a test; delivered is what the phone says, at an address that is good for it alone', async () => {
    await phone('butler-1');
    const begun = await as('butler-1').post<TestPageView>('/me/channels/test', { channel: 'web-push' });
    const message = await until('the push', 10_000, () => push.got.find((g) => g.payload['pageId'] === begun.id));
    expect(push.faults).toEqual([]);
    expect(message.payload).toMatchObject({ kind: 'test', ticketId: null });
    const state = async () => (await as('butler-1').get<TestPageView>(`/me/channels/test/${begun.id}`)).state;
    await until('sent', 5000, async () => (await state()) === 'sent');
    expect((await receipt(message.payload['receipt'])).status).toBe(204);
    await until('delivered', 5000, async () => (await state()) === 'delivered');
    expect((await receipt(message.payload['receipt'], { state: 'seen' })).status).toBe(204);
    await until('seen', 5000, async () => (await state()) === 'seen');
    expect(
      (await receipt(String(message.payload['receipt']).replace(/.$/, (c) => (c === 'x' ? 'y' : 'x')))).status,
    ).toBe(404);
    expect((await as('security-1').ask('GET', `/me/channels/test/${begun.id}`)).status).toBe(404);
  });

  it('of a webhook is sent and no more; one that refuses says why; one without an address is refused', async () => {
    await put('butler-1', hook('/test'));
    const begun = await as('butler-1').post<TestPageView>('/me/channels/test', { channel: 'webhook' });
    const state = async (id: string) => as('butler-1').get<TestPageView>(`/me/channels/test/${id}`);
    await until('sent', 10_000, async () => (await state(begun.id)).state === 'sent');
    expect(hooks.at('/test')[0]?.body).toMatchObject({ type: 'page.test', ticketId: null });
    hooks.modes.set('/test', 403);
    const again = await as('butler-1').post<TestPageView>('/me/channels/test', { channel: 'webhook' });
    const failed = await until('failed', 10_000, async () => {
      const now = await state(again.id);
      return now.state === 'failed' && now;
    });
    expect(failed.reason).toContain('403');
    const none = await as('security-1').refused('/me/channels/test', { channel: 'webhook' });
    expect(none).toMatchObject({ status: 409, body: { reason: 'no address' } });
    await put('butler-1', { webhook: null });
  });
});

describe('people are trapped', () => {
  it('a closed phone is pushed at once, and told when somebody else has it', async () => {
    await phone('security-1');
    const begin = push.got.length;
    const id = await trapped();
    const mine = (who: string) =>
      push.got
        .slice(begin)
        .find(
          (g) =>
            g.payload['ticketId'] === id &&
            g.payload['kind'] === 'page' &&
            g.payload['pageId'] &&
            whose.get(String(g.payload['pageId'])) === who,
        );
    const whose = new Map<string, string>();
    await until('both pushes', 10_000, async () => {
      for (const p of (await ticket(id)).pages) whose.set(p.id, p.person);
      return mine('alpha.butler-1') && mine('alpha.security-1');
    });
    const page = await until('sent', 5000, async () => {
      const p = await pageOf(id, 'butler-1', 'web-push');
      return p?.state === 'sent' && p;
    });
    expect(Date.parse(page.sentAt ?? '') - Date.parse(page.createdAt)).toBeLessThan(2000);
    await receipt(mine('alpha.butler-1')?.payload['receipt']);
    await until('delivered', 5000, async () => (await pageOf(id, 'butler-1', 'web-push'))?.state === 'delivered');
    await as('butler-1').move(id, 'accept');
    const recall = await until('the recall', 10_000, () =>
      push.got.find(
        (g) => g.payload['kind'] === 'recall' && whose.get(String(g.payload['pageId'])) === 'alpha.security-1',
      ),
    );
    expect(recall.payload['body']).toContain('alpha.butler-1');
    expect(push.faults).toEqual([]);
  });

  it('with the websocket killed silently (no FIN) the page arrives by web push, or by webhook, within 15 s', async () => {
    const [device] = (await as('security-1').get<ChannelsView>('/me/channels')).pushDevices;
    await as('security-1').ask('DELETE', `/me/channels/push-devices/${device?.id}`);
    await put('security-1', hook('/security'));
    const { proxy, url } = await TcpProxy.beforeUrl(steward.http);
    const open = async (who: string) =>
      SocketClient.open(url.replace(/\/$/, ''), 'butler', await signIn(database, `alpha.${who}`));
    const sockets = await Promise.all(['butler-1', 'security-1'].map(open));
    proxy.silence();
    const begin = push.got.length;
    const id = await trapped();
    const pushed = await until('the push', 20_000, async () => {
      const page = await pageOf(id, 'butler-1', 'web-push');
      return page && push.got.slice(begin).some((g) => g.payload['pageId'] === page.id) && page;
    });
    const posted = await until('the webhook', 20_000, () =>
      hooks.at('/security').find((p) => p.body['ticketId'] === id),
    );
    const t = await ticket(id);
    const first = Math.min(...t.pages.map((p) => Date.parse(p.createdAt)));
    const took = async (channel: string, who: string): Promise<number> => {
      const p = await until('sent', 5000, async () => {
        const now = await pageOf(id, who, channel);
        return now?.sentAt ? now : null;
      });
      return (Date.parse(p.sentAt ?? '') - first) / 1000;
    };
    const byPush = await took('web-push', 'butler-1');
    const byWebhook = await took('webhook', 'security-1');
    process.stderr.write(
      `silent websocket: by push after ${byPush.toFixed(2)} s, by webhook after ${byWebhook.toFixed(2)} s\n`,
    );
    expect(byPush).toBeGreaterThanOrEqual(10);
    expect(byPush).toBeLessThan(15);
    expect(byWebhook).toBeLessThan(15);
    expect(posted.body).toMatchObject({ type: 'page', person: 'alpha.security-1', priority: 'P1', slot: 'responder' });
    const next = t.journal.filter((j) => j.kind === 'next-channel').map((j) => String(j.payload['channel']));
    expect(next.sort()).toEqual(['web-push', 'webhook']);
    // The receiver calls back: then it is delivered, not before.
    expect((await pageOf(id, 'security-1', 'webhook'))?.state).toBe('sent');
    await receipt(new URL(String(posted.body['receiptUrl'])).pathname);
    await until('delivered', 5000, async () => (await pageOf(id, 'security-1', 'webhook'))?.state === 'delivered');
    expect(pushed.slot).toBe('responder');
    for (const s of sockets) s.close();
    await proxy.close();
  });

  it('receivers that answer 500, hang or lie are tried again and block nobody; each page of another arrives within 2 s', async () => {
    for (const d of (await as('butler-1').get<ChannelsView>('/me/channels')).pushDevices)
      await as('butler-1').ask('DELETE', `/me/channels/push-devices/${d.id}`);
    hooks.modes.set('/hangs', 'hangs');
    hooks.modes.set('/lies', 'lies');
    hooks.modes.set('/broken', 500);
    await put('butler-1', hook('/hangs'));
    await put('security-1', hook('/lies', 'wecom'));
    await put('control-1', hook('/broken'));
    await put('contractor-1', hook('/good'));
    const ids = [await trapped(), await trapped(), await trapped()];
    await until('the good ones', 10_000, () => hooks.at('/good').length >= 3);
    for (const id of ids) {
      const page = await until('sent', 5000, async () => {
        const p = await pageOf(id, 'contractor-1', 'webhook');
        return p?.state === 'sent' && p;
      });
      expect(Date.parse(page.sentAt ?? '') - Date.parse(page.createdAt)).toBeLessThan(2000);
    }
    await until('tries again', 30_000, () => hooks.at('/lies').length >= 6 && hooks.at('/broken').length >= 6);
    await until('the hanging one again', 30_000, () => hooks.at('/hangs').length >= 3);
    for (const id of ids) expect((await pageOf(id, 'security-1', 'webhook'))?.state).toBe('queued');
    expect(await steward.metric('steward_channel_sends_total{channel="webhook",outcome="again"}')).toBeGreaterThan(5);
  });

  it('a carrier that forbids makes a dead letter that a supervisor sees and sends again', async () => {
    hooks.modes.set('/hangs', 403);
    await put('butler-1', hook('/hangs'));
    const id = await trapped();
    await until('failed', 15_000, async () => (await pageOf(id, 'butler-1', 'webhook'))?.state === 'failed');
    type Letters = { items: { id: string; pageId: string; reason: string; destination: string }[] };
    const page = await pageOf(id, 'butler-1', 'webhook');
    const { items } = await as('supervisor-1').get<Letters>('/dead-letters?estate=alpha');
    const letter = items.find((l) => l.pageId === page?.id);
    expect(letter).toMatchObject({
      reason: expect.stringContaining('403'),
      destination: expect.stringContaining('generic'),
    });
    expect((await as('butler-1').ask('GET', '/dead-letters')).status).toBe(403);
    hooks.modes.set('/hangs', 'takes');
    expect((await as('supervisor-1').ask('POST', `/dead-letters/${letter?.id}/replay`, {})).status).toBe(202);
    await until('sent', 10_000, async () => (await pageOf(id, 'butler-1', 'webhook'))?.state === 'sent');
    expect((await as('supervisor-1').ask('POST', `/dead-letters/${letter?.id}/replay`, {})).status).toBe(409);
  });

  it('kill -9 in the middle of a send loses no page: the next life sends it', async () => {
    hooks.modes.clear();
    hooks.modes.set('/kill', 'hangs');
    await put('butler-1', hook('/kill'));
    const id = await trapped();
    const first = await until('the try', 15_000, () => hooks.at('/kill').find((p) => p.body['ticketId'] === id));
    await steward.kill();
    hooks.modes.set('/kill', 'takes');
    // The clock of this life is set where the last one had got to.
    const [row] = await database.rows<{ ahead: number }>(
      'select extract(epoch from max(created_at) - now()) * 1000 as ahead from page',
    );
    steward = await startedSteward(database, {
      ...env,
      TEST_CLOCK_AHEAD_MS: String(Math.max(0, Math.ceil(Number(row?.ahead))) + 1000),
    });
    people.set('control-1', await steward.as('alpha.control-1'));
    const began = performance.now();
    const again = await until('the same page', 30_000, () =>
      hooks.at('/kill').find((p) => p.at > began && p.body['ticketId'] === id),
    );
    expect(again.body['pageId']).toBe(first.body['pageId']);
    await until('sent', 5000, async () => (await pageOf(id, 'butler-1', 'webhook'))?.state === 'sent');
    process.stderr.write(
      `after kill -9 in a send: sent ${((again.at - began) / 1000).toFixed(1)} s after the service was ready\n`,
    );
  });
});
