import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import type { ChannelMessage } from './page-channel.port.js';
import { messageText } from './message-text.js';
import { ReceiptTokens } from './receipt-token.js';
import type { WebhookAddress } from './reach.js';
import { refusalIn } from './group-robots.js';
import { webhookCall, webhookSignature } from './webhook-templates.js';

const NOW = 1_780_000_000_123;
const message: ChannelMessage = {
  kind: 'page',
  id: '0199c1de-0000-7000-8000-000000000001',
  person: 'wang.qiang',
  phone: '139-0000-0000',
  priority: 'P1',
  title: { zh: '非平层困人', en: 'Entrapment between floors' },
  place: { zh: '6栋 西梯', en: 'Building 6 west lift' },
  ticketNo: 'T-2026-0412',
  event: null,
  silent: false,
  openedAt: '2026-01-05T02:00:00.000Z',
  reason: null,
  byName: null,
  lang: 'zh',
  receiptPath: '/r',
  receiptUrl: 'https://steward.example/r',
  openUrl: 'https://steward.example/butler#/tickets/1',
};
const to = (w: Partial<WebhookAddress>): WebhookAddress => ({
  kind: 'generic',
  url: 'https://hook.example/x?key=k',
  secret: 's3cret',
  number: null,
  ...w,
});
const body = (w: Partial<WebhookAddress>, m: Partial<ChannelMessage> = {}) =>
  JSON.parse(webhookCall({ ...message, ...m }, to(w), NOW).body) as Record<string, unknown>;

describe('a signed webhook', () => {
  it('is signed over timestamp and body as docs/channels.md tells, in a fixed case', () => {
    // echo -n '1780000000.{"a":1}' | openssl dgst -sha256 -hmac s3cret
    expect(webhookSignature('s3cret', '1780000000', '{"a":1}')).toBe(
      `v1=${createHmac('sha256', 's3cret').update('1780000000.{"a":1}').digest('hex')}`,
    );
    const call = webhookCall(message, to({}), NOW);
    expect(call.headers['steward-timestamp']).toBe('1780000000');
    expect(call.headers['steward-signature']).toBe(webhookSignature('s3cret', '1780000000', call.body));
    expect(webhookCall(message, to({ secret: null }), NOW).headers['steward-signature']).toBeUndefined();
  });

  it('tells a program all it needs, and that a page was taken back', () => {
    expect(body({})).toMatchObject({
      type: 'page',
      pageId: message.id,
      priority: 'P1',
      ticketNo: 'T-2026-0412',
      receiptUrl: 'https://steward.example/r',
    });
    expect(body({}, { kind: 'recall', reason: 'taken', byName: { zh: '李娜', en: 'Li Na' } })).toMatchObject({
      type: 'page.recalled',
      reason: 'taken',
      byName: { zh: '李娜' },
    });
    expect(body({}, { kind: 'test' })).toMatchObject({ type: 'page.test' });
  });

  it('gives a gateway number and text, and asks for a voice call for P1 alone', () => {
    expect(body({ kind: 'sms-gateway' })).toMatchObject({ number: '139-0000-0000', voice: true });
    expect(body({ kind: 'sms-gateway', number: '+86 10 1234' }, { priority: 'P2' })).toMatchObject({
      number: '+86 10 1234',
      voice: false,
    });
    expect(String(body({ kind: 'sms-gateway' })['text'])).toContain('6栋 西梯');
  });
});

describe('robots of group chats', () => {
  it('WeCom: a text that names the person by number', () => {
    expect(body({ kind: 'wecom' })).toEqual({
      msgtype: 'text',
      text: { content: expect.stringContaining('非平层困人'), mentioned_mobile_list: ['13900000000'] },
    });
  });

  it('DingTalk: timestamp in ms and signature in the address, the key beside them kept', () => {
    const url = new URL(webhookCall(message, to({ kind: 'dingtalk' }), NOW).url);
    expect(url.searchParams.get('key')).toBe('k');
    expect(url.searchParams.get('timestamp')).toBe(String(NOW));
    expect(url.searchParams.get('sign')).toBe(createHmac('sha256', 's3cret').update(`${NOW}\ns3cret`).digest('base64'));
    expect(body({ kind: 'dingtalk' })).toMatchObject({ msgtype: 'text', at: { atMobiles: ['13900000000'] } });
  });

  it('Feishu: timestamp in s and signature in the body', () => {
    expect(body({ kind: 'feishu' })).toMatchObject({
      timestamp: '1780000000',
      sign: createHmac('sha256', '1780000000\ns3cret').digest('base64'),
      msg_type: 'text',
    });
    expect(body({ kind: 'feishu', secret: null })).not.toHaveProperty('sign');
  });

  it.each([
    ['wecom', '{"errcode":0,"errmsg":"ok"}', null],
    ['wecom', '{"errcode":45009,"errmsg":"api freq out of limit"}', 'errcode 45009 api freq out of limit'],
    ['dingtalk', '{"errcode":310000,"errmsg":"sign not match"}', 'errcode 310000 sign not match'],
    ['feishu', '{"code":0,"msg":"success"}', null],
    ['feishu', '{"StatusCode":0,"StatusMessage":"success"}', null],
    ['feishu', '{"code":19021,"msg":"sign match fail"}', 'code 19021 sign match fail'],
    ['wecom', '<html>login</html>', 'an answer that is not JSON'],
    ['wecom', '{}', 'an answer without errcode'],
    ['generic', '', null],
    ['generic', '{"code":200}', null],
    ['generic', '{"ok":false}', 'it says that it has not taken it'],
    ['sms-gateway', '{"errcode":7}', 'errcode 7'],
  ] as const)('%s answering %s', (kind, text, said) => {
    expect(refusalIn(kind, text)).toBe(said);
  });
});

describe('what people read', () => {
  it('is in their language, urgency and place first, without a telephone number', () => {
    expect(messageText(message).subject).toBe('【P1 危险】非平层困人 · 6栋 西梯');
    expect(messageText({ ...message, lang: 'en' }).subject).toBe(
      '【P1 Danger】Entrapment between floors · Building 6 west lift',
    );
    const all = JSON.stringify([messageText(message), messageText({ ...message, kind: 'recall' })]);
    expect(all).not.toContain('139');
  });
});

describe('an address for receipts', () => {
  const tokens = new ReceiptTokens('key');
  it('is good for its own page alone', () => {
    const token = tokens.path(message.id).split('/').at(-1) ?? '';
    expect(tokens.read(token)).toBe(message.id);
    expect(tokens.read(token.replace('0001.', '0002.'))).toBeNull();
    expect(new ReceiptTokens('other').read(token)).toBeNull();
    for (const bad of ['', 'x', `${message.id}.`, `${token}x`]) expect(tokens.read(bad)).toBeNull();
  });
});
