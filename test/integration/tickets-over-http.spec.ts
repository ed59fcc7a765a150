import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CallKindView, OpenedByCall, PlaceHitView } from '../../src/gateway/by-hand-views.js';
import type { TicketDetail } from '../../src/gateway/views.js';
import { importWish } from '../support/estate-builder.js';
import type { RestClient } from '../support/rest-client.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

let database: TestDatabase;
let steward: StartedSteward;
let desk: RestClient;
beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  await importWish(database.db, { id: 'beta' });
  steward = await startedSteward(database);
  desk = await steward.as('alpha.control-1');
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const call = (more: object = {}) => ({
  estate: 'alpha',
  place: { type: 'unit', id: 'alpha-1-102' },
  kind: 'water-leak',
  said: '天花板在滴水',
  idempotencyKey: randomUUID(),
  ...more,
});
const open = (more: object = {}): Promise<OpenedByCall> => desk.post('/tickets', call(more));

describe('a ticket from a call', () => {
  it('is opened, found, worked for people on the telephone, and shows who told what', async () => {
    const socket = await steward.socket('control-room', 'alpha.control-1');
    socket.resume('alpha', 0);
    const reportedAt = new Date(Date.now() - 15 * 60_000).toISOString();
    const opened = await open({
      caller: { name: '卢女士', phone: '138-0000-0000', unit: 'alpha-1-102' },
      reportedAt,
    });
    expect(opened).toMatchObject({ joined: false });
    const { ticketId } = opened;
    await desk.move(ticketId, 'decline', { onBehalfOf: 'alpha.butler-1', reason: '在外面' });
    await desk.move(ticketId, 'accept', { onBehalfOf: 'alpha.engineer-1' });
    await desk.post(`/tickets/${ticketId}/steps/1/done`, { onBehalfOf: 'alpha.engineer-1', note: '无照片' });
    const written = await desk.post<TicketDetail>(`/tickets/${ticketId}/notes`, { text: '业主在外地' });
    expect(written.notes).toMatchObject([{ author: 'alpha.control-1', text: '业主在外地' }]);
    const t = await desk.ticket(ticketId);
    expect(t).toMatchObject({
      no: opened.no,
      event: 'pipe.leak',
      priority: 'P2',
      building: 'alpha-1',
      unit: 'alpha-1-102',
    });
    expect(t.calls).toMatchObject([
      { callerName: '卢女士', callerPhone: '138-0000-0000', said: '天花板在滴水', reportedAt, joined: false },
    ]);
    const clock = t.clocks.find((c) => c.key === 'entered');
    expect(clock).toMatchObject({ from: reportedAt, limitS: 600, met: true });
    expect(Date.parse(clock?.doneAt ?? '') - Date.parse(reportedAt)).toBeGreaterThan(600_000);
    expect(t.slots).toMatchObject([{ holder: 'alpha.engineer-1', onBehalfBy: 'alpha.control-1' }]);
    expect(t.steps[0]).toMatchObject({ doneBy: 'alpha.engineer-1', onBehalfBy: 'alpha.control-1' });
    expect(t.pages.find((p) => p.person === 'alpha.butler-1')).toMatchObject({
      state: 'declined',
      onBehalfBy: 'alpha.control-1',
    });
    await until('the note on the feed', 5000, () =>
      Promise.resolve(socket.changes.some((c) => c.type === 'note' && c.note.text === '业主在外地')),
    );
  });

  it('joins another one, and merging, splitting, reassigning and adding people are told in its view', async () => {
    const first = await open({ place: { type: 'unit', id: 'alpha-2-101' } });
    const second = await open({ place: { type: 'unit', id: 'alpha-2-202' } });
    expect(second).toMatchObject({ joined: true, ticketId: first.ticketId });
    const t = await desk.ticket(first.ticketId);
    const alarm = t.alarms.find((a) => a.subject.id === 'alpha-2-202');
    const split = await desk.ask<TicketDetail>('POST', `/tickets/${t.id}/split`, {
      alarmIds: [alarm?.id],
      reason: '两处',
    });
    expect(split.status).toBe(201);
    expect(split.body.links).toMatchObject([{ kind: 'split', direction: 'from', no: first.no }]);
    const merged = await desk.post<TicketDetail>(`/tickets/${split.body.id}/merge`, { into: t.id, reason: '一处' });
    expect(merged).toMatchObject({ state: 'cancelled', overReason: `merged into ${first.no}: 一处` });
    const added = await desk.post<TicketDetail>(`/tickets/${t.id}/people`, {
      slot: 'responder',
      person: 'alpha.butler-3',
    });
    expect(added.pages.map((p) => p.person)).toContain('alpha.butler-3');
    await desk.move(t.id, 'accept', { onBehalfOf: 'alpha.butler-3' });
    const other = await desk.post<TicketDetail>(`/tickets/${t.id}/reassign`, {
      ...{ slot: 'responder', to: 'alpha.engineer-1', reason: '要关阀' },
    });
    expect(other.slots).toMatchObject([{ slot: 'responder', state: 'open', round: 1 }]);
    expect(
      (await desk.refused(`/tickets/${t.id}/reassign`, { slot: 'responder', to: 'x', reason: 'x' })).body,
    ).toMatchObject({
      statusCode: 409,
      reason: 'slot is not filled',
    });
  });

  it('is one however often it is sent; a bad one is refused with every mistake and changes nothing', async () => {
    const request = call({ place: { type: 'building', id: 'alpha-2' }, kind: 'power-out' });
    const a = await desk.post<OpenedByCall>('/tickets', request);
    expect(await desk.post('/tickets', request)).toEqual(a);
    const before = (await desk.tickets('?state=all')).items.length;
    for (const [body, status] of [
      [{}, 400],
      [call({ kind: 'meteor' }), 400],
      [call({ event: 'pipe.leak' }), 400],
      [call({ said: 7 }), 400],
      [call({ caller: { phone: 'ring me' } }), 400],
      [call({ priority: 'P4' }), 400],
      [call({ priority: 'P1' }), 400],
      [call({ kind: undefined, event: 'no.such' }), 400],
      [call({ place: { type: 'unit', id: 'alpha-9-9' } }), 404],
      [call({ estate: 'beta' }), 404],
      [{ ...request, said: 'other words' }, 409],
    ] as const)
      expect({ body, status: (await desk.refused('/tickets', body)).status }).toEqual({ body, status });
    expect((await desk.tickets('?state=all')).items).toHaveLength(before);
  });

  it('is for the desk and those at the gate; regrouping for the desk; who called is not the contractor’s business', async () => {
    const { ticketId } = await open({
      place: { type: 'device', id: 'alpha-1-lift-1' },
      kind: 'people-trapped',
      caller: { name: '王' },
    });
    for (const who of ['engineer-1', 'manager-1', 'contractor-1'])
      expect((await (await steward.as(`alpha.${who}`)).refused('/tickets', call())).status).toBe(403);
    const regroup: [string, object][] = [
      ['merge', { into: ticketId, reason: 'x' }],
      ['split', { alarmIds: [ticketId], reason: 'x' }],
      ['reassign', { slot: 'responder', to: 'alpha.butler-1', reason: 'x' }],
      ['people', { slot: 'responder', person: 'alpha.butler-1' }],
    ];
    for (const who of ['butler-1', 'security-1', 'engineer-1', 'manager-1', 'contractor-1'])
      for (const [what, body] of regroup)
        expect((await (await steward.as(`alpha.${who}`)).refused(`/tickets/${ticketId}/${what}`, body)).status).toBe(
          403,
        );
    for (const [what, body] of regroup)
      expect((await (await steward.as('beta.control-1')).refused(`/tickets/${ticketId}/${what}`, body)).status).toBe(
        404,
      );
    const contractor = await steward.as('alpha.contractor-1');
    expect((await contractor.ticket(ticketId)).calls).toMatchObject([{ callerName: null, said: '天花板在滴水' }]);
  });
});

