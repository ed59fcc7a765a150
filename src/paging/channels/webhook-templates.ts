import { createHmac } from 'node:crypto';
import type { ChannelMessage } from './page-channel.port.js';
import { json, robotCall, type WebhookCall } from './group-robots.js';
import { messageText } from './message-text.js';
import type { WebhookAddress } from './reach.js';

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
    case 'dingtalk':
    case 'feishu':
      return robotCall({ ...to, kind: to.kind }, content(m), now, numbers(m, to));
  }
}

/** Only a program can take something back: what stands in a group chat or on a telephone stays there. */
export const webhookRecalls = (to: WebhookAddress): boolean => to.kind === 'generic';

const content = (m: ChannelMessage): string => {
  const { subject, body } = messageText(m);
  return `${subject}\n${body}`;
};
const numbers = (m: ChannelMessage, to: WebhookAddress): string[] => {
  const number = to.number ?? m.phone;
  return number ? [number.replace(/[^\d+]/g, '')] : [];
};

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
