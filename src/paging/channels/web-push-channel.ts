import webPush from 'web-push';
import type { OutboundHttp } from '../../platform/outbound-http.js';
import { messageText } from './message-text.js';
import { outcomeOf } from './outbound-outcome.js';
import type { ChannelAddress, ChannelMessage, PageChannel, SendOutcome } from './page-channel.port.js';
import type { PushAddress, Reach } from './reach.js';

/** P-256, base64url. The public one is what browsers subscribe with. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

interface PushChannelAddress extends ChannelAddress {
  readonly to: PushAddress;
}

const TIMEOUT_MS = 8000;
/** How long a push service keeps a message for a phone that is off. Longer makes no sense: by then somebody has it. Seconds. */
const KEPT_S = 3600;

/** Encrypted to the browser (RFC 8291), signed by this service (VAPID, RFC 8292). The service worker says what it has shown. */
export class WebPushChannel implements PageChannel<PushChannelAddress> {
  readonly name = 'web-push';

  constructor(
    private readonly http: OutboundHttp,
    private readonly reachOf: (person: string) => Reach,
    private readonly keys: VapidKeys,
    /** Whom a push service may write to about us: `mailto:` or `https:`. */
    private readonly contact: string,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  canRecall(): boolean {
    return true;
  }

  ready(person: string): boolean {
    return this.reachOf(person).push.length > 0;
  }

  addresses(person: string): PushChannelAddress[] {
    return this.reachOf(person).push.map((to) => {
      const { host } = new URL(to.endpoint);
      return { id: to.id, destination: `push ${to.endpoint}`, shown: host, to };
    });
  }

  async send(message: ChannelMessage, { to }: PushChannelAddress): Promise<SendOutcome> {
    let details: webPush.RequestDetails;
    try {
      details = webPush.generateRequestDetails(
        { endpoint: to.endpoint, keys: { p256dh: to.p256dh, auth: to.auth } },
        JSON.stringify(pushPayload(message)),
        {
          vapidDetails: { subject: this.contact, ...this.keys },
          TTL: KEPT_S,
          urgency: message.priority === 'P3' ? 'normal' : 'high',
          // What a push service still holds of this page, the next message about it replaces.
          topic: message.id.replaceAll('-', ''),
        },
      );
    } catch (error) {
      return { kind: 'failed', reason: `the subscription is of no use: ${(error as Error).message}`, gone: true };
    }
    const headers = Object.fromEntries(Object.entries(details.headers).map(([k, v]) => [k, String(v)]));
    return outcomeOf(
      await this.http.send({
        url: details.endpoint,
        method: 'POST',
        headers,
        body: details.body ?? Buffer.alloc(0),
        timeoutMs: this.timeoutMs,
      }),
    );
  }
}

/** What the service worker (web/butler/service-worker.ts) understands; well below the 4 KB of a push message. @public */
export interface PushPayload {
  readonly kind: ChannelMessage['kind'];
  readonly pageId: string;
  readonly ticketId: string | null;
  readonly subject: string;
  readonly body: string;
  readonly priority: ChannelMessage['priority'];
  readonly silent: boolean;
  readonly lang: 'zh' | 'en';
  readonly receipt: string;
}

function pushPayload(m: ChannelMessage): PushPayload {
  const { subject, body } = messageText({ ...m, openUrl: null });
  return {
    kind: m.kind,
    pageId: m.id,
    ticketId: m.event?.ticketId ?? null,
    subject,
    body,
    priority: m.priority,
    silent: m.silent,
    lang: m.lang,
    receipt: m.receiptPath,
  };
}
