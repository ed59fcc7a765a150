import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../../src/kernel/clock.js';
import { Dispatch } from '../support/dispatch.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

const DESK = 'alpha.control-1';
const LIFT = { type: 'device', id: 'alpha-1-lift-1' } as const;
const FLAT = { type: 'unit', id: 'alpha-1-102' } as const;

interface Row extends Record<string, unknown> {
  id: string;
  no: string;
  event: string;
  priority: string;
  state: string;
  over_reason: string | null;
}

let database: TestDatabase;
let clock: ManualClock;
let dispatch: Dispatch;
let other: Dispatch;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', lifts: 2 });
  await importWish(database.db, { id: 'beta', lifts: 1 });
  clock = new ManualClock();
  dispatch = await Dispatch.on(database.url, clock);
  other = await Dispatch.on(database.url, clock);
});
afterAll(async () => {
  await dispatch?.close();
  await other?.close();
  await database?.stop();
});
let begun: Date;
beforeEach(() => {
  begun = new Date(clock.now());
});
afterEach(async () => {
  expect(await violations(database)).toEqual([]);
  const open = await database.rows<{ id: string; estate_id: string }>(
    `select id, estate_id from ticket where state in ('opened', 'accepted', 'en-route', 'on-site', 'contained')`,
  );
  for (const { id, estate_id: e } of open)
    await dispatch.tickets.move(e, id, 'cancel', dispatch.person(`${e}.supervisor-1`), { reason: 'the next test' });
  await database.rows(`update alarm set ended_at = now(), state = 'NORM', active = false where ended_at is null`);
  clock.advance(3_600_000);
  dispatch.ended.length = 0;
});

const tickets = (): Promise<Row[]> =>
  database.rows<Row>(
    'select id, no, event, priority, state, over_reason from ticket where opened_at >= $1 order by no, estate_id',
    [begun],
  );
const ticket = async (id: string): Promise<Row> =>
  (await database.rows<Row>('select id, no, event, priority, state, over_reason from ticket where id = $1', [id]))[0]!;
const eventsOf = async (id: string): Promise<string[]> =>
  (await database.rows<{ event: string }>('select event from alarm where ticket_id = $1 order by event', [id])).map(
    (a) => a.event,
  );
const pagesOf = async (id: string): Promise<string[]> =>
  (
    await database.rows<{ told: string }>(
      `select person || ' ' || slot || ' r' || round || ' l' || level || ' ' || state as told from page
       where ticket_id = $1 order by created_at, slot, person`,
      [id],
    )
  ).map((p) => p.told);
const slotOf = async (id: string, slot: string) =>
  (
    await database.rows<Record<string, unknown>>('select * from slot where ticket_id = $1 and slot = $2', [id, slot])
  )[0];
const lines = (id: string, kind: string): Promise<{ actor: string; payload: Record<string, unknown> }[]> =>
  database.rows('select actor, payload from journal where ticket_id = $1 and kind = $2 order by no', [id, kind]);
const count = async (): Promise<number> =>
  (await database.rows<{ n: number }>('select count(*)::int as n from journal'))[0]!.n;
const move = (id: string, m: 'cancel' | 'resolve' | 'on-site', who: string, q = {}) =>
  dispatch.tickets.move('alpha', id, m, dispatch.person(who), q);

