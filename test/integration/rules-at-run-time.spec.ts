import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DeviceRulesView, RuleOverrideView, RuleView, UnitView } from '../../src/gateway/views.js';
import { importWish } from '../support/estate-builder.js';
import { LIFT } from '../support/device-client.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

const HOLD = 'gate.held-open.holdS';
let database: TestDatabase;
let steward: StartedSteward;
let engineer: RestClient;
let control: RestClient;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: 8, lifts: 4, commissioning: ['alpha-1-lift-4'] });
  await importWish(database.db, { id: 'beta', guests: [{ username: 'alpha.engineer-1', role: 'butler' }] });
  steward = await startedSteward(database);
  engineer = await steward.as('alpha.engineer-1');
  control = await steward.as('alpha.control-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const set = (body: object, as = engineer) =>
  as.ask<RuleOverrideView & { closest?: string }>('PUT', '/rule-overrides', body);
const removed = (query: string) =>
  engineer.ask<{ removed: boolean }>('DELETE', `/rule-overrides?${query}&reason=${encodeURIComponent('no longer')}`);
const hold = (scope: string, scopeId: string, value: number) => ({
  scope,
  scopeId,
  key: HOLD,
  value,
  reason: 'tried out',
});
const rulesOf = (id: string): Promise<DeviceRulesView> => control.get(`/devices/${id}/rules`);
const holdOf = async (id: string) => (await rulesOf(id)).items.flatMap((r) => r.parameters).find((p) => p.key === HOLD);
const heldOpen = async (id: string): Promise<boolean> =>
  (await control.alarmsOf(id)).some((a) => a.event === 'gate.held-open');

describe('a threshold', () => {
  it('is shown in the catalogue with what it means, its bounds and its source', async () => {
    const { items } = await control.get<{ items: RuleView[] }>('/rules');
    const rule = items.find((r) => r.id === 'gate.held-open');
    expect(rule).toMatchObject({ over: 'device', kinds: ['gate'], events: [{ name: 'gate.held-open' }] });
    expect(rule?.parameters.find((p) => p.key === HOLD)).toMatchObject({ default: 30, unit: 's' });
    expect(items.find((r) => r.id === 'building.power')).toMatchObject({ over: 'building' });
  });

  it('made shorter fires a running hold when its new time has come, and the hold is not begun anew', async () => {
    const id = 'alpha-1-door-1';
    const door = await steward.device(id);
    await door.tell({ position: 'open' });
    await steward.advance(1500);
    await steward.advance(1500);
    expect(await heldOpen(id)).toBe(false);
    const answer = await set(hold('device', id, 2));
    expect({ status: answer.status, by: answer.body.by }).toEqual({ status: 200, by: 'alpha.engineer-1' });
    await until('its alarm', 4000, () => heldOpen(id));
    const [alarm] = await database.rows<{ held: number }>(
      `select extract(epoch from raised_at - since) as held from alarm where device_id = $1`,
      [id],
    );
    expect(Number(alarm?.held)).toBeGreaterThanOrEqual(3);
    await door.tell({ position: 'closed' });
  });

  it('made longer holds a running one back', async () => {
    const id = 'alpha-1-door-2';
    const door = await steward.device(id);
    await door.tell({ position: 'open' });
    await set(hold('device', id, 3600));
    await steward.advance(60_000);
    await door.tell({ position: 'open' });
    expect(await heldOpen(id)).toBe(false);
    await door.tell({ position: 'closed' });
  });

  it('holds where it was set and below; the most specific wins, and what is removed gives way to the next', async () => {
    await set(hold('organisation', 'group', 100), await both());
    await set(hold('estate', 'alpha', 90));
    await set(hold('building', 'alpha-1', 80));
    await set(hold('device', 'alpha-1-door-3', 70));
    const value = async (id: string) => `${(await holdOf(id))?.value} ${(await holdOf(id))?.from}`;
    expect(await value('alpha-1-door-3')).toBe('70 device');
    expect(await value('alpha-1-door-4')).toBe('80 building');
    expect(await value('alpha-2-door-1')).toBe('90 estate');
    expect((await removed(`scope=device&scopeId=alpha-1-door-3&key=${HOLD}`)).body).toEqual({ removed: true });
    expect((await removed(`scope=estate&scopeId=alpha&key=${HOLD}`)).status).toBe(200);
    expect(await value('alpha-1-door-3')).toBe('80 building');
    expect(await value('alpha-2-door-1')).toBe('100 organisation');
    expect((await removed(`scope=estate&scopeId=alpha&key=${HOLD}`)).status).toBe(404);
    const { items } = await control.get<{ items: RuleOverrideView[] }>('/rule-overrides?estate=alpha');
    expect(
      items
        .filter((o) => o.value >= 70 && o.value <= 100)
        .map((o) => `${o.scope} ${o.value}`)
        .sort(),
    ).toEqual(['building 80', 'organisation 100']);
  });

  /** An engineer of every estate of the organisation. */
  async function both(): Promise<RestClient> {
    await database.pool.query(
      `insert into person_role (username, estate_id, role) values ('beta.engineer-1', 'alpha', 'engineer') on conflict do nothing`,
    );
    await database.pool.query(`select pg_notify('steward_estate_changed', 'alpha')`);
    const client = await steward.as('beta.engineer-1');
    await until('his role', 5000, async () => (await client.ask('GET', '/devices?estate=alpha')).status === 200);
    return client;
  }

  it('is refused with a word of help: an unknown key, out of bounds, no rule there, nowhere, not allowed', async () => {
    const unknown = await set({ ...hold('estate', 'alpha', 5), key: 'gate.held-open.holdsS' });
    expect({ status: unknown.status, closest: unknown.body.closest }).toEqual({ status: 404, closest: HOLD });
    expect((await set(hold('estate', 'alpha', 1e9))).status).toBe(400);
    expect((await set(hold('device', 'alpha-1-lift-1', 5))).status).toBe(400);
    expect((await set(hold('device', 'alpha-1-door-99', 5))).status).toBe(404);
    expect((await set(hold('organisation', 'group', 5))).status).toBe(403);
    expect((await set(hold('estate', 'beta', 5))).status).toBe(403);
    expect((await set(hold('estate', 'alpha', 5), control)).status).toBe(403);
    expect((await set({ ...hold('estate', 'alpha', 5), reason: ' ' })).status).toBe(400);
  });

  it('leaves an audit line and a line in the journal, with what was before', async () => {
    const id = 'alpha-1-door-5';
    await set(hold('device', id, 40));
    await set(hold('device', id, 50));
    const lines = await database.rows<{ before: number | null; value: number; actor: string }>(
      `select (payload->>'before')::float8 as before, (payload->>'value')::float8 as value, actor from journal
       where kind = 'rule-override' and payload->>'scopeId' = $1 order by no`,
      [id],
    );
    const by = { actor: 'alpha.engineer-1' };
    expect(lines).toEqual([
      { before: null, value: 40, ...by },
      { before: 40, value: 50, ...by },
    ]);
    const audit = await database.rows(`select 1 from audit where action = 'rule.override' and target = $1`, [
      `device:${id}`,
    ]);
    expect(audit).toHaveLength(2);
  });

  it('is in force on every instance and after a restart', async () => {
    const second = await startedSteward(database);
    try {
      const there = await second.as('alpha.control-1');
      const value = async (): Promise<number | undefined> =>
        (await there.get<DeviceRulesView>('/devices/alpha-1-door-6/rules')).items
          .flatMap((r) => r.parameters)
          .find((p) => p.key === HOLD)?.value;
      expect(await value()).toBe(80);
      await set(hold('device', 'alpha-1-door-6', 33));
      await until('the other instance', 5000, async () => (await value()) === 33);
    } finally {
      await second.stop();
    }
  });
});

describe('the rules of a device', () => {
  it('are off while it has never spoken, on when it has, and listed only in commissioning', async () => {
    const before = (await rulesOf('alpha-1-lift-4')).items.find((r) => r.id === 'elevator.entrapment');
    expect(before).toMatchObject({ on: false, why: 'never-spoke', alarms: 'listed' });
    const lift = await steward.device('alpha-1-lift-4');
    await lift.tell(LIFT.boarding);
    expect((await rulesOf('alpha-1-lift-4')).items.find((r) => r.id === 'elevator.entrapment')).toMatchObject({
      ...{ on: true, alarms: 'listed' },
    });
    const power = (await rulesOf('alpha-1-lift-4')).items.find((r) => r.id === 'building.power');
    expect(power).toMatchObject({ over: 'building', place: 'alpha-1', on: true });
  });

  it('that cannot work on it are off and say why', async () => {
    const { items } = await rulesOf('alpha-1-door-7');
    for (const r of items.filter((x) => x.why !== null && x.why !== 'never-spoke')) expect(r.detail?.zh).toBeTruthy();
    expect((await control.ask('GET', '/devices/nowhere/rules')).status).toBe(404);
  });
});

describe('a unit', () => {
  const UNIT = 'alpha-1-102';
  it('that becomes empty is watched as such at once; visit and absence are told, journalled and end', async () => {
    const butler = await steward.as('alpha.butler-1');
    const empty = await butler.post<UnitView>(`/units/${UNIT}/occupancy`, { occupancy: 'vacant', reason: 'moved out' });
    expect(empty).toMatchObject({ occupancy: 'vacant', visitUntil: null });
    const visited = await butler.post<UnitView>(`/units/${UNIT}/visit`, { minutes: 30, reason: 'cleaning' });
    expect(Date.parse(visited.visitUntil ?? '')).toBeGreaterThan(Date.now());
    const soon = new Date((await steward.advance(0)) + 86_400_000).toISOString();
    expect((await butler.post<UnitView>(`/units/${UNIT}/away`, { until: soon })).awayUntil).toBe(soon);
    expect((await butler.post<UnitView>(`/units/${UNIT}/visit`, { minutes: 0, reason: 'left' })).visitUntil).toBeNull();
    expect((await butler.post<UnitView>(`/units/${UNIT}/away`, { until: null })).awayUntil).toBeNull();
    expect((await butler.refused(`/units/${UNIT}/away`, { until: '2020-01-01T00:00:00Z' })).status).toBe(400);
    expect((await engineer.refused(`/units/${UNIT}/occupancy`, { occupancy: 'vacant', reason: 'x' })).status).toBe(403);
    const lines = await database.rows<{ kind: string }>(
      `select kind from journal where payload->>'unit' = $1 order by no`,
      [UNIT],
    );
    expect(lines.map((l) => l.kind)).toEqual([
      ...['unit-occupancy', 'unit-visit', 'unit-away', 'unit-visit'],
      'unit-away',
    ]);
    const [row] = await database.rows<{ by: string; today: boolean }>(
      `select occupancy_by as by, occupancy_since between current_date - 1 and current_date + 2 as today from unit where id = $1`,
      [UNIT],
    );
    expect(row).toEqual({ by: 'alpha.butler-1', today: true });
  });
});

describe('what a rule asks of the device', () => {
  it('is sent to it when that is committed, not under a permit, and not where somebody is under duress', async () => {
    const heard: string[] = [];
    const ask = async (id: string): Promise<void> => {
      const door = await steward.device(id);
      await door.client.subscribeAsync(`${door.base}/command`, { qos: 1 });
      door.client.on('message', (_, payload) =>
        heard.push(`${id} ${(JSON.parse(String(payload)) as { command: string }).command}`),
      );
      await door.tell({ position: 'open' });
    };
    const asked = (outcome: string): Promise<number> =>
      steward.metric(`steward_device_asks_total{command="pre-alarm",outcome="${outcome}"}`);
    const until20s = async (): Promise<void> => void (await steward.advance(21_000));

    const before = await asked('sent');
    await ask('alpha-2-door-1');
    await until20s();
    await until('the buzzer', 6000, () => heard.includes('alpha-2-door-1 pre-alarm'));
    expect(await asked('sent')).toBe(before + 1);

    const end = new Date((await steward.advance(0)) + 3_600_000).toISOString();
    await engineer.post('/devices/alpha-2-door-2/life', { life: 'maintenance', reason: 'hinge', until: end });
    await ask('alpha-2-door-2');
    await until20s();
    await until('the permit', 6000, async () => (await asked('maintenance')) === 1);

    const threatened = await steward.device('alpha-2-door-3');
    await threatened.tell({ access: 'duress' });
    await ask('alpha-2-door-4');
    await until20s();
    await until('the silence', 6000, async () => (await asked('duress')) === 1);
    expect(heard).toEqual(['alpha-2-door-1 pre-alarm']);
  });
});

describe('a rule over a building', () => {
  it('goes on over a restart as if there had been none', async () => {
    const lifts = ['alpha-1-lift-1', 'alpha-1-lift-2', 'alpha-1-lift-3'];
    const tell = async (ids: readonly string[], mainsPower: boolean): Promise<void> => {
      for (const id of ids) await (await steward.device(id)).tell({ ...LIFT.boarding, peopleInCar: false, mainsPower });
    };
    const power = async (): Promise<string> => {
      const rows = await database.rows<{ active: boolean }>(
        `select active from alarm where event = 'building.power-lost'`,
      );
      return rows.map((r) => (r.active ? 'lost' : 'back')).join();
    };
    await tell(lifts.slice(0, 2), false);
    expect(await power()).toBe('');
    await steward.kill();
    steward = await startedSteward(database);
    // Two said so before the restart; the third makes it the building's.
    await tell(lifts.slice(2), false);
    await until('the loss', 5000, async () => (await power()) === 'lost');
    await steward.stop();
    steward = await startedSteward(database);
    await tell(lifts.slice(0, 2), true);
    await until('its end', 5000, async () => (await power()) === 'back');
  });
});
