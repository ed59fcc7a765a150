import { newId } from '../kernel/ids.js';
import { seconds } from '../kernel/durations.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { Role } from '../gateway/views.js';
import { UNDELIVERED_AFTER_MS } from '../paging/next-escalation.js';
import type { PlanQuestion } from '../paging/channels/channel-plans.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import type { PageRow, SlotRow, TicketRecord } from '../tickets/ticket-record.js';

/** The outbox waits this long, so that the direct way has the first try and the queue carries only repeats. */
const FIRST_REPEAT_MS = seconds(3);

export const newPage = (
  tx: EstateTransaction,
  r: TicketRecord,
  slot: SlotRow,
  to: { person: string; role: Role; level: number; channel: string },
): PageRow => ({
  id: newId(tx.now),
  estate_id: tx.estate,
  ticket_id: r.ticket.id,
  person: to.person,
  role: to.role,
  slot: slot.slot,
  round: slot.round,
  level: to.level,
  channel: to.channel,
  state: 'queued',
  reason: null,
  silent: r.ticket.event === 'gate.duress',
  attempts: 0,
  created_at: tx.at,
  sent_at: null,
  delivered_at: null,
  seen_at: null,
  ended_at: null,
});

/** The work of sending each page, and the look whether it has come: committed with the page. */
export function scheduleDelivery(tx: EstateTransaction, r: TicketRecord, pages: readonly PageRow[]): void {
  for (const p of pages) {
    tx.insert('deadline', {
      kind: 'undelivered',
      key: p.id,
      estate_id: tx.estate,
      ticket_id: r.ticket.id,
      due_at: new Date(tx.now + UNDELIVERED_AFTER_MS),
      payload: { slot: p.slot },
      created_at: tx.at,
    });
    tx.insert('outbox', {
      queue: p.channel === 'websocket' ? 'page-delivery' : 'page-channel',
      job_id: `page-${p.id}`,
      payload: { pageId: p.id, estate: tx.estate },
      not_before: new Date(tx.now + FIRST_REPEAT_MS),
      created_at: tx.at,
    });
  }
}

/** By whatever way, one of these pages has come to that person. */
export const reachedBy = (pages: readonly PageRow[], person: string): boolean =>
  pages.some((p) => p.person === person && p.delivered_at !== null);

export const planQuestion = (
  tx: EstateTransaction,
  r: TicketRecord,
  person: string,
  directory: EstateDirectory,
): PlanQuestion => ({
  person,
  priority: r.ticket.priority,
  silent: r.ticket.event === 'gate.duress',
  timezone: directory.estate(tx.estate)?.timezone ?? 'Asia/Shanghai',
  now: tx.now,
});
