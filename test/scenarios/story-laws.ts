import { expect } from '@jest/globals';
import type { Kysely } from 'kysely';
import type { Database } from '../../src/platform/database-schema.js';
import { journalHash } from '../../src/platform/journal-hash.js';
import type { StoryPhone } from './story-phone.js';

/** What must be true at the end of every story, whatever happened in it. */
export async function expectLawsKept(
  db: Kysely<Database>,
  estate: string,
  now: number,
  phones: readonly StoryPhone[],
): Promise<void> {
  const pages = await db.selectFrom('page').selectAll().execute();
  const journal = await db.selectFrom('journal').selectAll().where('estate_id', '=', estate).orderBy('no').execute();
  const changes = await db
    .selectFrom('change_log')
    .selectAll()
    .where('estate_id', '=', estate)
    .orderBy('seq')
    .execute();

  // Law 5: nobody has two pages of one slot and round by the same way, and no level is paged twice.
  expect(doubles(pages.map((p) => `${p.ticket_id} ${p.slot} r${p.round} ${p.person} ${p.channel}`))).toEqual([]);
  const levels = journal.filter((j) => j.kind === 'paged' || j.kind === 'level-skipped');
  const told = levels.map((j) => `${j.ticket_id} ${j.payload['slot']} r${j.payload['round']} l${j.payload['level']}`);
  expect(doubles(told)).toEqual([]);
  for (const phone of phones)
    expect(phone.shown.filter((s) => !pages.some((p) => p.id === s.pageId && p.person === phone.person))).toEqual([]);

  // Law 5: after an accept commits, no page of that slot and round is created.
  for (const a of journal.filter((j) => j.kind === 'accepted')) {
    const late = pages.filter(
      (p) =>
        p.ticket_id === a.ticket_id &&
        p.slot === a.payload['slot'] &&
        p.round === a.payload['round'] &&
        p.created_at.getTime() > a.at.getTime(),
    );
    expect(late.map((p) => `${p.person} ${p.slot} r${p.round} l${p.level}`)).toEqual([]);
  }

  // Law 11: each page has its line in the journal.
  const lines = journal.filter((j) => j.kind === 'paged' || j.kind === 'last-resort');
  const unexplained = pages.filter(
    (p) =>
      !lines.some((j) => j.ticket_id === p.ticket_id && j.payload['slot'] === p.slot && j.payload['round'] === p.round),
  );
  expect(unexplained.map((p) => `${p.person} ${p.slot} r${p.round}`)).toEqual([]);

  // §5: an open latched alarm that pages always has a ticket that is not over; nothing is stuck.
  const stuck = await db
    .selectFrom('alarm')
    .leftJoin('ticket', 'ticket.id', 'alarm.ticket_id')
    .select(['alarm.event', 'alarm.state', 'ticket.state as ticket'])
    .where('alarm.ended_at', 'is', null)
    .where('alarm.latched', '=', true)
    .where('alarm.state', 'not in', ['DSUPR', 'OOSRV'])
    .where((eb) =>
      eb.or([eb('alarm.ticket_id', 'is', null), eb('ticket.state', 'in', ['closed', 'false-alarm', 'cancelled'])]),
    )
    .execute();
  expect(stuck).toEqual([]);

  // Law 4: no deadline that is due waits.
  const waiting = await db
    .selectFrom('deadline')
    .select(['kind', 'key', 'due_at'])
    .where('served_at', 'is', null)
    .where('due_at', '<=', new Date(now))
    .execute();
  expect(waiting).toEqual([]);

  // Law 7: gapless numbers. Law 12: an unbroken chain.
  expect(changes.map((c) => c.seq)).toEqual(changes.map((_, i) => i + 1));
  expect(journal.map((j) => j.no)).toEqual(journal.map((_, i) => i + 1));
  for (const [i, { prev_hash, hash, ...line }] of journal.entries()) {
    if (i > 0) expect(prev_hash.equals((journal[i - 1] as { hash: Buffer }).hash)).toBe(true);
    expect(journalHash(prev_hash, line).equals(hash)).toBe(true);
  }
}

function doubles(keys: readonly string[]): string[] {
  return [...new Set(keys.filter((k, i) => keys.indexOf(k) !== i))];
}
