import type { EstateTransaction } from '../platform/estate-transaction.js';

/**
 * Kinds of dispatch deadlines (law 4). Each wakes a rule that looks at the state and decides anew:
 * `slot` the next level, the watch over its holder; `undelivered` a page that no phone has confirmed in 10 s;
 * `tier` the rescue clock's limits; `shelf-end` a shelved alarm comes back;
 * `permit-end` what a maintenance permit kept from paging; `step` the limit of a step of the procedure. The others belong to src/workflow/afterwards and hang on no
 * ticket: `follow-up` a job is due, `patrol` a round begins and the one before is judged, `inspection` the month's list,
 * `alarm-path` a lift's test, `alarm-path-answer` the end of its patience, `drill-due`, `handover` a shift ends,
 * `handover-unsigned` nobody has read it.
 */
export type DeadlineKind =
  | 'slot'
  | 'undelivered'
  | 'tier'
  | 'shelf-end'
  | 'permit-end'
  | 'step'
  | 'follow-up'
  | 'patrol'
  | 'inspection'
  | 'alarm-path'
  | 'alarm-path-answer'
  | 'drill-due'
  | 'handover'
  | 'handover-unsigned';

/**
 * Sets the one open deadline of that kind and key to `dueAt` (steady ms), whatever it was.
 * `fresh`: there can be none yet, its ticket is being opened.
 */
export async function setDeadline(
  tx: EstateTransaction,
  d: {
    kind: DeadlineKind;
    key: string;
    ticketId: string | null;
    dueAt: number;
    payload?: Record<string, unknown>;
    fresh?: boolean;
  },
): Promise<void> {
  const waiting = tx.findFresh('deadline', (x) => x.kind === d.kind && x.key === d.key);
  if (waiting) {
    Object.assign(waiting, { due_at: new Date(d.dueAt), payload: d.payload ?? {} });
    return;
  }
  if (d.fresh) {
    tx.insert('deadline', {
      kind: d.kind,
      key: d.key,
      estate_id: tx.estate,
      ticket_id: d.ticketId,
      due_at: new Date(d.dueAt),
      payload: d.payload ?? {},
      created_at: tx.at,
    });
    return;
  }
  await tx.trx
    .insertInto('deadline')
    .values({
      kind: d.kind,
      key: d.key,
      estate_id: tx.estate,
      ticket_id: d.ticketId,
      due_at: new Date(d.dueAt),
      payload: JSON.stringify(d.payload ?? {}),
      created_at: tx.at,
    })
    .onConflict((c) =>
      c
        .columns(['kind', 'key'])
        .where('served_at', 'is', null)
        .doUpdateSet({ due_at: new Date(d.dueAt), payload: JSON.stringify(d.payload ?? {}) }),
    )
    .execute();
}

/** Nothing waits any more: marks open deadlines of a ticket (of one kind, or one key) as not needed. */
export async function dropDeadlines(
  tx: EstateTransaction,
  ticketId: string,
  only: { kind?: DeadlineKind; key?: string } = {},
): Promise<void> {
  let q = tx.trx
    .updateTable('deadline')
    .set({ served_at: tx.at, outcome: 'not needed any more' })
    .where('ticket_id', '=', ticketId)
    .where('served_at', 'is', null);
  if (only.kind) q = q.where('kind', '=', only.kind);
  if (only.key) q = q.where('key', '=', only.key);
  await q.execute();
}

/** That one need not wake anybody any more. */
export async function dropOpenDeadline(tx: EstateTransaction, kind: DeadlineKind, key: string): Promise<void> {
  await tx.trx
    .updateTable('deadline')
    .set({ served_at: tx.at, outcome: 'not needed any more' })
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where('served_at', 'is', null)
    .execute();
}
