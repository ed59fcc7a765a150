import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DeviceView } from '../../src/gateway/views.js';
import { readSparkplug, writeSparkplug } from '../../src/telemetry/dialects/sparkplug-payload.js';
import { BridgeClient } from '../support/bridge-client.js';
import { importWish } from '../support/estate-builder.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(90_000);

let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;
let engineer: RestClient;
const open: BridgeClient[] = [];

const EUI = '24e124136b502217';
const STRANGER = '24e124136b509999';
const name = { zh: '名', en: 'name' };
const bridged = (id: string, via: string, foreignId: string, more: object): Record<string, unknown> => ({
  ...{ id, name, life: 'live', building: 'alpha-1' },
  ...more,
  attributes: { expectedIntervalS: 3600, via, foreignId, ...(more as { attributes?: object }).attributes },
});

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, {
    id: 'alpha',
    bridges: [
      { id: 'alpha-lora', name, dialect: 'chirpstack', prefix: 'application/jinyue/' },
      { id: 'alpha-tts', name, dialect: 'the-things-stack', prefix: 'v3/jinyue@tenant/' },
      { id: 'alpha-lifts', name, dialect: 'lift-bridge-a', prefix: 'lifts/a/' },
      { id: 'alpha-plc', name, dialect: 'sparkplug-b', prefix: 'spBv1.0/alpha/' },
      { id: 'alpha-acme', name, dialect: 'profile', prefix: 'acme/', profile: 'acme-meter' },
    ],
    devices: [
      bridged('alpha-leak', 'alpha-lora', EUI, {
        kind: 'pipe-sensor',
        attributes: { profile: 'milesight-em300-leak' },
      }),
      bridged('alpha-leak-tts', 'alpha-tts', 'leak-4', {
        kind: 'pipe-sensor',
        attributes: { profile: 'dragino-lwl02' },
      }),
      bridged('alpha-car-a', 'alpha-lifts', '0417', { kind: 'elevator', attributes: { terminalFloors: [1, 10] } }),
      bridged('alpha-car-b', 'alpha-lifts', '0418', { kind: 'elevator', attributes: { terminalFloors: [1, 10] } }),
      bridged('alpha-pump', 'alpha-plc', 'alpha/n1/p1', { kind: 'generic', attributes: { capabilities: ['Level'] } }),
      bridged('alpha-acme-1', 'alpha-acme', 'm-1', {
        kind: 'water-meter',
        attributes: { q3M3h: 2.5, registerStepM3: 0.001 },
      }),
    ],
  });
  steward = await startedSteward(database);
  control = await steward.as('alpha.control-1');
  engineer = await steward.as('alpha.engineer-1');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((b) => b.close()));
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const bridge = async (id: string, password?: string): Promise<BridgeClient> => {
  const client = await BridgeClient.connect(steward.mqtt, id, password);
  open.push(client);
  return client;
};
let uplinks = 0;
const uplink = (devEui: string, object: object) => ({
  deduplicationId: `3ac7e3c4-4401-4b8d-9386-${String(++uplinks).padStart(12, '0')}`,
  ...{ time: new Date().toISOString(), deviceInfo: { devEui, deviceName: 'x' }, fCnt: 1, fPort: 85, object },
});
const upTopic = (devEui: string): string => `application/jinyue/device/${devEui}/event/up`;

