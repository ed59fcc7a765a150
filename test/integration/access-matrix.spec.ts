import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Role, TicketView } from '../../src/gateway/views.js';
import { jpegWithPosition } from '../../src/tickets/evidence/fake-media.js';
import { importWish, passwordOf } from '../support/estate-builder.js';
import { RestClient } from '../support/rest-client.js';
import { SocketClient } from '../support/socket-client.js';
import { signIn, startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(120_000);

type Code = 200 | 401 | 403 | 404 | 409 | 400;
const NOWHERE = '00000000-0000-7000-8000-000000000000';

let database: TestDatabase;
let steward: StartedSteward;
const people = new Map<string, RestClient>();
/** One ticket and alarm of a door (no contractor is paged for it) and of a lift, in each estate. */
interface Ids {
  readonly door: string;
  readonly doorAlarm: string;
  readonly lift: string;
  readonly liftAlarm: string;
  readonly replay: string;
  readonly job: string;
  readonly inspection: string;
  readonly round: string;
  readonly handover: string;
  readonly weather: string;
  readonly webhook: string;
  readonly channel: string;
  readonly photo: string;
}
const ids = new Map<string, Ids>();

const WHO: Record<Role, string> = {
  'control-room': 'control-1',
  butler: 'butler-1',
  security: 'security-1',
  engineer: 'engineer-1',
  supervisor: 'supervisor-1',
  'project-manager': 'manager-1',
  contractor: 'contractor-1',
};
const ROLES = Object.keys(WHO) as Role[];
const as = (username: string): RestClient => people.get(username)!;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', passwords: true, guests: [{ username: 'mixed', role: 'contractor' }] });
  await importWish(database.db, { id: 'beta', guests: [{ username: 'mixed', role: 'engineer' }] });
  await database.pool.query(`insert into person (username, name_zh, name_en) values ('stranger', '客', 'stranger')`);
  steward = await startedSteward(database, { STEWARD_OUTBOUND_PRIVATE: 'true' });
  for (const estate of ['alpha', 'beta']) {
    for (const who of [...Object.values(WHO), 'contractor-3'])
      people.set(`${estate}.${who}`, await steward.as(`${estate}.${who}`));
    const door = await steward.device(`${estate}-1-door-1`);
    await door.tell({ access: 'duress' });
    const lift = await steward.device(`${estate}-1-lift-1`);
    await lift.tell({ alarmButton: false, door: 'closed', doorZone: false });
    for (const alarmButton of [true, false, true]) await lift.tell({ alarmButton });
    const control = as(`${estate}.control-1`);
    const [doorTicket] = await control.ticketsOf(`${estate}-1-door-1`);
    const [liftTicket] = await control.ticketsOf(`${estate}-1-lift-1`);
    const [doorAlarm] = await control.alarmsOf(`${estate}-1-door-1`);
    const [liftAlarm] = await control.alarmsOf(`${estate}-1-lift-1`);
    const span = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z' };
    await as(`${estate}.supervisor-1`).ask('PUT', '/procedures/door-open/draft', ownProcedure(estate));
    const replay = await as(`${estate}.supervisor-1`).post<{ id: string }>('/replays', { estate, ...span });
    const hook = { scope: 'estate', scopeId: estate, name: 'x', url: 'http://127.0.0.1:9/', active: false };
    const webhook = await as(`${estate}.supervisor-1`).post<{ id: string }>('/webhooks', hook);
    const group = { estate, name: 'x', kind: 'generic', url: 'http://127.0.0.1:9/' };
    const channel = await as(`${estate}.supervisor-1`).post<{ id: string }>('/notice-channels', group);
    const work = await workOf(estate);
    ids.set(estate, {
      ...work,
      channel: channel.id,
      webhook: webhook.id,
      door: doorTicket!.id,
      doorAlarm: doorAlarm!.id,
      lift: liftTicket!.id,
      liftAlarm: liftAlarm!.id,
      replay: replay.id,
      photo: await photoOf(doorTicket!.id, control),
    });
  }
  // The button's rescuer slot opens after 90 s: then the contractor is paged.
  await steward.advance(91_000);
  for (const estate of ['alpha', 'beta']) {
    await until('the contractor’s page', 10_000, async () => (await as(`${estate}.contractor-1`).tickets()).items[0]);
  }
  for (const who of ['mixed', 'stranger']) people.set(who, await steward.as(who));
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

/** A photo of the door's ticket, as somebody on the case has sent it. */
async function photoOf(ticket: string, who: RestClient): Promise<string> {
  const answer = await fetch(`${steward.http}/api/v1/tickets/${ticket}/evidence`, {
    method: 'POST',
    headers: { authorization: `Bearer ${who.token}`, 'content-type': 'image/jpeg' },
    body: new Uint8Array(jpegWithPosition()),
  });
  return ((await answer.json()) as { sha256: string }).sha256;
}
const ownProcedure = (estate: string) => ({
  scope: 'estate',
  scopeId: estate,
  spec: {
    title: { zh: '门', en: 'Door' },
    steps: [{ key: 'go', title: { zh: '去', en: 'Go' }, role: 'security', required: true }],
  },
});
/** One of each thing that is done after an emergency; the job is the contractor's. */
async function workOf(estate: string): Promise<Pick<Ids, 'job' | 'inspection' | 'round' | 'handover' | 'weather'>> {
  const lead = as(`${estate}.supervisor-1`);
  const made = async (path: string, body: object): Promise<string> =>
    (await lead.post<{ id: string }>(path, { estate, ...body })).id;
  expect((await lead.ask('PUT', `/estates/${estate}/patrol-plan`, {})).status).toBe(200);
  const { items: rounds } = await lead.get<{ items: { id: string }[] }>(`/patrols?estate=${estate}`);
  return {
    job: await made('/follow-ups', { kind: 'other', role: 'contractor' }),
    inspection: await made('/inspections', { dueAt: LATER }),
    round: rounds[0]!.id,
    handover: await made('/handovers', {}),
    weather: await made(`/estates/${estate}/weather`, RAIN),
  };
}
const LATER = '2099-01-01T00:00:00Z';
const RAIN = { kind: 'rain', from: '2099-01-01T00:00:00Z', to: '2099-01-02T00:00:00Z' };

const DAY = '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';

/**
 * Every route with an id of `estate` in it, and who may use it there: `all`, or these roles; everybody else of the
 * estate is answered 403 (404 where even the thing's existence is not his business).
 */
function routes(estate: string): [method: string, path: string, may: 'all' | Role[], others: Code, body?: unknown][] {
  const id = ids.get(estate)!;
  const notContractor = ROLES.filter((r) => r !== 'contractor');
  const registrars: Role[] = ['control-room', 'supervisor', 'project-manager', 'butler'];
  const visitors: Role[] = [...registrars, 'engineer'];
  const override = { scope: 'building', scopeId: `${estate}-2`, key: 'building.comms-lost.devices', reason: 'x' };
  const notice = { kind: 'begin', title: { zh: 'x', en: 'x' }, text: { zh: 'x', en: 'x' } };
  const keepers: Role[] = ['supervisor', 'project-manager'];
  const tuners: Role[] = ['supervisor', 'engineer', 'project-manager'];
  const pagers: Role[] = ['supervisor', 'project-manager'];
  const policy = { scope: 'estate', scopeId: estate, event: 'pipe.leak', priority: 'P2' };
  const slots = [{ slot: 'responder', levels: [{ afterS: 0, targets: [{ kind: 'everyone-on-shift' }] }] }];
  const call = {
    ...{ estate, place: { type: 'unit', id: `${estate}-2-101` }, kind: 'no-water', said: 'x' },
    idempotencyKey: 'one and the same',
  };
  const callers: Role[] = ['control-room', ...keepers];
  // Not in order, or over: understood by whoever may say it, and refused for what it is.
  const span = { from: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' };
  const over = { ...span, reason: 'x' };
  const standIn = { ...over, role: 'butler', person: 'nobody' };
  const rotation = { role: 'butler', people: ['nobody'], period: 'daily', startsOn: '2026-01-01', handover: '08:00' };
  const owner = `scope=estate&scopeId=${estate}`;
  const writers: Role[] = ['supervisor', 'project-manager'];
  const why = { scope: 'estate', scopeId: estate, reason: 'x' };
  const leads: Role[] = ['control-room', 'supervisor', 'project-manager'];
  const moves = ['en-route', 'on-site', 'contained', 'rescued', 'resolve', 'follow-up', 'close', 'cancel'];
  return [
    ['GET', `/tickets/${id.door}`, notContractor, 404],
    ['GET', `/tickets/${id.lift}`, 'all', 403],
    ['GET', `/tickets/${id.door}/localisation`, notContractor, 404],
    ['GET', `/estates/${estate}/figures`, ['control-room', 'supervisor', 'project-manager'], 403],
    ['POST', `/tickets/${id.door}/accept`, notContractor, 404],
    ['POST', `/tickets/${id.door}/decline`, notContractor, 404],
    ...moves.map((m): [string, string, Role[], Code] => ['POST', `/tickets/${id.door}/${m}`, notContractor, 404]),
    ['POST', `/tickets/${id.door}/reassurance`, notContractor, 404],
    ['POST', `/tickets/${id.door}/steps/1/done`, notContractor, 404],
    ['POST', `/tickets/${id.door}/notes`, notContractor, 404, { text: 'x' }],
    // Whose roles are refused by 403 is asked in tickets-over-http.spec.ts: here such an answer counts as a passage.
    ['POST', `/tickets/${id.door}/merge`, 'all', 403, { into: id.lift, reason: 'x' }],
    ['POST', `/tickets/${id.door}/split`, 'all', 403, { alarmIds: [NOWHERE], reason: 'x' }],
    ['POST', `/tickets/${id.door}/reassign`, 'all', 403, { slot: 'responder', to: 'x', reason: 'x' }],
    ['POST', `/tickets/${id.door}/people`, 'all', 403, { slot: 'responder', person: 'x' }],
    ['POST', '/tickets', ['control-room', 'supervisor', 'butler', 'security'], 403, call],
    ['POST', `/tickets/${id.door}/evidence`, notContractor, 404],
    ['GET', `/tickets/${id.door}/evidence`, notContractor, 404],
    ['GET', `/tickets/${id.door}/evidence/${id.photo}`, notContractor, 404],
    ['GET', `/procedures/door-open?${owner}`, notContractor, 403],
    ['GET', `/procedures/door-open/versions/1?${owner}`, notContractor, 403],
    ['GET', `/procedures/door-open/draft/diff?${owner}`, notContractor, 403],
    ['PUT', '/procedures/backflow/draft', writers, 403, ownProcedure(estate)],
    ['DELETE', `/procedures/backflow/draft?${owner}`, writers, 403],
    ['PUT', '/procedures/welfare/draft', writers, 403, ownProcedure(estate)],
    ['POST', '/procedures/welfare/publish', writers, 403, why],
    ['POST', '/procedures/welfare/retire', writers, 403, why],
    ['POST', `/alarms/${id.doorAlarm}/ack`, notContractor, 403],
    ['POST', `/alarms/${id.doorAlarm}/shelve`, ['control-room', 'supervisor'], 403, { minutes: 5, reason: 'x' }],
    ['POST', `/alarms/${id.doorAlarm}/end`, ['control-room', 'supervisor'], 403, { how: 'voice' }],
    ['GET', `/devices/${estate}-1-pipe/readings${DAY}`, notContractor, 403],
    ['GET', `/devices/${estate}-1-pipe/rejects`, notContractor, 403],
    ['POST', `/devices/${estate}-2-pipe/life`, ['control-room', 'supervisor', 'engineer'], 403, { life: 'live' }],
    ['POST', `/devices/${estate}-2-pipe/token`, ['supervisor', 'engineer'], 403],
    ['DELETE', `/devices/${estate}-2-pipe/token`, ['supervisor', 'engineer'], 403],
    ['GET', `/devices/${estate}-2-pipe/rules`, notContractor, 403],
    ['PUT', '/rule-overrides', ['supervisor', 'engineer'], 403, { ...override, value: 3 }],
    ['DELETE', `/rule-overrides?${new URLSearchParams(override)}`, ['supervisor', 'engineer'], 403],
    ['GET', `/policies/versions?${new URLSearchParams(policy)}`, pagers, 403],
    ['PUT', '/policies', pagers, 403, { ...policy, slots, reason: 'x' }],
    ['POST', '/policies/publish', pagers, 403, { ...policy, version: 1, reason: 'x' }],
    ['DELETE', `/policies?${new URLSearchParams({ ...policy, reason: 'x' })}`, pagers, 403],
    ['POST', '/policies/dry-run', pagers, 403, { event: 'pipe.leak', subject: { type: 'estate', id: estate } }],
    ['POST', `/units/${estate}-2-101/visit`, visitors, 403, { minutes: 5, reason: 'x' }],
    ['POST', `/units/${estate}-2-101/away`, registrars, 403, { until: null }],
    ['POST', `/units/${estate}-2-101/occupancy`, registrars, 403, { occupancy: 'vacant', reason: 'x' }],
    ['GET', `/follow-ups/${id.job}`, 'all', 403],
    ['POST', '/follow-ups', notContractor, 403, { estate, kind: 'other' }],
    ['POST', `/follow-ups/${id.job}/done`, [...leads, 'contractor'], 403, { outcome: 'x' }],
    ['POST', `/follow-ups/${id.job}/skip`, [...leads, 'contractor'], 403, { reason: 'x' }],
    ['POST', `/follow-ups/${id.job}/assign`, leads, 403, { note: 'x' }],
    ['POST', '/inspections', leads, 403, { estate, dueAt: LATER }],
    ['POST', `/inspections/${id.inspection}/units/${estate}-1-101`, notContractor, 403, { result: 'ok' }],
    ['POST', `/devices/${estate}-2-lift-1/alarm-path-test`, [...leads, 'engineer'], 403],
    ['POST', '/drills', leads, 403, { estate, device: `${estate}-2-pipe`, event: 'pipe.burst' }],
    ['PUT', `/estates/${estate}/patrol-plan`, ['supervisor', 'project-manager'], 403],
    ['POST', `/patrols/${id.round}/doors/${estate}-1-door-1`, notContractor, 403, { result: 'ok' }],
    ['DELETE', `/estates/${estate}/patrol-plan`, ['supervisor', 'project-manager'], 403],
    ['POST', '/handovers', leads, 403, { estate }],
    ['POST', `/handovers/${id.handover}/sign`, leads, 403],
    ['GET', `/estates/${estate}/weather`, notContractor, 403],
    ['POST', `/estates/${estate}/weather`, leads, 403, RAIN],
    ['DELETE', `/estates/${estate}/weather/${id.weather}`, leads, 403],
    ['POST', `/estates/${estate}/weather-token`, ['supervisor', 'project-manager'], 403],
    ['POST', '/replays', tuners, 403, { estate, from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z' }],
    ['GET', `/tickets/${id.lift}/notice`, 'all', 403],
    ['POST', `/tickets/${id.lift}/notice`, 'all', 403, notice],
    ['GET', `/tickets/${id.lift}/notices`, 'all', 403],
    ['POST', '/notice-channels', keepers, 403, { estate, name: 'x', kind: 'generic', url: 'http://127.0.0.1:9/' }],
    ['PATCH', `/notice-channels/${id.channel}`, keepers, 403, { active: true }],
    ['POST', '/webhooks', keepers, 403, { scope: 'estate', scopeId: estate, name: 'x', url: 'http://127.0.0.1:9/' }],
    ['GET', `/webhooks/${id.webhook}`, keepers, 403],
    ['PATCH', `/webhooks/${id.webhook}`, keepers, 403],
    ['POST', `/webhooks/${id.webhook}/secret`, keepers, 403],
    ['POST', `/webhooks/${id.webhook}/test`, keepers, 403],
    ['POST', `/webhooks/${id.webhook}/replay`, keepers, 403],
    ['GET', `/webhooks/${id.webhook}/deliveries`, keepers, 403],
    ['GET', `/replays/${id.replay}`, tuners, 403],
    ['DELETE', `/replays/${id.replay}`, tuners, 403],
    ['GET', `/estates/${estate}/roster`, 'all', 403],
    ['GET', `/estates/${estate}/on-duty?role=butler`, notContractor, 403],
    ['GET', `/estates/${estate}/roster/coverage`, notContractor, 403],
    ['POST', `/estates/${estate}/roster/rotations`, keepers, 403, rotation],
    ['POST', `/estates/${estate}/roster/overrides`, keepers, 403, standIn],
    ['POST', `/estates/${estate}/roster/leaves`, 'all', 403, over],
    ['POST', `/estates/${estate}/roster/swaps`, 'all', 403, { askedOf: 'x', role: 'butler', give: span }],
    ['GET', `/estates/${estate}/contacts`, notContractor, 403],
    ['POST', `/estates/${estate}/contacts`, callers, 403, { kind: 'fire', name: { zh: 'x', en: 'x' }, phone: '119' }],
    ['POST', `/tickets/${id.lift}/tiers/2/called`, 'all', 403, { spokeWith: 'x' }],
  ];
}
/** Routes of a whole estate, asked for with `?estate=`. */
function lists(estate: string): [path: string, may: 'all' | Role[], others: Code][] {
  const notContractor = ROLES.filter((r) => r !== 'contractor');
  return [
    [`/alarms?estate=${estate}`, 'all', 403],
    [`/tickets?estate=${estate}`, 'all', 403],
    [`/devices?estate=${estate}`, notContractor, 403],
    [`/places?estate=${estate}&q=1`, notContractor, 403],
    [`/units?estate=${estate}`, notContractor, 403],
    [`/journal?estate=${estate}`, ['control-room', 'supervisor', 'project-manager'], 403],
    [`/notice-channels?estate=${estate}`, ['control-room', 'supervisor', 'project-manager'], 403],
    [`/webhooks?estate=${estate}`, ['supervisor', 'project-manager'], 403],
    [`/follow-ups?estate=${estate}`, 'all', 403],
    [`/alarm-paths?estate=${estate}`, 'all', 403],
    ...['inspections', 'patrols', 'patrol-plan', 'drills', 'handovers', 'tasks'].map((list): [string, Role[], Code] => [
      `/${list}?estate=${estate}`,
      notContractor,
      403,
    ]),
    [`/rejects?estate=${estate}`, ['control-room', 'supervisor', 'engineer'], 403],
    [`/rule-overrides?estate=${estate}`, notContractor, 403],
    [`/policies?estate=${estate}`, ['supervisor', 'project-manager'], 403],
    [`/procedures?estate=${estate}`, notContractor, 403],
    [`/unclaimed-devices?estate=${estate}`, ['control-room', 'supervisor', 'engineer'], 403],
    [`/dead-letters?estate=${estate}`, ['supervisor'], 403],
  ];
}
const allowed = (may: 'all' | Role[], role: Role): boolean => may === 'all' || may.includes(role);

describe('every route', () => {
  it('denies without a token, and with a wrong one', async () => {
    const document = await steward
      .anonymous()
      .get<{ paths: Record<string, Record<string, unknown>> }>('/api/openapi.json');
    const open: string[] = [];
    let asked = 0;
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        const url = path
          .replace(/\{(id|delivery)\}/g, NOWHERE)
          .replace('{move}', 'accept')
          .replace('{no}', '1')
          .replace('{action}', 'done');
        for (const client of [steward.anonymous(), new RestClient(steward.http, 'x'.repeat(43))]) {
          asked++;
          // Without /api/v1 (health and metrics) it is asked for as it stands.
          const status = path.startsWith('/api')
            ? (await client.ask(method.toUpperCase(), url, method === 'get' ? undefined : {})).status
            : (await fetch(`${steward.http}${url}`)).status;
          if (status !== 401) open.push(`${method.toUpperCase()} ${path} ${status}`);
        }
      }
    }
    expect(asked).toBeGreaterThan(40);
    // Signing in needs no token, a weather service signs its calls: an empty body is not understood. What probes and
    // monitoring ask for is public.
    expect([...new Set(open)].sort()).toEqual(
      [
        ...[
          'GET /healthz 200',
          'GET /metrics 200',
          'GET /readyz 200',
          'GET /api/v1/errors 200',
          'POST /api/v1/sessions 400',
        ],
        'POST /api/v1/hooks/weather/{estate} 400',
        // The link is what opens them, and this is none.
        ...['GET /api/v1/jobs/{token} 404', 'POST /api/v1/jobs/{token}/{action} 400'],
        'POST /api/v1/page-receipts/{token} 404',
      ].sort(),
    );
  });

  it('has a line in this matrix', async () => {
    const document = await steward
      .anonymous()
      .get<{ paths: Record<string, Record<string, unknown>> }>('/api/openapi.json');
    const known = [...routes('alpha').map(([m, p]) => `${m} ${p}`), ...lists('alpha').map(([p]) => `GET ${p}`)];
    const elsewhere = [
      '/healthz',
      '/readyz',
      '/metrics',
      '/api/v1/sessions',
      '/api/v1/me',
      '/api/v1/estates',
      '/api/v1/rules',
      '/api/v1/call-kinds',
      '/api/v1/errors',
      // Of people, not of an estate: test/integration/paged-lists.spec.ts.
      '/api/v1/audit',
      '/api/v1/webhooks/{id}/deliveries/{delivery}/replay',
      // Everybody's own, or of a person (test/integration/page-channels.spec.ts); a receipt's address is its own right.
      '/api/v1/me/channels',
      '/api/v1/me/channels/push-devices',
      '/api/v1/me/channels/push-devices/{id}',
      '/api/v1/me/channels/test',
      '/api/v1/me/channels/test/{id}',
      '/api/v1/staff/{username}/channels',
      '/api/v1/page-receipts/{token}',
      '/api/v1/dead-letters/{id}/replay',
      '/api/v1/procedures/{id}/validate',
      '/api/v1/hooks/weather/{estate}',
      // Of the whole service, not of an estate (docs/adr/0012), or of what a bridge has told of: asked for below.
      '/api/v1/unclaimed-devices/{no}/adopt',
      '/api/v1/device-profiles',
      '/api/v1/device-profiles/{id}',
      '/api/v1/device-profiles/dry-run',
      // They answer pages and files, not JSON: asked for in reports.spec.ts.
      '/api/v1/tickets/{id}/report',
      '/api/v1/exports/tickets',
      '/api/v1/exports/alarms',
      // Opened by a signed link, by nobody's role (rescue-and-jobs.spec).
      '/api/v1/jobs/{token}',
      '/api/v1/jobs/{token}/{action}',
      // Of one thing in an estate: asked for below.
      '/api/v1/estates/{estate}/roster/rotations/{id}',
      '/api/v1/estates/{estate}/roster/overrides/{id}',
      '/api/v1/estates/{estate}/roster/leaves/{id}',
      '/api/v1/estates/{estate}/roster/swaps/{id}/{answer}',
      '/api/v1/estates/{estate}/contacts/{contact}',
      '/api/v1/tickets/{id}/pages/{page}/job-link',
    ];
    const missing = Object.entries(document.paths)
      .filter(([path]) => !elsewhere.includes(path))
      .flatMap(([path, methods]) => Object.keys(methods).map((m) => `${m.toUpperCase()} ${path}`))
      // Once it is gone, nobody else could be asked about it.
      .filter((route) => route !== 'DELETE /api/v1/webhooks/{id}')
      .filter((route) => {
        const [method, path] = route.split(' ');
        const shape = `^${method} ${path!.replace('/api/v1', '').replace(/\{\w+\}/g, '[^/?]+')}(\\?.*)?$`;
        return !known.some((k) => new RegExp(shape).test(k));
      });
    expect(missing).toEqual([]);
  });

  it.each(ROLES)('lets the %s of its estate do what the role may, and refuses the rest', async (role) => {
    const client = as(`alpha.${WHO[role]}`);
    const got: string[] = [];
    const wanted: string[] = [];
    for (const [method, path, may, others, body] of routes('alpha')) {
      const { status } = await client.ask(method, path, method === 'GET' ? undefined : (body ?? {}));
      // Whether the move is possible now is not asked here; that the role may not make it (403 by the ticket) is.
      const passed = ![401, 404].includes(status) && (status !== 403 || path.includes('/tickets/'));
      got.push(`${method} ${path} ${passed ? 'passed' : status}`);
      wanted.push(`${method} ${path} ${allowed(may, role) ? 'passed' : others}`);
    }
    for (const [path, may, others] of lists('alpha')) {
      got.push(`GET ${path} ${(await client.ask('GET', path)).status}`);
      wanted.push(`GET ${path} ${allowed(may, role) ? 200 : others}`);
    }
    expect(got).toEqual(wanted);
  });

  it.each(ROLES)('shows the %s of one estate nothing of another', async (role) => {
    const client = as(`alpha.${WHO[role]}`);
    for (const [method, path, , , body] of routes('beta')) {
      const { status } = await client.ask(method, path, method === 'GET' ? undefined : (body ?? {}));
      expect(`${method} ${path} ${status}`).toMatch(/ (404|403)$/);
      // Refused for the role alone it may be; that the thing exists it must not tell.
      const nowhere = path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|beta-\d-\w+/, (found) =>
        found.startsWith('beta') ? 'no-such' : NOWHERE,
      );
      const absent = await client.ask(method, nowhere, method === 'GET' ? undefined : (body ?? {}));
      expect(`${method} ${path} ${status}`).toBe(`${method} ${path} ${absent.status}`);
    }
    for (const [path] of lists('beta')) expect((await client.ask('GET', path)).status).toBeGreaterThanOrEqual(403);
    const seen = [
      ...(await client.tickets()).items.map((t) => t.estate),
      ...(await client.alarms('?state=all')).items.map((a) => a.estate),
      ...(await client.get<{ items: { id: string }[] }>('/estates')).items.map((e) => e.id),
      ...(role === 'contractor' ? [] : (await client.devices()).items.map((d) => d.estate)),
    ];
    expect(new Set(seen)).toEqual(new Set(['alpha']));
  });

  it.each(ROLES)('lets the %s see device profiles and adopt devices only if that is the role’s work', async (role) => {
    const client = as(`alpha.${WHO[role]}`);
    const own = role === 'engineer' || role === 'supervisor';
    const asked: [string, string, number][] = [
      ['GET', '/device-profiles', 200],
      // An empty profile, an empty request: understood by whoever may send them, and refused for what they are.
      ['PUT', '/device-profiles/x', 400],
      ['POST', '/device-profiles/dry-run', 400],
      ['DELETE', '/device-profiles/x', 404],
      ['POST', '/unclaimed-devices/1/adopt', 400],
    ];
    for (const [method, path, status] of asked) {
      const answer = await client.ask(method, path, method === 'GET' ? undefined : {});
      expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} ${own ? status : 403}`);
    }
  });

  it.each(ROLES)(
    'lets the %s remove from the roster and hand on links only if that is the role’s work',
    async (role) => {
      const client = as(`alpha.${WHO[role]}`);
      const keeps = role === 'supervisor' || role === 'project-manager';
      const calls = keeps || role === 'control-room';
      const roster = '/estates/alpha/roster';
      const asked: [string, string, number][] = [
        ['DELETE', `${roster}/rotations/${NOWHERE}`, keeps ? 404 : 403],
        ['DELETE', `${roster}/overrides/${NOWHERE}`, keeps ? 404 : 403],
        ['DELETE', `${roster}/leaves/${NOWHERE}`, 404],
        ['POST', `${roster}/swaps/${NOWHERE}/accept`, 404],
        ['DELETE', '/estates/alpha/contacts/no-such', calls ? 404 : 403],
        ['GET', `/tickets/${ids.get('alpha')!.lift}/pages/${NOWHERE}/job-link`, calls ? 404 : 403],
        ['DELETE', `/estates/beta/roster/leaves/${NOWHERE}`, 404],
        ['DELETE', '/estates/beta/contacts/no-such', calls ? 404 : 403],
      ];
      for (const [method, path, status] of asked) {
        const answer = await client.ask(method, path, method === 'GET' ? undefined : {});
        expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} ${status}`);
      }
    },
  );

  it('shows somebody who works nowhere nothing at all', async () => {
    const stranger = as('stranger');
    expect(await stranger.get('/me')).toMatchObject({ roles: [], estates: [], onDuty: false });
    expect(await stranger.tickets()).toMatchObject({ items: [], seq: 0 });
    expect(await stranger.alarms()).toMatchObject({ items: [], seq: 0 });
    for (const [method, path, , , body] of routes('alpha'))
      expect(
        (await stranger.ask(method, path, method === 'GET' ? undefined : (body ?? {}))).status,
      ).toBeGreaterThanOrEqual(403);
    expect((await stranger.ask('GET', '/devices')).status).toBe(403);
  });
});