describe('a call', () => {
  it('becomes an alarm, a ticket and pages, the way a finding does', async () => {
    const { ticketId, joined, callId } = await dispatch.call(DESK, LIFT, {
      kind: 'people-trapped',
      caller: { name: '卢女士', phone: '138-0000-0000', unit: 'alpha-1-101' },
      said: '电梯卡在三楼,里面有两个人',
      reportedAt: new Date(clock.now() - 240_000).toISOString(),
    });
    expect(joined).toBe(false);
    expect(await ticket(ticketId)).toMatchObject({
      event: 'elevator.entrapment-between-floors',
      priority: 'P1',
      state: 'opened',
    });
    expect(await pagesOf(ticketId)).toEqual([
      'alpha.control-1 coordinator r0 l0 queued',
      'alpha.contractor-1 rescuer r0 l0 queued',
      'alpha.butler-1 responder r0 l0 queued',
      'alpha.security-1 responder r0 l0 queued',
    ]);
    const [call] = await database.rows('select * from resident_call where id = $1', [callId]);
    expect(call).toMatchObject({
      caller_name: '卢女士',
      said: '电梯卡在三楼,里面有两个人',
      entered_by: DESK,
      joined: false,
    });
    expect(Number(call!['entered_at']) - Number(call!['reported_at'])).toBe(240_000);
    // Who called, and his words, stand in the journal by reference only.
    const told = JSON.stringify(await database.rows('select payload from journal where ticket_id = $1', [ticketId]));
    expect(told).toContain(callId);
    expect(told).not.toMatch(/卢女士|138-0000|两个人/);
  });

  it('about a place without a device has a ticket too, which a person ends', async () => {
    const { ticketId } = await dispatch.call(DESK, FLAT, { kind: 'water-leak' });
    expect(await ticket(ticketId)).toMatchObject({ event: 'pipe.leak', priority: 'P2' });
    await dispatch.tickets.accept('alpha', ticketId, dispatch.person('alpha.butler-1'), {});
    await move(ticketId, 'on-site', 'alpha.butler-1');
    await move(ticketId, 'resolve', 'alpha.butler-1');
    expect(await database.rows('select state, ended_how from alarm where ticket_id = $1', [ticketId])).toEqual([
      { state: 'NORM', ended_how: 'resolve' },
    ]);
    // The same flat again is a new emergency.
    expect((await dispatch.call(DESK, FLAT, { kind: 'water-leak' })).joined).toBe(false);
  });

  it('in a zone pages that zone’s butler', async () => {
    const { ticketId } = await dispatch.call(DESK, { type: 'zone', id: 'alpha-zone-2' }, { kind: 'water-leak' });
    expect(await pagesOf(ticketId)).toEqual([
      'alpha.butler-2 responder r0 l0 queued',
      'alpha.engineer-1 responder r0 l0 queued',
    ]);
  });

  it('joins the ticket of the same lift, and says so, whichever was first', async () => {
    await dispatch.apply(LIFT.id, 'elevator.entrapment-at-level');
    const first = await dispatch.call(DESK, LIFT, { kind: 'people-trapped' });
    const second = await dispatch.call('alpha.butler-1', LIFT, { kind: 'people-trapped' });
    expect([first.joined, second.joined]).toEqual([true, true]);
    expect(second.ticketId).toBe(first.ticketId);
    // A caller does not know better than the sensors where the car stands.
    expect(await ticket(first.ticketId)).toMatchObject({ event: 'elevator.entrapment-at-level' });
    expect(await eventsOf(first.ticketId)).toEqual(['elevator.entrapment-at-level']);
    expect(await lines(first.ticketId, 'call-taken')).toHaveLength(2);
  });

  it('is joined by the alarm of the device, and by a second call', async () => {
    const call = await dispatch.call(DESK, LIFT, { kind: 'people-trapped' });
    await dispatch.apply(LIFT.id, 'elevator.entrapment-between-floors');
    await dispatch.apply(LIFT.id, 'elevator.alarm-button');
    const again = await dispatch.call(DESK, LIFT, { kind: 'people-trapped' });
    expect(again).toMatchObject({ joined: true, ticketId: call.ticketId });
    expect(await tickets()).toHaveLength(1);
    expect(await pagesOf(call.ticketId)).toHaveLength(4);
  });

  it('is not guessed onto one of two lifts: each place keeps its own ticket', async () => {
    await dispatch.apply(LIFT.id, 'elevator.entrapment-between-floors');
    const { joined } = await dispatch.call(DESK, { type: 'building', id: 'alpha-1' }, { kind: 'people-trapped' });
    expect(joined).toBe(false);
    expect((await tickets()).map((t) => t.priority)).toEqual(['P1', 'P1']);
  });

  it('means the only lift of a building', async () => {
    const { ticketId } = await dispatch.call(
      'beta.control-1',
      { type: 'building', id: 'beta-1' },
      { kind: 'people-trapped' },
    );
    const [t] = await database.rows('select device_id, car_id from ticket where id = $1', [ticketId]);
    expect(t).toEqual({ device_id: 'beta-1-lift-1', car_id: 'beta-1-lift-1' });
  });

  it('about water on one riser is one leak with what the meters and another resident tell', async () => {
    const a = await dispatch.call(DESK, FLAT, { kind: 'water-leak' });
    clock.advance(30_000);
    const b = await dispatch.call(DESK, { type: 'unit', id: 'alpha-1-202' }, { kind: 'water-leak' });
    await dispatch.apply('alpha-1-101-meter', 'meter.burst');
    expect(b).toMatchObject({ joined: true, ticketId: a.ticketId });
    expect(await eventsOf(a.ticketId)).toEqual(['meter.burst', 'pipe.leak', 'pipe.leak']);
  });

  it('pages although the lift is under a permit, and although its alarm was shelved', async () => {
    await database.rows(
      `update device set life = 'maintenance', maintenance_by = 'x', maintenance_reason = 'x', maintenance_until = now() + interval '9 days'
       where id = 'alpha-1-lift-2'`,
    );
    const fresh = await Dispatch.on(database.url, clock);
    try {
      await fresh.apply('alpha-1-lift-2', 'elevator.entrapment-between-floors');
      expect(await tickets()).toEqual([]);
      const call = await fresh.call(DESK, { type: 'device', id: 'alpha-1-lift-2' }, { kind: 'people-trapped' });
      expect(call.joined).toBe(false);
      expect(await pagesOf(call.ticketId)).toHaveLength(4);
    } finally {
      await database.rows(
        `update device set life = 'live', maintenance_by = null, maintenance_reason = null, maintenance_until = null where id = 'alpha-1-lift-2'`,
      );
      await fresh.close();
    }
    const door = { type: 'device', id: 'alpha-1-door-1' } as const;
    const held = await dispatch.call(DESK, door, { kind: 'door-open' });
    const [alarm] = await database.rows<{ id: string }>('select id from alarm where ticket_id = $1', [held.ticketId]);
    await dispatch.alarms.shelve('alpha', alarm!.id, dispatch.person(DESK), { minutes: 60, reason: 'delivery' });
    expect(await dispatch.call(DESK, door, { kind: 'door-open' })).toMatchObject({ joined: true });
    expect(await database.rows('select state, shelved_until from alarm where id = $1', [alarm!.id])).toEqual([
      { state: 'UNACK', shelved_until: null },
    ]);
  });

  it('sent twice is one call, also at once from two processes; its key is good for no other', async () => {
    const q = { kind: 'water-leak', idempotencyKey: 'the very same key' };
    const [a, b, c] = await Promise.all([
      dispatch.call(DESK, FLAT, q),
      other.call(DESK, FLAT, q),
      dispatch.call(DESK, FLAT, q),
    ]);
    expect([b, c]).toEqual([a, a]);
    expect(await lines(a.ticketId, 'call-taken')).toHaveLength(1);
    await expect(dispatch.call(DESK, FLAT, { ...q, said: 'something else' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it.each([
    ['an unknown place', { type: 'unit', id: 'alpha-9-999' }, { kind: 'water-leak' }, 'not-found'],
    [
      'another estate’s place',
      { type: 'unit', id: 'beta-1-102' },
      { kind: 'water-leak', estate: 'alpha' },
      'not-found',
    ],
    ['an event that is not there', { type: 'zone', id: 'alpha-zone-1' }, { kind: 'people-trapped' }, 'invalid'],
    ['a priority that the event has not', FLAT, { kind: 'water-leak', priority: 'P1' }, 'invalid'],
    ['an event of the maintenance list', LIFT, { event: 'device.low-battery' }, 'invalid'],
    ['a report of the future', FLAT, { kind: 'water-leak', reportedAt: '2199-01-01T00:00:00Z' }, 'invalid'],
    ['a report of long ago', FLAT, { kind: 'water-leak', reportedAt: '2001-01-01T00:00:00Z' }, 'invalid'],
    ['an unknown kind', FLAT, { kind: 'meteor' }, 'invalid'],
    ['a caller from nowhere', FLAT, { kind: 'water-leak', caller: { unit: 'alpha-9-1' } }, 'not-found'],
  ] as const)('about %s is refused and changes nothing', async (_, place, q, code) => {
    const before = await count();
    await expect(dispatch.call(DESK, place, { estate: 'alpha', ...q } as never)).rejects.toMatchObject({ code });
    expect(await count()).toBe(before);
  });
});

describe('merging', () => {
  const merge = (from: string, into: string, why = 'the same water') =>
    dispatch.regrouping.merge('alpha', from, into, dispatch.person(DESK), why);
  const leakAt = async (unit: string): Promise<string> => {
    const { ticketId } = await dispatch.call(DESK, { type: 'unit', id: unit }, { kind: 'water-leak' });
    clock.advance(180_000);
    return ticketId;
  };

  it('moves the alarms and their calls, recalls the pages and ends the merged ticket with where it went', async () => {
    const [a, b] = [await leakAt('alpha-1-102'), await leakAt('alpha-1-202')];
    dispatch.courier.recalled.length = 0;
    await merge(b, a);
    expect(await ticket(b)).toMatchObject({
      state: 'cancelled',
      over_reason: `merged into ${(await ticket(a)).no}: the same water`,
    });
    expect(await eventsOf(a)).toEqual(['pipe.leak', 'pipe.leak']);
    expect((await pagesOf(b)).filter((p) => !p.endsWith('expired'))).toEqual([]);
    expect(dispatch.courier.recalled.length).toBeGreaterThan(0);
    expect((await database.rows('select 1 from resident_call where ticket_id = $1', [a])).length).toBe(2);
    for (const id of [a, b])
      expect(await lines(id, 'merged')).toMatchObject([{ actor: DESK, payload: { reason: 'the same water' } }]);
    // The ticket that took it in pages nobody anew.
    expect((await pagesOf(a)).filter((p) => p.includes(' r1 '))).toEqual([]);
  });

  it('raises the ticket that takes in something more urgent', async () => {
    const { ticketId: open } = await dispatch.call(DESK, { type: 'building', id: 'alpha-1' }, { kind: 'door-open' });
    const leak = await leakAt('alpha-1-102');
    await merge(leak, open);
    expect(await ticket(open)).toMatchObject({ priority: 'P2', event: 'pipe.leak' });
    expect((await pagesOf(open)).some((p) => p.includes(' r1 '))).toBe(true);
  });

  it('gives whoever was on his way the same slot of the other ticket', async () => {
    const [a, b] = [await leakAt('alpha-1-102'), await leakAt('alpha-1-202')];
    await dispatch.tickets.accept('alpha', b, dispatch.person('alpha.engineer-1'), {});
    await merge(b, a);
    expect(await slotOf(a, 'responder')).toMatchObject({ state: 'filled', holder: 'alpha.engineer-1' });
    expect(await ticket(a)).toMatchObject({ state: 'accepted' });
  });

  it('never takes in a P1, nor what may rise to one, nor a lift’s ticket', async () => {
    const lift = (await dispatch.call(DESK, LIFT, { kind: 'people-trapped' })).ticketId;
    const lift2 = (await dispatch.call(DESK, { type: 'device', id: 'alpha-1-lift-2' }, { kind: 'people-trapped' }))
      .ticketId;
    const door = (await dispatch.call(DESK, { type: 'device', id: 'alpha-2-lift-1' }, { kind: 'lift-door' })).ticketId;
    const old = (await dispatch.call(DESK, FLAT, { kind: 'person-needs-help' })).ticketId;
    for (const [from, reason] of [
      [lift, 'a P1 is never merged into another ticket'],
      [lift2, 'a P1 is never merged into another ticket'],
      [door, 'a lift keeps its own ticket'],
      [old, 'meter.no-use-welfare may still rise to P1 and keeps its own ticket'],
    ] as const) {
      const into = from === lift ? lift2 : lift;
      const before = await count();
      await expect(merge(from, into)).rejects.toMatchObject({ code: 'conflict', details: { reason } });
      expect(await count()).toBe(before);
      expect(await ticket(from)).toMatchObject({ state: 'opened' });
    }
  });

  it('is refused for tickets that are over, of another estate, or the same', async () => {
    const a = await leakAt('alpha-1-102');
    const b = await leakAt('alpha-2-102');
    const foreign = (await dispatch.call('beta.control-1', { type: 'unit', id: 'beta-1-102' }, { kind: 'water-leak' }))
      .ticketId;
    await expect(merge(a, a)).rejects.toMatchObject({ code: 'conflict' });
    await expect(merge(a, foreign)).rejects.toMatchObject({ code: 'not-found' });
    await move(b, 'cancel', 'alpha.supervisor-1', { reason: 'a test' });
    await expect(merge(a, b)).rejects.toMatchObject({
      code: 'conflict',
      details: { reason: 'the other ticket is cancelled' },
    });
    await expect(merge(b, a)).rejects.toMatchObject({
      code: 'conflict',
      details: { reason: 'the ticket is cancelled' },
    });
  });

  it('two ways at once lets one through', async () => {
    const [a, b] = [await leakAt('alpha-1-102'), await leakAt('alpha-1-202')];
    const done = await Promise.allSettled([
      merge(a, b),
      other.regrouping.merge('alpha', b, a, other.person(DESK), 'the other way'),
    ]);
    expect(done.map((d) => d.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('by mistake is taken back by splitting the alarm off, which pages for it anew', async () => {
    const [a, b] = [await leakAt('alpha-1-102'), await leakAt('alpha-1-202')];
    const [alarm] = await database.rows<{ id: string }>('select id from alarm where ticket_id = $1', [b]);
    await merge(b, a);
    const id = await dispatch.regrouping.split(
      'alpha',
      a,
      [alarm!.id],
      dispatch.person(DESK),
      'another leak after all',
    );
    expect(await ticket(id)).toMatchObject({ event: 'pipe.leak', state: 'opened' });
    expect(await eventsOf(a)).toEqual(['pipe.leak']);
    expect((await pagesOf(id)).every((p) => p.endsWith('queued'))).toBe(true);
    expect((await database.rows('select 1 from resident_call where ticket_id = $1', [id])).length).toBe(1);
  });

  it('splits a lift off the ticket of its building, but not when the lift has another one', async () => {
    await dispatch.apply('alpha-1-lift-2', 'elevator.power-lost');
    await dispatch.applyToBuilding('alpha-1', 'building.power-lost');
    const building = (await tickets()).find((t) => t.event === 'building.power-lost')!.id;
    const [lost] = await database.rows<{ id: string }>(
      `select id from alarm where ticket_id = $1 and event = 'elevator.power-lost'`,
      [building],
    );
    const split = () =>
      dispatch.regrouping.split('alpha', building, [lost!.id], dispatch.person(DESK), 'a case of its own');
    const trapped = await dispatch.call(DESK, { type: 'device', id: 'alpha-1-lift-2' }, { kind: 'people-trapped' });
    await expect(split()).rejects.toMatchObject({
      code: 'conflict',
      details: { reason: 'this lift has a ticket already' },
    });
    await move(trapped.ticketId, 'cancel', 'alpha.supervisor-1', { reason: 'nobody inside' });
    expect(await ticket(await split())).toMatchObject({ event: 'elevator.power-lost', priority: 'P2' });
  });

  it('splits off neither the alarm that opened the ticket, nor a lift’s, nor one that is not on it', async () => {
    const split = (id: string, alarms: string[]) =>
      dispatch.regrouping.split('alpha', id, alarms, dispatch.person(DESK), 'why');
    const a = await leakAt('alpha-1-102');
    const [own] = await database.rows<{ id: string }>('select id from alarm where ticket_id = $1', [a]);
    await expect(split(a, [own!.id])).rejects.toMatchObject({ code: 'conflict' });
    await expect(split(a, ['00000000-0000-7000-8000-000000000000'])).rejects.toMatchObject({ code: 'conflict' });
    const lift = (await dispatch.call(DESK, LIFT, { kind: 'people-trapped' })).ticketId;
    await dispatch.apply(LIFT.id, 'elevator.alarm-button');
    const [button] = await database.rows<{ id: string }>(
      `select id from alarm where ticket_id = $1 and event = 'elevator.alarm-button'`,
      [lift],
    );
    await expect(split(lift, [button!.id])).rejects.toMatchObject({
      details: { reason: 'all alarms of a lift stay on its ticket' },
    });
  });
});

describe('who is to come', () => {
  const opened = async (): Promise<string> => {
    const { ticketId } = await dispatch.call(DESK, LIFT, { kind: 'people-trapped' });
    await dispatch.tickets.accept('alpha', ticketId, dispatch.person('alpha.butler-1'), {});
    return ticketId;
  };
  const reassign = (id: string, to: string, slot: 'responder' | 'rescuer' = 'responder') =>
    dispatch.slots.reassign('alpha', id, dispatch.person(DESK), { slot, to, reason: 'nearer' });
  const add = (id: string, person: string, slot: 'responder' | 'rescuer' = 'responder') =>
    dispatch.slots.addPerson('alpha', id, dispatch.person(DESK), { slot, person });

  it('is another one: the holder is let go and told, the new one alone is paged first', async () => {
    const id = await opened();
    dispatch.courier.recalled.length = 0;
    await reassign(id, 'alpha.butler-3');
    expect(dispatch.courier.recalled.map((r) => r.person)).toContain('alpha.butler-1');
    expect(await slotOf(id, 'responder')).toMatchObject({ state: 'open', holder: null, round: 1 });
    expect((await pagesOf(id)).filter((p) => p.includes(' r1 '))).toEqual(['alpha.butler-3 responder r1 l-1 queued']);
    expect(await lines(id, 'reassigned')).toMatchObject([
      { actor: DESK, payload: { holder: 'alpha.butler-1', person: 'alpha.butler-3', reason: 'nearer' } },
    ]);
    await dispatch.tickets.accept('alpha', id, dispatch.person('alpha.butler-3'), {});
    expect(await slotOf(id, 'responder')).toMatchObject({ state: 'filled', holder: 'alpha.butler-3' });
  });

  it('falls back to the levels when the new one declines, does not answer, or does not accept in time', async () => {
    const level0 = ['alpha.butler-1 responder r1 l0 queued', 'alpha.security-1 responder r1 l0 queued'];
    const newOnes = async (id: string): Promise<string[]> =>
      (await pagesOf(id)).filter((p) => p.includes('responder r1 l0'));
    const declined = await opened();
    await reassign(declined, 'alpha.butler-3');
    await dispatch.tickets.decline('alpha', declined, dispatch.person('alpha.butler-3'), { reason: 'no' });
    expect(await newOnes(declined)).toEqual(level0);
    await move(declined, 'cancel', 'alpha.supervisor-1', { reason: 'next' });

    const silent = await opened();
    await reassign(silent, 'alpha.butler-3');
    clock.advance(9999);
    while ((await dispatch.deadlines.scan()) > 0);
    expect(await newOnes(silent)).toEqual([]);
    clock.advance(1);
    while ((await dispatch.deadlines.scan()) > 0);
    expect(await newOnes(silent)).toEqual(level0);
    await move(silent, 'cancel', 'alpha.supervisor-1', { reason: 'next' });

    const late = await opened();
    await reassign(late, 'alpha.butler-3');
    await database.rows(`update page set state = 'delivered' where ticket_id = $1 and state = 'queued'`, [late]);
    clock.advance(59_999);
    while ((await dispatch.deadlines.scan()) > 0);
    expect(await newOnes(late)).toEqual([]);
    clock.advance(1);
    while ((await dispatch.deadlines.scan()) > 0);
    expect(await newOnes(late)).toEqual(level0);
  });

  it('is one more who is asked while the slot is empty; not when it is taken, not twice, never the wrong trade', async () => {
    const { ticketId: id } = await dispatch.call(DESK, LIFT, { kind: 'people-trapped' });
    await add(id, 'alpha.butler-3');
    expect(await pagesOf(id)).toContain('alpha.butler-3 responder r0 l0 queued');
    await expect(add(id, 'alpha.butler-3')).rejects.toMatchObject({ details: { reason: 'asked already' } });
    await expect(add(id, 'beta.butler-1')).rejects.toMatchObject({ details: { reason: 'unknown person' } });
    await expect(add(id, 'alpha.engineer-1', 'rescuer')).rejects.toMatchObject({
      details: { reason: 'role does not fit' },
    });
    await expect(add(id, 'alpha.contractor-3')).rejects.toMatchObject({ details: { reason: 'role does not fit' } });
    await dispatch.tickets.accept('alpha', id, dispatch.person('alpha.butler-3'), {});
    await expect(add(id, 'alpha.butler-2')).rejects.toMatchObject({
      code: 'conflict',
      details: { holder: 'alpha.butler-3' },
    });
    await expect(reassign(id, 'alpha.butler-3')).rejects.toMatchObject({ details: { reason: 'same person' } });
    await expect(reassign(id, 'alpha.contractor-2', 'rescuer')).rejects.toMatchObject({
      details: { reason: 'slot is not filled' },
    });
  });
});

describe('on the telephone', () => {
  it('declines, steps and contacts are written down for who told them, and marked so', async () => {
    const { ticketId: id } = await dispatch.call(DESK, LIFT, { kind: 'people-trapped' });
    const desk = dispatch.person(DESK);
    await dispatch.tickets.decline('alpha', id, desk, { reason: 'far away', onBehalfOf: 'alpha.butler-1' });
    expect(await lines(id, 'declined')).toMatchObject([{ actor: DESK, payload: { onBehalfOf: 'alpha.butler-1' } }]);
    expect(await pagesOf(id)).toContain('alpha.butler-1 responder r0 l0 declined');
    await dispatch.tickets.step('alpha', id, 1, 'done', desk, undefined, 'alpha.security-1');
    expect(await database.rows('select done_by from ticket_step where ticket_id = $1 and no = 1', [id])).toEqual([
      { done_by: 'alpha.security-1' },
    ]);
    await dispatch.tickets.reassure('alpha', id, desk, 'two people, calm', 'alpha.security-1');
    expect(await lines(id, 'reassured')).toMatchObject([{ actor: DESK, payload: { onBehalfOf: 'alpha.security-1' } }]);
    for (const act of [
      () =>
        dispatch.tickets.step('alpha', id, 2, 'done', dispatch.person('alpha.butler-2'), undefined, 'alpha.butler-1'),
      () => dispatch.tickets.reassure('alpha', id, dispatch.person('alpha.butler-2'), undefined, 'alpha.butler-1'),
      () =>
        dispatch.tickets.decline('alpha', id, dispatch.person('alpha.butler-2'), { onBehalfOf: 'alpha.security-1' }),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(dispatch.tickets.step('alpha', id, 2, 'done', desk, undefined, 'beta.butler-1')).rejects.toMatchObject(
      { code: 'invalid' },
    );
  });
});

describe('notes', () => {
  it('are kept with author and time, told on the feed, proved by the journal, and never changed', async () => {
    const { ticketId: id } = await dispatch.call(DESK, FLAT, { kind: 'water-leak' });
    const noteId = await dispatch.notes.add('alpha', id, dispatch.person('alpha.butler-1'), '业主电话打不通');
    const [line] = await lines(id, 'note-added');
    expect(line).toMatchObject({ actor: 'alpha.butler-1', payload: { noteId } });
    expect(JSON.stringify(line)).not.toContain('业主');
    expect(
      await database.rows(`select type, payload ->> 'text' as text from change_log where entity_id = $1`, [noteId]),
    ).toEqual([{ type: 'note', text: '业主电话打不通' }]);
    await expect(database.rows(`update ticket_note set text = 'x' where id = $1`, [noteId])).rejects.toThrow(
      'append-only',
    );
    await expect(database.rows('delete from ticket_note where id = $1', [noteId])).rejects.toThrow('append-only');
    await move(id, 'cancel', 'alpha.supervisor-1', { reason: 'over' });
    await dispatch.notes.add('alpha', id, dispatch.person(DESK), 'also afterwards');
    await expect(dispatch.notes.add('beta', id, dispatch.person(DESK), 'x')).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
