import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/platform/journal-hash.js';
import { Afterwards } from '../../src/workflow/afterwards/afterwards.js';
import { Drills } from '../../src/workflow/afterwards/drills.js';
import { Handovers } from '../../src/workflow/afterwards/handovers.js';
import { Inspections } from '../../src/workflow/afterwards/inspections.js';
import { Patrols } from '../../src/workflow/afterwards/patrols.js';
import { Weather } from '../../src/workflow/afterwards/weather.js';
import { ESTATE, Story } from './story.js';
import { storyWorld, type StoryWorld } from './story-world.js';

jest.setTimeout(60_000);

let world: StoryWorld;
let story: Story;
beforeAll(async () => {
  world = await storyWorld();
});
afterAll(() => world.end());
beforeEach(async () => {
  // Lifts that nobody plays here would fall due and be raised.
  story = await Story.begin(
    world,
    `update device set life = 'registered' where kind = 'elevator' and id <> 'jy-6-lift-w'`,
  );
  await story.app.get(Afterwards).begin();
});
afterEach(() => story.end());

/** Else a month of unanswered tests and unsigned handovers goes by, an hour at a time. */
const nothingElse = () =>
  story.db.deleteFrom('deadline').where('kind', 'not in', ['inspection', 'drill-due']).execute();
const hoursFromNow = (h: number): number => story.clock.now() + h * 3_600_000;

describe('a drill', () => {
  const drill = (by = 'zheng.hong'): Promise<string> =>
    story.app.get(Drills).start(ESTATE, story.principal(by), {
      event: 'elevator.entrapment-between-floors',
      device: 'jy-6-lift-w',
    });

  it('pages as a real entrapment would, marked on every phone, and runs the same clocks', async () => {
    const id = await drill();
    expect(await story.paged()).toHaveLength(4);
    await story.advance(1, 's');
    const [shown] = story.phone('wang.qiang').shown;
    expect(shown).toMatchObject({ ticketId: id, drill: true, priority: 'P1' });
    expect(shown?.title).toEqual({ zh: '【演练】非平层困人', en: 'DRILL: Entrapment between floors' });
    expect(await story.alarms()).toEqual([]);
    expect(await story.ticket()).toMatchObject({ drill: true, car_id: null, state: 'opened' });
    await story.accepts('wang.qiang');
    await story.advance(60, 's');
    await story.expectNotPaged('li.na');
    await story.expectPage('ma.lin', { slot: 'rescuer', level: 1 });
    await story.accepts('he.jun');
    await story.reports('he.jun', 'on-site');
    await story.reports('he.jun', 'rescued');
    await story.worksThroughTheSteps('chen.jing');
    await story.reports('zheng.hong', 'resolve');
    expect(await story.db.selectFrom('follow_up').selectAll().execute()).toEqual([]);
  });

  it('does not take in a real emergency of the same car: that one pages as ever', async () => {
    await drill();
    await story.accepts('wang.qiang');
    const before = story.phone('wang.qiang').shown.length;
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.expectTickets(2);
    expect(await story.ticket()).toMatchObject({ drill: false, car_id: 'jy-6-lift-w' });
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
    const real = story.phone('wang.qiang').shown.slice(before);
    expect(real.map((p) => p.drill)).toEqual([false]);
    expect(real[0]?.title.zh).toBe('非平层困人');
  });

  it('one at a time, and only of what can be trapped', async () => {
    await drill();
    await expect(drill()).rejects.toMatchObject({ code: 'conflict' });
    const gate = { event: 'elevator.entrapment-at-level', device: 'jy-gate-north' } as const;
    await expect(story.app.get(Drills).start(ESTATE, story.principal('zheng.hong'), gate)).rejects.toMatchObject({
      code: expect.stringMatching(/invalid|not-found/),
    });
    await story.expectTickets(1);
  });

  it('is asked for when the last one is half a year old, and the asking ends when one is held', async () => {
    await nothingElse();
    await story.skip(31 * 24, 'h');
    const job = () => story.db.selectFrom('follow_up').selectAll().where('kind', '=', 'drill').execute();
    expect(await job()).toMatchObject([{ state: 'open', role: 'supervisor' }]);
    await drill();
    expect(await job()).toMatchObject([{ state: 'done', outcome: 'a drill was started' }]);
    await story.reports('zheng.hong', 'cancel', { reason: 'enough learnt' });
  });
});

