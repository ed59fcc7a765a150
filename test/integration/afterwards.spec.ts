import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type {
  AlarmPathView,
  DrillView,
  FollowUpView,
  HandoverView,
  InspectionView,
  PatrolRoundView,
  TaskNotice,
  TasksView,
} from '../../src/gateway/task-views.js';
import type { TicketDetail } from '../../src/gateway/views.js';
import { weatherSignature } from '../../src/workflow/afterwards/weather.js';
import type { DeviceClient } from '../support/device-client.js';
import { importWish } from '../support/estate-builder.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

const LIFT = 'alpha-1-lift-1';
let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;
let supervisor: RestClient;
let butler: RestClient;
let lift: DeviceClient;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  await importWish(database.db, { id: 'beta' });
  await database.rows(
    `update device set attributes = jsonb_set(attributes, '{capabilities}',
       (attributes -> 'capabilities') || '["alarm-test"]') where id = $1`,
    [LIFT],
  );
  steward = await startedSteward(database);
  control = await steward.as('alpha.control-1');
  supervisor = await steward.as('alpha.supervisor-1');
  butler = await steward.as('alpha.butler-1');
  lift = await steward.device(LIFT);
  await lift.tell({ alarmButton: false, door: 'closed', doorZone: true, peopleInCar: false });
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const path = async (): Promise<AlarmPathView> => {
  const { items } = await control.get<{ items: AlarmPathView[] }>('/alarm-paths?estate=alpha');
  const found = items.find((p) => p.device === LIFT);
  if (!found) throw new Error('no alarm path');
  return found;
};

describe('the alarm path of a lift, end to end over MQTT', () => {
  it('is asked for by command, heard, found, dispatched, rolled back; and a real press meanwhile is real', async () => {
    const commands: { command: string; id: string }[] = [];
    lift.client.on('message', (_topic, payload) =>
      commands.push(JSON.parse(payload.toString()) as (typeof commands)[0]),
    );
    await lift.client.subscribeAsync(`${lift.base}/command`, { qos: 1 });
    await until('the lift to be watched', 10_000, () => path().catch(() => null));
    expect(await path()).toMatchObject({ how: 'command', state: 'due', lastPassedAt: null });
    await supervisor.post(`/devices/${LIFT}/alarm-path-test`);
    await until('the command', 5000, () => Promise.resolve(commands[0]));
    const { command, id } = commands[0]!;
    expect(command).toBe('alarm-test');
    await lift.tell({ alarmButton: true, alarmTest: id });
    await until('the test to pass', 15_000, async () => (await path()).state === 'passed');
    const { last, lastPassedAt } = await path();
    expect(lastPassedAt).not.toBeNull();
    expect(last?.proof).toMatchObject({ wouldPage: [{ person: 'alpha.control-1', slot: 'coordinator', level: 0 }] });
    expect(await control.ticketsOf(LIFT)).toEqual([]);
    expect(await control.alarmsOf(LIFT)).toEqual([]);
    expect(await database.rows('select id from page')).toEqual([]);
    const readings = await control.readings(LIFT);
    const marked = readings.filter((r) => r.values['alarmTest'] === id);
    expect(marked.map((r) => r.values['alarmButton'])).toEqual([undefined]);
    // The same mark again, released and pressed twice by a hand that carries no mark.
    for (const alarmButton of [true, false, true, false]) await lift.tell({ alarmButton });
    await until('the real call', 10_000, async () => (await control.ticketsOf(LIFT))[0]);
    const [ticket] = await control.ticketsOf(LIFT);
    expect(ticket).toMatchObject({ event: 'elevator.alarm-button', priority: 'P1', drill: false });
    expect((await supervisor.refused(`/devices/${LIFT}/alarm-path-test`)).status).toBe(409);
    await control.move(ticket!.id, 'false-alarm', { reason: 'a test of ours' });
  });
});

