import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { LIFT } from '../support/device-client.js';
import type { Answer, Refusal, RestClient } from '../support/rest-client.js';
import type { SocketClient } from '../support/socket-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import type { TicketDetail } from '../../src/gateway/views.js';

jest.setTimeout(120_000);

/** Each in a car of its own. */
const REPETITIONS = 50;

let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;
const phones = new Map<string, SocketClient>();

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', lifts: REPETITIONS });
  steward = await startedSteward(database);
  control = await steward.as('alpha.control-1');
  for (const who of ['butler-1', 'butler-2', 'security-1', 'contractor-1', 'contractor-2', 'supervisor-1'])
    phones.set(`alpha.${who}`, await steward.socket('butler', `alpha.${who}`));
  phones.set('alpha.control-1', await steward.socket('control-room', 'alpha.control-1'));
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

/** Traps people in all these cars at once. @returns their tickets by car */
async function trapIn(cars: readonly string[]): Promise<Map<string, string>> {
  const lifts = await Promise.all(cars.map((id) => steward.device(id)));
  await Promise.all(lifts.map((l) => l.tell(LIFT.boarding)));
  await Promise.all(lifts.map((l) => l.tell(LIFT.trapped)));
  await steward.advance(31_000);
  await Promise.all(lifts.map((l) => l.tell(LIFT.trapped)));
  for (const l of lifts) l.cut();
  const tickets = (await control.tickets('?state=open')).items;
  const byCar = new Map(cars.map((car) => [car, tickets.find((t) => t.device === car)?.id ?? '']));
  expect([...byCar.values()].filter((id) => id === '')).toEqual([]);
  return byCar;
}

const pageIds = (t: TicketDetail, slot: string): string[] =>
  t.pages
    .filter((p) => p.slot === slot)
    .map((p) => p.id)
    .sort();

describe('law 5: compare-and-set everywhere', () => {
  it(`law 5: two butlers accept in the same instant, ${REPETITIONS} times: one has it, the other is told who, and nobody is paged for that slot after`, async () => {
    const cars = Array.from({ length: REPETITIONS }, (_, i) => `alpha-1-lift-${i + 1}`);
    const tickets = [...(await trapIn(cars)).values()];
    await until('all phones to have rung', 10_000, () =>
      ['butler-1', 'security-1', 'contractor-1', 'control-1'].every(
        (who) => phones.get(`alpha.${who}`)!.pages.length === REPETITIONS,
      ),
    );
    const butlers = await Promise.all(['alpha.butler-1', 'alpha.butler-2'].map((b) => steward.as(b)));
    const names = ['alpha.butler-1', 'alpha.butler-2'];
    const winners = new Map<string, string>();
    const before = new Map<string, string[]>();
    for (const id of tickets) {
      const answers = await Promise.all(
        butlers.map((b) => b.ask<TicketDetail & Refusal>('POST', `/tickets/${id}/accept`, {})),
      );
      expect(answers.map((a) => a.status).sort((a, b) => a - b)).toEqual([200, 409]);
      const won = answers.findIndex((a) => a.status === 200);
      const winner = names[won] ?? '';
      const { body } = answers[1 - won] as Answer<Refusal>;
      expect(body).toMatchObject({
        statusCode: 409,
        code: 'conflict',
        holder: winner,
        holderName: { zh: `名${winner}`, en: winner },
        reason: 'taken',
      });
      winners.set(id, winner);
      before.set(id, pageIds(await control.ticket(id), 'responder'));
    }
    // A minute later the levels of a slot that nobody had taken are due.
    await steward.advance(61_000);
    await until('the next level of every rescuer slot', 20_000, async () => {
      const [row] = await database.rows<{ n: number }>(
        `select count(*) as n from page where slot = 'rescuer' and level = 1 and person = 'alpha.contractor-2'`,
      );
      return row?.n === REPETITIONS;
    });
    for (const id of tickets) {
      const t = await control.ticket(id);
      expect(t.state).toBe('accepted');
      expect(pageIds(t, 'responder')).toEqual(before.get(id));
      expect(t.slots.find((s) => s.slot === 'responder')).toMatchObject({ state: 'filled', holder: winners.get(id) });
      expect(t.slots.find((s) => s.slot === 'rescuer')).toMatchObject({ state: 'open', level: 1 });
      const states = new Map(t.pages.filter((p) => p.slot === 'responder').map((p) => [p.person, p.state]));
      expect(states.get('alpha.security-1')).toBe('recalled');
      expect(states.get('alpha.butler-1')).toBe(winners.get(id) === 'alpha.butler-1' ? 'accepted' : 'recalled');
    }
    // Whoever did not take it heard that it is taken, and by whom; the backup butler's phone never rang.
    const security = phones.get('alpha.security-1')!;
    await until('the recalls', 5000, () => security.recalls.length === REPETITIONS);
    for (const r of security.recalls)
      expect(r).toMatchObject({
        by: winners.get(r.ticketId),
        reason: 'taken',
        byName: { en: winners.get(r.ticketId) },
      });
    expect(phones.get('alpha.butler-2')!.pages).toEqual([]);
    expect(await violations(database)).toEqual([]);
  });

  it('law 5: an accept and the escalation of the same slot in the same instant end in one legal state', async () => {
    const cars = Array.from({ length: 20 }, (_, i) => `alpha-2-lift-${i + 1}`);
    const tickets = [...(await trapIn(cars)).values()];
    const butler = await steward.as('alpha.butler-3');
    const minute = steward.advance(60_000);
    const answers = await Promise.all(tickets.map((id) => butler.ask('POST', `/tickets/${id}/accept`, {})));
    await minute;
    expect(answers.map((a) => a.status)).toEqual(tickets.map(() => 200));
    const now = await database.rows(
      `select count(*) as n from deadline where served_at is null and due_at < now() - interval '1 minute'`,
    );
    expect(now).toEqual([{ n: 0 }]);
    expect(await violations(database)).toEqual([]);
  });

  it('law 5: the same person who accepts twice has it, once', async () => {
    const [id] = [...(await trapIn(['alpha-2-lift-30'])).values()];
    const butler = await steward.as('alpha.butler-2');
    const answers = await Promise.all([1, 2, 3].map(() => butler.ask('POST', `/tickets/${id}/accept`, {})));
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200]);
    const accepted = (await control.ticket(id!)).journal.filter((j) => j.kind === 'accepted');
    expect(accepted).toHaveLength(1);
  });

  it('law 5: a phone that accepts late is told who has it', async () => {
    const [id] = [...(await trapIn(['alpha-2-lift-31'])).values()];
    const phone = phones.get('alpha.security-1')!;
    const page = await until('its page', 5000, () => phone.pages.find((p) => p.ticketId === id));
    await (await steward.as('alpha.butler-2')).move(id!, 'accept');
    expect(await phone.command('accept', { pageId: page.pageId })).toMatchObject({
      ok: false,
      status: 409,
      holder: 'alpha.butler-2',
      holderName: { en: 'alpha.butler-2' },
    });
  });
});
