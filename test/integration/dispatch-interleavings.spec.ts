import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../src/kernel/clock.js';
import type { EventName } from '../../src/kernel/events.js';
import { TICKET_MOVES } from '../../src/tickets/ticket-moves.js';
import { Dispatch } from '../support/dispatch.js';
import { DispatchProcesses, type DispatchJob } from '../support/dispatch-processes.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { journalFaults, type JournalEntry } from '../support/journal-faults.js';
import { Chance } from '../support/random.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const LONG = process.env.STEWARD_LONG === '1';
const ROUNDS = Number(process.env.STEWARD_INTERLEAVINGS ?? (LONG ? 10_000 : 300));
/** All of the database is looked at so often; it grows, and so does the look. */
const CHECK_EVERY = LONG ? 100 : 10;
const KILL_ONE_IN = LONG ? 40 : 25;
jest.setTimeout(ROUNDS * 400 + 180_000);

const PEOPLE = [
  'butler-1',
  'butler-2',
  'butler-3',
  'security-1',
  'contractor-1',
  'contractor-2',
  'control-1',
  'supervisor-1',
];
const EVENTS: readonly EventName[] = [
  'elevator.entrapment-between-floors',
  'elevator.entrapment-at-level',
  'elevator.alarm-button',
  'elevator.stopped-between-floors',
  'elevator.door-fault',
];
const CARS = ['alpha-1-lift-1', 'alpha-1-lift-2', 'alpha-2-lift-1'];

let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
});
afterAll(() => database?.stop());

const ids = (sql: string): Promise<string[]> => database.rows<{ id: string }>(sql).then((r) => r.map((x) => x.id));

/** One thing that somebody or something might do now. */
async function anything(chance: Chance): Promise<DispatchJob> {
  const estate = 'alpha';
  const who = `alpha.${chance.pick(PEOPLE)}`;
  const ticket = chance.pick(await ids('select id from ticket order by opened_at desc, id limit 3'));
  const device = chance.pick(CARS);
  const event = chance.pick(EVENTS);
  switch (ticket === undefined ? 0 : chance.below(12)) {
    case 0:
    case 1:
      return { kind: 'raise', event, device };
    case 2:
      return { kind: 'clear', event, device };
    case 3:
    case 4:
      return { kind: 'accept', estate, ticket, who };
    case 5:
      return { kind: 'decline', estate, ticket, who };
    case 6:
    case 7:
      return { kind: 'move', estate, ticket, who, move: chance.pick(TICKET_MOVES) };
    case 8:
      return { kind: 'escalate' };
    case 9:
      return { kind: 'reassure', estate, ticket, who };
    case 10: {
      // Phones confirm, or levels would only ever be brought forward.
      const pages = await ids(`select id from page where state in ('queued', 'sent', 'delivered') limit 20`);
      return { kind: 'confirm', estate, pages, receipt: chance.pick(['sent', 'delivered', 'seen']) };
    }
    default: {
      const alarm = chance.pick(await ids('select id from alarm where ended_at is null'));
      const by = { estate, alarm, who: 'alpha.control-1' };
      if (alarm === undefined) return { kind: 'escalate' };
      return chance.below(2) ? { kind: 'ack', ...by } : { kind: 'end', ...by, how: chance.pick(['voice', 'on-site']) };
    }
  }
}

const nameOf = (j: DispatchJob): string => Object.values(j).flat().join(' ');