describe('weather', () => {
  const from = new Date(Date.now() + 3_600_000).toISOString();
  const to = new Date(Date.now() + 86_400_000).toISOString();
  const call = async (estate: string, token: string, body: unknown, t = Math.floor(Date.now() / 1000)) => {
    const { kind, from: f, to: u } = body as { kind: string; from: string; to: string };
    const v1 = weatherSignature(token, [String(t), estate, kind, f, u]);
    const r = await fetch(`${steward.http}/api/v1/hooks/weather/${estate}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-steward-signature': `t=${t},v1=${v1}` },
      body: JSON.stringify(body),
    });
    return r.status;
  };

  it('comes by a signed call of the estate’s own token, and by no other', async () => {
    const { token } = await supervisor.post<{ token: string }>('/estates/alpha/weather-token');
    const body = { kind: 'typhoon', from, to };
    expect(await call('alpha', 'made up', body)).toBe(403);
    expect(await call('beta', token, body)).toBe(403);
    expect(await call('nowhere', token, body)).toBe(403);
    expect(await call('alpha', token, body, Math.floor(Date.now() / 1000) - 400)).toBe(403);
    expect(await call('alpha', token, { ...body, kind: 'hail' })).toBe(400);
    expect(await database.rows('select id from weather_flag')).toEqual([]);
    expect(await call('alpha', token, body)).toBe(201);
    expect(await call('alpha', token, body)).toBe(201);
    expect(await database.rows('select kind, source from weather_flag')).toEqual([
      { kind: 'typhoon', source: 'webhook' },
    ]);
    await supervisor.post('/estates/alpha/weather-token');
    expect(await call('alpha', token, body)).toBe(403);
    const stored = await database.rows<{ sealed: string }>('select sealed from weather_token');
    expect(stored[0]?.sealed).not.toContain(token);
  });

  it('makes the list of empty units, worked unit by unit on the phone', async () => {
    const { items } = await butler.get<{ items: InspectionView[] }>('/inspections?estate=alpha');
    expect(items).toMatchObject([{ occasion: 'before-typhoon', done: 0, total: 2 }]);
    const [list] = items;
    const [a, b] = list!.units;
    const wet = { result: 'finding', note: 'wet floor', event: 'pipe.leak', evidence: 'sha256:77' };
    expect((await butler.refused(`/inspections/${list!.id}/units/${a!.unit}`, { result: 'finding' })).status).toBe(400);
    const after = await butler.post<InspectionView>(`/inspections/${list!.id}/units/${a!.unit}`, wet);
    const ticketId = after.units.find((u) => u.unit === a!.unit)?.ticketId;
    expect((await control.ticket(ticketId!)).title.en).toBe('Water leak');
    const over = await butler.post<InspectionView>(`/inspections/${list!.id}/units/${b!.unit}`, { result: 'ok' });
    expect(over).toMatchObject({ done: 2, endedAt: expect.any(String) });
    await control.move(ticketId!, 'false-alarm', { reason: 'a test of ours' });
  });
});

describe('a follow-up by hand', () => {
  it('is made on a place, told to whom it is given, done with satisfaction; filters find it', async () => {
    const phone = await steward.socket('butler', 'alpha.butler-1');
    const told: TaskNotice[] = [];
    phone.socket.on('task', (n: TaskNotice) => told.push(n));
    const body = { estate: 'alpha', kind: 'complaint', subject: { type: 'unit', id: 'alpha-1-102' }, note: 'noise' };
    const made = await supervisor.post<FollowUpView>('/follow-ups', body);
    expect(made).toMatchObject({ role: 'butler', state: 'open', createdBy: 'alpha.supervisor-1', overdue: false });
    await supervisor.post(`/follow-ups/${made.id}/assign`, { assignee: 'alpha.butler-1' });
    await until('the notice', 5000, () => Promise.resolve(told[0]));
    expect(told[0]).toMatchObject({ kind: 'follow-up', id: made.id, title: { en: 'Follow up a complaint' } });
    const list = (q: string) => butler.get<{ items: FollowUpView[] }>(`/follow-ups?estate=alpha${q}`);
    expect((await list('&assignee=me')).items.map((f) => f.id)).toEqual([made.id]);
    expect((await list('&kind=visit')).items).toEqual([]);
    expect((await list('&limit=0').catch((e: Error) => e.message)) as unknown).toMatch(/400/);
    expect((await butler.refused(`/follow-ups/${made.id}/done`, { outcome: 'ok', satisfaction: 9 })).status).toBe(400);
    const done = await butler.post<FollowUpView>(`/follow-ups/${made.id}/done`, { outcome: 'talked', satisfaction: 5 });
    expect(done).toMatchObject({ state: 'done', satisfaction: 5, endedBy: 'alpha.butler-1' });
    expect((await butler.refused(`/follow-ups/${made.id}/done`, { outcome: 'again' })).status).toBe(409);
  });

  it('is refused for another estate’s place, person or ticket', async () => {
    const base = { estate: 'alpha', kind: 'other' };
    const refused = async (body: object) => (await supervisor.refused('/follow-ups', { ...base, ...body })).status;
    expect(await refused({ subject: { type: 'unit', id: 'beta-1-102' } })).toBe(400);
    expect(await refused({ assignee: 'beta.butler-1' })).toBe(400);
    expect(await refused({ estate: 'beta' })).toBe(404);
    expect(await refused({ ticketId: '00000000-0000-7000-8000-000000000000' })).toBe(404);
  });
});

describe('a drill', () => {
  it('rings, is kept apart with its times, and a second one waits', async () => {
    const phone = await steward.socket('butler', 'alpha.butler-1');
    const ticket = await control.post<TicketDetail>('/drills', { estate: 'alpha', device: LIFT });
    expect(ticket).toMatchObject({ drill: true, state: 'opened', alarms: [] });
    expect(ticket.pages.map((p) => p.person)).toContain('alpha.butler-1');
    await until('the page', 5000, () => Promise.resolve(phone.pages.find((p) => p.ticketId === ticket.id)));
    expect(phone.pages.find((p) => p.ticketId === ticket.id)).toMatchObject({
      drill: true,
      title: { zh: '【演练】非平层困人' },
    });
    expect((await control.refused('/drills', { estate: 'alpha', device: LIFT })).status).toBe(409);
    await butler.move(ticket.id, 'accept');
    await butler.move(ticket.id, 'on-site');
    await control.move(ticket.id, 'rescued');
    await control.workThroughSteps(ticket.id);
    await control.move(ticket.id, 'resolve');
    const { items } = await control.get<{ items: DrillView[] }>('/drills?estate=alpha');
    expect(items).toMatchObject([
      { acceptS: expect.any(Number), arriveS: expect.any(Number), releaseS: expect.any(Number) },
    ]);
    const { items: jobs } = await control.get<{ items: FollowUpView[] }>(
      `/follow-ups?estate=alpha&ticket=${ticket.id}`,
    );
    expect(jobs).toEqual([]);
    expect(await steward.metric('steward_tickets_total{event="elevator.entrapment-between-floors"}')).toBe(0);
  });
});

describe('patrols and handover', () => {
  it('are set, walked, written and signed over REST; the task screen shows them', async () => {
    const off = await control.get<TasksView>('/tasks?estate=alpha');
    expect(off.patrolPlan).toMatchObject({ on: false, everyH: 2 });
    expect((await control.ask('PUT', '/estates/alpha/patrol-plan', {})).status).toBe(403);
    expect((await supervisor.ask('PUT', '/estates/alpha/patrol-plan', { everyH: 99 })).status).toBe(400);
    expect((await supervisor.ask('PUT', '/estates/alpha/patrol-plan', { everyH: 2 })).status).toBe(200);
    const security = await steward.as('alpha.security-1');
    const { patrols } = await security.get<TasksView>('/tasks?estate=alpha');
    const [round] = patrols;
    const [door] = round!.points;
    const seen = await security.post<PatrolRoundView>(`/patrols/${round!.id}/doors/${door!.device}`, {
      result: 'ok',
      evidence: 'sha256:55',
    });
    expect(seen.points[0]).toMatchObject({ result: 'ok', by: 'alpha.security-1', evidence: 'sha256:55' });
    const written = await supervisor.post<HandoverView>('/handovers', { estate: 'alpha' });
    expect(written.content.tickets.length).toBeGreaterThanOrEqual(0);
    const signed = await control.post<HandoverView>(`/handovers/${written.id}/sign`, { note: 'read' });
    expect(signed).toMatchObject({ signedBy: 'alpha.control-1', note: 'read' });
    const screen = await control.get<TasksView>('/tasks?estate=alpha');
    expect(screen.handover?.id).toBe(written.id);
    expect(screen.alarmPaths.map((p) => p.device)).toContain(LIFT);
  });

  it.each([
    ['GET', '/tasks?estate=alpha'],
    ['GET', '/inspections?estate=alpha'],
    ['GET', '/patrols?estate=alpha'],
    ['GET', '/handovers?estate=alpha'],
    ['GET', '/drills?estate=alpha'],
    ['POST', '/drills'],
    ['POST', `/devices/${LIFT}/alarm-path-test`],
    ['POST', '/estates/alpha/weather-token'],
  ])('%s %s is not for strangers', async (method, url) => {
    const other = await steward.as('beta.supervisor-1');
    const body = method === 'GET' ? undefined : { estate: 'alpha', device: LIFT };
    expect((await other.ask(method, url, body)).status).toBe(404);
    const contractor = await steward.as('alpha.contractor-1');
    expect((await contractor.ask(method, url, body)).status).toBe(403);
    expect((await steward.anonymous().ask(method, url, body)).status).toBe(401);
  });
});
