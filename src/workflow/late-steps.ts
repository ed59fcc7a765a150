import { seconds } from '../kernel/durations.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import { limitEnds } from '../tickets/step-rules.js';
import type { StepRow, TicketRecord } from '../tickets/ticket-record.js';
import { setDeadline } from './deadlines.js';
import { showStep, showTicket } from './ticket-changes.js';

/** A step's limit is looked at this much later: what pages people at the same instant goes first. */
const AFTER_LIMIT_MS = seconds(1);

const endOf = (r: TicketRecord, s: StepRow): number | null =>
  limitEnds(s.limit_s, (s.limit_from ?? r.ticket.opened_at).getTime());

/** Sets the ticket's one `step` deadline to the next limit that may pass; none when none is left. */
export async function watchLimits(tx: EstateTransaction, r: TicketRecord, fresh = false): Promise<void> {
  const ends = r.steps.flatMap((s) => {
    const end = s.state === 'open' && s.late_at === null ? endOf(r, s) : null;
    return end === null ? [] : [end];
  });
  if (ends.length === 0) return;
  const { id } = r.ticket;
  const dueAt = Math.min(...ends) + AFTER_LIMIT_MS;
  await setDeadline(tx, { kind: 'step', key: id, ticketId: id, dueAt, fresh });
}

/** Marks and journals, once each, the open steps whose limit has passed. Also before a step is done or its ticket ends. */
export async function markLateSteps(
  tx: EstateTransaction,
  r: TicketRecord,
  directory: EstateDirectory,
  only: (s: StepRow) => boolean = () => true,
): Promise<void> {
  let marked = false;
  for (const s of r.steps) {
    const end = s.state === 'open' && s.late_at === null && only(s) ? endOf(r, s) : null;
    if (end === null || end >= tx.now) continue;
    s.late_at = new Date(end);
    if (!tx.isFresh(s)) {
      await tx.trx
        .updateTable('ticket_step')
        .set({ late_at: s.late_at })
        .where('ticket_id', '=', r.ticket.id)
        .where('no', '=', s.no)
        .execute();
    }
    tx.journal({
      kind: 'step-late',
      ticketId: r.ticket.id,
      payload: { no: s.no, key: s.key, limitS: s.limit_s, role: s.role },
    });
    showStep(tx, r.ticket.id, s);
    marked = true;
  }
  if (marked) showTicket(tx, r, directory);
}
