import type { Names } from '../../gateway/views.js';
import { isNoRobots, json, refusalIn, robotCall, type WebhookCall } from '../../paging/channels/group-robots.js';
import { webhookSignature } from '../webhooks/webhook-signature.js';
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
  const { kind, url, secret } = channel;
  const robot = kind === 'generic' ? null : { kind, url, secret };
  const call = robot
    ? robotCall(robot, `${notice.title.zh}\n${notice.text.zh}`, now)
    : genericCall(url, secret, notice, now);
  return { ...call, method: 'POST', timeoutMs: TIMEOUT_MS };
}

function genericCall(url: string, secret: string | null, notice: NoticeToSend, now: number): WebhookCall {
  const { id, estate, ticketNo, title, text, units, kind } = notice;
  const call = json(url, { id, type: 'notice', kind, estate, ticketNo, title, text, units });
  if (secret === null) return call;
  return { ...call, headers: { ...call.headers, 'steward-signature': webhookSignature(secret, call.body, now) } };
}

/** Robots answer 200 also to what they refuse. @returns null = it is in the group; else what was wrong */
export function noticeProblem(kind: NoticeChannelKind, answer: OutboundAnswer): string | null {
  if (!answer.ok) return `${answer.why}: ${answer.detail}`;
  if (answer.status < 200 || answer.status >= 300) return `answered with status ${answer.status}`;
  const refusal = kind === 'generic' ? null : refusalIn(kind, answer.text);
  if (refusal === null) return null;
  return isNoRobots(refusal) ? 'answered with something that no robot says' : `refused: ${refusal}`;
}