describe('a contractor', () => {
  it('sees only the tickets that he was paged for', async () => {
    const of = (t: readonly TicketView[]): string[] => t.map((x) => x.id);
    expect(of((await as('alpha.contractor-1').tickets()).items)).toEqual([ids.get('alpha')!.lift]);
    expect((await as('alpha.contractor-3').tickets()).items).toEqual([]);
    for (const id of [ids.get('alpha')!.lift, ids.get('alpha')!.door])
      expect((await as('alpha.contractor-3').ask('GET', `/tickets/${id}`)).status).toBe(404);
    expect((await as('alpha.contractor-1').alarms('?state=all')).items).toEqual([]);
  });

  it('finds his old ticket behind any number of newer ones of others', async () => {
    const { rows } = await database.pool.query<{ id: string }>(
      `insert into ticket select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'no', 'many-' || n,
         'opened_at', t.opened_at + interval '1 day'))).* from ticket t, generate_series(1, 510) n where t.id = $1
       returning id`,
      [ids.get('alpha')!.door],
    );
    const mine = (await as('alpha.contractor-1').tickets()).items.map((t) => t.id);
    await database.pool.query('delete from ticket where id = any($1)', [rows.map((r) => r.id)]);
    expect(mine).toContain(ids.get('alpha')!.lift);
  });

  it('who is an engineer elsewhere sees the devices of that estate alone', async () => {
    const mixed = as('mixed');
    expect(new Set((await mixed.devices()).items.map((d) => d.estate))).toEqual(new Set(['beta']));
    expect((await mixed.ask('GET', '/devices?estate=alpha')).status).toBe(404);
    expect((await mixed.ask('GET', '/devices/alpha-1-pipe/readings')).status).toBe(404);
    expect((await mixed.ask('GET', '/devices/alpha-1-pipe/rejects')).status).toBe(404);
    expect(
      (await mixed.ask('POST', '/devices/alpha-1-pipe/life', { life: 'retired', reason: 'x' })).status,
    ).toBeGreaterThanOrEqual(403);
    expect((await mixed.devices('?estate=beta')).items.length).toBeGreaterThan(5);
    expect((await mixed.tickets()).items.map((t) => t.estate)).not.toContain('alpha');
  });
});

