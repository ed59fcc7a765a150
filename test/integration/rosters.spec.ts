import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type {
  CoverageView,
  LeaveView,
  OnDutyView,
  RosterView,
  RotationView,
  SwapView,
} from '../../src/gateway/roster-views.js';
import { importWish } from '../support/estate-builder.js';
import type { Refusal, RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

const ROSTER = '/estates/alpha/roster';
const HOUR = 3_600_000;
let database: TestDatabase;
let steward: StartedSteward;
let supervisor: RestClient;
let butler1: RestClient;
let butler2: RestClient;
let now: number;
const iso = (h: number): string => new Date(now + h * HOUR).toISOString();

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  steward = await startedSteward(database);
  supervisor = await steward.as('alpha.supervisor-1');
  butler1 = await steward.as('alpha.butler-1');
  butler2 = await steward.as('alpha.butler-2');
  now = Math.ceil(Date.now() / HOUR) * HOUR;
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const on = async (query: string): Promise<string[]> =>
  (await supervisor.get<OnDutyView>(`/estates/alpha/on-duty?role=butler&duty=primary&${query}`)).on.map(
    (d) => d.person,
  );
const counts = async (): Promise<unknown> =>
  database.rows(`select (select count(*) from roster_rotation)::int as rotations, (select count(*) from roster_override)::int as overrides,
    (select count(*) from roster_leave)::int as leaves, (select count(*) from roster_swap)::int as swaps`);
const refused = async (as: RestClient, path: string, body: unknown, status = 400): Promise<string> => {
  const before = await counts();
  const answer = await as.ask<Refusal>('POST', `${ROSTER}${path}`, body);
  expect({ body, status: answer.status, message: answer.body.message }).toMatchObject({ status });
  expect(await counts()).toEqual(before);
  return answer.body.message;
};

describe('the roster of an estate', () => {
  it('tells who is on for a device, a unit or a zone, and why', async () => {
    const view = await supervisor.get<OnDutyView>('/estates/alpha/on-duty?role=butler&device=alpha-1-lift-1');
    expect(view.zones).toEqual(['alpha-zone-1']);
    expect(view.on.map((d) => [d.person, d.because])).toEqual([
      ['alpha.butler-1', 'primary butler of zone alpha-zone-1, daily 00:00–00:00'],
      ['alpha.butler-2', 'backup butler of zone alpha-zone-1, daily 00:00–00:00'],
    ]);
    expect(await on('unit=alpha-2-101')).toEqual(['alpha.butler-2']);
    expect(await on('zone=alpha-zone-1')).toEqual(['alpha.butler-1']);
    expect((await supervisor.ask('GET', '/estates/alpha/on-duty?role=butler&zone=elsewhere')).status).toBe(404);
    expect((await supervisor.ask('GET', '/estates/alpha/on-duty?role=butler&zone=a&unit=b')).status).toBe(400);
  });

  it('refuses what is wrong, names the line, and changes nothing', async () => {
    const rotation = {
      zone: 'alpha-zone-1',
      role: 'butler',
      period: 'weekly',
      startsOn: '2026-01-05',
      handover: '08:00',
    };
    const people = ['alpha.butler-3'];
    expect(await refused(supervisor, '/rotations', { ...rotation, people: ['nobody'] })).toContain(
      '"nobody" does not work',
    );
    expect(await refused(supervisor, '/rotations', { ...rotation, people: ['alpha.engineer-1'] })).toContain(
      'not a butler',
    );
    expect(await refused(supervisor, '/rotations', { ...rotation, people, zone: 'beta-zone-1' })).toContain(
      '"beta-zone-1"',
    );
    expect(await refused(supervisor, '/rotations', { ...rotation, people })).toContain(
      'alpha/alpha-zone-1/butler/primary/alpha.butler-1',
    );
    const more = { ...rotation, people, replacesLines: true };
    expect(await refused(supervisor, '/rotations', { ...more, endsOn: '2026-01-04' })).toContain('2026-01-04');
    expect(await refused(supervisor, '/rotations', { ...more, startsOn: '2026-02-30' })).toContain('startsOn');
    expect(await refused(supervisor, '/rotations', { ...more, handover: '25:00' })).toContain('handover');
    const stand = { zone: 'alpha-zone-1', role: 'butler', person: 'alpha.butler-3', reason: 'x' };
    expect(await refused(supervisor, '/overrides', { ...stand, from: iso(3), until: iso(2) })).toContain(
      'not after it begins',
    );
    expect(await refused(supervisor, '/overrides', { ...stand, from: iso(-3), until: iso(-2) })).toContain(
      'over already',
    );
    await refused(butler1, '/overrides', { ...stand, from: iso(2), until: iso(3) }, 403);
    await refused(butler1, '/leaves', { person: 'alpha.butler-2', from: iso(2), until: iso(3), reason: 'x' }, 403);
    await refused(butler1, '/swaps', {
      askedOf: 'alpha.engineer-1',
      role: 'butler',
      give: { zone: 'alpha-zone-1', from: iso(2), until: iso(3) },
    });
    expect(
      await refused(butler1, '/swaps', {
        askedOf: 'alpha.butler-2',
        role: 'butler',
        give: { zone: 'alpha-zone-2', from: iso(2), until: iso(3) },
      }),
    ).toContain('not on duty as primary butler');
  });

  it('takes leave of one’s own, shows the gap it makes, and says who is away', async () => {
    const leave = await butler1.post<LeaveView>(`${ROSTER}/leaves`, {
      from: iso(10),
      until: iso(20),
      reason: 'wedding',
    });
    expect(leave).toMatchObject({ person: 'alpha.butler-1', reason: 'wedding' });
    expect(await on(`zone=alpha-zone-1&at=${iso(10)}`)).toEqual([]);
    expect(await on(`zone=alpha-zone-1&at=${iso(20)}`)).toEqual(['alpha.butler-1']);
    const { absent } = await supervisor.get<OnDutyView>(
      `/estates/alpha/on-duty?role=butler&zone=alpha-zone-1&at=${iso(11)}`,
    );
    expect(absent).toMatchObject([{ person: 'alpha.butler-1' }]);
    const coverage = await supervisor.get<CoverageView>(`${ROSTER}/coverage?days=14`);
    expect(coverage.gaps).toEqual([{ role: 'butler', zone: 'alpha-zone-1', from: iso(10), until: iso(20) }]);
    // Why somebody is away is not everybody's business.
    const seen = await butler2.get<RosterView>(ROSTER);
    expect(seen.leaves).toMatchObject([{ person: 'alpha.butler-1', reason: null }]);
    expect(await refused(butler1, '/leaves', { from: iso(19), until: iso(30), reason: 'x' })).toContain(leave.id);
    expect((await butler2.ask('DELETE', `${ROSTER}/leaves/${leave.id}`)).status).toBe(403);
    expect((await butler1.ask('DELETE', `${ROSTER}/leaves/${leave.id}`)).status).toBe(204);
    expect((await supervisor.get<CoverageView>(`${ROSTER}/coverage`)).gaps).toEqual([]);
  });

  it('swaps only when the other consents; then each stands in for the other', async () => {
    const wish = {
      ...{ askedOf: 'alpha.butler-2', role: 'butler', note: 'school day' },
      give: { zone: 'alpha-zone-1', from: iso(30), until: iso(40) },
      take: { zone: 'alpha-zone-2', from: iso(50), until: iso(60) },
    };
    const asked = await butler1.post<SwapView>(`${ROSTER}/swaps`, wish);
    expect(asked.state).toBe('asked');
    expect(await on(`zone=alpha-zone-1&at=${iso(31)}`)).toEqual(['alpha.butler-1']);
    expect((await butler1.refused(`${ROSTER}/swaps/${asked.id}/accept`)).status).toBe(403);
    expect((await butler2.post<SwapView>(`${ROSTER}/swaps/${asked.id}/accept`)).state).toBe('accepted');
    expect(await on(`zone=alpha-zone-1&at=${iso(31)}`)).toEqual(['alpha.butler-2']);
    expect(await on(`zone=alpha-zone-2&at=${iso(51)}`)).toEqual(['alpha.butler-1']);
    expect(await on(`zone=alpha-zone-2&at=${iso(60)}`)).toEqual(['alpha.butler-2']);
    for (const [who, answer] of [
      [butler2, 'refuse'],
      [butler1, 'withdraw'],
      [butler2, 'accept'],
    ] as const)
      expect((await who.refused(`${ROSTER}/swaps/${asked.id}/${answer}`)).status).toBe(409);
    const again = await butler1.post<SwapView>(`${ROSTER}/swaps`, {
      ...wish,
      give: { ...wish.give, from: iso(70), until: iso(80) },
      take: null,
    });
    expect((await butler1.post<SwapView>(`${ROSTER}/swaps/${again.id}/withdraw`)).state).toBe('withdrawn');
    const third = await butler1.post<SwapView>(`${ROSTER}/swaps`, {
      ...wish,
      give: { ...wish.give, from: iso(70), until: iso(80) },
      take: null,
    });
    expect((await butler2.post<SwapView>(`${ROSTER}/swaps/${third.id}/refuse`)).state).toBe('refused');
    expect(await on(`zone=alpha-zone-1&at=${iso(71)}`)).toEqual(['alpha.butler-1']);
  });

  it('lets a rotation take the place of a weekly line; two that overlap, asked for at once, become one', async () => {
    const rotation = {
      ...{ zone: 'alpha-zone-2', role: 'butler', period: 'daily', startsOn: '2026-01-05', handover: '08:00' },
      ...{ people: ['alpha.butler-3'], replacesLines: true },
    };
    const answers = await Promise.all(
      [1, 2, 3].map(() => supervisor.ask<RotationView>('POST', `${ROSTER}/rotations`, rotation)),
    );
    expect(answers.map((a) => a.status).sort((a, b) => a - b)).toEqual([201, 400, 400]);
    expect(await on(`zone=alpha-zone-2&at=${iso(100)}`)).toEqual(['alpha.butler-3']);
    const id = answers.find((a) => a.status === 201)?.body.id ?? '';
    expect((await supervisor.ask('DELETE', `${ROSTER}/rotations/${id}`)).status).toBe(204);
    expect(await on(`zone=alpha-zone-2&at=${iso(100)}`)).toEqual(['alpha.butler-2']);
  });

  it('pages whoever stands in, and the journal says why', async () => {
    await supervisor.post(`${ROSTER}/overrides`, {
      ...{ zone: 'alpha-zone-1', role: 'butler', person: 'alpha.butler-3', reason: 'training' },
      ...{ from: iso(-2), until: iso(2) },
    });
    const lift = await steward.device('alpha-1-lift-1');
    await lift.tell({ alarmButton: false, door: 'closed', doorZone: false });
    for (const alarmButton of [true, false, true]) await lift.tell({ alarmButton });
    await steward.advance(31_000);
    const find = async () => {
      const [ticket] = await supervisor.ticketsOf('alpha-1-lift-1');
      return ticket ? (await supervisor.ticket(ticket.id)).pages.filter((p) => p.role === 'butler') : [];
    };
    const pages = await until('the butler’s page', 10_000, async () => {
      const found = await find();
      return found.length > 0 ? found : undefined;
    });
    expect(pages.map((p) => p.person)).toEqual(['alpha.butler-3']);
    const [line] = await database.rows<{ payload: string }>(
      `select payload::text from journal where kind = 'paged' and payload->>'slot' = 'responder'`,
    );
    expect(line?.payload).toContain('instead of alpha.butler-1');
  });

  it('keeps an audit line and a journal line of every change', async () => {
    const audit = await database.rows<{ action: string }>(
      `select distinct action from audit where action like 'roster.%' order by 1`,
    );
    expect(audit.map((a) => a.action)).toEqual([
      ...['roster.leave-added', 'roster.leave-removed', 'roster.override-added', 'roster.rotation-added'],
      ...['roster.rotation-removed', 'roster.swap-accepted', 'roster.swap-asked', 'roster.swap-refused'],
      'roster.swap-withdrawn',
    ]);
    const told = await database.rows(`select 1 from audit where details::text like '%wedding%'
      union all select 1 from journal where payload::text like '%wedding%'`);
    expect(told).toEqual([]);
  });
});
