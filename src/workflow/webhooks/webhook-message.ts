import type { Kysely, Selectable } from 'kysely';
import { definitionFor } from '../../estate/event-definition.js';
import type { EstateDirectory } from '../../estate/estate-directory.js';
import type { Database } from '../../platform/database-schema.js';
import { placeOfTicket } from '../../tickets/ticket-views.js';
import { deliveryIdOf } from './webhook-signature.js';
import type { WebhookEvent } from './webhook-event.js';

export type JournalRow = Selectable<Database['journal']>;

/** The body of one delivery (docs/webhooks.md). People stand in it by user name only. */
export async function webhookMessage(
  db: Kysely<Database>,
  directory: EstateDirectory,
  webhook: string,
  event: WebhookEvent,
  line: JournalRow,
): Promise<string> {
  const ticket = line.ticket_id
    ? await db.selectFrom('ticket').selectAll().where('id', '=', line.ticket_id).executeTakeFirst()
    : undefined;
  const alarm = line.alarm_id
    ? await db.selectFrom('alarm').selectAll().where('id', '=', line.alarm_id).executeTakeFirst()
    : undefined;
  const titleOf = (row: { event: NonNullable<typeof alarm>['event']; device_id: string | null }) =>
    definitionFor(row.event, directory.device(row.device_id ?? '')).title;
  return JSON.stringify({
    id: deliveryIdOf(webhook, line.estate_id, line.no),
    type: event,
    at: line.at.toISOString(),
    estate: line.estate_id,
    // Grows with every event of an estate, with gaps: what this webhook is not told has a number too.
    seq: line.no,
    actor: line.actor,
    ticket: ticket
      ? {
          id: ticket.id,
          no: ticket.no,
          event: ticket.event,
          title: titleOf(ticket),
          place: placeOfTicket(ticket, directory),
          priority: ticket.priority,
          // As it is when this is sent; what it was then stands in `data`.
          state: ticket.state,
          device: ticket.device_id,
          building: ticket.building_id,
          unit: ticket.unit_id,
          drill: ticket.drill,
          // Duress: whoever shows this on site must not let it be seen or heard.
          silent: ticket.event === 'gate.duress',
          openedAt: ticket.opened_at.toISOString(),
          overAt: ticket.over_at?.toISOString() ?? null,
        }
      : null,
    alarm: alarm
      ? {
          id: alarm.id,
          event: alarm.event,
          title: titleOf(alarm),
          place: placeOfTicket(alarm, directory),
          priority: alarm.priority,
          state: alarm.state,
          device: alarm.device_id,
          subject: { type: alarm.subject_type, id: alarm.subject_id },
          raisedAt: alarm.raised_at.toISOString(),
        }
      : null,
    data: line.payload,
  });
}