describe('a bridge speaks for many devices', () => {
  it('ChirpStack tells a leak, and somebody is paged for it', async () => {
    const lora = await bridge('alpha-lora');
    await lora.say(upTopic(EUI), uplink(EUI, { leakage_status: 'leak', battery: 92 }));
    const [ticket] = await until('a ticket for the leak', 20_000, async () => {
      const found = await control.ticketsOf('alpha-leak');
      return found.length > 0 ? found : null;
    });
    expect(ticket).toMatchObject({ event: 'pipe.leak', priority: 'P2' });
    const [reading] = await control.readings('alpha-leak');
    expect(reading?.values).toEqual({ wet: true, batteryPct: 92 });
  });

  it("records from a device's memory are kept, and change nothing of what is now", async () => {
    const lora = await bridge('alpha-lora');
    const newest = async (): Promise<DeviceView['latest'] | undefined> =>
      (await control.devices('?estate=alpha')).items.find((d) => d.id === 'alpha-leak')?.latest;
    const [before, seen] = [await control.alarmsOf('alpha-leak'), await newest()];
    expect(before).toHaveLength(1);
    const timestamp = Math.floor(Date.now() / 1000) - 7200;
    await lora.say(upTopic(EUI), uplink(EUI, { history: [{ leakage_status: 'normal', timestamp }] }));
    expect((await control.readings('alpha-leak')).map((r) => r.values)).toContainEqual({ wet: false });
    expect((await control.alarmsOf('alpha-leak')).map((a) => a.state)).toEqual(before.map((a) => a.state));
    expect(await newest()).toEqual(seen);
  });

  it('law 1: what a bridge says is durable when it is acknowledged, for all devices in order', async () => {
    const lifts = await bridge('alpha-lifts');
    const said = Array.from({ length: 40 }, (_, i) =>
      lifts.say('lifts/a/data', {
        ...{ liftCode: i % 2 ? '0417' : '0418', time: Date.now() + i, mode: 1, floor: 1 + (i % 9), doorZone: 1 },
        // Every eighth is an emergency of one car, whose commit takes longer than those around it.
        ...(i % 8 === 7 ? { faultCode: 90, doorZone: 0, door: 2 } : { door: 2 }),
      }),
    );
    await Promise.all(said);
    expect(lifts.acknowledged).toEqual(lifts.published);
    expect(await control.readings('alpha-car-a')).toHaveLength(20);
    expect(await control.readings('alpha-car-b')).toHaveLength(20);
  });

  it('The Things Stack with QoS 0', async () => {
    const tts = await bridge('alpha-tts');
    const at = new Date().toISOString();
    tts.mention('v3/jinyue@tenant/devices/leak-4/up', {
      end_device_ids: { device_id: 'leak-4' },
      ...{ received_at: at, uplink_message: { received_at: at, f_port: 10, decoded_payload: { MOD: 2, BAT_V: 3.1 } } },
    });
    const [reading] = await until('the reading', 10_000, async () => {
      const found = await control.readings('alpha-leak-tts');
      return found.length > 0 ? found : null;
    });
    expect(reading?.values).toEqual({ wet: false });
  });

  it('law 9: what cannot be read is acknowledged, counted and shown with its reason', async () => {
    const lora = await bridge('alpha-lora');
    await lora.say(upTopic(EUI), '{"half":');
    await lora.say(upTopic(EUI), uplink(EUI, { leakage_status: 'moist' }));
    expect(lora.acknowledged).toEqual(lora.published);
    const rejects = await until('the reject', 10_000, async () => {
      const found = await control.rejectsOf('alpha-leak');
      return found.length > 0 ? found : null;
    });
    expect(rejects[0]).toMatchObject({ reason: 'invalid-reading' });
    expect(rejects[0]?.detail).toContain('"moist" is not known');
  });

  it('law 9: a topic outside its prefix ends the connection', async () => {
    const lora = await bridge('alpha-lora');
    void lora.say('application/other/device/24e124136b502217/event/up', '{}').catch(() => undefined);
    await until('the end', 10_000, () => !lora.connected);
  });

  it('does not come in with a wrong token, and no device with a bridge logs in for itself', async () => {
    await expect(bridge('alpha-lora', 'guess')).rejects.toThrow();
    await expect(bridge('alpha-leak')).rejects.toThrow();
  });

  it('Sparkplug data without a birth are asked for one', async () => {
    const plc = await bridge('alpha-plc');
    await plc.client.subscribeAsync('spBv1.0/alpha/NCMD/n1', { qos: 1 });
    const now = Date.now();
    await plc.say('spBv1.0/alpha/DDATA/n1/p1', writeSparkplug({ timestamp: now, seq: 7, metrics: [{ alias: 1 }] }));
    const [asked] = await until('the request', 10_000, () => (plc.heard.length > 0 ? plc.heard : null));
    const request = readSparkplug(asked?.payload ?? Buffer.alloc(0));
    expect(request).toMatchObject({
      ok: true,
      value: { metrics: [{ name: 'Node Control/Rebirth', booleanValue: true }] },
    });
    await plc.say(
      'spBv1.0/alpha/NBIRTH/n1',
      writeSparkplug({ timestamp: now, seq: 0, metrics: [{ name: 'bdSeq', datatype: 8, longValue: 0 }] }),
    );
    await plc.say(
      'spBv1.0/alpha/DBIRTH/n1/p1',
      writeSparkplug({
        ...{ timestamp: now, seq: 1 },
        metrics: [{ name: 'Level', alias: 1, datatype: 10, doubleValue: 42.5, timestamp: now }],
      }),
    );
    const [reading] = await control.readings('alpha-pump');
    expect(reading?.values).toEqual({ channels: { Level: 42.5 } });
  });
});

