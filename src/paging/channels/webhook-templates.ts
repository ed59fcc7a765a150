import { createHmac } from 'node:crypto';
import type { ChannelMessage } from './page-channel.port.js';
import { messageText } from './message-text.js';
import type { WebhookAddress } from './reach.js';

/** What is posted to a webhook. */
export interface WebhookCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * @param now ms since the epoch, wall clock: receivers refuse what is signed for another time
 */
export function webhookCall(m: ChannelMessage, to: WebhookAddress, now: number): WebhookCall {
  switch (to.kind) {
    case 'generic':
      return signed(to, now, genericBody(m));
    case 'sms-gateway':
      return signed(to, now, smsBody(m, to));
    case 'wecom':
      return json(to.url, { msgtype: 'text', text: { content: content(m), mentioned_mobile_list: numbers(m, to) } });
    case 'dingtalk':
      return json(dingtalkUrl(to, now), {
        msgtype: 'text',
        text: { content: content(m) },
        at: { atMobiles: numbers(m, to), isAtAll: false },
      });
    case 'feishu':
      return json(to.url, { ...feishuSign(to, now), msg_type: 'text', content: { text: content(m) } });
  }
}

/** Only a program can take something back: what stands in a group chat or on a telephone stays there. */
export const webhookRecalls = (to: WebhookAddress): boolean => to.kind === 'generic';

/**
 * Receivers that answer 200 and mean no: robots of WeCom and DingTalk say `errcode`, Feishu's `code` (older ones
 * `StatusCode`), others at times `ok: false` or `success: false`.
 * @returns what they say, null when it is not a refusal
 */
export function refusalIn(kind: WebhookAddress['kind'], text: string): string | null {
  const answer = parsed(text);
  if (answer === null) return kind === 'generic' || kind === 'sms-gateway' ? null : 'an answer that is not JSON';
  const codes = kind === 'feishu' ? ['code', 'StatusCode', 'errcode'] : ['errcode'];
  const given = codes.find((c) => answer[c] !== undefined);
  if (given !== undefined && Number(answer[given]) !== 0) {
    const said = answer['errmsg'] ?? answer['msg'] ?? answer['StatusMessage'] ?? '';
    return `${given} ${String(answer[given])} ${String(said)}`.trim().slice(0, 200);
  }
  if (answer['ok'] === false || answer['success'] === false) return 'it says that it has not taken it';
  if (given === undefined && kind !== 'generic' && kind !== 'sms-gateway') return `an answer without ${codes[0]}`;
  return null;
}

const content = (m: ChannelMessage): string => {
  const { subject, body } = messageText(m);
  return `${subject}\n${body}`;
};
const numbers = (m: ChannelMessage, to: WebhookAddress): string[] => {
  const number = to.number ?? m.phone;
  return number ? [number.replace(/[^\d+]/g, '')] : [];
};

const json = (url: string, body: object): WebhookCall => ({
  url,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});

function genericBody(m: ChannelMessage): object {
  const { subject, body } = messageText(m);
  return {
    type: m.kind === 'page' ? 'page' : m.kind === 'test' ? 'page.test' : 'page.recalled',
    pageId: m.id,
    person: m.person,
    priority: m.priority,
    title: m.title,
    place: m.place,
    text: { subject, body },
    ticketId: m.event?.ticketId ?? null,
    ticketNo: m.ticketNo,
    estate: m.event?.estate ?? null,
    event: m.event?.event ?? null,
    slot: m.event?.slot ?? null,
    round: m.event?.round ?? null,
    level: m.event?.level ?? null,
    silent: m.silent,
    openedAt: m.openedAt,
    reason: m.reason,
    byName: m.byName,
    openUrl: m.openUrl,
    receiptUrl: m.receiptUrl,
  };
}

/** A gateway that writes, or for P1 rings: number and what is said, nothing else to understand. */
function smsBody(m: ChannelMessage, to: WebhookAddress): object {
  const { subject, body } = messageText(m);
  return {
    number: to.number ?? m.phone,
    text: m.kind === 'page' && m.ticketNo ? `${subject} ${m.ticketNo}` : `${subject} ${body}`,
    voice: m.priority === 'P1' && m.kind === 'page',
    lang: m.lang === 'zh' ? 'zh-CN' : 'en',
    pageId: m.id,
    receiptUrl: m.receiptUrl,
  };
}

/** HMAC-SHA256 over `timestamp.body`, as docs/channels.md tells receivers. */
export const webhookSignature = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

function signed(to: WebhookAddress, now: number, body: object): WebhookCall {
  const call = json(to.url, body);
  if (to.secret === null) return call;
  const timestamp = String(Math.floor(now / 1000));
  return {
    ...call,
    headers: {
      ...call.headers,
      'steward-timestamp': timestamp,
      'steward-signature': webhookSignature(to.secret, timestamp, call.body),
    },
  };
}

/** DingTalk: the key is the secret, what is signed is `timestamp\nsecret`, timestamp in ms; both go into the address. */
function dingtalkUrl(to: WebhookAddress, now: number): string {
  if (to.secret === null) return to.url;
  const sign = createHmac('sha256', to.secret).update(`${now}\n${to.secret}`).digest('base64');
  const url = new URL(to.url);
  url.searchParams.set('timestamp', String(now));
  url.searchParams.set('sign', sign);
  return url.href;
}

/** Feishu: the key is `timestamp\nsecret`, nothing is signed with it, timestamp in s; both go into the body. */
function feishuSign(to: WebhookAddress, now: number): object {
  if (to.secret === null) return {};
  const timestamp = String(Math.floor(now / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${to.secret}`).digest('base64') };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
