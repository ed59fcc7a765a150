/*
 * What companies' own systems are told (docs/webhooks.md): lines of the journal under names that stay the same whatever the
 * journal's own are called. Pure.
 */

/** Every event that may be subscribed to. */
export const WEBHOOK_EVENTS = [
  'ticket.opened',
  'ticket.raised',
  'ticket.accepted',
  'ticket.declined',
  'ticket.slot-reopened',
  'ticket.moved',
  'ticket.closed',
  'ticket.reassured',
  'ticket.note',
  'step.done',
  'step.skipped',
  'step.reopened',
  'alarm.raised',
  'alarm.acknowledged',
  'alarm.cleared',
  'alarm.ended',
  'notice.sent',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

const EVENT_OF_KIND: Readonly<Record<string, WebhookEvent>> = {
  'ticket-opened': 'ticket.opened',
  'ticket-raised': 'ticket.raised',
  recurred: 'ticket.raised',
  accepted: 'ticket.accepted',
  declined: 'ticket.declined',
  'slot-reopened': 'ticket.slot-reopened',
  moved: 'ticket.moved',
  reassured: 'ticket.reassured',
  note: 'ticket.note',
  noted: 'ticket.note',
  'step-done': 'step.done',
  'step-skip': 'step.skipped',
  'step-reopen': 'step.reopened',
  'alarm-raised': 'alarm.raised',
  'alarm-recurred': 'alarm.raised',
  'alarm-acknowledged': 'alarm.acknowledged',
  'condition-cleared': 'alarm.cleared',
  'alarm-ended': 'alarm.ended',
  'notice-sent': 'notice.sent',
};
/** Kinds of journal lines that are told at all. */
export const TOLD_KINDS = Object.keys(EVENT_OF_KIND);

/** States in which nothing more happens to a ticket. */
const ENDS = new Set(['closed', 'false-alarm', 'cancelled']);

/** @returns null for what is nobody's business outside (levels skipped, slots opened, clock steps) */
export function webhookEventOf(line: {
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
}): WebhookEvent | null {
  const event = Object.hasOwn(EVENT_OF_KIND, line.kind) ? EVENT_OF_KIND[line.kind] : undefined;
  if (event === 'ticket.moved' && ENDS.has(String(line.payload['to']))) return 'ticket.closed';
  return event ?? null;
}
