import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { importWish, tokenOf } from '../support/estate-builder.js';
import { LIFT } from '../support/device-client.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(90_000);

const LIFT_ID = 'alpha-1-lift-1';
const TOPIC = `steward/v1/alpha/elevator/${LIFT_ID}/telemetry`;

let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  steward = await startedSteward(database);
  control = await steward.as('alpha.control-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

interface Run {
  code: number | null;
  said: string;
}

/** `mosquitto_pub -l`: each line of standard input is one message; it ends when all are acknowledged. */
function mosquittoPub(
  lines: readonly string[],
  given: { token?: string; topic?: string; id?: string; signal?: AbortSignal } = {},
): Promise<Run> {
  const { hostname, port } = new URL(steward.mqtt);
  const id = given.id ?? LIFT_ID;
  const login = ['-i', id, '-u', LIFT_ID, '-P', given.token ?? tokenOf(LIFT_ID)];
  const child = spawn('mosquitto_pub', [
    '-h',
    hostname,
    '-p',
    port,
    ...login,
    '-q',
    '1',
    '-t',
    given.topic ?? TOPIC,
    '-l',
  ]);
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  child.stdin.on('error', () => undefined); // it may be gone before it has read everything
  child.stdin.end(lines.map((l) => `${l}\n`).join(''));
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`mosquitto_pub did not end: ${said}`));
    }, 15_000);
    child.once('error', reject);
    given.signal?.addEventListener('abort', () => child.kill());
    child.once('exit', (code) => {
      clearTimeout(tooLong);
      resolve({ code, said });
    });
  });
}

let seq = 0;
const line = (values: object): string =>
  JSON.stringify({ observedAt: new Date().toISOString(), seq: ++seq, ...values });
const rejected = (reason: string): Promise<number> =>
  steward.metric(`steward_rejected_messages_total{reason="${reason}"}`);

describe('a client that no one here wrote plays a lift', () => {
  it('an entrapment makes one alarm, one ticket and pages to the right people', async () => {
    expect(
      await mosquittoPub([line(LIFT.boarding), line({ ...LIFT.boarding, door: 'closed' }), line(LIFT.trapped)]),
    ).toEqual({
      code: 0,
      said: '',
    });
    await steward.advance(29_000);
    expect((await mosquittoPub([line(LIFT.trapped)])).code).toBe(0);
    expect(await control.alarmsOf(LIFT_ID)).toEqual([]);
    await steward.advance(2000);
    expect((await mosquittoPub([line(LIFT.trapped)])).code).toBe(0);
    expect(await control.alarmsOf(LIFT_ID)).toMatchObject([
      { event: 'elevator.entrapment-between-floors', priority: 'P1', state: 'UNACK', occurrence: 1 },
    ]);
    const tickets = await control.ticketsOf(LIFT_ID);
    expect(tickets).toHaveLength(1);
    const pages = (await control.ticket(tickets[0]!.id)).pages.map((p) => `${p.slot} ${p.person} ${p.role}`).sort();
    expect(pages).toEqual([
      'coordinator alpha.control-1 control-room',
      'rescuer alpha.contractor-1 contractor',
      'responder alpha.butler-1 butler',
      'responder alpha.security-1 security',
    ]);
  });

  it('a wrong token is refused', async () => {
    const before = await rejected('bad-login');
    const run = await mosquittoPub([line(LIFT.trapped)], { token: 'wrong' });
    expect(run.code).not.toBe(0);
    expect(run.said).toMatch(/not authori[sz]ed|bad user name or password/i);
    expect(await rejected('bad-login')).toBe(before + 1);
  });

  it('a client id that is not the user name is refused', async () => {
    expect((await mosquittoPub([line(LIFT.trapped)], { id: 'alpha-1-lift-2' })).code).not.toBe(0);
  });

  it('another device’s topic ends the connection', async () => {
    const before = await rejected('foreign-topic');
    const topic = TOPIC.replaceAll(LIFT_ID, 'alpha-1-lift-2');
    const enough = new AbortController();
    const run = mosquittoPub([line(LIFT.trapped)], { topic, signal: enough.signal });
    // It is put off without a PUBACK and comes again, and again.
    await until('two refusals', 10_000, async () => (await rejected('foreign-topic')) >= before + 2);
    enough.abort();
    expect((await run).code).not.toBe(0);
    expect(await control.readings('alpha-1-lift-2')).toEqual([]);
  });

  it('a malformed payload is acknowledged, counted and can be looked up', async () => {
    const before = await rejected('malformed-json');
    expect((await mosquittoPub(['{"floor": ', line(LIFT.trapped)])).code).toBe(0);
    expect(await rejected('malformed-json')).toBe(before + 1);
    const sample = await until('its sample', 5000, async () =>
      (await control.rejectsOf(LIFT_ID)).find((r) => r.reason === 'malformed-json'),
    );
    expect(sample.sample).toBe('{"floor": ');
  });
});
