import type { Kysely, Selectable } from 'kysely';
import { days } from '../../kernel/durations.js';
import type { Database } from '../../platform/database-schema.js';
import type { OutboundAnswer } from '../../platform/outbound-http.js';
import type { AfterTry } from './after-try.js';
import type { WebhookEvent } from './webhook-event.js';
import type { JournalRow } from './webhook-message.js';
import type { WebhookRow } from './webhook-registry.js';
import { deliveryIdOf } from './webhook-signature.js';

export type DeliveryRow = Selectable<Database['webhook_delivery']>;

const DELIVERED_KEPT_MS = days(30);
const DEAD_KEPT_MS = days(180);

/** Writes down a try: one row an event and webhook. @param on the transaction that moves the cursor with it */
export async function noteTry(
  on: Kysely<Database>,
  webhook: WebhookRow,
  event: WebhookEvent,
  line: JournalRow,
  what: { readonly answer: OutboundAnswer; readonly after: AfterTry; readonly attempts: number; readonly now: number },
): Promise<void> {
  const { answer, after, attempts } = what;
  const at = new Date(what.now);
  const outcome = {
    state: stateOf(after),
    attempts,
    status: answer.ok ? answer.status : null,
    problem: after.kind === 'delivered' ? null : after.problem.slice(0, 500),
    took_ms: answer.ok ? Math.round(answer.tookMs) : null,
    last_try_at: at,
    delivered_at: after.kind === 'delivered' ? at : null,
  };
  await on
    .insertInto('webhook_delivery')
    .values({
      ...{ id: deliveryIdOf(webhook.id, line.estate_id, line.no), webhook_id: webhook.id, estate_id: line.estate_id },
      ...{ journal_no: line.no, event, ticket_id: line.ticket_id, at: line.at },
      ...outcome,
    })
    .onConflict((c) => c.column('id').doUpdateSet(outcome))
    .execute();
}

function stateOf(after: AfterTry): DeliveryRow['state'] {
  if (after.kind === 'delivered') return 'delivered';
  return after.kind === 'again' ? 'trying' : 'dead';
}

export async function forgetOldDeliveries(db: Kysely<Database>, now: number): Promise<void> {
  await db
    .deleteFrom('webhook_delivery')
    .where((e) =>
      e.or([
        e.and([e('state', '=', 'delivered'), e('last_try_at', '<', new Date(now - DELIVERED_KEPT_MS))]),
        e('last_try_at', '<', new Date(now - DEAD_KEPT_MS)),
      ]),
    )
    .execute();
}
