import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { importWish } from '../support/estate-builder.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(90_000);

let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: 3 });
  await importWish(database.db, { id: 'beta' });
  steward = await startedSteward(database);
  control = await steward.as('alpha.control-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const rejected = (reason: string): Promise<number> =>
  steward.metric(`steward_rejected_messages_total{reason="${reason}"}`);

/** What one action adds to a counter. */
async function added(reason: string, action: () => Promise<unknown>): Promise<number> {
  const before = await rejected(reason);
  await action();
  return (await rejected(reason)) - before;
}

const now = (): string => new Date().toISOString();
const whole = (values: object): string => JSON.stringify({ observedAt: now(), ...values });

const MALFORMED: readonly (readonly [string, string, string | Buffer])[] = [
  ['nothing at all', 'malformed-json', ''],
  ['half an object', 'malformed-json', '{'],
  ['NUL bytes', 'malformed-json', '\u0000\u0001'],
  ['bytes that are no text', 'malformed-json', Buffer.from([0xff, 0xfe, 0x80, 0x7b])],
  ['null', 'invalid-reading', 'null'],
  ['a number', 'invalid-reading', '7'],
  ['a string', 'invalid-reading', '"7"'],
  ['an empty object', 'invalid-reading', '{}'],
  ['no time', 'invalid-reading', '{"volumeM3":1}'],
  ['a time that is none', 'invalid-reading', '{"observedAt":"yesterday","volumeM3":1}'],
  ['no value of its kind', 'invalid-reading', whole({ seq: 1 })],
  ['values of another kind alone', 'invalid-reading', whole({ door: 'open', peopleInCar: true })],
  ['text for a number', 'invalid-reading', whole({ volumeM3: 'many' })],
  ['a negative register', 'invalid-reading', whole({ volumeM3: -5 })],
  ['infinity', 'invalid-reading', `{"observedAt":"${now()}","volumeM3":1e999}`],
  ['a register beyond any meter', 'invalid-reading', whole({ volumeM3: 1e12 })],
  ['a fraction for a seq', 'invalid-reading', whole({ volumeM3: 1, seq: 1.5 })],
  ['a seq that no number holds', 'invalid-reading', `{"observedAt":"${now()}","volumeM3":1,"seq":9007199254740993}`],
  ['an unknown flag', 'invalid-reading', whole({ volumeM3: 1, flags: ['on fire'] })],
  ['an empty array', 'invalid-reading', '[]'],
  ['an array with one bad element', 'invalid-reading', `[${whole({ volumeM3: 1 })},${whole({ volumeM3: 'x' })}]`],
  ['an array in an array', 'invalid-reading', `[[${whole({ volumeM3: 1 })}]]`],
  ['too many readings', 'too-large', `[${Array.from({ length: 1001 }, () => whole({ volumeM3: 1 })).join(',')}]`],
  ['too many bytes', 'too-large', 'x'.repeat(300_000)],
  ['very deep nesting', 'invalid-reading', '['.repeat(20_000) + ']'.repeat(20_000)],
];

describe('law 9: a malformed reading is counted, sampled and acknowledged', () => {
  it.each(MALFORMED)('law 9: %s', async (_, reason, payload) => {
    const meter = await steward.device('alpha-1-101-meter');
    expect(await added(reason, () => meter.raw(payload))).toBe(1);
    expect(meter.acknowledged).toEqual(meter.published);
    expect(meter.connected).toBe(true);
    meter.cut();
    expect(await control.readings('alpha-1-101-meter')).toEqual([]);
  });

  it('law 9: an operator sees what, why, and at most 1 KB of it, a few a minute', async () => {
    const id = 'alpha-1-102-meter';
    const meter = await steward.device(id);
    const secret = 'ÄÖ水'.repeat(2000);
    expect(
      await added('invalid-reading', async () => {
        for (let i = 0; i < 50; i++) await meter.raw(whole({ volumeM3: `${i} ${secret}` }));
      }),
    ).toBe(50);
    const items = await until('samples', 5000, async () => {
      const found = await control.rejectsOf(id);
      return found.length > 0 ? found : null;
    });
    expect(items.length).toBeGreaterThanOrEqual(1);
    expect(items.length).toBeLessThanOrEqual(6); // three a minute, and a minute may have ended in between
    for (const item of items) {
      expect(item.reason).toBe('invalid-reading');
      expect(item.detail).toContain('volumeM3');
      expect(Buffer.byteLength(item.sample ?? '')).toBeLessThanOrEqual(1024);
      expect(item.sample).toContain('"volumeM3":');
    }
    expect((await control.get<{ items: { device: string }[] }>('/rejects?estate=alpha')).items).toEqual(
      expect.arrayContaining([expect.objectContaining({ device: id })]),
    );
  });

  it('law 9: a sample with NUL and control characters can be kept and shown', async () => {
    const id = 'alpha-1-201-meter';
    const meter = await steward.device(id);
    await meter.raw('\u0000{\u001b[31m "volumeM3"');
    await meter.raw(Buffer.alloc(4000, 0x80));
    const items = await until('the samples', 5000, async () => {
      const found = await control.rejectsOf(id);
      return found.length > 1 ? found : null;
    });
    expect(new Set(items.map((i) => i.sample))).toEqual(new Set(['·'.repeat(512), '·{·[31m "volumeM3"']));
  });

  it('law 9: a text with NUL inside a valid JSON string is refused, not a broken batch', async () => {
    const lift = await steward.device('alpha-1-lift-1');
    expect(await added('invalid-reading', () => lift.raw(whole({ faultCode: 'a\u0000b', floor: 1 })))).toBe(1);
    await lift.tell({ floor: 2 });
    expect((await control.readings('alpha-1-lift-1')).at(-1)?.values).toEqual({ floor: 2 });
  });

  it('fields that nobody knows are left out, the reading counts', async () => {
    const door = await steward.device('alpha-1-door-1');
    await door.raw(whole({ position: 'closed', colour: 'red', __proto__x: 1, constructor: { prototype: 1 } }));
    expect((await control.readings('alpha-1-door-1')).map((r) => r.values)).toEqual([{ position: 'closed' }]);
  });
});

describe('law 9: who may say what is checked at the door', () => {
  const lift = () => steward.device('alpha-1-lift-1');

  it.each([
    ['a wrong token', { password: 'wrong' }],
    ['no token', { password: '' }],
    ['a client id that is not the user name', { clientId: 'alpha-1-lift-2' }],
    ['the name of another device with the own token', { clientId: 'alpha-1-lift-2', username: 'alpha-1-lift-2' }],
    ['a name that nobody has', { clientId: 'nobody', username: 'nobody' }],
    ['a person', { clientId: 'alpha.control-1', username: 'alpha.control-1' }],
    ['a prototype', { clientId: '__proto__', username: '__proto__' }],
  ])('law 9: %s is refused and counted', async (_, login) => {
    expect(
      await added('bad-login', async () => {
        await expect(steward.device('alpha-1-lift-1', login)).rejects.toThrow();
      }),
    ).toBe(1);
  });

  it('a refused login does not put off the device whose name it took', async () => {
    const own = await lift();
    await expect(steward.device('alpha-1-lift-1', { password: 'wrong' })).rejects.toThrow();
    await own.tell({ floor: 3 });
    expect(own.connected).toBe(true);
  });

  it.each([
    ['another device', 'steward/v1/alpha/elevator/alpha-1-lift-2/telemetry'],
    ['itself in another estate', 'steward/v1/beta/elevator/alpha-1-lift-1/telemetry'],
    ['a device of another estate', 'steward/v1/beta/elevator/beta-1-lift-1/telemetry'],
    ['itself as another kind', 'steward/v1/alpha/gate/alpha-1-lift-1/telemetry'],
    ['another version', 'steward/v2/alpha/elevator/alpha-1-lift-1/telemetry'],
    ['its own command', 'steward/v1/alpha/elevator/alpha-1-lift-1/command'],
    ['a channel that there is not', 'steward/v1/alpha/elevator/alpha-1-lift-1/secrets'],
    ['one level more', 'steward/v1/alpha/elevator/alpha-1-lift-1/telemetry/more'],
    ['the broker’s own', '$SYS/steward'],
  ])('law 9: a publish as %s ends the connection, is counted, and changes nothing', async (_, topic) => {
    const device = await lift();
    const gone = device.closed();
    expect(
      await added('foreign-topic', async () => {
        device.raw(whole({ floor: 9, alarmButton: true }), topic).catch(() => undefined);
        await gone;
      }),
    ).toBe(1);
    expect(device.acknowledged).toEqual([]);
    const values = (await control.readings('alpha-1-lift-1')).map((r) => r.values);
    expect(values).not.toContainEqual(expect.objectContaining({ floor: 9 }));
    for (const other of ['alpha-1-lift-2']) expect(await control.readings(other)).toEqual([]);
  });

  it('law 9: a device may listen to its own commands and to nothing else', async () => {
    const device = await lift();
    const granted = async (filter: string): Promise<number | undefined> => {
      const grants = await device.client.subscribeAsync(filter, { qos: 1 }).catch((e: unknown) => {
        const packet = (e as { packet?: { granted?: number[] } }).packet;
        return [{ qos: packet?.granted?.[0] ?? 128 }];
      });
      return grants[0]?.qos;
    };
    expect(await granted('steward/v1/alpha/elevator/alpha-1-lift-1/command')).toBe(1);
    for (const filter of [
      '#',
      'steward/#',
      'steward/v1/alpha/elevator/alpha-1-lift-2/command',
      '+/+/+/+/+/telemetry',
      '$SYS/#',
    ])
      expect({ filter, qos: await granted(filter) }).toEqual({ filter, qos: 128 });
    expect(device.connected).toBe(true);
  });

  it('law 9: a retired device is put off and comes in no more', async () => {
    const device = await steward.device('alpha-1-door-3');
    await device.tell({ position: 'closed' });
    const gone = device.closed();
    const supervisor = await steward.as('alpha.supervisor-1');
    await supervisor.post('/devices/alpha-1-door-3/life', { life: 'retired', reason: 'replaced' });
    await gone;
    expect(
      await added('retired-device', async () => {
        await expect(steward.device('alpha-1-door-3')).rejects.toThrow();
      }),
    ).toBe(1);
  });
});

describe('law 9: one bad row never aborts a batch', () => {
  it('law 9: the row that the database refuses becomes a reject; all others are stored, all are acknowledged in order', async () => {
    await database.pool.query(`
      create function refuse_row() returns trigger language plpgsql as
      $$ begin if new.payload ~ ' 666 \\{' then raise exception 'refused by a test' using errcode = '22P02'; end if; return new; end $$`);
    await database.pool.query(
      'create trigger refusal before insert on reading_landing for each row execute function refuse_row()',
    );
    const id = 'alpha-2-door-1';
    const others = ['alpha-2-door-2', 'alpha-2-pipe'];
    const device = await steward.device(id);
    const more = await Promise.all(others.map((o) => steward.device(o)));
    const reading = (seq: number): string => whole({ seq, position: seq % 2 ? 'open' : 'closed' });
    expect(
      await added('bad-row', () =>
        Promise.all([
          ...Array.from({ length: 40 }, (_, i) => device.raw(reading(i))),
          device.raw(reading(666)),
          ...Array.from({ length: 40 }, (_, i) => device.raw(reading(100 + i))),
          ...Array.from({ length: 40 }, (_, i) => more[0]!.raw(reading(i))),
          ...Array.from({ length: 40 }, (_, i) => more[1]!.raw(whole({ seq: i, pressureMpa: 0.3 }))),
        ]),
      ),
    ).toBe(1);
    expect(device.acknowledged).toEqual(device.published);
    const seqs = (await control.readings(id)).map((r) => r.seq).sort((a, b) => Number(a) - Number(b));
    expect(seqs).toEqual([
      ...Array.from({ length: 40 }, (_, i) => i),
      ...Array.from({ length: 40 }, (_, i) => 100 + i),
    ]);
    for (const o of others) expect(await control.readings(o)).toHaveLength(40);
    const [item] = await until('the sample', 5000, async () => {
      const found = await control.rejectsOf(id);
      return found.length > 0 ? found : null;
    });
    expect(item).toMatchObject({ reason: 'bad-row', detail: 'refused by a test' });
    expect(item!.sample).toContain('"seq":666');
  });

  it('law 6: an emergency does not fail with its row of history', async () => {
    const device = await steward.device('alpha-2-door-3');
    expect(await added('bad-row', () => device.raw(whole({ seq: 666, position: 'closed', access: 'duress' })))).toBe(1);
    expect(await control.ticketsOf('alpha-2-door-3')).toMatchObject([{ event: 'gate.duress', state: 'opened' }]);
    expect(await control.readings('alpha-2-door-3')).toEqual([]);
  });
});
