import type { Kysely } from 'kysely';
import type { DirectoryHolder } from '../../estate/directory-holder.js';
import type { Clock } from '../../kernel/clock.js';
import type { Database } from '../../platform/database-schema.js';
import type { OutboundAnswer, OutboundHttp } from '../../platform/outbound-http.js';
import { webhookEventOf, type WebhookEvent } from './webhook-event.js';
import { webhookMessage, type JournalRow } from './webhook-message.js';
import type { WebhookRegistry, WebhookRow } from './webhook-registry.js';
import { deliveryIdOf, webhookSignature } from './webhook-signature.js';

/** Shorter than the lease of a cursor. */
const TIMEOUT_MS = 10_000;

export interface WebhookParts {
  readonly db: Kysely<Database>;
  readonly http: OutboundHttp;
  readonly registry: Pick<WebhookRegistry, 'secretOf' | 'followNewEstates'>;
  readonly directory: DirectoryHolder;
  readonly clock: Clock;
}

/** One signed request. */
export class WebhookSender {
  constructor(private readonly parts: WebhookParts) {}

  /** @returns null when this webhook is not told of it */
  eventFor(webhook: Pick<WebhookRow, 'events'>, line: JournalRow): WebhookEvent | null {
    const event = webhookEventOf(line);
    return event && (webhook.events.length === 0 || webhook.events.includes(event)) ? event : null;
  }

  async send(webhook: WebhookRow, event: WebhookEvent, line: JournalRow): Promise<OutboundAnswer> {
    const { db, directory } = this.parts;
    const body = await webhookMessage(db, directory.current, webhook.id, event, line);
    return this.post(webhook, event, deliveryIdOf(webhook.id, line.estate_id, line.no), body);
  }

  /** Tells nothing but that it comes. */
  async test(webhook: WebhookRow): Promise<OutboundAnswer> {
    const now = this.parts.clock.now();
    const id = deliveryIdOf(webhook.id, 'test', now);
    const body = JSON.stringify({ id, type: 'webhook.test', at: new Date(now).toISOString(), data: {} });
    return this.post(webhook, 'webhook.test', id, body);
  }

  private post(webhook: WebhookRow, event: string, id: string, body: string): Promise<OutboundAnswer> {
    const secret = this.parts.registry.secretOf(webhook);
    if (secret === null) {
      const detail = 'its secret cannot be opened with the present key: make a new one';
      return Promise.resolve({ ok: false, why: 'unreachable', detail });
    }
    return this.parts.http.send({
      url: webhook.url,
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'steward-event': event,
        'steward-delivery': id,
        // By the wall clock: the receiver's is compared with it.
        'steward-signature': webhookSignature(secret, body, Date.now()),
      },
      body,
      timeoutMs: TIMEOUT_MS,
    });
  }
}
