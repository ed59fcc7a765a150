import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { SystemClock } from '../../src/platform/system-clock.js';
import { Dispatch } from '../support/dispatch.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { Chance } from '../support/random.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(180_000);

/** How a transaction's last message ends: its answer tells that it was committed. */
const COMMIT = 'commit; begin';
const CUTS = 100;
const DOORS = 20;
const SILENCE_S = process.env['STEWARD_LONG'] ? 60 : 20;

let database: TestDatabase;
let proxy: TcpProxy;
let url: string;

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: DOORS });
  await importWish(database.db, { id: 'beta', doors: DOORS });
  ({ proxy, url } = await TcpProxy.beforeUrl(database.url));
});
afterAll(async () => {
  await proxy?.close();
  await database?.stop();
});

const counts = async (device: string): Promise<Record<string, number> | undefined> =>
  (
    await database.rows<Record<string, number>>(
      `select (select count(*) from alarm a where a.device_id = $1) as alarms,
         (select count(*) from ticket t where t.device_id = $1) as tickets,
         (select count(*) from page p join ticket t on t.id = p.ticket_id where t.device_id = $1) as pages,
         (select coalesce(max(round), 0) from ticket t where t.device_id = $1) as round`,
      [device],
    )
  )[0];

describe('a COMMIT whose answer is lost with its connection', () => {
  let dispatch: Dispatch;
  beforeAll(async () => {
    dispatch = await Dispatch.on(url, new SystemClock());
  });
  afterAll(() => dispatch?.close());
  afterEach(async () => expect(await violations(database)).toEqual([]));

  it('law 3: was made: the emergency is there once, and its pages leave at once', async () => {
    const before = dispatch.courier.sent.length;
    proxy.loseAnswerTo(COMMIT);
    await dispatch.apply('beta-1-door-1', 'gate.duress');
    expect(proxy.answersLost).toBe(1);
    expect(await counts('beta-1-door-1')).toEqual({ alarms: 1, tickets: 1, pages: 3, round: 0 });
    const sent = dispatch.courier.sent.slice(before);
    expect(sent).toHaveLength(3);
    // With the numbers that the database gave, not with what stands for them.
    for (const s of sent) expect([s.seq > 0, s.ticket.no]).toEqual([true, expect.stringMatching(/^T-\d{4}-\d{4}$/)]);
  });

  it('law 5: of a stored upload in which it ended and began again: it pages for that once', async () => {
    const device = 'beta-1-lift-1';
    const event = 'elevator.entrapment-between-floors' as const;
    const known = dispatch.directory.current.device(device) ?? null;
    await dispatch.apply(device, event);
    const lost = proxy.answersLost;
    proxy.loseAnswerTo(COMMIT);
    await dispatch.transactions.run('beta', async (tx) => {
      await dispatch.flow.apply(tx, dispatch.finding(device, event, 'clear', tx.now), known);
      await dispatch.flow.apply(tx, dispatch.finding(device, event, 'raise', tx.now), known);
    });
    expect(proxy.answersLost).toBe(lost + 1);
    expect((await counts(device))?.['round']).toBe(1);
  });

  it('law 5: an accept, a decline and an ending are what they were, and their people are told', async () => {
    const by = dispatch.person('beta.butler-1');
    await dispatch.apply('beta-1-door-2', 'gate.duress');
    const [ticket] = await database.rows<{ id: string }>(`select id from ticket where device_id = 'beta-1-door-2'`);
    const id = ticket?.id ?? '';
    const security = dispatch.person('beta.security-1');
    proxy.loseAnswerTo(COMMIT);
    await dispatch.tickets.decline('beta', id, security, {});
    proxy.loseAnswerTo(COMMIT);
    await dispatch.tickets.accept('beta', id, by, {});
    proxy.loseAnswerTo(COMMIT);
    await dispatch.tickets.move('beta', id, 'false-alarm', dispatch.person('beta.control-1'), { reason: 'a test' });
    const kinds = await database.rows<{ kind: string; n: number }>(
      `select kind, count(*) as n from journal where ticket_id = $1 and kind in ('accepted', 'declined') group by kind order by kind`,
      [id],
    );
    expect(kinds).toEqual([
      { kind: 'accepted', n: 1 },
      { kind: 'declined', n: 1 },
    ]);
    expect(dispatch.courier.recalled.some((r) => r.event.ticketId === id)).toBe(true);
  });

  it('was still under way when it was asked for: it is waited for, and counts', async () => {
    // The server holds the commit itself back after the answer's connection is gone, for less than the second after which it
    // looks whether anybody is still there (client_connection_check_interval).
    await database.pool.query(`
      create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.7); return null; end $$;
      create constraint trigger slow after insert on alarm deferrable initially deferred for each row execute function slow()`);
    try {
      const under = dispatch.apply('beta-1-door-3', 'gate.duress');
      await until(
        'the commit to be under way',
        10_000,
        async () => (await database.rows(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`)).length > 0,
      );
      proxy.cut();
      await under;
    } finally {
      await database.pool.query('drop function slow() cascade');
    }
    expect(await counts('beta-1-door-3')).toEqual({ alarms: 1, tickets: 1, pages: 3, round: 0 });
  });

  it('was never made: it never will be, and whoever asked is told', async () => {
    await database.pool.query(`
      create function gone() returns trigger language plpgsql as $$ begin
        perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return null; end $$;
      create constraint trigger gone after insert on alarm deferrable initially deferred for each row execute function gone()`);
    try {
      await expect(dispatch.apply('beta-1-door-4', 'gate.duress')).rejects.toThrow();
    } finally {
      await database.pool.query('drop function gone() cascade');
    }
    expect(await counts('beta-1-door-4')).toEqual({ alarms: 0, tickets: 0, pages: 0, round: 0 });
    expect((await database.rows('select 1 from transaction_receipt where result is null')).length).toBeGreaterThan(0);
    await dispatch.apply('beta-1-door-4', 'gate.duress');
    expect(await counts('beta-1-door-4')).toEqual({ alarms: 1, tickets: 1, pages: 3, round: 0 });
  });
});

describe('the service on a database that fails', () => {
  let steward: StartedSteward;
  beforeAll(async () => {
    steward = await startedSteward(database, {}, url);
  });
  afterAll(() => steward?.stop());

  it(`laws 1 and 5: through ${CUTS} cuts at random instants every emergency is there once, and rings under one id`, async () => {
    const chance = new Chance(4711);
    const phone = await steward.socket('butler', 'alpha.butler-1');
    const doors = Array.from({ length: DOORS }, (_, i) => `alpha-1-door-${i + 1}`);
    const devices = await Promise.all(doors.map((id) => steward.device(id)));
    let told = 0;
    const telling = Promise.all(
      devices.map(async (d, i) => {
        await pause(i * 150);
        await d.tell({ position: 'closed' });
        await d.tell({ position: 'closed', access: 'duress' });
        told++;
      }),
    );
    for (let cut = 0; cut < CUTS; cut++) {
      await pause(chance.next() * 80);
      if (chance.next() < 0.3) proxy.loseAnswerTo(COMMIT);
      else proxy.cut();
    }
    await telling;
    expect(told).toBe(DOORS);
    for (const id of doors) {
      const now = await counts(id);
      expect([id, now?.['alarms'], now?.['tickets'], now?.['round']]).toEqual([id, 1, 1, 0]);
    }
    await until('all pages to ring', 30_000, async () => {
      const pages = await database.rows<{ id: string }>(
        `select p.id from page p join ticket t on t.id = p.ticket_id where p.person = 'alpha.butler-1' and p.level = 0`,
      );
      return pages.length > 0 && pages.every((p) => phone.pages.some((x) => x.pageId === p.id));
    });
    // A phone drops an id that it has shown: two ids for one thing would ring twice.
    const ids = new Map<string, Set<string>>();
    for (const p of phone.pages) ids.set(p.ticketId, (ids.get(p.ticketId) ?? new Set()).add(p.pageId));
    for (const [ticket, of] of ids) {
      const made = await database.rows(
        `select distinct round, slot, level from page where ticket_id = $1 and person = $2`,
        [ticket, 'alpha.butler-1'],
      );
      expect(of.size).toBeLessThanOrEqual(made.length);
    }
    expect(await violations(database)).toEqual([]);
  });

  it('all its sessions ended by the server at once: it goes on by itself', async () => {
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and application_name like 'steward %'
       and application_name <> 'steward test'`,
    );
    const device = await steward.device('alpha-2-door-1');
    await device.tell({ position: 'closed', access: 'duress' });
    expect(await counts('alpha-2-door-1')).toMatchObject({ alarms: 1, tickets: 1 });
  });

  it(`silent for ${SILENCE_S} s: no device is dropped, no silence raised, and what was told meanwhile is done after`, async () => {
    const quiet = await steward.device('alpha-2-door-2', { keepalive: 5 });
    const urgent = await steward.device('alpha-2-door-3', { keepalive: 5 });
    await quiet.tell({ position: 'closed' });
    const before = await database.rows(`select id from alarm where event like '%offline%' or event like '%silent%'`);
    proxy.silence();
    const began = performance.now();
    let acknowledged = false;
    const told = urgent.tell({ position: 'closed', access: 'duress' }).then(() => (acknowledged = true));
    await until('it to be unready', 15_000, async () => (await fetch(`${steward.http}/readyz`)).status === 503);
    await pause(SILENCE_S * 1000 - (performance.now() - began));
    expect([acknowledged, quiet.connected, urgent.connected]).toEqual([false, true, true]);
    proxy.resume();
    await until('the answer', 20_000, () => acknowledged);
    await told;
    await until('it to be ready', 20_000, async () => (await fetch(`${steward.http}/readyz`)).status === 200);
    expect(await counts('alpha-2-door-3')).toMatchObject({ alarms: 1, tickets: 1, round: 0 });
    expect(await database.rows(`select id from alarm where event like '%offline%' or event like '%silent%'`)).toEqual(
      before,
    );
    expect([quiet.connected, urgent.connected]).toEqual([true, true]);
    await quiet.tell({ position: 'closed' });
    expect(await violations(database)).toEqual([]);
  });
});
