import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PageView, TicketDetail } from '../../src/gateway/views.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { LIFT, type DeviceClient } from '../support/device-client.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;
let butler: RestClient;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', lifts: 6 });
  steward = await startedSteward(database);
  control = await steward.as('alpha.control-1');
  butler = await steward.as('alpha.butler-1');
  // Somebody's phone takes each page, or the next level would be brought forward after 10 s.
  for (const who of ['butler-1', 'security-1', 'contractor-1']) await steward.socket('butler', `alpha.${who}`);
  await steward.socket('control-room', 'alpha.control-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

/** People get in, the car stops between floors, the hold of 30 s passes. */
async function trap(lift: DeviceClient): Promise<void> {
  await lift.tell(LIFT.boarding);
  await lift.tell({ ...LIFT.boarding, door: 'closed' });
  await lift.tell(LIFT.trapped);
  await steward.advance(31_000);
  await lift.tell(LIFT.trapped);
}

/** The door opens at a landing, everybody leaves, the car counts as empty. */
async function free(lift: DeviceClient): Promise<void> {
  await lift.tell(LIFT.freed);
  await steward.advance(11_000);
  await lift.tell(LIFT.freed);
}

const ticketsOf = async (lift: string): Promise<TicketDetail[]> =>
  Promise.all((await control.ticketsOf(lift)).map((t) => control.ticket(t.id)));

/** Who was paged at the first level, in which slot, of one round. */
const paged = (pages: readonly PageView[], round: number): string[] =>
  pages
    .filter((p) => p.round === round && p.level === 0)
    .map((p) => `${p.slot} ${p.person}`)
    .sort();

const EVERYBODY = [
  'coordinator alpha.control-1',
  'rescuer alpha.contractor-1',
  'responder alpha.butler-1',
  'responder alpha.security-1',
];

async function trappedOnce(id: string): Promise<{ lift: DeviceClient; first: TicketDetail }> {
  const lift = await steward.device(id);
  await trap(lift);
  const [first, ...more] = await ticketsOf(id);
  expect(more).toEqual([]);
  expect(first).toMatchObject({ event: 'elevator.entrapment-between-floors', state: 'opened', priority: 'P1' });
  expect(paged(first!.pages, 0)).toEqual(EVERYBODY);
  return { lift, first: first! };
}

async function expectPagedAgainOnANewTicket(id: string, first: TicketDetail): Promise<void> {
  const tickets = await ticketsOf(id);
  expect(tickets).toHaveLength(2);
  const second = tickets.find((t) => t.id !== first.id)!;
  expect(second).toMatchObject({ event: 'elevator.entrapment-between-floors', state: 'opened', round: 0 });
  expect(paged(second.pages, 0)).toEqual(EVERYBODY);
  // The phones really rang: the pages arrived.
  await until('delivery', 5000, async () =>
    (await control.ticket(second.id)).pages.every((p) => p.level > 0 || p.deliveredAt !== null),
  );
  expect(await violations(database)).toEqual([]);
}

describe('a lift that traps somebody again pages again', () => {
  it('law 6: after the rescue', async () => {
    const { lift, first } = await trappedOnce('alpha-1-lift-1');
    await butler.move(first.id, 'accept');
    await butler.move(first.id, 'on-site');
    await free(lift);
    const cleared = await control.ticket(first.id);
    expect(cleared).toMatchObject({ state: 'on-site', alarms: [{ state: 'LACKED', active: false }] });
    await butler.move(first.id, 'rescued');
    expect((await control.ticket(first.id)).alarms).toMatchObject([{ state: 'NORM', endedHow: 'rescued' }]);
    await trap(lift);
    await expectPagedAgainOnANewTicket('alpha-1-lift-1', first);
    expect((await control.ticket(first.id)).state).toBe('rescued');
  });

  it('law 6: after a false alarm', async () => {
    const { lift, first } = await trappedOnce('alpha-1-lift-2');
    await control.move(first.id, 'false-alarm', { reason: 'a test of the sensors' });
    await free(lift);
    await trap(lift);
    await expectPagedAgainOnANewTicket('alpha-1-lift-2', first);
  });

  it('law 6: while the old ticket is in follow-up', async () => {
    const { lift, first } = await trappedOnce('alpha-1-lift-3');
    await butler.move(first.id, 'accept');
    for (const move of ['on-site', 'rescued']) await butler.move(first.id, move);
    await butler.workThroughSteps(first.id);
    for (const move of ['resolve', 'follow-up']) await butler.move(first.id, move);
    await free(lift);
    await trap(lift);
    await expectPagedAgainOnANewTicket('alpha-1-lift-3', first);
    expect((await control.ticket(first.id)).state).toBe('follow-up');
  });

  it('law 6: while the ticket is open, on the same ticket, in a new round of every slot', async () => {
    const { lift, first } = await trappedOnce('alpha-1-lift-4');
    await butler.move(first.id, 'accept');
    await free(lift);
    await trap(lift);
    const tickets = await ticketsOf('alpha-1-lift-4');
    expect(tickets).toHaveLength(1);
    const again = tickets[0]!;
    expect(again).toMatchObject({ id: first.id, round: 1, alarms: [{ occurrence: 2, state: 'UNACK', active: true }] });
    expect(paged(again.pages, 1)).toEqual(EVERYBODY);
    expect(again.slots.map((s) => [s.slot, s.state, s.round, s.holder])).toEqual([
      ['responder', 'open', 1, undefined],
      ['rescuer', 'open', 1, undefined],
      ['coordinator', 'open', 1, undefined],
    ]);
    expect(await violations(database)).toEqual([]);
  });

  it('more readings of the same entrapment page nobody again', async () => {
    const { lift, first } = await trappedOnce('alpha-1-lift-5');
    const before = first.pages.filter((p) => p.level === 0).length;
    for (let i = 0; i < 20; i++) await lift.tell(LIFT.trapped);
    const now = await control.ticket(first.id);
    expect(now).toMatchObject({ round: 0, alarms: [{ occurrence: 1 }] });
    expect(now.pages.filter((p) => p.level === 0)).toHaveLength(before);
  });

  it('what still holds two minutes after a person ended it asks the coordinator first, everybody a minute later', async () => {
    const { lift, first } = await trappedOnce('alpha-1-lift-6');
    await control.move(first.id, 'false-alarm', { reason: 'nobody answers the intercom' });
    await lift.tell(LIFT.trapped);
    await steward.advance(100_000);
    await lift.tell(LIFT.trapped);
    expect(await ticketsOf('alpha-1-lift-6')).toHaveLength(1);
    await steward.advance(21_000);
    await lift.tell(LIFT.trapped);
    const tickets = await ticketsOf('alpha-1-lift-6');
    expect(tickets).toHaveLength(2);
    const second = tickets.find((t) => t.id !== first.id)!;
    expect(paged(second.pages, 0)).toEqual(['coordinator alpha.control-1']);
    await steward.advance(60_000);
    await until('everybody', 5000, async () => {
      const pages = paged((await control.ticket(second.id)).pages, 0);
      return JSON.stringify(pages.filter((p) => EVERYBODY.includes(p))) === JSON.stringify(EVERYBODY);
    });
  });
});
