import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { JobView } from '../../src/gateway/job-views.js';
import type { EstateContactView } from '../../src/gateway/rescue-views.js';
import type { TicketDetail } from '../../src/gateway/views.js';
import { importWish } from '../support/estate-builder.js';
import type { Refusal, RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;
let ticket: TicketDetail;
let link: string;
let otherLink: string;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  steward = await startedSteward(database);
  control = await steward.as('alpha.control-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const job = (path: string, method = 'GET', body?: unknown) =>
  steward.anonymous().ask<JobView & Refusal>(method, path, body);
const pressButton = async (lift: string): Promise<void> => {
  const device = await steward.device(lift);
  await device.tell({ alarmButton: false, door: 'closed', doorZone: false });
  for (const alarmButton of [true, false, true]) await device.tell({ alarmButton });
};
const linkOf = async (of: TicketDetail, person: string): Promise<string> => {
  const page = of.pages.find((p) => p.person === person);
  const { path } = await control.get<{ path: string }>(`/tickets/${of.id}/pages/${page?.id}/job-link`);
  return path.replace('/job/', '/jobs/');
};

describe('a contractor without an account', () => {
  it('gets a link from the control room, and from nobody else', async () => {
    await pressButton('alpha-1-lift-1');
    await steward.advance(91_000);
    await steward.advance(61_000);
    ticket = await until('both contractors’ pages', 15_000, async () => {
      const [found] = await control.ticketsOf('alpha-1-lift-1');
      const detail = found && (await control.ticket(found.id));
      return detail && detail.pages.filter((p) => p.role === 'contractor').length === 2 ? detail : null;
    });
    link = await linkOf(ticket, 'alpha.contractor-1');
    otherLink = await linkOf(ticket, 'alpha.contractor-2');
    expect(link).toMatch(/^\/jobs\/[\w-]{43}$/);
    const contractors = ticket.pages.find((p) => p.role === 'contractor')?.id;
    const butlers = ticket.pages.find((p) => p.role !== 'contractor')?.id;
    const butler = await steward.as('alpha.butler-1');
    expect((await butler.ask('GET', `/tickets/${ticket.id}/pages/${contractors}/job-link`)).status).toBe(403);
    expect((await control.ask('GET', `/tickets/${ticket.id}/pages/${butlers}/job-link`)).status).toBe(404);
  });

  it('sees the job and nothing else', async () => {
    const { status, body } = await job(link);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(
      [
        ...['acceptedAt', 'access', 'can', 'clocks', 'drill', 'enRouteAt', 'estate', 'expiresAt', 'now', 'onSiteAt'],
        ...['openedAt', 'place', 'priority', 'state', 'title'],
      ].sort(),
    );
    expect(body).toMatchObject({ state: 'open', can: ['accept', 'decline'], priority: 'P1' });
    expect(body.clocks.map((c) => c.key)).toEqual(['rescue', 'contractor-answer', 'contractor-arrival']);
    expect(JSON.stringify(body)).not.toMatch(/butler|control-1|138-|139-/);
  });

  it('accepts, sets out, arrives; whoever else was asked is told that it is taken', async () => {
    expect((await job(`${link}/accept`, 'POST')).body).toMatchObject({ state: 'mine', can: ['en-route', 'on-site'] });
    expect(await job(otherLink)).toMatchObject({ status: 410, body: { reason: 'taken' } });
    expect(await job(`${otherLink}/accept`, 'POST')).toMatchObject({ status: 410 });
    expect((await job(`${link}/en-route`, 'POST')).body.can).toEqual(['on-site']);
    expect((await job(`${link}/en-route`, 'POST')).status).toBe(409);
    expect((await job(`${link}/on-site`, 'POST')).body).toMatchObject({ can: ['rescued'] });
    const after = await control.ticket(ticket.id);
    expect(after.slots.find((s) => s.slot === 'rescuer')).toMatchObject({
      state: 'filled',
      holder: 'alpha.contractor-1',
    });
    expect((await job(`${link}/cancel`, 'POST')).status).toBe(400);
  });

  it('reports the release, and the link is over', async () => {
    expect(await job(`${link}/rescued`, 'POST')).toMatchObject({ status: 410, body: { reason: 'over' } });
    expect((await control.ticket(ticket.id)).state).toBe('rescued');
    expect(await job(link)).toMatchObject({ status: 410, body: { reason: 'over' } });
    expect((await job(link, 'GET')).body.message).toContain('over');
  });

  it('leaves a line in the audit for every look and every act', async () => {
    const rows = await database.rows<{ action: string; actor: string; n: number }>(
      `select action, actor, count(*)::int as n from audit where action like 'job.%' group by 1, 2 order by 1, 2`,
    );
    expect(rows.map((r) => `${r.action} ${r.actor} ${r.n}`)).toEqual([
      'job.accept alpha.contractor-1 1',
      'job.accept alpha.contractor-2 1',
      'job.en-route alpha.contractor-1 2',
      'job.link-handed-on alpha.control-1 2',
      'job.looked alpha.contractor-1 3',
      'job.looked alpha.contractor-2 1',
      'job.on-site alpha.contractor-1 1',
      'job.rescued alpha.contractor-1 1',
    ]);
  });
});

describe('the next tiers of a rescue', () => {
  it('are told with the numbers of the estate, by whoever keeps them', async () => {
    const wish = { kind: 'district-station', name: { zh: '救援站', en: 'Station' }, phone: '0571-1234' };
    const butler = await steward.as('alpha.butler-1');
    expect((await butler.ask('POST', '/estates/alpha/contacts', wish)).status).toBe(403);
    expect((await control.ask('POST', '/estates/alpha/contacts', { ...wish, phone: 'abc' })).status).toBe(400);
    const added = await control.post<EstateContactView>('/estates/alpha/contacts', wish);
    expect(await control.get('/estates/alpha/contacts')).toEqual({ items: [{ ...wish, id: added.id }] });
  });

  it('are asked of the control room when nobody answers, stay on the ticket, and go when the call is confirmed', async () => {
    await pressButton('alpha-2-lift-1');
    await until('the ticket', 10_000, async () => (await control.ticketsOf('alpha-2-lift-1'))[0]);
    // The rescuer's slot opens after 90 s, its last level is due 180 s later.
    for (const ms of [91_000, 61_000, 121_000]) await steward.advance(ms);
    const asked = await until('the prompt', 15_000, async () => {
      const [found] = await control.ticketsOf('alpha-2-lift-1');
      const detail = found && (await control.ticket(found.id));
      return detail && detail.tierCalls.length > 0 ? detail : null;
    });
    expect(asked.tierCalls).toMatchObject([
      { tier: 2, calledAt: null, contacts: [{ phone: '0571-1234' }], because: 'nobody has answered as rescuer' },
    ]);
    expect(asked.missedLimits.map((m) => m.clock)).toEqual(expect.arrayContaining(['accept', 'property-start']));
    const path = `/tickets/${asked.id}/tiers/2/called`;
    const report = { spokeWith: 'Mr Shen', contact: '0571-1234' };
    const butler = await steward.as('alpha.butler-1');
    expect((await butler.ask('POST', path, report)).status).toBe(403);
    expect((await control.refused(path, {})).status).toBe(400);
    expect((await control.refused(path, { ...report, at: '2020-01-01T00:00:00Z' })).status).toBe(400);
    expect((await control.refused(`/tickets/${asked.id}/tiers/4/called`, report)).status).toBe(400);
    const after = await control.post<TicketDetail>(path, report);
    expect(after.tierCalls).toMatchObject([{ tier: 2, spokeWith: 'Mr Shen', contact: '0571-1234' }]);
    expect(after.tierCalls[0]?.calledAt).not.toBeNull();
    expect((await control.refused(path, report)).body).toMatchObject({ statusCode: 409, reason: 'called already' });
    const early = await control.post<TicketDetail>(`/tickets/${asked.id}/tiers/3/called`, { spokeWith: '119' });
    expect(early.tierCalls.map((c) => c.tier)).toEqual([2, 3]);
    const kinds = early.journal.map((j) => j.kind);
    expect(kinds.filter((k) => k === 'tier-due')).toHaveLength(1);
    expect(kinds.filter((k) => k === 'tier-called')).toHaveLength(2);
    expect(kinds.filter((k) => k === 'limit-missed').length).toBe(after.missedLimits.length);
  });
});

describe('a wrong link', () => {
  it('is told so, and after five a minute is not even looked at; a genuine one still opens', async () => {
    const wrong = `/jobs/${'A'.repeat(43)}`;
    const forged = otherLink.slice(0, -4) + (otherLink.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    const statuses: number[] = [];
    for (const path of [wrong, forged, '/jobs/x', wrong, wrong, wrong]) statuses.push((await job(path)).status);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429]);
    expect(await job(otherLink)).toMatchObject({ status: 410, body: { reason: 'over' } });
    expect((await job(`${wrong}/accept`, 'POST')).status).toBe(429);
  });

  it('that is genuine but a day old has expired', async () => {
    await steward.advance(24 * 3_600_000);
    expect(await job(otherLink)).toMatchObject({ status: 410, body: { reason: 'expired' } });
  });
});
