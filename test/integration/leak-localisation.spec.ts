import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { importEstate } from '../../src/estate/import-estate.js';
import { readEstateFile } from '../../src/estate/read-estate-file.js';
import type { LocalisationView, TicketView } from '../../src/gateway/views.js';
import type { DeviceClient } from '../support/device-client.js';
import { tokenOf } from '../support/estate-builder.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

const DAY_MS = 86_400_000;
let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;
const clients = new Map<string, DeviceClient>();

/** The demo estate with a sensor in a corridor of building 6, and nobody living in 702. */
async function importEstateWithCorridor(): Promise<void> {
  const file = parse(await readFile('config/demo-estate.yaml', 'utf8')) as {
    buildings: { id: string; unitGrid: { overrides: Record<string, object> } }[];
    devices: object[];
  };
  const house = file.buildings.find((b) => b.id === 'jy-6');
  if (house)
    house.unitGrid.overrides['702'] = {
      occupancy: 'vacant',
      keyCustody: '物业前台钥匙柜 6-702',
      owner: { name: '吴文静', phone: '138-0000-0257' },
      meter: { like: 'quick-meter' },
    };
  const name = { zh: '五层走廊水浸', en: 'Corridor sensor 5F' };
  file.devices.push({ id: 'jy-6-corridor-5', like: 'riser-sensor', riser: 'jy-6-w1', floor: 5, name });
  const read = readEstateFile(stringify(file));
  if (!read.ok) throw new Error(read.error.map((m) => m.message).join('\n'));
  const tokens = Object.fromEntries(read.value.devices.map((d) => [d.id, tokenOf(d.id)]));
  await importEstate(database.db, read.value, { now: Date.now(), tokens });
}

const now = (): Promise<number> => steward.advance(0);

/** Readings of one device, each so many ms before now. */
async function tell(id: string, ...readings: { ago?: number; [value: string]: unknown }[]): Promise<void> {
  const at = await now();
  let client = clients.get(id);
  if (!client) clients.set(id, (client = await steward.device(id)));
  const told = readings.map(({ ago = 0, ...values }) => ({ observedAt: new Date(at - ago).toISOString(), ...values }));
  await client.raw(JSON.stringify(told));
}

beforeAll(async () => {
  database = await startTestDatabase();
  await importEstateWithCorridor();
  steward = await startedSteward(database);
  control = await steward.as('chen.jing');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const suspectsOf = (v: LocalisationView): string[] => v.suspects.map((s) => s.label);

it('water in a corridor, the meter of an empty flat two floors up turns: it is the first suspect, until another runs faster', async () => {
  // A household that runs 60 L in this hour every day, an empty flat where nothing ever ran, a quiet one.
  const lastDays = [3, 2, 1].flatMap((d) => [d * DAY_MS + 600_000, d * DAY_MS - 600_000]);
  await tell('jy-6-802-meter', ...lastDays.map((ago, i) => ({ ago, volumeM3: 40 + Math.ceil(i / 2) * 0.02 })));
  await tell('jy-6-702-meter', ...lastDays.map((ago) => ({ ago, volumeM3: 10 })));
  for (const [meter, volumeM3] of [
    ['702', 10],
    ['802', 50],
    ['601', 7],
    ['602', 3],
  ] as const)
    await tell(`jy-6-${meter}-meter`, { volumeM3 });
  await tell('jy-6-corridor-5', { wet: false });
  await steward.advance(60_000);
  for (const [meter, volumeM3] of [
    ['702', 10.003],
    ['802', 50.002],
    ['601', 7],
    ['602', 3],
  ] as const)
    await tell(`jy-6-${meter}-meter`, { volumeM3 });
  await tell('jy-6-corridor-5', { wet: true });
  await steward.advance(11_000);
  await tell('jy-6-corridor-5', { wet: true });

  const ticket = await until<TicketView>('the ticket', 10_000, async () =>
    (await control.tickets('?state=open')).items.find((t) => t.event === 'pipe.leak'),
  );
  const found = await control.get<LocalisationView>(`/tickets/${ticket.id}/localisation`);
  expect(found.riser).toEqual(expect.objectContaining({ id: 'jy-6-w1', valve: '6栋一层东侧管井 V-61' }));
  const [first] = found.suspects;
  expect(first).toEqual(
    expect.objectContaining({
      unit: 'jy-6-702',
      floor: 7,
      empty: true,
      usualLph: 0,
      keyCustody: '物业前台钥匙柜 6-702',
      contacts: [expect.objectContaining({ role: 'owner', phone: '138-0000-0257' })],
    }),
  );
  expect(first?.reason.zh).toContain('空置');
  expect(suspectsOf(found)).not.toContain('601');
  expect(found.below[0]?.floor).toBe(6);
  expect(found.above[0]?.floor).toBe(6);
  // The household runs as it does every day at this hour.
  expect(found.suspects.find((s) => s.label === '802')?.usualLph).toBeCloseTo(60, 0);

  // Who is not on the case learns where to look, and nobody's telephone.
  const other = await steward.as('zhao.min');
  const less = await other.get<LocalisationView>(`/tickets/${ticket.id}/localisation`);
  expect(less.suspects[0]).toEqual(expect.objectContaining({ unit: 'jy-6-702', keyCustody: null, contacts: [] }));
  const looks = await database.rows(`select actor from audit where action = 'owners.looked-up'`);
  expect(looks).toEqual([{ actor: 'chen.jing' }]);

  // Told once when it was known, again only when the order changes.
  const told = async (): Promise<string[]> =>
    (
      await database.rows<{ reason: string }>(
        `select payload ->> 'reason' as reason from journal where kind = 'localised' and ticket_id = $1 order by no`,
        [ticket.id],
      )
    ).map((r) => r.reason);
  await until('the first word', 10_000, async () => (await told()).length === 1);
  await steward.advance(11_000);
  await tell('jy-6-702-meter', { volumeM3: 10.004 });
  const seen = await until('new suspects after a new reading', 15_000, async () => {
    const v = await control.get<LocalisationView>(`/tickets/${ticket.id}/localisation`);
    return v.at > found.at ? v : null;
  });
  expect(suspectsOf(seen)).toEqual(suspectsOf(found));
  expect(await told()).toHaveLength(1);
  await steward.advance(11_000);
  await tell('jy-6-602-meter', { volumeM3: 3.4 });
  await until('the new order', 15_000, async () => (await told()).length === 2);
  expect((await told())[1]).toMatch(/^jy-6-602 \(turns-while-empty\), jy-6-702 \(turns-while-empty\)/);
});

it('a ticket about something else has no suspects', async () => {
  await tell('jy-door-6-main', { position: 'open' });
  await steward.advance(31_000);
  await tell('jy-door-6-main', { position: 'open' });
  const door = await until<TicketView>('the door’s ticket', 10_000, async () =>
    (await control.tickets('?state=open')).items.find((t) => t.event === 'gate.held-open'),
  );
  expect((await control.ask('GET', `/tickets/${door.id}/localisation`)).status).toBe(409);
});