describe('devices that nobody registered', () => {
  it('are listed, raise nothing, are adopted, and then work without a restart', async () => {
    const lora = await bridge('alpha-lora');
    for (let i = 0; i < 3; i++) await lora.say(upTopic(STRANGER), uplink(STRANGER, { leakage_status: 'leak' }));
    const list = (): Promise<{ items: { no: number; foreignId: string; count: number; sample: string }[] }> =>
      control.get('/unclaimed-devices?estate=alpha');
    const unclaimed = await until('it in the list', 10_000, async () =>
      (await list()).items.find((d) => d.foreignId === STRANGER && Number(d.count) === 3),
    );
    expect(unclaimed.sample).toContain('leakage_status');
    const wish = {
      ...{ id: 'alpha-leak-new', kind: 'pipe-sensor', name, unit: 'alpha-1-101' },
      attributes: { expectedIntervalS: 3600, profile: 'milesight-em300-leak' },
    };
    const path = `/unclaimed-devices/${unclaimed.no}/adopt`;
    expect((await control.refused(path, wish)).status).toBe(403);
    expect((await engineer.refused(path, { ...wish, id: 'alpha-leak' })).status).toBe(409);
    expect((await engineer.refused(path, { ...wish, unit: 'nowhere' })).status).toBe(400);
    const adopted = await engineer.post<DeviceView>(path, wish);
    expect(adopted).toMatchObject({ id: 'alpha-leak-new', building: 'alpha-1', life: 'registered' });
    expect((await list()).items.filter((d) => d.foreignId === STRANGER)).toEqual([]);

    await lora.say(upTopic(STRANGER), uplink(STRANGER, { leakage_status: 'normal' }));
    const [reading] = await control.readings('alpha-leak-new');
    expect(reading?.values).toEqual({ wet: false });
    expect(await control.alarmsOf('alpha-leak-new')).toEqual([]);
    const audits = await database.rows<{ actor: string }>(
      `select actor from audit where action = 'device.adopted' and target = 'alpha-leak-new'`,
    );
    expect(audits).toEqual([{ actor: 'alpha.engineer-1' }]);
  });
});

describe('device profiles', () => {
  const PROFILE = {
    title: 'Acme meter',
    kind: 'water-meter',
    topic: '{device}/up',
    values: { volumeM3: 'litres / 1000', batteryPct: 'bat' },
    observedAt: 't',
  };

  it('a bridge without a dialect speaks through a profile that was made a moment ago', async () => {
    const put = await engineer.ask('PUT', '/device-profiles/acme-meter', PROFILE);
    expect(put.status).toBe(200);
    const acme = await bridge('alpha-acme');
    await acme.say('acme/m-1/up', { litres: 1234, bat: 88, t: Math.floor(Date.now() / 1000) });
    const [reading] = await control.readings('alpha-acme-1');
    expect(reading?.values).toEqual({ volumeM3: 1.234, batteryPct: 88 });
    expect((await engineer.ask('DELETE', '/device-profiles/acme-meter')).status).toBe(409);
  });

  it('a dry run shows the reading, or the exact reason', async () => {
    const dry = (body: object): Promise<unknown> => engineer.post('/device-profiles/dry-run', body);
    expect(await dry({ profile: PROFILE, payload: { litres: 5, t: 1772323200 }, topic: 'm-2/up' })).toEqual({
      ...{ ok: true, device: 'm-2' },
      readings: [{ observedAt: '2026-03-01T00:00:00.000Z', values: { volumeM3: 0.005 } }],
    });
    expect(await dry({ id: 'milesight-em300-leak', payload: { leakage_status: 'moist' } })).toEqual({
      ...{ ok: false, reason: 'invalid-reading: leakage_status: "moist" is not known (leak, normal)' },
    });
    expect(
      await dry({ profile: { ...PROFILE, values: { volumeM3: '($f := function(){$f()}; $f())' } }, payload: {} }),
    ).toMatchObject({ ok: false, reason: expect.stringContaining('not allowed') });
  });

  it('a faulty one is refused with what is wrong', async () => {
    const put = await engineer.ask('PUT', '/device-profiles/acme-2', { ...PROFILE, values: { wet: 'x' } });
    expect(put).toMatchObject({ status: 400, body: { message: expect.stringContaining('no field of the kind') } });
  });
});