/** What a killed process had begun in the database has ended one way or the other. */
const atRest = (): Promise<unknown> =>
  until('the end of what a killed process had begun', 20_000, async () => {
    const [busy] = await database.rows<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and state like '%transaction%' or state = 'active'
         and datname = current_database() and pid <> pg_backend_pid()`,
    );
    return busy?.n === 0;
  });

describe('law 5: accept, decline, clear, move, escalation and kill -9 in any order', () => {
  it(`law 5: ${ROUNDS} random handfuls of them at once in two processes leave only legal states`, async () => {
    const seed = Number(process.env.STEWARD_SEED ?? Date.now() % 1_000_000);
    const chance = new Chance(seed);
    const clock = new ManualClock();
    const processes = await DispatchProcesses.start(database.url);
    const history: string[] = [];
    const answers = new Map<string, number>();
    let jobsDone = 0;
    const began = performance.now();
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        const jobs: DispatchJob[] = [];
        for (let i = 1 + chance.below(5); i > 0; i--) jobs.push(await anything(chance));
        const killed = chance.below(KILL_ONE_IN) === 0 ? chance.below(2) : null;
        history.push(jobs.map(nameOf).join(' | ') + (killed === null ? '' : ` | kill ${killed}`));
        const under = jobs.map((job, i) => processes.do(i, job, clock.now()));
        if (killed !== null) {
          // In the middle of whatever it does: a handful takes some milliseconds.
          await new Promise((r) => setTimeout(r, chance.below(15)));
          await processes.restart(killed);
        }
        for (const [i, done] of (await Promise.all(under)).entries()) {
          jobsDone++;
          // A refusal in domain words is an answer; anything else is a defect.
          if (done.code === 'defect' || done.errors.length > 0)
            throw new Error(
              `seed ${seed}, round ${round}: ${nameOf(jobs[i]!)}: ${done.text} ${done.errors.join('; ')}`,
            );
          answers.set(done.code ?? 'done', (answers.get(done.code ?? 'done') ?? 0) + 1);
        }
        clock.advance(chance.pick([10, 1000, 11_000, 61_000, 200_000]));
        if (round % CHECK_EVERY > 0 && round < ROUNDS) continue;
        while ((await processes.do(0, { kind: 'escalate' }, clock.now())).served > 0);
        await atRest();
        const wrong = [...(await violations(database)), ...(await journalWrong())];
        expect({ seed, round, wrong, recently: wrong.length > 0 ? history.slice(-CHECK_EVERY) : [] }).toEqual({
          ...{ seed, round, wrong: [], recently: [] },
        });
        if (round % 1000 === 0) process.stderr.write(`interleavings: seed ${seed}, ${round} handfuls, all legal\n`);
      }
    } finally {
      await processes.stop();
    }
    const s = (performance.now() - began) / 1000;
    const told = [...answers].map(([code, n]) => `${n} ${code}`).join(', ');
    process.stderr.write(
      `interleavings: seed ${seed}, ${ROUNDS} handfuls, ${jobsDone} jobs (${told}), ${processes.kills} kills, ${s.toFixed(0)} s\n`,
    );
    // It was a real struggle: people were refused, people got through, processes died in the middle.
    expect(answers.get('conflict') ?? 0).toBeGreaterThan(ROUNDS / 20);
    expect(processes.kills).toBeGreaterThan(ROUNDS / KILL_ONE_IN / 3);
    const [done] = await database.rows<{ accepted: number; opened: number }>(
      `select count(*) filter (where kind = 'accepted') as accepted,
         count(*) filter (where kind = 'ticket-opened') as opened from journal`,
    );
    expect(done!.accepted).toBeGreaterThan(ROUNDS / 30);
    // How many there are is up to the seed: one is open for long stretches, and takes in what else happens there.
    expect(done!.opened).toBeGreaterThan(2);
  });

  const journalWrong = async (): Promise<string[]> =>
    journalFaults(
      await database.rows<JournalEntry & Record<string, unknown>>(
        `select no::int as no, kind, ticket_id, payload from journal where estate_id = 'alpha' order by no`,
      ),
    );

  it('law 5: a condition that clears in the instant of the accept is acknowledged and cleared, in either order', async () => {
    const clock = new ManualClock(Date.now());
    const [one, two] = [await Dispatch.on(database.url, clock), await Dispatch.on(database.url, clock)];
    const event = 'elevator.entrapment-between-floors';
    for (let i = 0; i < 40; i++) {
      const car = 'alpha-2-lift-2';
      await one.apply(car, event);
      const [ticket] = await database.rows<{ id: string }>(
        `select id from ticket where device_id = $1 and state = 'opened'`,
        [car],
      );
      await Promise.all([
        one.tickets.accept('alpha', ticket!.id, one.person('alpha.butler-1'), {}),
        two.apply(car, event, 'clear'),
      ]);
      const alarms = await database.rows(
        `select state, active, acked_by, cleared_at is not null as cleared from alarm where ticket_id = $1`,
        [ticket!.id],
      );
      expect(alarms).toEqual([{ state: 'LACKED', active: false, acked_by: 'alpha.butler-1', cleared: true }]);
      const reason = { reason: 'in a test' };
      await one.tickets.move('alpha', ticket!.id, 'false-alarm', one.person('alpha.control-1'), reason);
      clock.advance(1000);
    }
    await one.close();
    await two.close();
  });
});
