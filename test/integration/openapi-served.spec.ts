import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { importWish } from '../support/estate-builder.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { storedReadings } from '../support/stored-readings.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

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

describe('what the service tells of itself', () => {
  it('serves the description of its interface that is kept in docs/openapi.json', async () => {
    const kept: unknown = JSON.parse(await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
    expect(await steward.anonymous().get('/api/openapi.json')).toEqual(kept);
  });

  it('serves that description for people too', async () => {
    const page = await fetch(`${steward.http}/api/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Steward API');
  });

  it('is healthy and ready, and counts', async () => {
    expect((await fetch(`${steward.http}/healthz`)).status).toBe(200);
    expect((await fetch(`${steward.http}/readyz`)).status).toBe(200);
    const door = await steward.device('alpha-1-door-1');
    await door.tell({ position: 'closed' });
    expect(await steward.metric('steward_readings_total{kind="gate"}')).toBe(1);
    expect(await steward.metric('steward_devices_connected')).toBe(1);
  });

  it('stops in order: what was taken in is acknowledged before the connection ends, and nothing is left in its log', async () => {
    const pipe = await steward.device('alpha-1-pipe');
    const sent = Array.from({ length: 500 }, () =>
      pipe.tell({ pressureMpa: 0.3 }).then(
        () => true,
        () => false,
      ),
    );
    await sent[0];
    await steward.stop();
    const acknowledged = (await Promise.all(sent)).filter(Boolean).length;
    const stored = (await storedReadings(database.pool)).filter((r) => r.device === 'alpha-1-pipe');
    expect(stored.length).toBeGreaterThanOrEqual(acknowledged);
    expect(steward.log()).toBe('');
  });
});
