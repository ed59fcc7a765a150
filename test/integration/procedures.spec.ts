import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ProcedureDiffView, ProcedureVersionView } from '../../src/gateway/procedure-views.js';
import type { TicketDetail } from '../../src/gateway/views.js';
import type { DeviceClient } from '../support/device-client.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import type { Refusal, RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(180_000);

let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;
let butler: RestClient;
let supervisor: RestClient;

beforeAll(async () => {
  database = await startTestDatabase();
  for (const id of ['alpha', 'beta']) await importWish(database.db, { id, lifts: 4, doors: 6 });
  steward = await startedSteward(database);
  control = await steward.as('alpha.control-1');
  butler = await steward.as('alpha.butler-1');
  supervisor = await steward.as('alpha.supervisor-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

type Spec = { title: { zh: string; en: string }; steps: Record<string, unknown>[] };
const owner = { scope: 'estate', scopeId: 'alpha' } as const;
const OWNER = '?scope=estate&scopeId=alpha';
const doorSpec = (...keys: string[]): Spec => ({
  title: { zh: '门胁迫', en: 'Duress' },
  steps: keys.map((key) => ({
    key,
    title: { zh: `做${key}`, en: `Do ${key}` },
    role: 'security',
    limitS: 60,
    required: true,
  })),
});

async function duress(door: string): Promise<TicketDetail> {
  const device = await steward.device(door);
  await device.tell({ position: 'closed', access: 'duress' });
  const [t] = await until(`the ticket of ${door}`, 10_000, async () => {
    const found = await control.ticketsOf(door);
    return found.length > 0 ? found : null;
  });
  return control.ticket(t!.id);
}

async function trap(lift: DeviceClient): Promise<void> {
  await lift.tell({ mode: 'normal', floor: 3, door: 'closed', doorZone: true, peopleInCar: true, speedMps: 0 });
  await lift.tell({ mode: 'normal', floor: 3, door: 'closed', doorZone: false, peopleInCar: true, speedMps: 0 });
  await steward.advance(31_000);
  await lift.tell({ mode: 'normal', floor: 3, door: 'closed', doorZone: false, peopleInCar: true, speedMps: 0 });
}

describe('a procedure of one’s own', () => {
  it('that is wrong is refused with everything named, and nothing is kept', async () => {
    const spec = doorSpec('watch', 'police');
    spec.steps[0]!['after'] = ['police'];
    spec.steps[1]!['after'] = ['watch'];
    const refused = await supervisor.ask<Refusal & { problems: { message: string }[] }>(
      'PUT',
      '/procedures/duress/draft',
      { ...owner, spec },
    );
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid' } });
    expect(refused.body.message).toContain('watch → police → watch');
    const wizard = doorSpec('watch');
    wizard.steps[0]!['role'] = 'wizard';
    expect((await supervisor.ask('PUT', '/procedures/duress/draft', { ...owner, spec: wizard })).status).toBe(400);
    expect(await control.post('/procedures/duress/validate', { spec })).toMatchObject({ ok: false });
    const lift = doorSpec('watch');
    const rescue = await supervisor.ask<Refusal>('PUT', '/procedures/lift-entrapment/draft', { ...owner, spec: lift });
    expect(rescue).toMatchObject({ status: 400 });
    expect(rescue.body.message).toContain('release');
    expect(await database.rows('select * from procedure_version')).toEqual([]);
    expect(await supervisor.refused('/procedures/duress/publish', { ...owner, reason: 'x' })).toMatchObject({
      status: 404,
    });
  });

  it('is nobody’s business in another estate, and only some may write', async () => {
    const body = { ...owner, spec: doorSpec('watch') };
    const stranger = await steward.as('beta.supervisor-1');
    expect((await stranger.ask('PUT', '/procedures/duress/draft', body)).status).toBe(404);
    expect((await butler.ask('PUT', '/procedures/duress/draft', body)).status).toBe(403);
    expect((await stranger.ask('GET', `/procedures/duress${OWNER}`)).status).toBe(404);
    // Of the organisation only who answers for all of its estates.
    const group = { scope: 'organisation', scopeId: 'group', spec: doorSpec('watch') };
    expect((await supervisor.ask('PUT', '/procedures/duress/draft', group)).status).toBe(404);
    const typo = await supervisor.ask<Refusal & { closest: string }>('PUT', '/procedures/dures/draft', body);
    expect(typo).toMatchObject({ status: 404, body: { closest: 'duress' } });
    expect(await database.rows('select * from procedure_version')).toEqual([]);
  });

  it('is drafted, compared, published: tickets that open have it, those that run keep theirs; retired, the old one holds', async () => {
    const running = await duress('alpha-1-door-1');
    expect(running.steps.map((s) => s.key)).toEqual(['watch', 'police', 'approach', 'care']);

    const first = await supervisor.ask<ProcedureVersionView>('PUT', '/procedures/duress/draft', {
      ...owner,
      spec: doorSpec('watch'),
    });
    expect(first).toMatchObject({ status: 200, body: { version: 2, state: 'draft', shape: 'plain' } });
    const again = await supervisor.ask('PUT', '/procedures/duress/draft', {
      ...owner,
      spec: doorSpec('watch', 'lock'),
    });
    expect(again).toMatchObject({ status: 200, body: { version: 2 } });
    const diff = await supervisor.get<ProcedureDiffView>(`/procedures/duress/draft/diff${OWNER}`);
    expect(diff).toMatchObject({
      from: { scope: 'built-in', version: 1 },
      to: { scope: 'estate', version: 2 },
      added: ['lock'],
      removed: ['police', 'approach', 'care'],
    });
    // A draft is in force nowhere.
    expect((await duress('alpha-1-door-2')).steps).toHaveLength(4);
    const wrong = { ...owner, reason: 'drill showed it', version: 3 };
    expect((await supervisor.refused('/procedures/duress/publish', wrong)).status).toBe(409);
    await supervisor.post('/procedures/duress/publish', { ...owner, reason: 'drill showed it', version: 2 });

    const opened = await duress('alpha-1-door-3');
    expect(opened.steps.map((s) => s.key)).toEqual(['watch', 'lock']);
    const kept = await control.ticket(running.id);
    expect(kept.steps.map((s) => s.key)).toEqual(['watch', 'police', 'approach', 'care']);
    const line = opened.journal.find((l) => l.kind === 'ticket-opened');
    expect(line?.payload['procedure']).toBe('duress v2 (estate)');
    const beta = await steward.as('beta.control-1');
    expect(await beta.get('/procedures?estate=beta')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: 'duress', version: 1, scope: 'built-in' })]),
    });

    // The next draft is the next version; published, it retires the one before.
    await supervisor.ask('PUT', '/procedures/duress/draft', { ...owner, spec: doorSpec('lock') });
    await supervisor.post('/procedures/duress/publish', { ...owner, reason: 'shorter' });
    expect((await duress('alpha-1-door-4')).steps.map((s) => s.key)).toEqual(['lock']);
    const { items } = await control.get<{ items: ProcedureVersionView[] }>(`/procedures/duress${OWNER}`);
    expect(items.map((v) => `${v.scope} ${v.version} ${v.state}`)).toEqual([
      'estate 3 published',
      'estate 2 retired',
      'built-in 1 published',
    ]);
    expect(await control.get(`/procedures/duress/versions/2${OWNER}`)).toMatchObject({
      state: 'retired',
      retiredBy: 'alpha.supervisor-1',
      steps: [{ key: 'watch' }, { key: 'lock' }],
    });

    await supervisor.post('/procedures/duress/retire', { ...owner, reason: 'back to the handbook' });
    expect((await duress('alpha-1-door-5')).steps).toHaveLength(4);
    const audit = await database.rows<{ action: string }>(
      `select action from audit where action like 'procedure.%' order by id`,
    );
    expect(audit.map((a) => a.action)).toEqual(
      ['drafted', 'drafted', 'published', 'drafted', 'published', 'retired'].map((a) => `procedure.${a}`),
    );
    const journal = await database.rows(`select 1 from journal where kind like 'procedure-%' and estate_id = 'alpha'`);
    expect(journal).toHaveLength(6);
  });

  it('holds after a restart', async () => {
    await supervisor.ask('PUT', '/procedures/duress/draft', { ...owner, spec: doorSpec('lock') });
    await supervisor.post('/procedures/duress/publish', { ...owner, reason: 'again' });
    await steward.stop();
    steward = await startedSteward(database);
    control = await steward.as('alpha.control-1');
    butler = await steward.as('alpha.butler-1');
    supervisor = await steward.as('alpha.supervisor-1');
    expect((await duress('alpha-1-door-6')).steps.map((s) => s.key)).toEqual(['lock']);
  });
});

