import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Socket } from 'socket.io';
import webPush from 'web-push';
import type { PageEvent } from '../../src/gateway/views.js';
import { EmailChannel } from '../../src/paging/channels/email-channel.js';
import { FakePageChannel } from '../../src/paging/channels/fake-page-channel.js';
import type { ChannelMessage, PageChannel } from '../../src/paging/channels/page-channel.port.js';
import { DEFAULT_REACH, type Reach, type WebhookAddress } from '../../src/paging/channels/reach.js';
import { WebPushChannel } from '../../src/paging/channels/web-push-channel.js';
import { WebhookChannel } from '../../src/paging/channels/webhook-channel.js';
import { webhookSignature } from '../../src/paging/channels/webhook-templates.js';
import { WebsocketChannel } from '../../src/paging/channels/websocket-channel.js';
import { PersonSockets } from '../../src/paging/person-sockets.js';
import { NodeOutboundHttp } from '../../src/platform/outbound-http.js';
import { MailServer } from '../support/mail-server.js';
import { PushEndpoint } from '../support/push-endpoint.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

jest.setTimeout(30_000);

const LIMIT_MS = 400;
const PERSON = 'wang.qiang';
const PAGE = '0199c1de-0000-7000-8000-000000000001';

const event: PageEvent = {
  pageId: PAGE,
  ticketId: '0199c1de-0000-7000-8000-000000000002',
  seq: 0,
  estate: 'jinyue',
  priority: 'P1',
  event: 'elevator.entrapment-between-floors',
  title: { zh: '非平层困人', en: 'Entrapment between floors' },
  place: { zh: '6栋 西梯', en: 'Building 6 west lift' },
  openedAt: '2026-01-05T02:00:00.000Z',
  slot: 'responder',
  round: 0,
  level: 0,
  silent: false,
  drill: false,
};
const page = (m: Partial<ChannelMessage> = {}): ChannelMessage => ({
  kind: 'page',
  id: PAGE,
  person: PERSON,
  phone: '139-0000-0000',
  priority: 'P1',
  title: event.title,
  place: event.place,
  ticketNo: 'T-2026-0412',
  event,
  silent: false,
  openedAt: event.openedAt,
  reason: null,
  byName: null,
  lang: 'zh',
  receiptPath: '/api/v1/page-receipts/x',
  receiptUrl: 'https://steward.example/api/v1/page-receipts/x',
  openUrl: 'https://steward.example/butler#/tickets/1',
  ...m,
});

/** How the other side behaves. */
type Behaviour = 'takes' | 'refuses for now' | 'refuses for good' | 'hangs' | 'lies';
interface Rig {
  readonly channel: PageChannel;
  /** Texts that have come, in which pages can be found. */
  received(): string[];
  behave(how: Behaviour): void;
  /** Behaviours that exist on this carrier. */
  readonly can: readonly Behaviour[];
  /** A device confirms in the answer itself. */
  readonly confirms: boolean;
  /** What must never be shown. */
  readonly secret: string | null;
  stop(): Promise<void>;
}

/** The same sentences for every way to a person. */
function pageChannelContract(name: string, make: () => Promise<Rig>): void {
  describe(`${name} as a way to a person`, () => {
    let rig: Rig;
    beforeAll(async () => {
      rig = await make();
    });
    afterEach(() => rig.behave('takes'));
    afterAll(() => rig.stop());
    const send = async (m = page()) => {
      const [address] = rig.channel.addresses(PERSON);
      if (!address) throw new Error('no address');
      return rig.channel.send(m, address);
    };

    it('leads to whoever has an address, and to nobody else', () => {
      expect(rig.channel.ready(PERSON)).toBe(true);
      expect(rig.channel.addresses(PERSON)).toHaveLength(1);
      expect(rig.channel.ready('li.na')).toBe(false);
      expect(rig.channel.addresses('li.na')).toEqual([]);
    });

    it('shows of an address nothing that is secret', () => {
      const [address] = rig.channel.addresses(PERSON);
      expect(address?.shown).toBeTruthy();
      if (rig.secret) expect(`${address?.shown} ${address?.id}`).not.toContain(rig.secret);
    });

    it('brings a page with what it is about, and says that the carrier has it, not that a person has', async () => {
      const before = rig.received().length;
      expect(await send()).toEqual({ kind: 'accepted', ...(rig.confirms ? { delivered: true } : {}) });
      const [text = ''] = rig.received().slice(before);
      expect(text).toContain('非平层困人');
      expect(text).toContain('6栋 西梯');
      expect(rig.received()).toHaveLength(before + 1);
    });

    it('brings a test that says that it is one', async () => {
      const before = rig.received().length;
      expect(await send(page({ kind: 'test', event: null, ticketNo: null }))).toMatchObject({ kind: 'accepted' });
      expect(rig.received().slice(before).join()).toMatch(/test|测试/i);
    });

    it('asks to be tried again by a carrier that refuses for now', async () => {
      if (!rig.can.includes('refuses for now')) return;
      rig.behave('refuses for now');
      expect(await send()).toEqual({ kind: 'again', reason: expect.stringMatching(/\S/) });
    });

    it('asks to be tried again by one that says yes and means no', async () => {
      if (!rig.can.includes('lies')) return;
      rig.behave('lies');
      expect(await send()).toEqual({ kind: 'again', reason: expect.stringContaining('45009') });
    });

    it('fails with the reason where the carrier will never take it', async () => {
      if (!rig.can.includes('refuses for good')) return;
      rig.behave('refuses for good');
      expect(await send()).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/\S/) });
    });

    it('ends in its time when the other side hangs', async () => {
      if (!rig.can.includes('hangs')) return;
      rig.behave('hangs');
      const began = performance.now();
      expect(await send()).toMatchObject({ kind: 'again' });
      expect(performance.now() - began).toBeLessThan(LIMIT_MS + 2000);
    });

    it('goes on as before after all that', async () => {
      expect(await send()).toMatchObject({ kind: 'accepted' });
    });
  });
}

