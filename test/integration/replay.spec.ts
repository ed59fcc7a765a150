import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ReplayJobView } from '../../src/gateway/views.js';
import { LIFT, type DeviceClient } from '../support/device-client.js';
import { importWish } from '../support/estate-builder.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let steward: StartedSteward;
let engineer: RestClient;
let span: { from: string; to: string };

const tell = async (device: DeviceClient, values: object): Promise<void> => {
  const observedAt = new Date(await steward.advance(0)).toISOString();
  await device.raw(JSON.stringify({ observedAt, ...values }));
};
const iso = async (): Promise<string> => new Date(await steward.advance(0)).toISOString();

/** A trapped car, a wet floor that a mop dries, a door that nobody closes. */
beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  await importWish(database.db, { id: 'beta' });
  steward = await startedSteward(database);
  engineer = await steward.as('alpha.engineer-1');
  const from = await iso();
  const lift = await steward.device('alpha-1-lift-1');
  const door = await steward.device('alpha-1-door-1');
  const pipe = await steward.device('alpha-1-pipe');
  await tell(lift, LIFT.boarding);
  await steward.advance(1500);
  await tell(lift, LIFT.trapped);
  await tell(door, { position: 'open' });
  await tell(pipe, { wet: true });
  await steward.advance(1900);
  for (let s = 0; s < 45; s += 1.5) {
    await tell(lift, LIFT.trapped);
    await tell(door, { position: 'open' });
    await tell(pipe, { wet: s < 15 });
    await steward.advance(1500);
  }
  await until('all three alarms', 10_000, async () => (await engineer.alarms('?state=all')).items.length >= 3);
  span = { from, to: await iso() };
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const finished = (id: string): Promise<ReplayJobView> =>
  until('the replay', 20_000, async () => {
    const job = await engineer.get<ReplayJobView>(`/replays/${id}`);
    return job.state === 'waiting' || job.state === 'running' ? null : job;
  });
async function replayed(more: object = {}): Promise<ReplayJobView> {
  const job = await engineer.post<ReplayJobView>('/replays', { estate: 'alpha', ...span, warmUpHours: 1, ...more });
  return finished(job.id);
}

describe('a replay of what was', () => {
  it('raises the same alarms at the same seconds, out of the stored history', async () => {
    const job = await replayed();
    expect([job.state, job.error]).toEqual(['done', null]);
    const r = job.result;
    expect(r?.counts).toEqual(
      ['elevator.entrapment-between-floors', 'gate.held-open', 'pipe.leak'].map((event) => ({
        ...{ event, would: 1, was: 1, both: 1 },
      })),
    );
    for (const a of r?.would ?? []) expect(Math.abs(a.laterS ?? 99)).toBeLessThanOrEqual(2);
    expect(r?.was.map((w) => w.again)).toEqual([true, true, true]);
    expect(job.readings).toBeGreaterThan(30);
  });

  it('finds the same again, whoever asks and however often', async () => {
    const [a, b] = [await replayed(), await replayed()];
    expect(JSON.stringify(b.result)).toBe(JSON.stringify(a.result));
  });

  it('tells the state path of a device', async () => {
    const job = await replayed({ devices: ['alpha-1-pipe'], explain: true });
    expect(job.result?.explanation).toContain('RAISE pipe.leak');
    expect(job.result?.explanation).toContain('CLEAR pipe.leak');
  });

  it('can be called off, and says so', async () => {
    const job = await engineer.post<ReplayJobView>('/replays', { estate: 'alpha', ...span, warmUpHours: 700 });
    const off = await engineer.ask<ReplayJobView>('DELETE', `/replays/${job.id}`);
    expect(off.status).toBe(200);
    expect((await finished(job.id)).state).toMatch(/^(cancelled|done)$/);
  });
});

describe('a wish that cannot be met', () => {
  it('is refused with what is wrong', async () => {
    const ask = (more: object) => engineer.refused('/replays', { estate: 'alpha', ...span, ...more });
    const unknown = await ask({ set: { 'meter.vacant-flow.minRaeds': 3 } });
    expect([unknown.status, unknown.body.message]).toEqual([
      400,
      expect.stringContaining('the closest is meter.vacant-flow.minReads'),
    ]);
    expect((await ask({ from: span.to, to: span.from })).status).toBe(400);
    expect((await ask({ devices: ['beta-1-pipe'] })).status).toBe(404);
    expect((await ask({ estate: 'beta' })).status).toBe(404);
  });
});

describe('the command line', () => {
  const run = promisify(execFile);
  const replay = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, DATABASE_URL: database.url, STEWARD_DATA_DIR: database.folder };
    return (await run(process.execPath, ['dist/src/workflow/replay/replay-cli.js', ...args], { env })).stdout;
  };

  it('writes the same bytes twice, and what was beside what would be', async () => {
    const args = ['--estate', 'alpha', '--from', span.from, '--to', span.to, '--warm-up', '1'];
    const [a, b] = [await replay(...args), await replay(...args)];
    expect(b).toBe(a);
    expect(a).toContain('As it was then: 3');
    expect(a).toContain('Would be raised and was not: 0');
    expect(a).toContain('Was raised and would not be: 0');
  });

  it('explains a ticket', async () => {
    const ticket = (await engineer.tickets()).items.find((t) => t.event === 'elevator.entrapment-between-floors');
    const told = await replay('--explain', ticket?.no ?? '', '--estate', 'alpha');
    expect(told).toContain('alpha-1-lift-1 (elevator');
    expect(told).toContain('RAISE elevator.entrapment-between-floors');
  });
});
