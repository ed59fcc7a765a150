import type { Provider } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { Metrics } from '../../ops/metrics.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { EstateTransactions } from '../../platform/estate-transaction.js';
import { OUTBOUND_HTTP, type OutboundHttp } from '../../platform/outbound-http.js';
import { WebhookPump } from './webhook-pump.js';
import { WebhookRegistry } from './webhook-registry.js';
import { WebhookReplay } from './webhook-replay.js';
import { WebhookSender, type WebhookParts } from './webhook-sender.js';

const PARTS = Symbol('WebhookParts');

/** How webhooks are put together. */
export const WEBHOOK_PROVIDERS: Provider[] = [
  WebhookRegistry,
  {
    provide: PARTS,
    inject: [DATABASE, OUTBOUND_HTTP, WebhookRegistry, DirectoryHolder, CLOCK],
    useFactory: (
      db: Kysely<Database>,
      http: OutboundHttp,
      registry: WebhookRegistry,
      directory: DirectoryHolder,
      clock: Clock,
    ): WebhookParts => ({ db, http, registry, directory, clock }),
  },
  { provide: WebhookSender, inject: [PARTS], useFactory: (parts: WebhookParts) => new WebhookSender(parts) },
  { provide: WebhookReplay, inject: [PARTS], useFactory: (parts: WebhookParts) => new WebhookReplay(parts) },
  {
    provide: WebhookPump,
    inject: [PARTS, Metrics, EstateTransactions],
    useFactory: (parts: WebhookParts, metrics: Metrics, transactions: EstateTransactions) => {
      const pump = new WebhookPump(parts, metrics);
      transactions.onCommitted(() => pump.wake());
      return pump;
    },
  },
];
export const WEBHOOK_EXPORTS = [WebhookRegistry, WebhookSender, WebhookReplay, WebhookPump];
