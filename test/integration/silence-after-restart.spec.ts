import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { importWish } from '../support/estate-builder.js';
import { LIFT } from '../support/device-client.js';
import { startedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(90_000);

let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: 5 });
});
afterAll(async () => {
  await database?.stop();
});

const alarms = async (): Promise<string[]> =>
  (
    await database.rows<{ a: string }>(
      `select coalesce(device_id, subject_id) || ' ' || event as a from alarm order by 1`,
    )
  ).map((r) => r.a);

describe('a restart of the service alone', () => {
  it('with all devices silent meanwhile raises no offline storm and no silent-with-people; silence after it counts', async () => {
    const first = await startedSteward(database);
    const riding = { ...LIFT.boarding, door: 'closed', speedMps: 1.5 };
    const told: [string, Record<string, unknown>][] = [
      ['alpha-1-lift-1', riding],
      ['alpha-1-lift-2', riding],
      ['alpha-1-pipe', { pressureMpa: 0.3 }],
      ...Array.from({ length: 5 }, (_, i): [string, Record<string, unknown>] => [
        `alpha-1-door-${i + 1}`,
        { position: 'closed' },
      ]),
      ['alpha-1-102-meter', { volumeM3: 3 }],
    ];
    for (const [id, values] of told) {
      const device = await first.device(id);
      if (values === riding) await device.tell(LIFT.boarding);
      await device.tell(values);
    }
    expect(await alarms()).toEqual([]);
    await first.stop();
    expect(await alarms()).toEqual([]);

    // Two hours later by the clock, which from then on runs ten times as fast: the limit of 120 s is 12 s.
    const second = await startedSteward(database, { TEST_CLOCK_AHEAD_MS: '7200000', TEST_CLOCK_RATE: '10' });
    try {
      await pause(8000);
      // An overdue hold fires, as it should: what must not come is a verdict on their silence.
      const aboutSilence = (a: string): boolean => /offline|silent|power-lost|comms-lost/.test(a);
      expect((await alarms()).filter(aboutSilence)).toEqual([]);
      await until('everybody’s own silence', 30_000, async () => {
        const now = await alarms();
        return (
          now.includes('alpha-1-lift-1 elevator.silent-with-people') &&
          now.includes('alpha-1-lift-2 elevator.silent-with-people') &&
          now.includes('alpha-1-door-5 device.offline')
        );
      });
    } finally {
      await second.stop();
    }
  });

  it('a device that never spoke raises nothing', async () => {
    expect((await alarms()).filter((a) => a.startsWith('alpha-2'))).toEqual([]);
  });
});
