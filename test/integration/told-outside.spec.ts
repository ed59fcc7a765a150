import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { NoticePreviewView, NoticeView } from '../../src/gateway/notice-views.js';
import type { WebhookDeliveryView, WebhookTestView, WebhookWithSecretView } from '../../src/gateway/webhook-views.js';
import { importWish } from '../support/estate-builder.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import { isSignedWith, webhookReceiver, type WebhookReceiver } from '../support/event-receiver.js';

jest.setTimeout(90_000);

let database: TestDatabase;
let steward: StartedSteward;
let outside: WebhookReceiver;
let heart: WebhookReceiver;
let supervisor: RestClient;
let control: RestClient;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  outside = await webhookReceiver();
  heart = await webhookReceiver();
  steward = await startedSteward(database, {
    STEWARD_OUTBOUND_PRIVATE: 'true',
    STEWARD_HEARTBEAT_URL: `${heart.url}/beat`,
  });
  supervisor = await steward.as('alpha.supervisor-1');
  control = await steward.as('alpha.control-1');
});
afterAll(async () => {
  await steward?.stop();
  outside?.close();
  heart?.close();
  await database?.stop();
});

describe('what is told outside', () => {
  it('begins with the heartbeat, at once', async () => {
    await until('the first beat', 10_000, () => heart.received.length > 0);
    expect(heart.received[0]?.path).toBe('/beat');
  });

  it('is the story of a door’s ticket, to a webhook, over the whole of the service', async () => {
    const hook = await supervisor.post<WebhookWithSecretView>('/webhooks', {
      ...{ scope: 'estate', scopeId: 'alpha', name: 'work orders', url: `${outside.url}/orders` },
      events: ['ticket.opened', 'alarm.raised'],
    });
    expect(await supervisor.post<WebhookTestView>(`/webhooks/${hook.id}/test`)).toMatchObject({
      delivered: true,
      status: 200,
    });
    expect(JSON.stringify(await supervisor.get('/webhooks'))).not.toContain(hook.secret);
    const door = await steward.device('alpha-1-door-1');
    await door.tell({ access: 'duress' });
    const orders = () => outside.received.filter((r) => r.path === '/orders');
    await until('both', 10_000, () => orders().length === 3);
    expect(orders()[0]?.body['type']).toBe('webhook.test');
    for (const r of orders()) expect(isSignedWith(hook.secret, r)).toBe(true);
    const opened = orders().find((r) => r.body['type'] === 'ticket.opened')?.body;
    expect(opened).toMatchObject({ estate: 'alpha', ticket: { event: 'gate.duress', silent: true } });
    await until('the log', 5000, async () => {
      const { items } = await supervisor.get<{ items: WebhookDeliveryView[] }>(`/webhooks/${hook.id}/deliveries`);
      return items.length === 2 && items.every((d) => d.state === 'delivered');
    });
  });

  it('is never said to residents of duress', async () => {
    const [ticket] = await control.ticketsOf('alpha-1-door-1');
    const answer = await control.ask('GET', `/tickets/${ticket?.id}/notice`);
    expect(answer).toMatchObject({ status: 409, body: { reason: 'not for residents' } });
  });
});

