import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../src/kernel/clock.js';
import { Dispatch } from '../support/dispatch.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

interface Told {
  readonly no: string;
  readonly event: string;
  readonly priority: string;
  readonly state: string;
  readonly round: number;
  readonly events: string[];
}

let database: TestDatabase;
let clock: ManualClock;
let dispatch: Dispatch;
let other: Dispatch;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  clock = new ManualClock();
  dispatch = await Dispatch.on(database.url, clock);
  other = await Dispatch.on(database.url, clock);
});
afterAll(async () => {
  await dispatch?.close();
  await other?.close();
  await database?.stop();
});
afterEach(async () => {
  expect(await violations(database)).toEqual([]);
  // The next sentence begins with nothing open.
  const open = await database.rows<{ id: string }>(
    `select id from ticket where state not in ('closed', 'false-alarm', 'cancelled')`,
  );
  const who = dispatch.person('alpha.supervisor-1');
  for (const { id } of open) await dispatch.tickets.move('alpha', id, 'cancel', who, { reason: 'the next test' });
  await database.rows(`update alarm set ended_at = now(), state = 'NORM', active = false where ended_at is null`);
  clock.advance(3_600_000);
  dispatch.ended.length = 0;
});

/** Tickets opened since the last sentence, with the events on them in alphabetical order. */
const tickets = (): Promise<Told[]> =>
  database.rows<Told & Record<string, unknown>>(
    `select no, event, priority, state, round,
       (select coalesce(array_agg(a.event order by a.event), '{}') from alarm a where a.ticket_id = t.id) as events
     from ticket t where opened_at > $1::timestamptz - interval '20 min' order by no`,
    [new Date(clock.now())],
  );
const silenced = (): Promise<{ event: string; because: string }[]> =>
  database.rows(
    `select payload ->> 'event' as event, payload ->> 'because' as because from journal
     where kind = 'did-not-page' and at > $1::timestamptz - interval '20 min' and payload ? 'event' order by no`,
    [new Date(clock.now())],
  );

describe('one leak, one ticket', () => {
  it('takes in the meters that turn and the pressure that falls on the riser within two minutes', async () => {
    await dispatch.apply('alpha-1-pipe', 'pipe.leak');
    clock.advance(60_000);
    await dispatch.apply('alpha-1-101-meter', 'meter.vacant-flow');
    clock.advance(60_000);
    await dispatch.apply('alpha-1-pipe', 'pipe.pressure-low');
    await dispatch.apply('alpha-1-202-meter', 'meter.continuous-flow');
    expect(await tickets()).toEqual([
      expect.objectContaining({
        event: 'pipe.leak',
        priority: 'P2',
        round: 0,
        events: ['meter.continuous-flow', 'meter.vacant-flow', 'pipe.leak', 'pipe.pressure-low'],
      }),
    ]);
    const joined = await database.rows<{ why: string }>(
      `select payload ->> 'didNotPage' as why from journal where kind = 'joined' order by no desc limit 3`,
    );
    expect(joined.map((j) => j.why)).toEqual(
      ['P4', 'P3', 'P3'].map((p) => `${p} joins an open P2 ticket: the same leak on this riser`),
    );
  });

  it('rises in priority when water follows the meter, pages anew, and takes on the steps for water', async () => {
    await dispatch.apply('alpha-1-101-meter', 'meter.vacant-flow');
    clock.advance(90_000);
    await dispatch.apply('alpha-1-pipe', 'pipe.burst');
    expect(await tickets()).toEqual([
      expect.objectContaining({
        event: 'pipe.burst',
        priority: 'P2',
        round: 1,
        events: ['meter.vacant-flow', 'pipe.burst'],
      }),
    ]);
    const pages = await database.rows<{ n: number }>(
      `select count(*)::int as n from page where round = 1 and created_at = $1`,
      [new Date(clock.now())],
    );
    expect(pages[0]?.n).toBeGreaterThan(0);
  });

  it('is another one after two minutes, and on another riser', async () => {
    await dispatch.apply('alpha-1-pipe', 'pipe.leak');
    await dispatch.apply('alpha-2-101-meter', 'meter.vacant-flow');
    clock.advance(120_001);
    await dispatch.apply('alpha-1-101-meter', 'meter.vacant-flow');
    expect((await tickets()).map((t) => t.events)).toEqual([
      ['pipe.leak'],
      ['meter.vacant-flow'],
      ['meter.vacant-flow'],
    ]);
  });

  it('is one ticket also when two processes find it in the same instant', async () => {
    await Promise.all([
      dispatch.apply('alpha-1-pipe', 'pipe.leak'),
      other.apply('alpha-1-101-meter', 'meter.vacant-flow'),
      other.apply('alpha-1-102-meter', 'meter.burst'),
      dispatch.apply('alpha-1-201-meter', 'meter.burst'),
    ]);
    const found = await tickets();
    expect(found).toHaveLength(1);
    expect(found[0]?.events).toHaveLength(4);
    expect(found[0]?.priority).toBe('P2');
  });

  it('does not come to life again on a ticket that is over', async () => {
    await dispatch.apply('alpha-1-pipe', 'pipe.leak');
    const [first] = await database.rows<{ id: string }>(`select id from ticket where state = 'opened'`);
    const who = dispatch.person('alpha.supervisor-1');
    await dispatch.tickets.move('alpha', first?.id ?? '', 'false-alarm', who, { reason: 'a mop' });
    await dispatch.apply('alpha-1-101-meter', 'meter.vacant-flow');
    expect((await tickets()).map((t) => t.state)).toEqual(['false-alarm', 'opened']);
  });
});

