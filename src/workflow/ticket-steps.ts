import { DomainError } from '../kernel/domain-error.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import type { EvidenceKind } from '../tickets/procedure.js';
import { decideStep, missingForClosing, type RunningStep, type StepAction } from '../tickets/step-rules.js';
import { isOngoing } from '../tickets/ticket-moves.js';
import { procedureOf, type StepRow, type TicketRecord } from '../tickets/ticket-record.js';
import { markLateSteps, watchLimits } from './late-steps.js';
import { showStep, showTicket } from './ticket-changes.js';

const running = (s: StepRow): RunningStep => ({
  no: s.no,
  key: s.key,
  title: { zh: s.title_zh, en: s.title_en },
  required: s.required,
  evidence: s.evidence as EvidenceKind | null,
  after: s.after_keys ?? [],
  state: s.state,
});

/**
 * Ticks, skips or takes back a step, inside a transaction that holds its ticket.
 * @throws DomainError when it may not be
 */
export async function changeStep(
  tx: EstateTransaction,
  r: TicketRecord,
  q: { no: number; action: StepAction; by: string; note: string | undefined; onBehalfOf?: string | undefined },
  directory: EstateDirectory,
): Promise<void> {
  const step = r.steps.find((s) => s.no === q.no);
  if (!step) throw new DomainError('not-found', `This ticket has no step ${q.no}.`);
  if (r.ticket.state === 'closed')
    throw new DomainError('conflict', 'The ticket is closed.', { reason: 'ticket is closed' });
  const { shape } = procedureOf(r);
  const photos = q.action === 'done' && step.evidence === 'photo' ? await photosOf(tx, r.ticket.id, q.no) : 0;
  const decision = decideStep(r.steps.map(running), running(step), q.action, { note: q.note, photos, shape });
  if (!decision.ok) {
    const { kind, message, ok, ...details } = decision;
    throw new DomainError(kind, message, details);
  }
  if (decision.same) return;
  const { state } = decision;
  if (q.action !== 'reopen') await markLateSteps(tx, r, directory, (s) => s === step);
  const patch =
    state === 'open'
      ? { state, done_at: null, done_by: null, note: null }
      : { state, done_at: tx.at, done_by: q.onBehalfOf ?? q.by, note: q.note?.trim() || null };
  Object.assign(step, patch);
  await tx.trx
    .updateTable('ticket_step')
    .set(patch)
    .where('ticket_id', '=', r.ticket.id)
    .where('no', '=', q.no)
    .execute();
  tx.journal({
    kind: `step-${q.action}`,
    actor: q.by,
    ticketId: r.ticket.id,
    payload: { no: q.no, key: step.key, note: patch.note, ...(q.onBehalfOf ? { onBehalfOf: q.onBehalfOf } : {}) },
  });
  showStep(tx, r.ticket.id, step);
  showTicket(tx, r, directory);
  if (q.action === 'reopen' && isOngoing(r.ticket.state)) await watchLimits(tx, r);
}

/** @throws DomainError `conflict` that lists what keeps the ticket from being resolved or closed */
export function requireSteps(r: TicketRecord): void {
  const missing = missingForClosing(procedureOf(r).shape, r.steps.map(running));
  if (missing.length === 0) return;
  throw new DomainError(
    'conflict',
    `Not yet: these steps are open: ${missing.map((s) => `${s.no} ${s.title.en}`).join('; ')}.`,
    { reason: 'required steps are open', missing },
  );
}

async function photosOf(tx: EstateTransaction, ticketId: string, no: number): Promise<number> {
  const { n } = await tx.trx
    .selectFrom('evidence')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('ticket_id', '=', ticketId)
    .where('step_no', '=', no)
    .where('state', '=', 'kept')
    .executeTakeFirstOrThrow();
  return Number(n);
}
