import { createHmac } from 'node:crypto';
import type { Names } from '../../gateway/views.js';
import type { OutboundAnswer, OutboundRequest } from '../../platform/outbound-http.js';

export type NoticeChannelKind = 'generic' | 'wecom' | 'dingtalk' | 'feishu';

export interface NoticeToSend {
  readonly id: string;
  readonly estate: string;
  readonly ticketNo: string;
  readonly kind: 'begin' | 'over';
  readonly title: Names;
  readonly text: Names;
  readonly units: readonly string[];
}

const TIMEOUT_MS = 10_000;

/**
 * The request that puts a notice into a group or hands it to an app. Robots get Chinese: it is the residents' group.
 * @param secret of DingTalk's and Feishu's "signature" setting, or what signs a generic body
 * @param now wall clock, ms since the epoch
 */
export function noticeRequest(
  channel: { readonly kind: NoticeChannelKind; readonly url: string; readonly secret: string | null },
  notice: NoticeToSend,
  now: number,
): OutboundRequest {
  const { kind, secret } = channel;
  const content = `${notice.title.zh}\n${notice.text.zh}`;
  let { url } = channel;
  let body: object;
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  switch (kind) {
    case 'wecom':
      body = { msgtype: 'text', text: { content } };
      break;
    case 'dingtalk': {
      body = { msgtype: 'text', text: { content } };
      if (secret === null) break;
      // open.dingtalk.com, "custom robot security settings": over time and secret, in the address.
      const signed = new URL(url);
      signed.searchParams.set('timestamp', String(now));
      signed.searchParams.set('sign', hmac(secret, `${now}\n${secret}`, 'base64'));
      url = signed.href;
      break;
    }
    case 'feishu': {
      const t = String(Math.floor(now / 1000));
      // open.feishu.cn, "custom bot": the key is time and secret, the text is empty.
      const sign = secret === null ? {} : { timestamp: t, sign: hmac(`${t}\n${secret}`, '', 'base64') };
      body = { ...sign, msg_type: 'text', content: { text: content } };
      break;
    }
    case 'generic': {
      const { id, estate, ticketNo, title, text, units } = notice;
      body = { id, type: 'notice', kind: notice.kind, estate, ticketNo, title, text, units };
      if (secret === null) break;
      const t = Math.floor(now / 1000);
      headers['steward-signature'] = `t=${t},v1=${hmac(secret, `${t}.${JSON.stringify(body)}`, 'hex')}`;
    }
  }
  return { url, method: 'POST', headers, body: JSON.stringify(body), timeoutMs: TIMEOUT_MS };
}

/** Robots answer 200 also to what they refuse. @returns null = it is in the group; else what was wrong */
export function noticeProblem(kind: NoticeChannelKind, answer: OutboundAnswer): string | null {
  if (!answer.ok) return `${answer.why}: ${answer.detail}`;
  if (answer.status < 200 || answer.status >= 300) return `answered with status ${answer.status}`;
  if (kind === 'generic') return null;
  try {
    const said = JSON.parse(answer.text) as { errcode?: unknown; code?: unknown; errmsg?: unknown; msg?: unknown };
    const code = kind === 'feishu' ? said.code : said.errcode;
    return code === 0 ? null : `refused: ${String(code)} ${String(said.errmsg ?? said.msg ?? '')}`.trim();
  } catch {
    return 'answered with something that no robot says';
  }
}

const hmac = (key: string, text: string, as: 'base64' | 'hex'): string =>
  createHmac('sha256', key).update(text).digest(as);