describe('a building without power', () => {
  it('swallows that its devices are silent and its lifts without mains, and says so', async () => {
    await dispatch.applyToBuilding('alpha-1', 'building.power-lost');
    await dispatch.apply('alpha-1-pipe', 'device.offline');
    await dispatch.apply('alpha-1-lift-1', 'elevator.power-lost');
    await dispatch.apply('alpha-1-lift-2', 'elevator.emergency-power');
    await dispatch.apply('alpha-2-lift-1', 'elevator.power-lost');
    expect((await tickets()).map((t) => t.event)).toEqual(['building.power-lost', 'elevator.power-lost']);
    expect(await silenced()).toEqual(
      ['device.offline', 'elevator.power-lost', 'elevator.emergency-power'].map((event) => ({
        event,
        because: 'building-power-lost',
      })),
    );
  });

  it('takes over the tickets that its lifts had, if nobody has taken them', async () => {
    await dispatch.apply('alpha-1-lift-1', 'elevator.power-lost');
    await dispatch.apply('alpha-1-lift-2', 'elevator.power-lost');
    const [, taken] = await database.rows<{ id: string }>(`select id from ticket where state = 'opened' order by no`);
    await dispatch.tickets.accept('alpha', taken?.id ?? '', dispatch.person('alpha.butler-1'), {});
    await dispatch.applyToBuilding('alpha-1', 'building.power-lost');
    expect((await tickets()).map((t) => [t.event, t.state, t.events])).toEqual([
      ['elevator.power-lost', 'cancelled', []],
      ['elevator.power-lost', 'accepted', ['elevator.power-lost']],
      ['building.power-lost', 'opened', ['building.power-lost', 'elevator.power-lost']],
    ]);
  });

  it('law 6: never swallows, joins or takes over people in danger', async () => {
    await dispatch.apply('alpha-1-lift-1', 'elevator.power-lost');
    await dispatch.apply('alpha-1-lift-1', 'elevator.entrapment-between-floors');
    await dispatch.applyToBuilding('alpha-1', 'building.power-lost');
    await dispatch.apply('alpha-1-lift-2', 'elevator.silent-with-people');
    await dispatch.apply('alpha-1-lift-2', 'elevator.entrapment-at-level');
    expect((await tickets()).map((t) => [t.event, t.priority, t.state, t.events])).toEqual([
      [
        'elevator.entrapment-between-floors',
        'P1',
        'opened',
        ['elevator.entrapment-between-floors', 'elevator.power-lost'],
      ],
      ['building.power-lost', 'P2', 'opened', ['building.power-lost']],
      ['elevator.entrapment-at-level', 'P1', 'opened', ['elevator.entrapment-at-level', 'elevator.silent-with-people']],
    ]);
  });

  it('gives back what outlives it: rules whose alarm was swallowed are told, those with an open one are not', async () => {
    await dispatch.apply('alpha-1-door-1', 'device.offline');
    await dispatch.applyToBuilding('alpha-1', 'building.power-lost');
    await dispatch.apply('alpha-1-pipe', 'device.offline');
    expect(dispatch.ended).toEqual([]);
    await dispatch.applyToBuilding('alpha-1', 'building.power-lost', 'clear');
    const told = dispatch.ended.map((e) => `${e.device} ${e.event}`);
    expect(told).toContain('alpha-1-pipe device.offline');
    expect(told).not.toContain('alpha-1-door-1 device.offline');
    // Cleared and not acknowledged yet: it explains nothing any more.
    await dispatch.apply('alpha-1-pipe', 'device.offline');
    expect(await silenced()).toHaveLength(1);
  });
});

it('a building out of contact swallows that its devices are silent, and nothing about power', async () => {
  await dispatch.applyToBuilding('alpha-1', 'building.comms-lost');
  await dispatch.apply('alpha-1-pipe', 'device.offline');
  await dispatch.apply('alpha-1-lift-1', 'elevator.power-lost');
  expect((await tickets()).map((t) => t.event)).toEqual(['building.comms-lost', 'elevator.power-lost']);
  expect(await silenced()).toEqual([{ event: 'device.offline', because: 'building-comms-lost' }]);
});