describe('signing in and out', () => {
  it('takes the password, and after signing out the token is worth nothing on routes and sockets', async () => {
    const username = 'alpha.butler-2';
    const answer = await steward
      .anonymous()
      .ask<{ token: string }>('POST', '/sessions', { username, password: passwordOf(username) });
    expect(answer.status).toBe(201);
    const mine = new RestClient(steward.http, answer.body.token);
    expect(await mine.get('/me')).toMatchObject({
      username,
      roles: [{ estate: 'alpha', role: 'butler' }],
      onDuty: true,
    });
    const phone = await SocketClient.open(steward.http, 'butler', answer.body.token);
    expect((await mine.ask('DELETE', '/sessions')).status).toBe(204);
    await until('the end of the socket that was open', 5000, () => phone.socket.disconnected);
    expect((await mine.ask('GET', '/me')).status).toBe(401);
    await expect(SocketClient.open(steward.http, 'butler', answer.body.token)).rejects.toThrow();
  });

  it.each([
    ['a wrong password', { username: 'alpha.butler-1', password: 'wrong password' }, 401],
    ['a name that nobody has', { username: 'nobody', password: 'wrong password' }, 401],
    ['somebody without a password', { username: 'beta.butler-1', password: '' }, 400],
    ['a number for a name', { username: 7, password: 'x' }, 400],
    ['NUL in the name', { username: 'alpha.butler-1\u0000', password: 'wrong password' }, 400],
  ])('refuses %s', async (_, body, status) => {
    expect((await steward.anonymous().ask('POST', '/sessions', body)).status).toBe(status);
  });

  it('answers text that the database cannot hold with 400, not with 500', async () => {
    const control = as('alpha.control-1');
    const { door } = ids.get('alpha')!;
    for (const reason of ['a\u0000b', 'half a \ud83d face'])
      expect((await control.ask('POST', `/tickets/${door}/false-alarm`, { reason })).status).toBe(400);
    expect((await control.ask('POST', `/tickets/${door}/steps/1/done`, { note: '\u0000' })).status).toBe(400);
    expect((await control.ask('GET', '/tickets?estate=%00')).status).toBe(400);
    expect((await control.ask('GET', '/tickets/%00')).status).toBe(400);
  });
});

