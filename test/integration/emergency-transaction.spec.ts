import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

/** Every table that an emergency writes. */
const TABLES = [
  ...['reading_landing', 'detector_state', 'alarm', 'ticket', 'ticket_step', 'slot', 'page', 'deadline', 'outbox'],
  ...['change_log', 'journal', 'estate_head'],
] as const;

let database: TestDatabase;
let steward: StartedSteward;
let door = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: TABLES.length + 2 });
  steward = await startedSteward(database);
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

// What rings on would be escalated in the middle of the next sentence.
afterEach(async () => {
  const control = await steward.as('alpha.control-1');
  for (const t of (await control.tickets('?state=open')).items)
    await control.move(t.id, 'false-alarm', { reason: 'the next test' });
});

const attempts = async (): Promise<number> =>
  (await database.rows<{ n: number }>('select last_value::int as n from attempts'))[0]?.n ?? 0;

/** Everything that the emergency writes, as it is now; receipts of other pages are over by then. */
async function content(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES)
    counts[table] = (await database.rows<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n ?? -1;
  // The compactor may move them meanwhile, and never makes one.
  const readings = await database.rows<{ n: number }>('select stored_readings() as n');
  counts['reading_landing'] = readings[0]?.n ?? -1;
  // The relay takes older ones out meanwhile: only those whose page still rings count.
  const [outbox] = await database.rows<{ n: number }>(
    `select count(*) as n from outbox join page on job_id = 'page-' || page.id where state = 'queued'`,
  );
  counts['outbox'] = outbox?.n ?? -1;
  // Those of the estate's own rounds are set after the start, whenever it gets to them.
  const ofTickets = 'select count(*) as n from deadline where ticket_id is not null';
  counts['deadline'] = (await database.rows<{ n: number }>(ofTickets))[0]?.n ?? -1;
  const heads = await database.rows<{ n: number }>('select sum(seq + journal_no)::int as n from estate_head');
  return { ...counts, heads: heads[0]?.n ?? -1 };
}

/** Runs a duress code through the service while the database refuses; returns what is there before, during and after. */
async function duressWhileRefused(refuse: string, allow: string) {
  const id = `alpha-1-door-${++door}`;
  const device = await steward.device(id);
  // Its first word changes other rows; here only the emergency counts.
  await device.tell({ position: 'closed' });
  await database.pool.query('create sequence attempts');
  await database.pool.query(
    `create function refuse() returns trigger language plpgsql as
     $$ begin perform nextval('attempts'); raise exception 'refused by a test'; end $$`,
  );
  const before = await content();
  await database.pool.query(refuse);
  let acknowledged = false;
  try {
    const told = device.tell({ position: 'closed', access: 'duress' }).then(() => (acknowledged = true));
    await until('the service to have tried', 10_000, async () => (await attempts()) >= 3);
    const during = await content();
    expect(acknowledged).toBe(false);
    await database.pool.query(allow);
    await told;
    return { id, before, during };
  } finally {
    await database.pool.query('drop function refuse() cascade');
    await database.pool.query('drop sequence attempts');
    device.cut();
  }
}

async function expectWhole(device: string): Promise<void> {
  const rows = await database.rows(
    `select t.event, t.state, (select count(*) from alarm a where a.ticket_id = t.id) as alarms,
       (select array_agg(p.person || ' ' || p.slot order by p.slot) from page p where p.ticket_id = t.id) as pages,
       (select count(*) from slot s where s.ticket_id = t.id) as slots,
       (select count(*) > 0 from ticket_step s where s.ticket_id = t.id) as steps,
       (select array_agg(distinct j.kind order by j.kind) from journal j where j.ticket_id = t.id) as journal,
       (select count(*) from change_log c where c.entity_id = t.id::text) as changes
     from ticket t where t.device_id = $1`,
    [device],
  );
  expect(rows).toEqual([
    {
      event: 'gate.duress',
      state: 'opened',
      alarms: 1,
      pages: ['alpha.control-1 coordinator', 'alpha.butler-1 responder', 'alpha.security-1 responder'],
      slots: 2,
      steps: true,
      journal: ['paged', 'ticket-opened'],
      changes: 1,
    },
  ]);
  expect(await violations(database)).toEqual([]);
}

describe('law 3: an emergency is one transaction', () => {
  it.each(TABLES)(
    'law 3: when %s refuses, nothing of it is there and it is not acknowledged; then all of it is',
    async (table) => {
      const { id, before, during } = await duressWhileRefused(
        `create trigger refusal before insert or update on ${table} for each row execute function refuse()`,
        `drop trigger refusal on ${table}`,
      );
      expect(during).toEqual(before);
      await expectWhole(id);
    },
  );

  it('law 3: when the commit itself fails, nothing of it is there; then all of it is', async () => {
    const { id, before, during } = await duressWhileRefused(
      `create constraint trigger refusal after insert on alarm deferrable initially deferred
       for each row execute function refuse()`,
      'drop trigger refusal on alarm',
    );
    expect(during).toEqual(before);
    await expectWhole(id);
  });

  it('law 1: alarm, ticket and pages are committed when the PUBACK of their reading comes', async () => {
    const id = `alpha-1-door-${++door}`;
    const device = await steward.device(id);
    await device.tell({ position: 'closed', access: 'duress' });
    await expectWhole(id);
  });
});