describe('a notice to residents', () => {
  const CHANNELS = [
    { name: 'app', kind: 'generic', secret: 'app secret' },
    { name: 'owners’ group', kind: 'feishu', secret: 'robot secret' },
  ];
  const channels: { id: string; name: string }[] = [];

  beforeAll(async () => {
    for (const c of CHANNELS)
      channels.push(
        await supervisor.post('/notice-channels', { estate: 'alpha', ...c, url: `${outside.url}/${c.kind}` }),
      );
    const pipe = await steward.device('alpha-1-pipe');
    await pipe.tell({ wet: false });
    await pipe.tell({ wet: true });
    await steward.advance(11_000);
    await pipe.tell({ wet: true });
    await until('the leak', 15_000, async () => (await control.ticketsOf('alpha-1-pipe'))[0]);
  });

  it('is composed for the flats of the riser, looked over, changed, and sent to each channel', async () => {
    const [ticket] = await control.ticketsOf('alpha-1-pipe');
    const draft = await control.get<NoticePreviewView>(`/tickets/${ticket?.id}/notice?until=2026-11-22T12:00:00Z`);
    expect(draft).toMatchObject({ kind: 'begin', title: { zh: '【通知】漏水处理及临时停水' } });
    expect(draft.text.zh).toContain('阀门 V-11');
    expect(draft.text.zh).toContain('预计 20:00 前恢复');
    expect(draft.units.map((u) => u.label).sort((a, b) => a.localeCompare(b))).toEqual(['101', '102', '201', '202']);
    expect(draft.channels.map((c) => c.name)).toEqual(['app', 'owners’ group']);
    expect(JSON.stringify(draft)).not.toContain('138-0000-0001');

    const text = { ...draft.text, zh: `${draft.text.zh}\n联系电话：前台` };
    const units = draft.units.map((u) => u.unit);
    const body = { kind: draft.kind, title: draft.title, text, units, channels: channels.map((c) => c.id) };
    const sent = await control.post<NoticeView>(`/tickets/${ticket?.id}/notice`, body);
    expect(sent).toMatchObject({ sentBy: 'alpha.control-1', units });
    await until('the app', 10_000, () => outside.received.some((r) => r.path === '/generic'));
    const app = outside.received.find((r) => r.path === '/generic');
    expect(app?.body).toMatchObject({ type: 'notice', ticketNo: ticket?.no, text, units });
    expect(app && isSignedWith('app secret', app)).toBe(true);
    await until('the group', 10_000, () => outside.received.some((r) => r.path === '/feishu'));
    const group = outside.received.find((r) => r.path === '/feishu');
    expect(group?.body).toMatchObject({ msg_type: 'text', content: { text: expect.stringContaining('前台') } });

    // The group's robot answered 200 and nothing that a robot says: it is tried again, and the app is not.
    await until('what became of it', 10_000, async () => {
      const { items } = await control.get<{ items: NoticeView[] }>(`/tickets/${ticket?.id}/notices`);
      const states = items[0]?.deliveries.map((d) => `${d.name} ${d.state} ${d.problem}`);
      return states?.join() === 'app delivered null,owners’ group waiting answered with something that no robot says';
    });
    const { journal } = await control.ticket(ticket?.id ?? '');
    expect(journal.find((j) => j.kind === 'notice-sent')).toMatchObject({
      actor: 'alpha.control-1',
      payload: { kind: 'begin', units: 4, channels: ['app', 'owners’ group'] },
    });
  });

  it('tells at the end that it is over, and may only be written down', async () => {
    const [ticket] = await control.ticketsOf('alpha-1-pipe');
    await control.move(ticket?.id ?? '', 'false-alarm', { reason: 'a bucket' });
    const draft = await control.get<NoticePreviewView>(`/tickets/${ticket?.id}/notice`);
    expect(draft).toMatchObject({ kind: 'over', title: { zh: '【已恢复】漏水处理及临时停水' } });
    const sent = await control.post<NoticeView>(`/tickets/${ticket?.id}/notice`, {
      ...{ kind: 'over', title: draft.title, text: draft.text },
    });
    expect(sent.deliveries).toEqual([]);
  });

  it('changes nothing when it is wrong', async () => {
    const [ticket] = await control.ticketsOf('alpha-1-pipe');
    const count = async (): Promise<number> => (await database.rows('select 1 from notice')).length;
    const before = await count();
    const good = { kind: 'over', title: { zh: 'a', en: 'a' }, text: { zh: 'a', en: 'a' } };
    for (const wrong of [
      { ...good, units: ['nowhere'] },
      { ...good, channels: ['00000000-0000-7000-8000-000000000000'] },
      { ...good, text: { zh: '', en: 'a' } },
      { ...good, kind: 'later' },
    ])
      expect((await control.ask('POST', `/tickets/${ticket?.id}/notice`, wrong)).status).toBe(400);
    const butler = await steward.as('alpha.butler-1');
    expect((await butler.ask('POST', `/tickets/${ticket?.id}/notice`, good)).status).toBe(403);
    expect(await count()).toBe(before);
  });

  it('keeps the addresses of groups sealed: whoever has one may write there', async () => {
    const stored = JSON.stringify(await database.rows('select * from notice_channel'));
    expect(stored).not.toMatch(/127\.0\.0\.1|secret":"(app|robot)/);
    const answer = await control.ask('GET', '/notice-channels?estate=alpha');
    expect(JSON.stringify(answer.body)).not.toContain('/feishu');
  });
});