describe('sockets', () => {
  it.each(['butler', 'control-room'] as const)(
    '/%s lets nobody in without a token, or with a wrong one',
    async (space) => {
      await expect(SocketClient.open(steward.http, space, null)).rejects.toThrow('Sign in again');
      await expect(SocketClient.open(steward.http, space, 'x'.repeat(43))).rejects.toThrow('Sign in again');
    },
  );

  it.each(ROLES)('/control-room is for those who work there: %s', async (role) => {
    const token = await signIn(database, `alpha.${WHO[role]}`);
    const opened = SocketClient.open(steward.http, 'control-room', token);
    if (['control-room', 'supervisor', 'project-manager'].includes(role)) (await opened).close();
    else await expect(opened).rejects.toThrow('The control room is for');
  });

  it('a resume for another estate is not answered: no change, no reset, no live values', async () => {
    const desk = await steward.socket('control-room', 'alpha.control-1');
    desk.resume('beta', 0);
    desk.socket.emit('resume', { estate: 'alpha', lastSeq: -1 });
    desk.socket.emit('resume', 'alpha');
    desk.socket.emit('resume');
    await pause(1500);
    expect([desk.changes, desk.resets, desk.lives]).toEqual([[], [], 0]);
    desk.resume('alpha', 0);
    await until('its own', 5000, () => desk.changes.length > 0 && desk.lives > 0);
    expect(new Set(desk.changes.map((c) => c.estate))).toEqual(new Set(['alpha']));
  });

  it('a phone answers only its own pages', async () => {
    const [page] = await database.rows<{ id: string }>(
      `select id from page where person = 'alpha.security-1' and ticket_id = $1`,
      [ids.get('alpha')!.lift],
    );
    const phone = await steward.socket('butler', 'alpha.butler-2');
    for (const event of ['seen', 'accept', 'decline'] as const) {
      expect(await phone.command(event, { pageId: page!.id })).toMatchObject({ ok: false, status: 404 });
      expect(await phone.command(event, { pageId: 'x' })).toMatchObject({ ok: false, status: 400 });
    }
  });

  it('a contractor’s phone hears of his own tickets alone', async () => {
    const phone = await steward.socket('butler', 'alpha.contractor-3');
    const butler = await steward.socket('butler', 'alpha.butler-2');
    await as('alpha.control-1')
      .post(`/tickets/${ids.get('alpha')!.door}/steps/1/done`)
      .catch(() => undefined);
    await as('alpha.control-1').post(`/tickets/${ids.get('alpha')!.lift}/steps/2/done`, { note: 'two' });
    await until('the butler', 5000, () => butler.tickets.length > 0);
    await pause(300);
    expect(phone.tickets).toEqual([]);
  });
});
