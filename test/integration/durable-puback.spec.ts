import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import pg from 'pg';
import { importWish } from '../support/estate-builder.js';
import { LIFT } from '../support/device-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { storedReadings } from '../support/stored-readings.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(180_000);

let database: TestDatabase;
let steward: StartedSteward;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  steward = await startedSteward(database);
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

/** Holds the readings' table so that no batch can be stored, for as long as `work` takes. */
async function whileReadingsAreHeld(work: () => Promise<void>, url = database.url): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('lock table reading_landing in access exclusive mode');
    await work();
  } finally {
    await client.end();
  }
}

const stored = async (device: string): Promise<number[]> =>
  (await storedReadings(database.pool))
    .filter((r) => r.device === device)
    .map((r) => r.seq ?? -1)
    .sort((a, b) => a - b);

const reading = (seq: number, values: object): string =>
  JSON.stringify({ observedAt: new Date().toISOString(), seq, ...values });

/** The server's children: a stopped one answers nothing, as on a disk that hangs. */
function backends(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]) === database.pid;
      } catch {
        return false;
      }
    });
}

describe('law 1: accepted means durable', () => {
  it('law 1: while the database cannot store, nothing is acknowledged; then all in order, malformed ones in their turn', async () => {
    const id = 'alpha-1-pipe';
    const device = await steward.device(id, { keepalive: 2 });
    await device.raw(reading(0, { pressureMpa: 0.3 }));
    const sent: Promise<void>[] = [];
    await whileReadingsAreHeld(async () => {
      for (let i = 1; i <= 60; i++) {
        sent.push(device.raw(i % 5 === 0 ? '{"pressureMpa": "much"' : reading(i, { pressureMpa: 0.3 + i / 1000 })));
      }
      await pause(4500);
      expect(device.acknowledged).toHaveLength(1);
      expect(device.connected).toBe(true);
      expect(await steward.metric('steward_ingest_queue')).toBe(60);
    });
    await Promise.all(sent);
    expect(device.acknowledged).toEqual(device.published);
    expect(await stored(id)).toEqual([0, ...Array.from({ length: 60 }, (_, i) => i + 1).filter((i) => i % 5 !== 0)]);
  });

  it('law 1: a device with more in flight than the broker works on at once keeps its connection through a stall', async () => {
    const id = 'alpha-2-pipe';
    const device = await steward.device(id, { keepalive: 2 });
    let sent: Promise<void>[] = [];
    await whileReadingsAreHeld(async () => {
      sent = Array.from({ length: 300 }, (_, i) => device.raw(reading(i, { pressureMpa: 0.3 })));
      for (const s of sent) s.catch(() => undefined);
      await pause(7000);
      expect(device.acknowledged).toEqual([]);
      expect(device.connected).toBe(true);
    });
    await Promise.all(sent);
    expect(device.acknowledged).toEqual(device.published);
    expect(await stored(id)).toHaveLength(300);
  });

  it('law 1: with every database process stopped nothing is acknowledged, and an emergency waits with its reading', async () => {
    const meter = await steward.device('alpha-1-101-meter');
    const door = await steward.device('alpha-1-door-1');
    await meter.tell({ volumeM3: 1 });
    const frozen = backends();
    expect(frozen.length).toBeGreaterThan(3);
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    let told: Promise<unknown>;
    try {
      told = Promise.all([
        meter.tell({ volumeM3: 1.001 }),
        door.tell({ position: 'closed', access: 'duress' }),
        meter.tell({ volumeM3: 1.002 }),
      ]);
      await pause(2500);
      expect(meter.acknowledged).toHaveLength(1);
      expect(door.acknowledged).toHaveLength(0);
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    }
    await told;
    expect(meter.acknowledged).toEqual(meter.published);
    const control = await steward.as('alpha.control-1');
    expect(await control.ticketsOf('alpha-1-door-1')).toHaveLength(1);
  });

  it('law 1: an emergency takes its device’s earlier readings along, and PUBACKs keep the order of arrival', async () => {
    const id = 'alpha-2-door-1';
    const device = await steward.device(id);
    const sent: Promise<void>[] = [];
    for (let i = 0; i < 200; i++) {
      const bad = i % 7 === 3;
      const access = i % 40 === 20 ? { access: 'duress' } : {};
      sent.push(device.raw(bad ? '[]' : reading(i, { position: i % 2 ? 'open' : 'closed', ...access })));
    }
    await Promise.all(sent);
    expect(device.acknowledged).toEqual(device.published);
    expect(await stored(id)).toEqual(Array.from({ length: 200 }, (_, i) => i).filter((i) => i % 7 !== 3));
  });
});

describe('silence is not always the device’s', () => {
  it('a stall longer than every silence limit raises neither offline nor silent-with-people; real silence after it does', async () => {
    // Ten times as fast: the limit of 120 s is 12 s here, the stall 140 s.
    const other = await database.another();
    await importWish(other.db, { id: 'alpha' });
    const fast = await startedSteward(database, { TEST_CLOCK_RATE: '10' }, other.url);
    const alarms = async (): Promise<string[]> =>
      (await other.pool.query<{ a: string }>(`select device_id || ' ' || event as a from alarm order by 1`)).rows.map(
        (r) => r.a,
      );
    try {
      const lift = await fast.device('alpha-1-lift-1');
      const pipe = await fast.device('alpha-1-pipe');
      const riding = { ...LIFT.boarding, door: 'closed', speedMps: 1.5 };
      await lift.tell(LIFT.boarding);
      await lift.tell(riding);
      await pipe.tell({ pressureMpa: 0.3 });
      let held: Promise<void> | undefined;
      await whileReadingsAreHeld(async () => {
        held = pipe.tell({ pressureMpa: 0.3 });
        await pause(14_000);
      }, other.url);
      await held;
      await pause(1500);
      expect(await alarms()).toEqual([]);
      expect(lift.connected && pipe.connected).toBe(true);
      expect(fast.log()).toContain('silence clocks start anew');
      const silent = 'alpha-1-lift-1 elevator.silent-with-people';
      await until('silence of its own', 20_000, async () => (await alarms()).includes(silent));
    } finally {
      await fast.stop();
      await other.close();
    }
  });
});