describe('the search', () => {
  it('finds places, devices and people of one’s own estates by a few letters', async () => {
    const search = async (q: string, who = desk): Promise<PlaceHitView[]> =>
      (await who.get<{ items: PlaceHitView[] }>(`/places?q=${encodeURIComponent(q)}`)).items;
    expect((await search('alpha-1-lift-1'))[0]).toMatchObject({
      kind: 'device',
      id: 'alpha-1-lift-1',
      estate: 'alpha',
    });
    expect((await search('beta-1-lift-1')).filter((h) => h.estate !== 'alpha')).toEqual([]);
    expect((await search('butler-1'))[0]).toMatchObject({ kind: 'person', id: 'alpha.butler-1', roles: ['butler'] });
    expect((await desk.ask('GET', '/places?q=')).status).toBe(400);
    expect((await desk.ask('GET', '/places?q=x&estate=beta')).status).toBe(404);
    expect((await (await steward.as('alpha.contractor-1')).ask('GET', '/places?q=x')).status).toBe(403);
  });

  it('offers what callers say, with the priorities that each may have', async () => {
    const { items } = await desk.get<{ items: CallKindView[] }>('/call-kinds');
    expect(items.length).toBeGreaterThan(10);
    expect(items.find((k) => k.id === 'people-trapped')).toMatchObject({
      words: { zh: '有人被困电梯' },
      priorities: ['P1'],
      deviceKinds: ['elevator'],
    });
  });
});