describe('patrols', () => {
  const patrols = (): Patrols => story.app.get(Patrols);
  const rounds = () => story.db.selectFrom('patrol_round').selectAll().orderBy('from_at').execute();
  const plan = (devices: string[] | null = null): Promise<void> =>
    patrols().setPlan(ESTATE, story.principal('zheng.hong'), { everyH: 2, devices });

  it('begin every two hours; what was left out is missed and the supervisor is told', async () => {
    expect(await rounds()).toEqual([]);
    await plan();
    const [first] = await rounds();
    expect(first).toMatchObject({ state: 'open', from_at: new Date('2026-01-05T02:00:00Z') });
    expect(first?.device_ids.length).toBeGreaterThan(1);
    const [door, ...left] = first?.device_ids ?? [];
    const walker = story.principal('zhou.tao');
    await patrols().report(ESTATE, first?.id ?? '', door ?? '', walker, { result: 'ok', evidence: 'sha256:abc' });
    await expect(patrols().report(ESTATE, first?.id ?? '', door ?? '', walker, { result: 'ok' })).rejects.toMatchObject(
      { code: 'conflict' },
    );
    await story.skip(2, 'h');
    expect((await rounds()).map((r) => r.state)).toEqual(['missed', 'open']);
    await story.expectJournal('patrol-missed', { left, told: ['zheng.hong'] }, 1);
    expect(story.phone('zheng.hong').tasks).toMatchObject([{ kind: 'patrol', overdue: true }]);
    await expect(
      patrols().report(ESTATE, first?.id ?? '', left[0] ?? '', walker, { result: 'ok' }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('a round with every door seen is done, and nobody is told', async () => {
    await plan();
    const [round] = await rounds();
    for (const door of round?.device_ids ?? [])
      await patrols().report(ESTATE, round?.id ?? '', door, story.principal('zhou.tao'), {
        result: 'ok',
        evidence: 'x',
      });
    await story.skip(2, 'h');
    expect((await rounds()).map((r) => r.state)).toEqual(['done', 'open']);
    await story.expectJournal('patrol-missed', {}, 0);
  });

  it('a plan with a stranger’s door is refused, and switched off nothing follows', async () => {
    await expect(plan(['nobody-knows'])).rejects.toMatchObject({ code: 'invalid' });
    expect(await rounds()).toEqual([]);
    await plan();
    await patrols().setPlan(ESTATE, story.principal('zheng.hong'), null);
    await story.skip(5, 'h');
    expect(await rounds()).toHaveLength(1);
    await story.expectJournal('patrol-missed', {}, 0);
  });
});

describe('empty units', () => {
  const lists = () => story.db.selectFrom('inspection').selectAll().orderBy('created_at').execute();
  const units = async (list: string) =>
    story.db.selectFrom('inspection_unit').selectAll().where('inspection_id', '=', list).orderBy('unit_id').execute();

  it('are on a list on the first of each month, with nobody’s home on it', async () => {
    await nothingElse();
    await story.skip(27 * 24, 'h');
    const [list] = await lists();
    expect(list).toMatchObject({ occasion: 'monthly', occasion_key: '2026-02' });
    expect(list?.created_at.toISOString()).toBe('2026-02-01T00:00:00.000Z');
    const onList = (await units(list?.id ?? '')).map((u) => u.unit_id);
    const empty = await story.db
      .selectFrom('unit')
      .select('id')
      .where('occupancy', 'in', ['vacant', 'undelivered', 'for-sale'])
      .orderBy('id')
      .execute();
    expect(onList).toEqual(empty.map((u) => u.id));
    expect(onList.length).toBeGreaterThan(0);
  });

  it('are looked at before a typhoon and after it, once each', async () => {
    const typhoon = { kind: 'typhoon', from: hoursFromNow(20), to: hoursFromNow(44) } as const;
    const set = (): Promise<string> => story.app.get(Weather).set(ESTATE, typhoon, story.principal('chen.jing'));
    await set();
    await set();
    expect((await lists()).map((l) => l.occasion)).toEqual(['before-typhoon']);
    await story.skip(45, 'h');
    expect((await lists()).map((l) => l.occasion)).toEqual(['before-typhoon', 'after-typhoon']);
  });

  it('one with water on the floor becomes a ticket with pages; the last report ends the list', async () => {
    const inspections = story.app.get(Inspections);
    const by = story.principal('wang.qiang');
    const id = (await inspections.byHand(ESTATE, story.principal('zheng.hong'), hoursFromNow(24))) ?? '';
    const [wet, ...dry] = await units(id);
    const finding = {
      result: 'finding',
      event: 'pipe.leak',
      note: 'water under the sink',
      evidence: 'sha256:1',
    } as const;
    await expect(
      inspections.report(ESTATE, id, wet?.unit_id ?? '', by, { result: 'finding', event: 'pipe.leak' }),
    ).rejects.toMatchObject({ code: 'invalid' });
    await story.expectNoTicket();
    await inspections.report(ESTATE, id, wet?.unit_id ?? '', by, finding);
    expect(await story.ticket()).toMatchObject({ event: 'pipe.leak', priority: 'P2', unit_id: wet?.unit_id });
    expect((await story.paged()).length).toBeGreaterThan(0);
    for (const u of dry) await inspections.report(ESTATE, id, u.unit_id, by, { result: 'ok' });
    expect((await lists())[0]?.ended_at).not.toBeNull();
    await expect(inspections.report(ESTATE, id, wet?.unit_id ?? '', by, finding)).rejects.toMatchObject({
      code: 'conflict',
    });
    await story.expectTickets(1);
  });
});

describe('the control room changes shift', () => {
  const handovers = () => story.db.selectFrom('shift_handover').selectAll().orderBy('to_at').execute();

  it('Steward writes what is open, the next shift signs what it read, and the signature is evidence', async () => {
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(31, 's');
    await story.accepts('wang.qiang');
    await story.skip(10, 'h');
    const [h] = await handovers();
    expect(h).toMatchObject({
      ...{ from_at: new Date('2026-01-05T00:00:00Z'), to_at: new Date('2026-01-05T12:00:00Z') },
      ...{ outgoing: ['chen.jing'], incoming: ['liu.yang'], signed_at: null },
    });
    const content = h?.content as { tickets: { no: string }[] };
    expect(content.tickets.map((t) => t.no)).toContain((await story.ticket()).no);
    expect(
      createHash('sha256')
        .update(canonicalJson(h?.content ?? {}))
        .digest('hex'),
    ).toBe(h?.content_sha256);
    expect(JSON.stringify(h?.content)).not.toMatch(/1[3-9]\d-?\d{4}-?\d{4}/);
    expect(story.phone('liu.yang').tasks).toMatchObject([{ kind: 'handover' }]);

    const sign = (by: string): Promise<void> =>
      story.app.get(Handovers).sign(ESTATE, h?.id ?? '', story.principal(by), 'read');
    await expect(sign('chen.jing')).rejects.toMatchObject({ code: 'forbidden' });
    await sign('liu.yang');
    await expect(sign('liu.yang')).rejects.toMatchObject({ code: 'conflict' });
    await story.expectJournal('handover-signed', { handover: h?.id, sha256: h?.content_sha256 }, 1);
    await story.skip(1, 'h');
    await story.expectJournal('handover-unsigned', {}, 0);
  });

  it('one that nobody signs in half an hour is told to the supervisor, and stands in the next', async () => {
    await story.skip(10, 'h');
    await story.skip(31, 'min');
    const [h] = await handovers();
    await story.expectJournal('handover-unsigned', { handover: h?.id, told: ['zheng.hong'] }, 1);
    await story.skip(12, 'h');
    const [, next] = await handovers();
    expect(next?.content).toMatchObject({ unsigned: [{ id: h?.id }] });
    expect(next).toMatchObject({ outgoing: ['liu.yang'], incoming: ['chen.jing'] });
  });
});

describe('a restart', () => {
  it('plans nothing twice', async () => {
    const open = () =>
      story.db
        .selectFrom('deadline')
        .select(['kind', 'key'])
        .where('served_at', 'is', null)
        .orderBy('kind')
        .orderBy('key')
        .execute();
    const before = await open();
    expect(before.length).toBeGreaterThanOrEqual(4);
    await story.restart();
    await story.app.get(Afterwards).begin();
    expect(await open()).toEqual(before);
  });
});
