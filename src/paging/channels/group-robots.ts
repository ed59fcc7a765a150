import { createHmac } from 'node:crypto';
import type { WebhookAddress } from './reach.js';

/** What is posted to a webhook. */
export interface WebhookCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A robot of a group chat; `secret` of DingTalk's and Feishu's "signature" setting. */
export interface Robot {
  readonly kind: 'wecom' | 'dingtalk' | 'feishu';
  readonly url: string;
  readonly secret: string | null;
}

/**
 * What puts a text into a group.
 * @param now ms since the epoch, wall clock: robots compare the signature's time with theirs
 * @param mentioned telephone numbers of those whom it rings; missing = nobody
 */
export function robotCall(to: Robot, content: string, now: number, mentioned?: readonly string[]): WebhookCall {
  switch (to.kind) {
    case 'wecom':
      return json(to.url, {
        msgtype: 'text',
        text: { content, ...(mentioned ? { mentioned_mobile_list: mentioned } : {}) },
      });
    case 'dingtalk':
      return json(dingtalkUrl(to, now), {
        msgtype: 'text',
        text: { content },
        ...(mentioned ? { at: { atMobiles: mentioned, isAtAll: false } } : {}),
      });
    case 'feishu':
      return json(to.url, { ...feishuSign(to, now), msg_type: 'text', content: { text: content } });
  }
}

export const json = (url: string, body: object): WebhookCall => ({
  url,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});

/** DingTalk: the key is the secret, what is signed is `timestamp\nsecret`, timestamp in ms; both go into the address. */
function dingtalkUrl(to: Robot, now: number): string {
  if (to.secret === null) return to.url;
  const sign = createHmac('sha256', to.secret).update(`${now}\n${to.secret}`).digest('base64');
  const url = new URL(to.url);
  url.searchParams.set('timestamp', String(now));
  url.searchParams.set('sign', sign);
  return url.href;
}

/** Feishu: the key is `timestamp\nsecret`, nothing is signed with it, timestamp in s; both go into the body. */
function feishuSign(to: Robot, now: number): object {
  if (to.secret === null) return {};
  const timestamp = String(Math.floor(now / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${to.secret}`).digest('base64') };
}

const NO_ROBOT = 'an answer';
/** Something else answers at that address. */
export const isNoRobots = (refusal: string): boolean => refusal.startsWith(NO_ROBOT);

/**
 * Receivers that answer 200 and mean no: robots of WeCom and DingTalk say `errcode`, Feishu's `code` (older ones
 * `StatusCode`), others at times `ok: false` or `success: false`.
 * @returns what they say, null when it is not a refusal
 */
export function refusalIn(kind: WebhookAddress['kind'], text: string): string | null {
  const answer = parsed(text);
  if (answer === null) return kind === 'generic' || kind === 'sms-gateway' ? null : `${NO_ROBOT} that is not JSON`;
  const codes = kind === 'feishu' ? ['code', 'StatusCode', 'errcode'] : ['errcode'];
  const given = codes.find((c) => answer[c] !== undefined);
  if (given !== undefined && Number(answer[given]) !== 0) {
    const said = answer['errmsg'] ?? answer['msg'] ?? answer['StatusMessage'] ?? '';
    return `${given} ${String(answer[given])} ${String(said)}`.trim().slice(0, 200);
  }
  if (answer['ok'] === false || answer['success'] === false) return 'it says that it has not taken it';
  if (given === undefined && kind !== 'generic' && kind !== 'sms-gateway') return `${NO_ROBOT} without ${codes[0]}`;
  return null;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