const reachOf =
  (reach: Partial<Reach>) =>
  (person: string): Reach =>
    person === PERSON ? { ...DEFAULT_REACH, ...reach } : DEFAULT_REACH;

pageChannelContract('the fake', () => {
  const channel = new FakePageChannel('web-push');
  channel.people.set(PERSON, [{ id: 'a', destination: 'a', shown: 'a phone' }]);
  return Promise.resolve({
    channel,
    received: () => channel.sent.map((s) => JSON.stringify(s.message)),
    behave: (how) => {
      const said =
        how === 'takes'
          ? null
          : how === 'refuses for good'
            ? ({ kind: 'failed', reason: 'no' } as const)
            : ({ kind: 'again', reason: 'errcode 45009' } as const);
      channel.behaviour = () => said && Promise.resolve(said);
    },
    can: ['takes', 'refuses for now', 'refuses for good', 'hangs', 'lies'],
    confirms: false,
    secret: null,
    stop: () => Promise.resolve(),
  });
});

pageChannelContract('an open screen', () => {
  const sockets = new PersonSockets();
  const received: string[] = [];
  let answers = true;
  sockets.add(PERSON, {
    timeout: (ms: number) => ({
      emit: (name: string, payload: unknown, ack: (e: Error | null) => void) => {
        if (!answers) return void setTimeout(() => ack(new Error('timeout')), ms);
        received.push(`${name} ${JSON.stringify(payload)}`);
        ack(null);
      },
    }),
  } as unknown as Socket);
  return Promise.resolve({
    channel: new WebsocketChannel(sockets, LIMIT_MS),
    received: () => received,
    behave: (how) => (answers = how === 'takes'),
    can: ['takes', 'refuses for now', 'hangs'],
    confirms: true,
    secret: null,
    stop: () => Promise.resolve(),
  });
});

const VAPID = webPush.generateVAPIDKeys();
let push: PushEndpoint;
pageChannelContract('Web Push', async () => {
  push = await PushEndpoint.start();
  const { endpoint, keys } = push.subscription('secret-device');
  const http = new NodeOutboundHttp({ allowPrivate: true, ca: push.ca });
  const reach = reachOf({ push: [{ id: 'phone', endpoint, ...keys }] });
  return {
    channel: new WebPushChannel(http, reach, VAPID, 'mailto:ops@steward.example', LIMIT_MS),
    received: () => {
      expect(push.faults).toEqual([]);
      return push.got.map((g) => JSON.stringify(g.payload));
    },
    behave: (how) => (push.mode = how === 'takes' || how === 'hangs' ? how : how === 'refuses for good' ? 410 : 503),
    can: ['takes', 'refuses for now', 'refuses for good', 'hangs'],
    confirms: false,
    secret: 'secret-device',
    stop: () => push.stop(),
  };
});

