import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import mqtt from 'mqtt';
import { importWish, tokenOf } from '../support/estate-builder.js';
import { LIFT, type DeviceClient } from '../support/device-client.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(90_000);

let database: TestDatabase;
let steward: StartedSteward;
let engineer: RestClient;
let control: RestClient;

beforeAll(async () => {
  database = await startTestDatabase();
  const commissioning = ['alpha-1-lift-1', 'alpha-1-lift-2', 'alpha-2-pipe'];
  await importWish(database.db, { id: 'alpha', lifts: 8, doors: 4, commissioning });
  steward = await startedSteward(database);
  engineer = await steward.as('alpha.engineer-1');
  control = await steward.as('alpha.control-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

async function trap(lift: DeviceClient): Promise<void> {
  await lift.tell(LIFT.boarding);
  await lift.tell(LIFT.trapped);
  await steward.advance(31_000);
  await lift.tell(LIFT.trapped);
}

const setLife = (id: string, body: unknown) =>
  engineer.ask<{ life: string; notSeen?: string[]; reason?: string }>('POST', `/devices/${id}/life`, body);
/** On the service's clock, so many ms ahead. */
const later = async (ms: number): Promise<string> => new Date((await steward.advance(0)) + ms).toISOString();

describe('commissioning', () => {
  it('shows its alarms to the installer and pages nobody', async () => {
    const lift = await steward.device('alpha-1-lift-1');
    await trap(lift);
    for (const alarmButton of [true, false, true]) await lift.tell({ alarmButton });
    const alarms = await control.alarmsOf('alpha-1-lift-1');
    expect(alarms.map((a) => `${a.event} ${a.state}`).sort()).toEqual([
      'elevator.alarm-button DSUPR',
      'elevator.entrapment-between-floors DSUPR',
    ]);
    expect(await control.ticketsOf('alpha-1-lift-1')).toEqual([]);
    const silenced = await database.rows(
      `select payload ->> 'because' as because from journal where kind = 'did-not-page' and alarm_id = any($1)`,
      [alarms.map((a) => a.id)],
    );
    expect(silenced).toHaveLength(2);
  });

  it('ends only when presence, door, zone and button have each been seen in both states', async () => {
    const id = 'alpha-1-lift-2';
    const lift = await steward.device(id);
    const nothing = await setLife(id, { life: 'live' });
    expect(nothing.status).toBe(409);
    expect(nothing.body.notSeen).toEqual([
      ...['presence true', 'presence false', 'door true', 'door false'],
      ...['zone true', 'zone false', 'button true', 'button false'],
    ]);
    await lift.tell({ peopleInCar: true, door: 'closed', doorZone: false, alarmButton: false });
    await lift.tell({ peopleInCar: false, door: 'opening', doorZone: true });
    const half = await until('the half', 5000, async () => {
      const answer = await setLife(id, { life: 'live' });
      return answer.body.notSeen?.length === 2 ? answer : null;
    });
    expect(half.body.notSeen).toEqual(['door true', 'button true']);
    await lift.tell({ door: 'open', alarmButton: true });
    const live = await until('all of it', 5000, async () => {
      const answer = await setLife(id, { life: 'live' });
      return answer.status === 200 ? answer : null;
    });
    expect(live.body.life).toBe('live');
    await lift.tell({ door: 'closed', alarmButton: false, peopleInCar: false });
    await steward.advance(11_000);
    await trap(lift);
    expect(await control.ticketsOf(id)).toMatchObject([{ event: 'elevator.entrapment-between-floors' }]);
  });

  it('of a device without such sensors ends when somebody says so', async () => {
    expect((await setLife('alpha-2-pipe', { life: 'live' })).body.life).toBe('live');
  });
});

describe('a maintenance permit', () => {
  it('needs a reason and an end that is not far away', async () => {
    const id = 'alpha-1-lift-3';
    const hour = await later(3_600_000);
    for (const body of [
      { life: 'maintenance' },
      { life: 'maintenance', reason: 'ropes' },
      { life: 'maintenance', until: hour },
      { life: 'maintenance', reason: 'ropes', until: await later(-1000) },
      { life: 'maintenance', reason: 'ropes', until: await later(8 * 86_400_000) },
      { life: 'maintenance', reason: ' ', until: hour },
      { life: 'maintenance', reason: 'ropes', until: 'tomorrow' },
    ])
      expect({ body, status: (await setLife(id, body)).status }).toEqual({ body, status: 400 });
    expect((await setLife(id, { life: 'maintenance', reason: 'ropes', until: hour })).status).toBe(200);
  });

  it('lets the alarm button page and nothing else', async () => {
    const id = 'alpha-1-lift-4';
    const lift = await steward.device(id);
    await setLife(id, { life: 'maintenance', reason: 'ropes', until: await later(3_600_000) });
    await trap(lift);
    expect(await control.alarmsOf(id)).toMatchObject([{ event: 'elevator.entrapment-between-floors', state: 'OOSRV' }]);
    expect(await control.ticketsOf(id)).toEqual([]);
    for (const alarmButton of [true, false, true]) await lift.tell({ alarmButton });
    expect(await control.ticketsOf(id)).toMatchObject([{ event: 'elevator.alarm-button', state: 'opened' }]);
  });

  it('expires by itself: what happens after it pages', async () => {
    const id = 'alpha-1-lift-5';
    const lift = await steward.device(id);
    await lift.tell({ ...LIFT.freed });
    await setLife(id, { life: 'maintenance', reason: 'ropes', until: await later(60_000) });
    await steward.advance(61_000);
    await trap(lift);
    expect(await control.ticketsOf(id)).toMatchObject([{ event: 'elevator.entrapment-between-floors' }]);
  });

  it('law 6: an entrapment that began under the permit and still holds when the permit expires pages then', async () => {
    const id = 'alpha-1-lift-6';
    const lift = await steward.device(id);
    await setLife(id, { life: 'maintenance', reason: 'ropes', until: await later(120_000) });
    await trap(lift);
    expect(await control.alarmsOf(id)).toMatchObject([{ state: 'OOSRV', active: true }]);
    await steward.advance(90_000);
    await lift.tell(LIFT.trapped);
    await until('the ticket', 6000, async () => (await control.ticketsOf(id)).length > 0);
  });

  it('law 6: an entrapment that still holds when the work is reported done pages then', async () => {
    const id = 'alpha-1-lift-7';
    const lift = await steward.device(id);
    await setLife(id, { life: 'maintenance', reason: 'ropes', until: await later(3_600_000) });
    await trap(lift);
    expect((await setLife(id, { life: 'live' })).status).toBe(200);
    await lift.tell(LIFT.trapped);
    await until('the ticket', 6000, async () => (await control.ticketsOf(id)).length > 0);
  });
});

describe('a device’s token', () => {
  it('that is rotated puts the device off at once; the old one is refused, the new one is let in', async () => {
    const id = 'alpha-1-door-1';
    const device = await steward.device(id);
    await device.tell({ position: 'closed' });
    const gone = device.closed(2000);
    const { token } = await engineer.post<{ token: string }>(`/devices/${id}/token`);
    await gone;
    expect(token).toMatch(/^[\w-]{43}$/);
    await expect(steward.device(id)).rejects.toThrow();
    const again = await steward.device(id, { password: token });
    await again.tell({ position: 'open' });
    expect((await control.readings(id)).map((r) => r.values)).toEqual([{ position: 'closed' }, { position: 'open' }]);
    const [row] = await database.rows<{ token_sha256: string }>('select token_sha256 from device where id = $1', [id]);
    expect(row!.token_sha256).not.toContain(token);
  });

  it.each([
    ['its token is rotated', 'alpha-1-door-2', 'token', {}],
    ['it is retired', 'alpha-1-door-3', 'life', { life: 'retired', reason: 'replaced' }],
  ])('a device that comes back again and again is out when %s', async (_, id, action, body) => {
    const client = mqtt.connect(steward.mqtt, {
      ...{ clientId: id, username: id, password: tokenOf(id), protocolVersion: 4, reconnectPeriod: 1 },
    });
    client.on('error', () => undefined);
    try {
      await until('its connection', 5000, () => client.connected);
      await engineer.post(`/devices/${id}/${action}`, body);
      await until('the end of its connection', 3000, () => !client.connected);
      let times = 0;
      for (let i = 0; i < 30; i++) {
        await pause(20);
        if (client.connected) times++;
      }
      expect(times).toBe(0);
    } finally {
      client.end(true);
    }
  });
});

describe('a device that was never put to work', () => {
  it('raises nothing, and its moves in life are those that the table allows', async () => {
    const id = 'alpha-2-door-4';
    await database.pool.query(`update device set life = 'registered' where id = $1`, [id]);
    await database.pool.query(`select pg_notify('steward_estate_changed', 'alpha')`);
    await until(
      'the news',
      5000,
      async () => (await control.devices()).items.find((d) => d.id === id)?.life === 'registered',
    );
    const door = await steward.device(id);
    await door.tell({ access: 'duress' });
    expect(await control.alarmsOf(id)).toEqual([]);
    expect((await setLife(id, { life: 'live' })).status).toBe(409);
    expect((await setLife(id, { life: 'commissioning' })).body.life).toBe('commissioning');
    expect((await setLife(id, { life: 'live' })).body.life).toBe('live');
    await door.tell({ access: 'granted' });
    await door.tell({ access: 'duress' });
    expect(await control.ticketsOf(id)).toHaveLength(1);
  });
});
