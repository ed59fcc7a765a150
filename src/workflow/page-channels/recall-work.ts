import type { EstateTransaction } from '../../platform/estate-transaction.js';
import type { PageRow } from '../../tickets/ticket-record.js';

/** Taking back what went out by carriers, as work of the outbox. The open screens are told directly, by the courier. */
export function recallWork(
  tx: EstateTransaction,
  pages: readonly PageRow[],
  why: { readonly by: string | null; readonly reason: string },
): void {
  for (const p of pages) {
    if (p.channel === 'websocket' || p.channel === 'email') continue;
    tx.insert('outbox', {
      queue: 'page-channel',
      job_id: `recall-${p.id}`,
      payload: { pageId: p.id, estate: p.estate_id, recall: why },
      not_before: tx.at,
      created_at: tx.at,
    });
  }
}
