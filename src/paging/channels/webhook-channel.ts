import { createHash } from 'node:crypto';
import type { OutboundHttp } from '../../platform/outbound-http.js';
import { outcomeOf } from './outbound-outcome.js';
import type { ChannelAddress, ChannelMessage, PageChannel, SendOutcome } from './page-channel.port.js';
import type { Reach, WebhookAddress } from './reach.js';
import { refusalIn } from './group-robots.js';
import { webhookCall, webhookRecalls } from './webhook-templates.js';

interface WebhookChannelAddress extends ChannelAddress {
  readonly to: WebhookAddress;
}

const TIMEOUT_MS = 8000;

/** A POST to a robot of a group chat, to an SMS or voice gateway, or to a program of the company's own. */
export class WebhookChannel implements PageChannel<WebhookChannelAddress> {
  readonly name = 'webhook';

  constructor(
    private readonly http: OutboundHttp,
    private readonly reachOf: (person: string) => Reach,
    /** Wall clock, ms: what receivers compare a signature's time with. */
    private readonly wall: () => number,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  canRecall(address: WebhookChannelAddress): boolean {
    return webhookRecalls(address.to);
  }

  ready(person: string): boolean {
    return this.reachOf(person).webhook !== null;
  }

  addresses(person: string): WebhookChannelAddress[] {
    const to = this.reachOf(person).webhook;
    if (!to) return [];
    const host = new URL(to.url).host;
    return [{ id: idOf(to.url), destination: `webhook ${to.url}`, shown: `${to.kind} ${host}`, to }];
  }

  async send(message: ChannelMessage, { to }: WebhookChannelAddress): Promise<SendOutcome> {
    if (to.kind === 'sms-gateway' && !to.number && !message.phone)
      return { kind: 'failed', reason: 'nobody has entered a telephone number' };
    const call = webhookCall(message, to, this.wall());
    const answer = await this.http.send({ ...call, method: 'POST', timeoutMs: this.timeoutMs });
    const outcome = outcomeOf(answer);
    // A webhook that is gone today is set up again tomorrow, under the same address.
    if (outcome.kind === 'failed') return { kind: 'failed', reason: outcome.reason };
    if (outcome.kind !== 'accepted' || !answer.ok) return outcome;
    const refusal = refusalIn(to.kind, answer.text);
    return refusal === null ? outcome : { kind: 'again', reason: `answered 200 and refused: ${refusal}` };
  }
}

const idOf = (url: string): string => createHash('sha256').update(url).digest('hex').slice(0, 16);
