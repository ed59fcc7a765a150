import { verifyJournal } from '../../src/workflow/verify-journal.js';
import type { TestDatabase } from './test-database.js';

/** What must be true of the database at every instant, whatever was done. @returns what is wrong, in words */
export async function violations(database: TestDatabase): Promise<string[]> {
  const wrong: string[] = [];
  for (const [what, sql] of Object.entries(QUERIES)) {
    const rows = await database.rows(sql);
    if (rows.length > 0) wrong.push(`${what}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  for (const { id } of await database.rows<{ id: string }>('select id from estate order by id')) {
    const { breaks } = await verifyJournal(database.db, id);
    if (breaks.length > 0) wrong.push(`law 12: the journal of ${id} is broken: ${JSON.stringify(breaks.slice(0, 3))}`);
  }
  return wrong;
}

const ONGOING = `('opened', 'accepted', 'en-route', 'on-site', 'contained')`;
const LIVE = `('queued', 'sent', 'delivered', 'seen')`;

const QUERIES: Readonly<Record<string, string>> = {
  'law 2: two open alarms of one subject and event': `
    select subject_id, event, count(*) from alarm where ended_at is null
    group by subject_type, subject_id, event having count(*) > 1`,
  'law 5: somebody is paged twice for one ticket, slot, round, level and channel': `
    select ticket_id, slot, round, level, person, channel from page group by 1, 2, 3, 4, 5, 6 having count(*) > 1`,
  'law 5: a page rings in a slot that is taken': `
    select p.id, p.slot, p.state, s.holder from page p join slot s using (ticket_id, slot)
    where s.state = 'filled' and p.round = s.round and p.state in ${LIVE}`,
  'law 5: a page rings on a ticket whose emergency is over': `
    select p.id, t.state from page p join ticket t on t.id = p.ticket_id
    where t.state not in ${ONGOING} and p.state in ${LIVE}`,
  'law 5: a slot is filled by nobody, or held while it is not filled': `
    select ticket_id, slot, state, holder from slot where (state = 'filled') <> (holder is not null)`,
  'law 5: a page of a slot was made after that slot was taken in the same round': `
    select p.id, p.created_at, s.filled_at from page p join slot s using (ticket_id, slot, round)
    where s.state = 'filled' and p.created_at > s.filled_at`,
  'law 5: a ticket is accepted and no slot is or was filled': `
    select t.id, t.state from ticket t where t.state in ('accepted', 'en-route', 'on-site')
    and not exists (select from journal j where j.ticket_id = t.id and j.kind = 'accepted')`,
  'law 4: a deadline waits on a ticket whose emergency is over': `
    select d.kind, t.state from deadline d join ticket t on t.id = d.ticket_id
    where d.served_at is null and t.state not in ${ONGOING}`,
  'law 4: an open or waiting slot of an ongoing ticket has no time at which anybody looks at it again': `
    select s.ticket_id, s.slot, s.level from slot s join ticket t on t.id = s.ticket_id
    where t.state in ${ONGOING} and s.state in ('open', 'pending')
    and not exists (select from deadline d where d.served_at is null and d.kind = 'slot'
      and d.key = s.ticket_id || ':' || s.slot)`,
  'law 4: nobody watches over the holder of a P1 slot who is not there yet': `
    select s.ticket_id, s.slot, s.holder from slot s join ticket t on t.id = s.ticket_id
    where t.state in ${ONGOING} and t.priority = 'P1' and s.state = 'filled'
    and (s.slot = 'coordinator' or s.on_site_at is null)
    and not exists (select from deadline d where d.served_at is null and d.kind = 'slot'
      and d.key = s.ticket_id || ':' || s.slot)`,
  'law 5: an alarm is in a state that its condition is not in': `
    select id, event, state, active from alarm
    where (state in ('UNACK', 'ACKED') and not active) or (state in ('RTNUN', 'LUNACK', 'LACKED', 'NORM') and active)`,
  'law 6: an open latched alarm hangs on a ticket whose emergency is over': `
    select a.id, a.event, a.state, t.state as ticket from alarm a join ticket t on t.id = a.ticket_id
    where a.ended_at is null and a.latched and t.state not in ${ONGOING}`,
  'law 6: an open latched alarm that pages has no ticket': `
    select id, event, state from alarm
    where ended_at is null and latched and ticket_id is null and state not in ('DSUPR', 'OOSRV')`,
  'law 7: the numbers of changes have a gap': `
    select h.estate_id, h.seq, count(c.seq) from estate_head h left join change_log c using (estate_id)
    group by 1, 2 having count(c.seq) <> h.seq or coalesce(max(c.seq), 0) <> h.seq`,
};
