import { contactsOfTier } from '../estate/estate-contacts.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import { watchRescue, type Tier } from '../tickets/rescue-watch.js';
import { isOngoing } from '../tickets/ticket-moves.js';
import { procedureOf, type TicketRecord } from '../tickets/ticket-record.js';
import { clocksOf } from '../tickets/ticket-views.js';
import { setDeadline } from './deadlines.js';
import { showTicket } from './ticket-changes.js';

const TIER_WORDS: Readonly<Record<Tier, string>> = {
  2: 'district rescue station',
  3: 'fire brigade (119) and police (110)',
};

/**
 * Looks at the clocks of a locked ticket: writes down each limit that is over, asks the control room to call the next
 * rescue tier, asks again, and sets the one deadline at which it looks next. Safe to call too often, too late or twice.
 * @param askAgain rings the control room about a call that nobody has confirmed
 */
export async function keepRescueClock(
  tx: EstateTransaction,
  r: TicketRecord,
  directory: EstateDirectory,
  askAgain: () => void,
): Promise<void> {
  if (!isOngoing(r.ticket.state)) return;
  const fresh = tx.isFresh(r.ticket);
  const { calls, noted } = fresh ? { calls: [], noted: [] } : await written(tx, r.ticket.id);
  const decision = watchRescue(
    {
      clocks: clocksOf(r, directory),
      rescue: isRescue(r)
        ? {
            since: (r.ticket.danger_since ?? r.ticket.opened_at).getTime(),
            setting: directory.estate(tx.estate)?.setting ?? 'city',
            rescued: r.ticket.rescued_at !== null,
          }
        : null,
      noted: new Set(noted.map((m) => `${m.clock} ${m.since.getTime()}`)),
      calls: calls.map((c) => ({ tier: c.tier, askedAt: c.asked_at.getTime(), called: c.called_at !== null })),
    },
    tx.now,
  );
  for (const clock of decision.missed) {
    await tx.trx
      .insertInto('missed_limit')
      .values({ ticket_id: r.ticket.id, clock: clock.key, since: clock.from, missed_at: tx.at })
      .onConflict((c) => c.doNothing())
      .execute();
    const { key, limitS } = clock;
    tx.journal({ kind: 'limit-missed', ticketId: r.ticket.id, payload: { clock: key, limitS, since: clock.from } });
  }
  for (const { tier, because } of decision.tiers) await askTier(tx, r, directory, tier, because);
  if (decision.askAgain.length > 0) {
    await tx.trx
      .updateTable('tier_call')
      .set({ asked_at: tx.at })
      .where('ticket_id', '=', r.ticket.id)
      .where('tier', 'in', [...decision.askAgain])
      .execute();
    for (const tier of decision.askAgain)
      tx.journal({ kind: 'tier-asked-again', ticketId: r.ticket.id, payload: { tier } });
  }
  if (decision.tiers.length + decision.askAgain.length > 0) askAgain();
  if (decision.missed.length + decision.tiers.length + decision.askAgain.length > 0) showTicket(tx, r, directory);
  if (decision.wakeAt !== null) {
    await setDeadline(tx, {
      ...{ kind: 'tier', key: r.ticket.id, ticketId: r.ticket.id, dueAt: decision.wakeAt, fresh },
    });
  }
}

/** The control room is asked to call a tier, with the numbers; once a ticket. */
export async function askTier(
  tx: EstateTransaction,
  r: TicketRecord,
  directory: EstateDirectory,
  tier: Tier,
  because: string,
): Promise<void> {
  const isNew = await tx.trx
    .insertInto('tier_call')
    .values({ ticket_id: r.ticket.id, tier, estate_id: tx.estate, due_at: tx.at, because, asked_at: tx.at })
    .onConflict((c) => c.doNothing())
    .returning('tier')
    .executeTakeFirst();
  if (!isNew) return;
  const numbers = contactsOfTier(tier, directory.contactsOf(tx.estate)).map((c) => `${c.name.en} ${c.phone}`);
  tx.journal({
    kind: 'tier-due',
    ticketId: r.ticket.id,
    payload: { tier, controlRoomCalls: TIER_WORDS[tier], because, numbers },
  });
}

export const isRescue = (r: Pick<TicketRecord, 'ticket'>): boolean =>
  r.ticket.priority === 'P1' && procedureOf(r).shape === 'rescue';

async function written(tx: EstateTransaction, ticketId: string) {
  const calls = await tx.trx.selectFrom('tier_call').selectAll().where('ticket_id', '=', ticketId).execute();
  const noted = await tx.trx.selectFrom('missed_limit').selectAll().where('ticket_id', '=', ticketId).execute();
  return { calls, noted };
}
