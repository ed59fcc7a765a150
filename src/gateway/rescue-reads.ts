import type { Kysely } from 'kysely';
import { contactsOfTier } from '../estate/estate-contacts.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { Database } from '../platform/database-schema.js';
import { CLOCK_TITLES, limitOf, type RunningClock } from '../tickets/ticket-clocks.js';
import { isOngoing } from '../tickets/ticket-moves.js';
import type { TicketRow } from '../tickets/ticket-record.js';
import { personNames } from '../tickets/ticket-views.js';
import { isRescue } from '../workflow/rescue-clock.js';
import type { MissedLimitView, Names, TierCallView } from './views.js';

const TIER_TITLES: Readonly<Record<2 | 3, Names>> = {
  2: { zh: '请呼叫第二级:区电梯应急救援站', en: 'Call tier 2: the district rescue station' },
  3: { zh: '请呼叫第三级:消防与公安', en: 'Call tier 3: fire brigade and police' },
};

/** Tiers that are to be called or were; those that wait come first, and none waits once the people are out. */
export async function tierCallsOf(
  trx: Kysely<Database>,
  ticket: TicketRow,
  directory: EstateDirectory,
): Promise<TierCallView[]> {
  if (!isRescue({ ticket })) return [];
  const rows = await trx
    .selectFrom('tier_call')
    .selectAll()
    .where('ticket_id', '=', ticket.id)
    .orderBy('tier')
    .execute();
  return rows
    .filter((c) => c.called_at !== null || isOngoing(ticket.state))
    .sort((a, b) => Number(a.called_at !== null) - Number(b.called_at !== null))
    .map((c) => ({
      ...{ tier: c.tier, title: TIER_TITLES[c.tier], dueAt: c.due_at.toISOString(), because: c.because },
      contacts: contactsOfTier(c.tier, directory.contactsOf(ticket.estate_id)),
      calledAt: c.called_at?.toISOString() ?? null,
      calledBy: c.called_by === null ? null : personNames(c.called_by, directory),
      ...{ spokeWith: c.spoke_with, contact: c.contact, note: c.note },
    }));
}

export async function missedLimitsOf(
  trx: Kysely<Database>,
  ticket: TicketRow,
  directory: EstateDirectory,
): Promise<MissedLimitView[]> {
  const rows = await trx
    .selectFrom('missed_limit')
    .selectAll()
    .where('ticket_id', '=', ticket.id)
    .orderBy('missed_at')
    .orderBy('clock')
    .execute();
  const setting = directory.estate(ticket.estate_id)?.setting ?? 'city';
  return rows.map((m) => {
    const clock = m.clock as RunningClock;
    const limitS = limitOf(clock, ticket.priority, setting);
    return {
      ...{ clock, limitS, title: CLOCK_TITLES[clock] },
      ...{ since: m.since.toISOString(), missedAt: m.missed_at.toISOString() },
    };
  });
}
