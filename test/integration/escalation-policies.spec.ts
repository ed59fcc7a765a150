import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { EffectivePolicyView, PolicyDryRunView, PolicyVersionView } from '../../src/gateway/policy-views.js';
import type { PageView, TicketDetail } from '../../src/gateway/views.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let steward: StartedSteward;
let chief: RestClient;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: 6 });
  await importWish(database.db, { id: 'beta', guests: [{ username: 'alpha.supervisor-1', role: 'supervisor' }] });
  steward = await startedSteward(database);
  chief = await steward.as('alpha.supervisor-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

interface Refusal {
  message: string;
  closest?: string;
  draft?: number;
  problems?: { path: string; message: string }[];
}

const DURESS = { event: 'gate.duress', priority: 'P1' } as const;
const desk = { slot: 'coordinator', repeatS: 10, levels: [{ afterS: 0, targets: [onDuty('control-room', 'any')] }] };
const manager = {
  slot: 'responder',
  repeatS: 60,
  levels: [
    { afterS: 0, targets: [{ kind: 'person', person: 'alpha.manager-1' }] },
    { afterS: 20, targets: [{ kind: 'everyone-on-shift' }] },
  ],
};
function onDuty(role: string, duty = 'primary'): object {
  return { kind: 'on-duty', role, duty };
}
const at = (scope: 'estate' | 'organisation', scopeId: string, more: object = DURESS) => ({ scope, scopeId, ...more });
const put = (body: object, as = chief) =>
  as.ask<PolicyVersionView & Refusal>('PUT', '/policies', { reason: 'a test', ...body });
const query = (key: object): string => new URLSearchParams(Object.entries(key) as [string, string][]).toString();
const remove = (key: object, as = chief) =>
  as.ask<Refusal>('DELETE', `/policies?${query({ ...key, reason: 'no longer' })}`);
const inForce = async (estate = 'alpha', event = 'gate.duress', priority = 'P1'): Promise<EffectivePolicyView> => {
  const { items } = await chief.get<{ items: EffectivePolicyView[] }>(
    `/policies?${query({ estate, event, priority })}`,
  );
  return items[0]!;
};
/** One duress code at a door that has not told of one yet. @returns its ticket */
async function duressAt(door: string): Promise<TicketDetail> {
  const gate = await steward.device(door);
  await gate.tell({ position: 'closed' });
  await gate.tell({ position: 'closed', access: 'duress' });
  const ticket = await until('its ticket', 5000, async () => (await chief.ticketsOf(door))[0]);
  return chief.ticket(ticket.id);
}
const first = (pages: readonly PageView[]): string[] =>
  pages
    .filter((p) => p.level === 0)
    .map((p) => `${p.slot} ${p.person}`)
    .sort();
const USUAL = ['coordinator alpha.control-1', 'responder alpha.butler-1', 'responder alpha.security-1'];
const MANAGED = ['coordinator alpha.control-1', 'responder alpha.manager-1'];

describe('an escalation policy', () => {
  it('is the built-in one until somebody publishes another', async () => {
    const { items } = await chief.get<{ items: EffectivePolicyView[] }>('/policies?estate=alpha');
    expect(items.length).toBeGreaterThan(130);
    expect(new Set(items.map((i) => i.source.scope))).toEqual(new Set(['built-in']));
    expect(await inForce('alpha', 'elevator.entrapment-at-level')).toMatchObject({
      ...{ id: 'p1-lift', version: 1, source: { scope: 'built-in', scopeId: null, event: null } },
      slots: [{ slot: 'responder' }, { slot: 'rescuer' }, { slot: 'coordinator' }],
    });
  });

  it('saved as a draft pages nobody; published it pages from the next ticket on, and the running one keeps its own', async () => {
    const draft = await put({ ...at('estate', 'alpha'), slots: [manager, desk] });
    expect({ status: draft.status, ...draft.body }).toMatchObject({
      ...{ status: 200, version: 1, state: 'draft', savedBy: 'alpha.supervisor-1', publishedAt: null },
    });
    const running = await duressAt('alpha-1-door-1');
    expect(first(running.pages)).toEqual(USUAL);

    const stale = await chief.refused('/policies/publish', { ...at('estate', 'alpha'), version: 2, reason: 'x' });
    expect(stale).toMatchObject({ status: 409, body: { draft: 1 } });
    const published = await chief.post<PolicyVersionView>('/policies/publish', {
      ...{ ...at('estate', 'alpha'), version: 1, reason: 'the manager wants to be asked' },
    });
    expect(published).toMatchObject({ state: 'published', publishedBy: 'alpha.supervisor-1' });
    expect((await inForce()).source).toEqual({ scope: 'estate', scopeId: 'alpha', event: 'gate.duress' });

    const next = await duressAt('alpha-1-door-2');
    expect(first(next.pages)).toEqual(MANAGED);
    await steward.advance(21_000);
    await until('everyone on shift', 5000, async () =>
      (await chief.ticket(next.id)).pages.some((p) => p.slot === 'responder' && p.person === 'alpha.engineer-1'),
    );
    // The one that was open: its second level is at 60 s, and asks the backup and the supervisor.
    expect((await chief.ticket(running.id)).pages.filter((p) => p.slot === 'responder' && p.level > 1)).toEqual([]);
    await steward.advance(41_000);
    await until('its own second level', 5000, async () => {
      const pages = (await chief.ticket(running.id)).pages.filter((p) => p.slot === 'responder' && p.level === 1);
      return (
        pages
          .map((p) => p.person)
          .sort()
          .join() === 'alpha.butler-2,alpha.supervisor-1'
      );
    });
    const opened = (await chief.ticket(next.id)).journal.find((j) => j.kind === 'ticket-opened');
    expect(opened?.payload['policy']).toBe('estate:alpha/gate.duress/P1 v1');
  });

  it('the most specific wins, and what is removed gives way to the next wider', async () => {
    const source = async (estate: string, event = 'gate.duress') => (await inForce(estate, event)).source;
    const general = { event: '*', priority: 'P1' };
    await put({ ...at('organisation', 'group', general), slots: [manager, desk], publish: true });
    await put({
      ...at('organisation', 'group', { ...DURESS, event: 'gate.*' }),
      slots: [manager, desk],
      publish: true,
    });
    expect((await source('alpha')).scope).toBe('estate');
    expect(await source('beta')).toEqual({ scope: 'organisation', scopeId: 'group', event: 'gate.*' });
    expect(await source('beta', 'smoke.alarm')).toEqual({ scope: 'organisation', scopeId: 'group', event: '*' });
    // What is said of all P1 takes nobody away from people who are shut in a lift.
    expect((await source('beta', 'elevator.entrapment-at-level')).scope).toBe('built-in');
    expect((await remove(at('organisation', 'group', { ...DURESS, event: 'gate.*' }))).status).toBe(200);
    expect((await source('beta')).event).toBe('*');
    expect((await remove(at('estate', 'alpha'))).body).toEqual({ removed: true });
    expect(await source('alpha')).toEqual({ scope: 'organisation', scopeId: 'group', event: '*' });
    expect((await remove(at('organisation', 'group', general))).status).toBe(200);
    expect((await remove(at('organisation', 'group', general))).status).toBe(404);
    expect((await source('alpha')).scope).toBe('built-in');
    expect(first((await duressAt('alpha-1-door-3')).pages)).toEqual(USUAL);
  });

  it('keeps every version that was in force, and who published it', async () => {
    const key = at('estate', 'alpha');
    await put({ ...key, slots: [manager, desk], publish: true });
    const second = await put({ ...key, slots: [{ ...manager, repeatS: 30 }, desk], publish: true, reason: 'quicker' });
    await put({ ...key, slots: [manager, desk], reason: 'for later' });
    const { items } = await chief.get<{ items: PolicyVersionView[] }>(`/policies/versions?${query(key)}`);
    expect(items.map((v) => `${v.version} ${v.state} ${v.reason}`).slice(0, 3)).toEqual([
      `${second.body.version + 1} draft for later`,
      `${second.body.version} published quicker`,
      `${second.body.version - 1} retired a test`,
    ]);
    const lines = await database.rows<{ action: string }>(
      `select details ->> 'action' as action from audit where action = 'policy.changed' and target = $1 order by id`,
      ['estate:alpha/gate.duress/P1'],
    );
    expect(lines.map((l) => l.action).slice(-3)).toEqual(['published', 'published', 'saved']);
    await remove(key);
    expect(await violations(database)).toEqual([]);
  });

  it('of two who publish at once both have a version, and one is in force', async () => {
    const key = at('estate', 'alpha', { event: 'pipe.leak', priority: 'P2' });
    const both = await Promise.all([
      put({ ...key, slots: [manager], publish: true }),
      put({ ...key, slots: [{ ...manager, repeatS: 90 }], publish: true }),
    ]);
    expect(both.map((b) => b.status)).toEqual([200, 200]);
    const { items } = await chief.get<{ items: PolicyVersionView[] }>(`/policies/versions?${query(key)}`);
    expect(items.map((v) => v.state)).toEqual(['published', 'retired']);
    await remove(key);
  });
});

describe('a dry run', () => {
  const dryRun = (body: object, as = chief) => as.ask<PolicyDryRunView & Refusal>('POST', '/policies/dry-run', body);
  const lift = { type: 'device', id: 'alpha-1-lift-1' };

  it('says who would be paged for this event at this place at this instant, when and why', async () => {
    const { body } = await dryRun({ event: 'elevator.entrapment-at-level', subject: lift, at: '2026-11-22T03:00:00Z' });
    expect(body).toMatchObject({ priority: 'P1', zones: ['alpha-zone-1'], policy: { id: 'p1-lift' } });
    const told = body.steps.map((s) => `${s.afterS} ${s.slot} ${s.level} ${s.people.map((p) => p.person).join()}`);
    expect(told).toEqual([
      '0 responder 0 alpha.butler-1,alpha.security-1',
      '0 rescuer 0 alpha.contractor-1',
      '0 coordinator 0 alpha.control-1',
      '60 responder 1 alpha.butler-2,alpha.supervisor-1',
      '60 rescuer 1 alpha.contractor-2',
      '60 coordinator 1 alpha.supervisor-1',
      '70 coordinator 2 ',
      '120 responder 2 alpha.manager-1',
      '180 responder 3 alpha.control-1',
      '180 rescuer 2 alpha.control-1',
      '240 rescuer 3 ',
    ]);
    expect(body.steps[0]?.people[0]?.because).toContain('primary butler of zone alpha-zone-1');
    expect(body.steps.find((s) => s.slot === 'rescuer' && s.level === 2)?.people[0]?.because).toContain(
      'call the district-station',
    );
    expect(body.steps.at(-1)?.skipped).toBe('everybody on it is paged already');
  });

  it('tries a policy that is not published, and changes nothing', async () => {
    const { body } = await dryRun({
      ...DURESS,
      subject: { type: 'device', id: 'alpha-1-door-1' },
      slots: [manager, desk],
    });
    expect(body.policy).toEqual({ id: 'as given', version: 0, source: null });
    expect(body.steps[0]?.people.map((p) => p.person)).toEqual(['alpha.manager-1']);
    expect((await inForce()).source.scope).toBe('built-in');
  });

  it('is refused for a place or an event that there is not', async () => {
    expect((await dryRun({ ...DURESS, subject: { type: 'device', id: 'no-such' } })).status).toBe(404);
    expect((await dryRun({ event: 'gate.dures', subject: lift })).body.closest).toBe('gate.duress');
    expect((await dryRun({ event: 'gate.*', subject: lift })).status).toBe(400);
  });
});

describe('a policy that cannot be', () => {
  it.each<[string, object, number, RegExp]>([
    [
      'nobody who works there',
      { slots: [{ ...manager, levels: [{ afterS: 0, targets: [{ kind: 'person', person: 'ghost' }] }] }, desk] },
      400,
      /called ghost/,
    ],
    [
      'somebody of another estate',
      {
        slots: [{ ...manager, levels: [{ afterS: 0, targets: [{ kind: 'person', person: 'beta.butler-1' }] }] }, desk],
      },
      400,
      /called beta\.butler-1/,
    ],
    ['a P1 without a coordinator', { slots: [manager] }, 400, /keeps the coordinator slot/],
    [
      'levels that descend',
      { slots: [{ ...manager, levels: [...manager.levels].reverse() }, desk] },
      400,
      /levels ascend/,
    ],
    ['no levels', { slots: [{ ...manager, levels: [] }, desk] }, 400, /levels/],
    ['no reason', { slots: [manager, desk], reason: ' ' }, 400, /reason/],
    [
      'an event that there is not',
      { event: 'gate.durres', slots: [manager, desk] },
      404,
      /Did you mean gate\.duress\?/,
    ],
    ['an estate that there is not', { scopeId: 'nowhere', slots: [manager, desk] }, 404, /no such thing/],
  ])('is refused in words, and nothing is changed: %s', async (_, body, status, said) => {
    const count = async () =>
      (await database.rows<{ n: number }>('select count(*)::int as n from escalation_policy'))[0]?.n;
    const before = await count();
    const answer = await put({ ...at('estate', 'alpha'), publish: true, ...body });
    expect(answer.status).toBe(status);
    expect(answer.body.message).toMatch(said);
    expect(await count()).toBe(before);
  });

  it('is set by supervisors and managers alone, of an organisation by those of all its estates', async () => {
    const body = { ...at('estate', 'alpha'), slots: [manager, desk] };
    for (const who of ['control-1', 'butler-1', 'engineer-1', 'contractor-1'])
      expect((await put(body, await steward.as(`alpha.${who}`))).status).toBe(403);
    const elsewhere = await steward.as('beta.supervisor-1');
    expect((await put(body, elsewhere)).status).toBe(404);
    expect((await elsewhere.ask('GET', '/policies?estate=alpha')).status).toBe(404);
    expect((await put({ ...at('organisation', 'group'), slots: [manager, desk] }, elsewhere)).status).toBe(404);
  });
});