describe('the lift procedure', () => {
  it('cannot be resolved or closed without the release and the required steps; each skip has its reason', async () => {
    const lift = await steward.device('alpha-1-lift-1');
    await trap(lift);
    const [opened] = await until('the ticket', 10_000, async () => {
      const found = await control.ticketsOf('alpha-1-lift-1');
      return found.length > 0 ? found : null;
    });
    const { id } = opened!;
    await butler.move(id, 'accept');
    for (const move of ['on-site', 'rescued']) await butler.move(id, move);
    const refused = await butler.refused(`/tickets/${id}/resolve`);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'conflict', reason: 'required steps are open', missing: expect.any(Array) },
    });
    const missing = (refused.body as unknown as { missing: { key: string; title: { zh: string } }[] }).missing;
    expect(missing.map((m) => m.key)).toEqual(['calm', 'ask', 'dispatch', 'landing', 'release', 'health', 'examine']);
    expect(missing[4]?.title.zh).toContain('维保');

    const step = (no: number, action: string, note?: string) =>
      control.ask<Refusal>('POST', `/tickets/${id}/steps/${no}/${action}`, note === undefined ? {} : { note });
    expect(await step(1, 'skip')).toMatchObject({ status: 400 });
    expect(await step(10, 'skip')).toMatchObject({ status: 400 }); // not a required one either
    expect(await step(1, 'skip', '对讲与监控均故障')).toMatchObject({ status: 200 });
    expect(await step(2, 'done')).toMatchObject({ status: 400, body: { reason: 'evidence is missing' } });
    expect(await step(2, 'done', '两人,均健康,4层')).toMatchObject({ status: 200 });
    for (const no of [3, 4]) expect(await step(no, 'done')).toMatchObject({ status: 200 });
    expect(await step(6, 'done', '王女士')).toMatchObject({ status: 409, body: { reason: 'an earlier step is open' } });
    expect(await step(5, 'skip', 'no time')).toMatchObject({ status: 409 });
    expect(await step(5, 'done', '手机没电,何军确认两人已出')).toMatchObject({ status: 200 });
    expect(await step(6, 'done', '王女士')).toMatchObject({ status: 200 });
    expect(await butler.refused(`/tickets/${id}/resolve`)).toMatchObject({ status: 409 });
    expect(await step(7, 'done', '检查合格')).toMatchObject({ status: 200 });
    expect((await butler.move(id, 'resolve')).state).toBe('resolved');
    // Taken back after it, the ticket does not close.
    expect(await step(7, 'reopen')).toMatchObject({ status: 200 });
    expect(await butler.refused(`/tickets/${id}/close`)).toMatchObject({ status: 409 });
    expect(await step(7, 'done', '检查合格')).toMatchObject({ status: 200 });
    expect((await butler.move(id, 'close')).state).toBe('closed');
    expect(await violations(database)).toEqual([]);
  });

  it('marks each step past its limit late, once, as its limit passes', async () => {
    const lift = await steward.device('alpha-1-lift-2');
    await trap(lift);
    const [opened] = await until('the ticket', 10_000, async () => {
      const found = await control.ticketsOf('alpha-1-lift-2');
      return found.length > 0 ? found : null;
    });
    const { id } = opened!;
    await control.post(`/tickets/${id}/steps/1/done`);
    const late = async (n: number): Promise<string[]> => {
      const keys = async (): Promise<string[]> =>
        (await control.ticket(id)).steps.filter((s) => s.late).map((s) => s.key);
      await until(`${n} late steps`, 10_000, async () => (await keys()).length === n);
      return keys();
    };
    await steward.advance(62_000);
    expect(await late(0)).toEqual([]);
    await steward.advance(60_000);
    expect(await late(1)).toEqual(['ask']);
    await steward.advance(60_000);
    expect(await late(2)).toEqual(['ask', 'dispatch']);
    await control.post(`/tickets/${id}/steps/2/done`, { note: '两人' });
    await steward.advance(120_000);
    expect(await late(3)).toEqual(['ask', 'dispatch', 'landing']);
    const t = await control.ticket(id);
    const lines = t.journal.filter((l) => l.kind === 'step-late').map((l) => l.payload['key']);
    expect(lines).toEqual(['ask', 'dispatch', 'landing']);
    expect(t.steps.find((s) => s.key === 'ask')).toMatchObject({ state: 'done', late: true });
    await control.move(id, 'false-alarm', { reason: 'a test' });
    expect(await violations(database)).toEqual([]);
  });
});