for (const kind of ['generic', 'sms-gateway', 'wecom', 'dingtalk', 'feishu'] as const) {
  pageChannelContract(`a webhook of the kind ${kind}`, async () => {
    const receiver = await WebhookReceiver.start();
    const to: WebhookAddress = { kind, url: receiver.url('/robot/secret-key'), secret: 's3cret', number: null };
    const http = new NodeOutboundHttp({ allowPrivate: true });
    return {
      channel: new WebhookChannel(http, reachOf({ webhook: to }), Date.now, LIMIT_MS),
      received: () => receiver.got.map((g) => g.text),
      behave: (how) => {
        const mode = how === 'refuses for now' ? 500 : how === 'refuses for good' ? 403 : how;
        receiver.modes.set('/robot/secret-key', mode);
      },
      can: ['takes', 'refuses for now', 'refuses for good', 'hangs', 'lies'],
      confirms: false,
      secret: 'secret-key',
      stop: () => receiver.stop(),
    };
  });
}

pageChannelContract('mail', async () => {
  const server = await MailServer.start();
  const channel = new EmailChannel(
    { url: server.url, from: 'steward@example.com' },
    reachOf({ email: 'wang.qiang@example.com' }),
    LIMIT_MS,
  );
  return {
    channel,
    received: () => server.letters.map((l) => decoded(l.text)),
    behave: (how) => {
      server.mode =
        how === 'refuses for now' ? 'busy' : how === 'refuses for good' ? 'unknown' : how === 'hangs' ? how : 'takes';
    },
    can: ['takes', 'refuses for now', 'refuses for good', 'hangs'],
    confirms: false,
    secret: 'wang.qiang',
    stop: async () => {
      channel.close();
      await server.stop();
    },
  };
});

/** Subject and body of a letter as a person reads them. */
function decoded(letter: string): string {
  const words = letter
    .replace(/\?=\s+=\?UTF-8\?B\?/gi, '')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/gi, (_, b: string) => Buffer.from(b, 'base64').toString());
  const body = letter.split('\n\n').slice(1).join('\n\n').trim();
  return `${words} ${Buffer.from(body, 'base64').toString()}`;
}

describe('Web Push in particular', () => {
  it('is encrypted to the browser and signed by this service, urgent, replaced by its recall, and small', async () => {
    const endpoint = await PushEndpoint.start();
    const { endpoint: url, keys } = endpoint.subscription();
    const http = new NodeOutboundHttp({ allowPrivate: true, ca: endpoint.ca });
    const reach = reachOf({ push: [{ id: 'phone', endpoint: url, ...keys }] });
    const channel = new WebPushChannel(http, reach, VAPID, 'mailto:ops@steward.example');
    const [address] = channel.addresses(PERSON);
    await channel.send(page({ silent: true }), address!);
    await channel.send(page({ kind: 'recall', reason: 'taken', byName: { zh: '李娜', en: 'Li Na' } }), address!);
    expect(endpoint.faults).toEqual([]);
    expect(endpoint.got).toHaveLength(2);
    const [first, recall] = endpoint.got;
    expect(first).toMatchObject({
      urgency: 'high',
      topic: PAGE.replaceAll('-', ''),
      vapidKey: VAPID.publicKey,
      claims: { sub: 'mailto:ops@steward.example' },
      payload: {
        kind: 'page',
        pageId: PAGE,
        ticketId: event.ticketId,
        silent: true,
        receipt: '/api/v1/page-receipts/x',
      },
    });
    expect(recall?.topic).toBe(first?.topic);
    expect(recall?.payload).toMatchObject({ kind: 'recall', body: expect.stringContaining('李娜') });
    expect(JSON.stringify(first?.payload)).not.toContain('139-0000');
    await endpoint.stop();
  });
});

describe('a generic webhook in particular', () => {
  it('can be checked by the receiver: signature over timestamp and body, and nothing goes to a private address unallowed', async () => {
    const receiver = await WebhookReceiver.start();
    const to: WebhookAddress = { kind: 'generic', url: receiver.url('/in'), secret: 's3cret', number: null };
    const open = new WebhookChannel(new NodeOutboundHttp({ allowPrivate: true }), reachOf({ webhook: to }), Date.now);
    const [address] = open.addresses(PERSON);
    await open.send(page(), address!);
    const [got] = receiver.got;
    const timestamp = String(got?.headers['steward-timestamp']);
    expect(got?.headers['steward-signature']).toBe(webhookSignature('s3cret', timestamp, got?.text ?? ''));
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(5);

    const strict = new WebhookChannel(
      new NodeOutboundHttp({ allowPrivate: false }),
      reachOf({ webhook: to }),
      Date.now,
    );
    expect(await strict.send(page(), address!)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('private-address'),
    });
    expect(receiver.got).toHaveLength(1);
    await receiver.stop();
  });
});
