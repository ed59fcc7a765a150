import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Finding } from '../../src/detection/detector.js';
import { ManualClock } from '../../src/kernel/clock.js';
import type { EventName } from '../../src/kernel/events.js';
import { Dispatch } from '../support/dispatch.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let dispatch: Dispatch;
let clock: ManualClock;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', lifts: 4 });
  clock = new ManualClock();
  dispatch = await Dispatch.on(database.url, clock);
});
afterAll(async () => {
  await dispatch?.close();
  await database?.stop();
});

const tell = (lift: string, event: EventName, more: Partial<Finding> = {}): Promise<void> =>
  dispatch.transactions.run('alpha', (tx) =>
    dispatch.flow.apply(
      tx,
      { ...dispatch.finding(lift, event, 'raise', tx.now), ...more },
      dispatch.directory.current.device(lift) ?? null,
    ),
  );
const slotsOf = (lift: string) =>
  database
    .rows<{ slot: string; state: string; round: number }>(
      `select slot, s.state, s.round from slot s join ticket t on t.id = s.ticket_id where t.car_id = $1 order by slot`,
      [lift],
    )
    .then((rows) => rows.map((s) => `${s.slot} ${s.state} r${s.round}`));
const pagedIn = (lift: string) =>
  database
    .rows<{ who: string }>(
      `select distinct slot || ' ' || person as who from page p join ticket t on t.id = p.ticket_id
       where t.car_id = $1 order by 1`,
      [lift],
    )
    .then((rows) => rows.map((r) => r.who));

describe('a ticket that paged the coordinator alone', () => {
  it('law 6: pages everybody when the car is proved to hold people: responder and rescuer get their slots', async () => {
    const lift = 'alpha-1-lift-1';
    await tell(lift, 'elevator.silent-with-people', { paging: 'coordinator-only' });
    expect(await slotsOf(lift)).toEqual(['coordinator open r0']);
    await tell(lift, 'elevator.entrapment-between-floors');
    expect(await slotsOf(lift)).toEqual(['coordinator open r0', 'rescuer open r0', 'responder open r0']);
    expect(await pagedIn(lift)).toEqual([
      'coordinator alpha.control-1',
      'rescuer alpha.contractor-1',
      'responder alpha.butler-1',
      'responder alpha.security-1',
    ]);
    expect(await violations(database)).toEqual([]);
  });

  it('law 4: goes on by its levels: the slots that were added have theirs', async () => {
    clock.advance(61_000);
    while ((await dispatch.deadlines.scan()) > 0);
    expect(await pagedIn('alpha-1-lift-1')).toEqual(
      expect.arrayContaining(['responder alpha.butler-2', 'rescuer alpha.contractor-2']),
    );
  });

  it('an alarm button pressed meanwhile brings the responder and the rescuer in, each in its own time', async () => {
    const lift = 'alpha-1-lift-2';
    await tell(lift, 'elevator.silent-with-people', { paging: 'coordinator-only' });
    await tell(lift, 'elevator.alarm-button');
    expect(await slotsOf(lift)).toEqual(['coordinator open r0', 'rescuer pending r0', 'responder pending r0']);
    clock.advance(31_000);
    while ((await dispatch.deadlines.scan()) > 0);
    expect(await slotsOf(lift)).toEqual(['coordinator open r0', 'rescuer pending r0', 'responder open r0']);
    expect(await pagedIn(lift)).toContain('responder alpha.butler-1');
    expect(await violations(database)).toEqual([]);
  });
});
