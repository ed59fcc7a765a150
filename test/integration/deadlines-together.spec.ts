import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../src/kernel/clock.js';
import { Dispatch } from '../support/dispatch.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

const LIFTS = 6;
let database: TestDatabase;
let dispatch: Dispatch;
let clock: ManualClock;
let lift = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', lifts: LIFTS });
  clock = new ManualClock();
  dispatch = await Dispatch.on(database.url, clock);
});
afterAll(async () => {
  await dispatch?.close();
  await database?.stop();
});
/** Each case has a ticket of its own, whose pages nobody confirms. */
beforeEach(async () => {
  await dispatch.apply(`alpha-1-lift-${++lift}`, 'elevator.entrapment-between-floors');
});

const ticket = async (): Promise<string> =>
  (await database.rows<{ id: string }>('select id from ticket where device_id = $1', [`alpha-1-lift-${lift}`]))[0]
    ?.id ?? '';
const due = () =>
  database.rows<{ kind: string; key: string }>(
    'select kind, key from deadline where ticket_id = $1 and served_at is null and due_at <= $2',
    [ticketId, new Date(clock.now())],
  );
const levels = () =>
  database.rows<{ slot: string; level: number; times: number }>(
    `select slot, level, count(distinct created_at)::int as times from page where ticket_id = $1
     group by 1, 2 order by 1, 2`,
    [ticketId],
  );
let ticketId: string;
beforeEach(async () => {
  ticketId = await ticket();
});

describe('deadlines of one ticket that are due at once', () => {
  it('are served by one commit, each level once', async () => {
    clock.advance(61_000);
    expect((await due()).length).toBeGreaterThan(3);
    await dispatch.deadlines.scan();
    expect(await due()).toEqual([]);
    const [row] = await database.rows<{ commits: number; served: number }>(
      `select count(distinct xmin::text)::int as commits, count(*)::int as served
       from deadline where ticket_id = $1 and outcome = 'served'`,
      [ticketId],
    );
    expect(row?.commits).toBe(1);
    expect(row?.served).toBeGreaterThan(1);
    const made = await levels();
    expect(made.some((l) => l.level === 1)).toBe(true);
    expect(made.filter((l) => l.times !== 1)).toEqual([]);
    expect(await violations(database)).toEqual([]);
  });

  it('law 5: by two instances that find them together: still each level once', async () => {
    const second = await Dispatch.on(database.url, clock);
    clock.advance(61_000);
    await Promise.all([dispatch.deadlines.scan(), second.deadlines.scan(), dispatch.deadlines.scan()]);
    await second.close();
    expect(await due()).toEqual([]);
    expect((await levels()).filter((l) => l.times !== 1)).toEqual([]);
    expect(await violations(database)).toEqual([]);
  });

  it('one that fails keeps none of the others: they are served without it, and it comes again', async () => {
    dispatch.deadlines.handle('handover', () => Promise.reject(new Error('a defect')));
    await database.rows(
      `insert into deadline (kind, key, estate_id, ticket_id, due_at, payload, created_at)
       values ('handover', 'defect', 'alpha', $1, $2, '{}', $2)`,
      [ticketId, new Date(clock.now())],
    );
    clock.advance(61_000);
    await dispatch.deadlines.scan();
    expect((await levels()).some((l) => l.level === 1)).toBe(true);
    expect(await due()).toEqual([]);
    const [again] = await database.rows<{ served_at: Date | null; in_s: number }>(
      `select served_at, extract(epoch from due_at - $1)::int as in_s from deadline where key = 'defect'`,
      [new Date(clock.now())],
    );
    expect(again).toEqual({ served_at: null, in_s: 60 });
    expect(await violations(database)).toEqual([]);
  });
});
