import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FollowUps } from '../../src/workflow/afterwards/follow-ups.js';
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
  story = await Story.begin(world);
});
afterEach(() => story.end());

const followUps = async (): Promise<string[]> => {
  const rows = await story.db.selectFrom('follow_up').selectAll().orderBy('kind').execute();
  return rows.map((f) => `${f.kind} ${f.role} ${f.state} ${f.due_at?.toISOString() ?? '-'}`);
};
const theFollowUp = (kind: string) =>
  story.db.selectFrom('follow_up').selectAll().where('kind', '=', kind).executeTakeFirstOrThrow();
const service = (): FollowUps => story.app.get(FollowUps);
const rain = (from: number, to: number): Promise<string> =>
  story.app.get(Weather).set(ESTATE, { kind: 'rain', from, to }, story.principal('zheng.hong'));

async function freeThePeople(): Promise<void> {
  await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
  await story.advance(31, 's');
  await story.accepts('wang.qiang');
  await story.accepts('he.jun');
  await story.accepts('chen.jing');
  await story.reports('he.jun', 'on-site');
  await story.reports('he.jun', 'rescued');
}
async function repairTheLeak(): Promise<void> {
  await story.device<'pipe-sensor'>('jy-6-riser-1', 10).says({ wet: true });
  await story.advance(11, 's');
  await story.accepts('wang.qiang');
  await story.reports('wang.qiang', 'on-site');
  await story.reports('wang.qiang', 'resolve');
}

describe('people were freed from a lift', () => {
  it('their visit is due that day, the lift’s repair within 24 h, and both stand in the journal', async () => {
    await freeThePeople();
    // Story time is Monday 10:00 in Hangzhou.
    expect(await followUps()).toEqual(['visit butler open 2026-01-05T13:00:00.000Z']);
    await story.worksThroughTheSteps('chen.jing');
    await story.reports('chen.jing', 'resolve');
    const [repair] = await followUps();
    expect(repair).toMatch(/^urgent-repair contractor open 2026-01-06T02:00/);
    await story.expectJournal('follow-up-made', { kind: 'visit', because: 'people were freed' }, 1);
  });

  it('the butler on duty is reminded in the morning, the supervisor a day later, until somebody has been there', async () => {
    await freeThePeople();
    await story.skip(12, 'h');
    // 21:00 has passed: nobody is reminded at night.
    expect(story.phone('wang.qiang').tasks).toEqual([]);
    await story.skip(12, 'h');
    expect(story.phone('wang.qiang').tasks[0]).toMatchObject({ kind: 'follow-up', overdue: true });
    expect(story.phone('zheng.hong').tasks).toEqual([]);
    await story.skip(24, 'h');
    expect(story.phone('zheng.hong').tasks[0]).toMatchObject({ kind: 'follow-up', overdue: true });

    const { id } = await theFollowUp('visit');
    const end = { state: 'done', outcome: 'apologised with flowers', satisfaction: 4 } as const;
    await expect(service().end(ESTATE, id, story.principal('he.jun'), end)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await service().end(ESTATE, id, story.principal('wang.qiang'), end);
    const told = story.phone('wang.qiang').tasks.length;
    await story.skip(48, 'h');
    expect(story.phone('wang.qiang').tasks).toHaveLength(told);
    expect(await theFollowUp('visit')).toMatchObject({ state: 'done', satisfaction: 4, ended_by: 'wang.qiang' });
    await expect(service().end(ESTATE, id, story.principal('wang.qiang'), end)).rejects.toMatchObject({
      code: 'conflict',
    });
    await story.expectJournal('follow-up-done', { kind: 'visit', satisfaction: 4 }, 1);
  });

  it('is left out only with a reason, and done only with an outcome', async () => {
    await freeThePeople();
    const { id } = await theFollowUp('visit');
    const by = story.principal('zheng.hong');
    await expect(service().end(ESTATE, id, by, { state: 'skipped' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(service().end(ESTATE, id, by, { state: 'done', outcome: ' ' })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await theFollowUp('visit')).toMatchObject({ state: 'open' });
    await service().end(ESTATE, id, by, { state: 'skipped', reason: 'they want no visit' });
    await story.expectJournal('follow-up-skipped', { reason: 'they want no visit' }, 1);
  });

  it('a ticket in its follow-up shows the next job, and says when none is left', async () => {
    await freeThePeople();
    await story.worksThroughTheSteps('chen.jing');
    await story.reports('chen.jing', 'resolve');
    await story.reports('chen.jing', 'follow-up');
    expect((await story.ticket()).follow_up_due_at?.toISOString()).toBe('2026-01-05T13:00:00.000Z');
    const by = story.principal('zheng.hong');
    await service().end(ESTATE, (await theFollowUp('visit')).id, by, { state: 'done', outcome: 'visited' });
    expect((await story.ticket()).follow_up_due_at?.toISOString()).toMatch(/^2026-01-06T02:00/);
    await service().end(ESTATE, (await theFollowUp('urgent-repair')).id, by, {
      state: 'done',
      outcome: 'brake replaced',
    });
    expect((await story.ticket()).follow_up_due_at).toBeNull();
    await story.expectJournal('follow-ups-over', {}, 1);
    await story.reports('chen.jing', 'close');
  });
});

describe('a leak was repaired', () => {
  it('the look on the first rainy day waits for rain, and is due in that day’s evening', async () => {
    await repairTheLeak();
    expect((await followUps()).filter((f) => f.startsWith('first-rain'))).toEqual(['first-rain engineer waiting -']);
    await story.skip(48, 'h');
    const from = story.clock.now() + 20 * 3_600_000;
    await rain(from, from + 3_600_000);
    expect(await theFollowUp('first-rain')).toMatchObject({ state: 'open', due_at: new Date('2026-01-08T12:00:00Z') });
    await story.expectJournal('weather-flag', { weather: 'rain', released: 1 }, 1);
    // Told again, it releases nothing twice.
    await rain(from, from + 7_200_000);
    await story.expectJournal('follow-up-released', {}, 1);
  });

  it('while it rains already, it is due today', async () => {
    await rain(story.clock.now() - 3_600_000, story.clock.now() + 3_600_000);
    await repairTheLeak();
    expect(await theFollowUp('first-rain')).toMatchObject({ state: 'open', due_at: new Date('2026-01-05T12:00:00Z') });
  });

  it('weather that is over, or ends before it begins, changes nothing', async () => {
    const now = story.clock.now();
    await expect(rain(now - 10, now - 5)).rejects.toMatchObject({ code: 'invalid' });
    await expect(rain(now + 10, now + 5)).rejects.toMatchObject({ code: 'invalid' });
    expect(await story.db.selectFrom('weather_flag').selectAll().execute()).toEqual([]);
  });
});

describe('a false alarm', () => {
  it('asks for nothing afterwards', async () => {
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(31, 's');
    await story.reports('chen.jing', 'false-alarm', { reason: 'sensor covered' });
    expect(await followUps()).toEqual([]);
  });
});
