import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { Chance } from '../support/random.js';
import { ensureBuilt, supportScript } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(120_000);

interface Trigger {
  device: string;
  event: string;
  kind: 'raise' | 'clear' | 'update';
}

let database: TestDatabase;
let processes: ChildProcess[];
let lift = 0;
let car: string;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', lifts: 5 });
  ensureBuilt();
  processes = await Promise.all([start(), start()]);
});
afterAll(async () => {
  for (const p of processes ?? []) {
    const gone = new Promise((resolve) => p.once('exit', resolve));
    p.disconnect();
    await gone;
  }
  await database?.stop();
});
beforeEach(() => {
  car = `alpha-1-lift-${++lift}`;
});

async function start(): Promise<ChildProcess> {
  const env = { ...process.env, DATABASE_URL: database.url };
  const child = spawn(process.execPath, [supportScript('trigger-process.mjs')], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the trigger process ended with ${code}`)));
  });
  return child;
}

/** Gives each process its part at the same time. @returns what failed */
async function triggerAtOnce(...parts: Trigger[][]): Promise<string[]> {
  const done = processes.map(
    (p) => new Promise<string[]>((resolve) => p.once('message', (m: { failures: string[] }) => resolve(m.failures))),
  );
  for (const [i, p] of processes.entries()) p.send(parts[i] as Trigger[]);
  return (await Promise.all(done)).flat();
}

const count = async (sql: string): Promise<number> => (await database.rows<{ n: number }>(sql, [car]))[0]?.n ?? -1;
const many = (n: number, t: Trigger): Trigger[] => Array.from({ length: n }, () => t);

describe('law 2: one open alarm per subject and event', () => {
  it('law 2: 1,000 equal triggers at once in two processes make one alarm, one ticket and each page once', async () => {
    const trigger: Trigger = { device: car, event: 'elevator.entrapment-between-floors', kind: 'raise' };
    expect(await triggerAtOnce(many(500, trigger), many(500, trigger))).toEqual([]);
    expect(await count('select count(*) as n from alarm where device_id = $1')).toBe(1);
    expect(await count('select count(*) as n from ticket where device_id = $1')).toBe(1);
    const pages = await database.rows(
      `select p.slot, p.person, p.round, p.level from page p join ticket t on t.id = p.ticket_id
       where t.device_id = $1 order by slot, person`,
      [car],
    );
    expect(pages).toEqual([
      { slot: 'coordinator', person: 'alpha.control-1', round: 0, level: 0 },
      { slot: 'rescuer', person: 'alpha.contractor-1', round: 0, level: 0 },
      { slot: 'responder', person: 'alpha.butler-1', round: 0, level: 0 },
      { slot: 'responder', person: 'alpha.security-1', round: 0, level: 0 },
    ]);
    expect(await violations(database)).toEqual([]);
  });

  it('law 6: different events of one car at once in two processes join one ticket, each with its own alarm', async () => {
    const events = ['elevator.entrapment-between-floors', 'elevator.alarm-button', 'elevator.stopped-between-floors'];
    const triggers = events.flatMap((event) => many(40, { device: car, event, kind: 'raise' }));
    const failures = await triggerAtOnce(triggers, triggers.toReversed());
    expect(failures).toEqual([]);
    expect(await count('select count(*) as n from alarm where device_id = $1')).toBe(3);
    expect(await count('select count(*) as n from ticket where device_id = $1')).toBe(1);
    const [ticket] = await database.rows('select event, priority from ticket where device_id = $1', [car]);
    expect(ticket).toEqual({ event: 'elevator.entrapment-between-floors', priority: 'P1' });
    expect(await violations(database)).toEqual([]);
  });

  it('law 6: two cars trapped at once are two tickets', async () => {
    const other = 'alpha-2-lift-1';
    const trap = (device: string): Trigger => ({ device, event: 'elevator.entrapment-at-level', kind: 'raise' });
    const both = Array.from({ length: 100 }, (_, i) => trap(i % 2 ? car : other));
    expect(await triggerAtOnce(both, both.toReversed())).toEqual([]);
    for (const device of [car, other]) {
      const tickets = await database.rows('select car_id from ticket where device_id = $1', [device]);
      expect(tickets).toEqual([{ car_id: device }]);
    }
    expect(await violations(database)).toEqual([]);
  });

  it('law 2: triggers and clearings in any order in two processes leave one open alarm and one ticket', async () => {
    const chance = new Chance(20_260_105);
    const events = ['elevator.entrapment-between-floors', 'elevator.alarm-button', 'elevator.stopped-between-floors'];
    const any = (): Trigger => ({ device: car, event: chance.pick(events), kind: chance.pick(['raise', 'clear']) });
    for (let round = 0; round < 5; round++) {
      const failures = await triggerAtOnce(Array.from({ length: 40 }, any), Array.from({ length: 40 }, any));
      expect(failures).toEqual([]);
      expect(await violations(database)).toEqual([]);
    }
    expect(await count('select count(*) as n from ticket where device_id = $1')).toBe(1);
  });
});
