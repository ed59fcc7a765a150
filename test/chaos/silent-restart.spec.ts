import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { chaosEstate } from './chaos-estate.js';
import { BOARDING } from './estate-traffic.js';
import { Evidence } from './evidence.js';
import { ServiceProcess } from './service-process.js';
import { TellingDevice } from './telling-device.js';

const LONG = process.env['STEWARD_LONG'] === '1';
const WATCHED_MS = 20_000;
const SILENCE_LIMIT_MS = 120_000;
const AWAY_MS = 600_000;
const SILENCE_RULES = ['elevator.silent-with-people', 'device.offline'];
/** Full cars on their way: the last word of a lift before everything went quiet. */
const RIDING = { ...BOARDING, doorZone: false, door: 'closed', direction: 'up', speedMps: 1.6 };

describe('a restart of the service alone, with all devices silent meanwhile', () => {
  const estate = chaosEstate({ lifts: 12, gates: 8, pipes: 12 });
  let service: ServiceProcess;
  let devices: TellingDevice[];
  let evidence: Evidence | null = null;

  beforeEach(async () => {
    service = await ServiceProcess.prepare({ yaml: estate.yaml }, estate.tokens);
    await service.start();
    const all = [...estate.lifts, ...estate.gates, ...estate.pipes];
    devices = all.map((d) => new TellingDevice(d, service.mqtt).connect());
    await Promise.all(devices.map((d) => d.online()));
    await Promise.all(devices.map((d) => d.tell(sayingOf(d, BOARDING))));
    await Promise.all(devices.map((d) => d.tell(sayingOf(d, RIDING))));
    await Promise.all(devices.map((d) => d.close()));
  }, 120_000);

  afterEach(async () => {
    await evidence?.close();
    await Promise.all(devices.map((d) => d.close()));
    await service.remove();
  }, 60_000);

  it(
    'law 4: raises no silent-with-people and no offline storm, though the last word of each was long ago, and goes on watching',
    async () => {
      // The database outlives its service, so that it can be made to look as after a long absence.
      await service.killServiceOnly();
      const away = await Evidence.open(service.databaseUrl);
      const armed = await away.rows<{ subject: string }>(
        `select subject from detector_state where states->'elevator.silent-with-people'->'s'->>'heardAt' is not null`,
      );
      await setBackInTime(away);
      await away.close();
      expect(armed).toHaveLength(estate.lifts.length);

      await service.start();
      const readyAt = Date.now();
      evidence = await Evidence.open(service.databaseUrl);
      await sleep(WATCHED_MS);
      expect(await evidence.alarms()).toEqual([]);
      expect(await evidence.tickets()).toEqual([]);

      // Silence is counted from the restart: each lift that carries people waits for its own limit.
      const waiting = await evidence.rows<{ due: Date }>(
        `select due_at as due from detector_state where subject like 'device:ch-lift-%' and due_at is not null`,
      );
      expect(waiting).toHaveLength(estate.lifts.length);
      for (const { due } of waiting) expect(due.getTime()).toBeGreaterThan(readyAt + SILENCE_LIMIT_MS - 15_000);
      if (!LONG) return;
      await sleep(Math.max(0, readyAt + SILENCE_LIMIT_MS + 15_000 - Date.now()));
      const events = (await evidence.alarms()).map((a) => `${a.device_id} ${a.event}`);
      for (const lift of estate.lifts) expect(events).toContain(`${lift.id} elevator.silent-with-people`);
    },
    WATCHED_MS + (LONG ? SILENCE_LIMIT_MS : 0) + 120_000,
  );

  it('law 4: a stop and a start in order raise nothing either', async () => {
    await service.stop();
    await service.start();
    evidence = await Evidence.open(service.databaseUrl);
    await sleep(5000);
    expect(await evidence.alarms()).toEqual([]);
  }, 120_000);
});

const sayingOf = (d: TellingDevice, lift: object): object => {
  if (d.device.kind === 'elevator') return lift;
  return d.device.kind === 'gate' ? { mode: 'locked', position: 'closed' } : { pressureMpa: 0.3, wet: false };
};

/** What the rules of silence remember, as if all of it had been noted ten minutes earlier. */
async function setBackInTime(evidence: Evidence): Promise<void> {
  const rows = await evidence.rows<{ subject: string; states: Record<string, unknown> }>(
    'select subject, states from detector_state',
  );
  for (const { subject, states } of rows) {
    for (const rule of SILENCE_RULES) if (states[rule]) states[rule] = earlier(states[rule]);
    await evidence.rows(
      `update detector_state set states = $2, due_at = due_at - $3::interval, updated_at = updated_at - $3::interval
       where subject = $1`,
      [subject, JSON.stringify(states), `${AWAY_MS} milliseconds`],
    );
  }
}

/** Every time in it, that is every number as large as an instant of this century in ms. */
function earlier(value: unknown): unknown {
  if (typeof value === 'number') return value > 1e12 ? value - AWAY_MS : value;
  if (Array.isArray(value)) return value.map(earlier);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, earlier(v)]));
}
