import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { DomainError } from '../../src/kernel/domain-error.js';
import { ManualClock } from '../../src/kernel/clock.js';
import { Dispatch } from '../support/dispatch.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { Chance } from '../support/random.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(300_000);

const TURNS = process.env['STEWARD_LONG'] ? 600 : 80;
/** The laws are looked at after so many turns, and at the end. */
const LOOK_EVERY = 8;
const PLACES = [
  ['device', 'alpha-1-lift-1', 'people-trapped'],
  ['device', 'alpha-1-lift-1', 'lift-door'],
  ['device', 'alpha-1-lift-2', 'people-trapped'],
  ['building', 'alpha-1', 'people-trapped'],
  ['building', 'alpha-1', 'power-out'],
  ['building', 'alpha-1', 'door-open'],
  ['unit', 'alpha-1-102', 'water-leak'],
  ['unit', 'alpha-1-202', 'water-leak'],
  ['unit', 'alpha-2-102', 'burst-pipe'],
  ['unit', 'alpha-2-102', 'person-needs-help'],
  ['zone', 'alpha-zone-1', 'drain-blocked'],
] as const;
const PEOPLE = [
  'control-1',
  'butler-1',
  'butler-2',
  'butler-3',
  'security-1',
  'engineer-1',
  'contractor-1',
  'contractor-2',
];
const SLOTS = ['responder', 'rescuer', 'coordinator'] as const;

let database: TestDatabase;
let clock: ManualClock;
let two: Dispatch[];
beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', lifts: 2 });
  clock = new ManualClock();
  two = [await Dispatch.on(database.url, clock), await Dispatch.on(database.url, clock)];
});
afterAll(async () => {
  for (const d of two ?? []) await d.close();
  await database?.stop();
});

/** Nothing but a refusal in domain words may come of it. */
const tried = (what: Promise<unknown>): Promise<'done' | 'refused'> =>
  what.then(
    () => 'done',
    (e: unknown) => {
      if (e instanceof DomainError) return 'refused';
      throw e;
    },
  );

it('calls, merges, splits, new people and what devices and clocks do, in any order from two processes, break no law', async () => {
  const seed = Number(process.env['STEWARD_SEED'] ?? Date.now() % 1_000_000);
  const chance = new Chance(seed);
  const done: Record<string, number> = {};
  for (let turn = 0; turn < TURNS; turn++) {
    const tickets = await database.rows<{ id: string; state: string }>(
      `select id, state from ticket where state in ('opened', 'accepted', 'en-route', 'on-site', 'contained') or random() < 0.1 limit 40`,
    );
    const alarms = await database.rows<{ id: string; ticket_id: string }>(
      'select id, ticket_id from alarm where ended_at is null and ticket_id is not null',
    );
    const filled = await database.rows<{ ticket_id: string; slot: (typeof SLOTS)[number] }>(
      `select ticket_id, slot from slot where state = 'filled'`,
    );
    const acts = Array.from({ length: 4 }, () => {
      const d = chance.pick(two);
      const desk = d.person('alpha.control-1');
      const who = `alpha.${chance.pick(PEOPLE)}`;
      const ticket = tickets.length > 0 ? chance.pick(tickets).id : null;
      const alarm = alarms.length > 0 ? chance.pick(alarms) : null;
      const slot = chance.pick(SLOTS);
      const act = (name: string, what: Promise<unknown>): Promise<void> =>
        tried(what).then((r) => void (done[`${name} ${r}`] = (done[`${name} ${r}`] ?? 0) + 1));
      const what = chance.below(ticket ? 14 : 2);
      if (what <= 1 || !ticket) {
        const [type, id, kind] = chance.pick(PLACES);
        return act('call', d.call('alpha.control-1', { type, id }, { kind }));
      }
      switch (what) {
        case 2:
          return act('merge', d.regrouping.merge('alpha', ticket, chance.pick(tickets).id, desk, 'why'));
        case 3:
          if (!alarm) return Promise.resolve();
          return act('split', d.regrouping.split('alpha', alarm.ticket_id, [alarm.id], desk, 'why'));
        case 4: {
          if (filled.length === 0) return Promise.resolve();
          const { ticket_id, slot: taken } = chance.pick(filled);
          return act('reassign', d.slots.reassign('alpha', ticket_id, desk, { slot: taken, to: who, reason: 'why' }));
        }
        case 5:
          return act('add', d.slots.addPerson('alpha', ticket, desk, { slot, person: who }));
        case 6:
        case 7:
          return act('accept', d.tickets.accept('alpha', ticket, d.person(who), {}));
        case 8:
          return act('decline', d.tickets.decline('alpha', ticket, desk, { onBehalfOf: who }));
        case 9:
          return act(
            'device',
            d.apply('alpha-1-lift-1', 'elevator.entrapment-at-level', chance.pick(['raise', 'clear'])),
          );
        case 10:
        case 11:
          return act('merge', d.regrouping.merge('alpha', ticket, chance.pick(tickets).id, desk, 'why'));
        case 12:
          return act('clock', d.deadlines.scan());
        default:
          return act(
            'cancel',
            d.tickets.move('alpha', ticket, 'cancel', d.person('alpha.supervisor-1'), { reason: 'over' }),
          );
      }
    });
    await Promise.all(acts);
    clock.advance(chance.pick([0, 1000, 5000, 10_000, 60_000]));
    for (let served = 1; served > 0;) served = (await two[0]!.deadlines.scan()) + (await two[1]!.deadlines.scan());
    if (turn % LOOK_EVERY === 0 || turn === TURNS - 1) await look({ seed, turn });
  }
  // What happens often in so many turns has happened.
  for (const what of ['call', 'merge', 'reassign', 'add', 'accept'])
    expect({ seed, done, what, some: (done[`${what} done`] ?? 0) > 0 }).toMatchObject({ what, some: true });
});

async function look(at: { seed: number; turn: number }): Promise<void> {
  expect({ ...at, wrong: await violations(database) }).toEqual({ ...at, wrong: [] });
  // People in danger are never merged: a P1 alarm is on a ticket of its own place.
  const astray = await database.rows(
    `select a.event, a.subject_id, t.subject_id as ticket from alarm a join ticket t on t.id = a.ticket_id
     where a.priority = 'P1' and a.ended_at is null and a.subject_id <> t.subject_id`,
  );
  expect({ ...at, astray }).toEqual({ ...at, astray: [] });
}
