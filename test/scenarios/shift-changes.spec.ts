import { afterAll, afterEach, beforeAll, describe, it, expect, jest } from '@jest/globals';
import { storyWorld, type StoryWorld } from './story-world.js';
import { Story } from './story.js';

jest.setTimeout(120_000);

let world: StoryWorld;
let story: Story;
beforeAll(async () => {
  world = await storyWorld();
});
afterAll(() => world.end());
afterEach(() => story.end());

const IN_BERLIN = `update estate set timezone = 'Europe/Berlin'`;

/** A story in which the people are shut in at that time, and everybody is paged for the first time. */
async function stuckAt(time: string, before?: string): Promise<void> {
  story = await Story.begin(world, before, new Date(Date.parse(time) - 30_000).toISOString());
  await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
  await story.advance(30, 's');
  expect((await story.ticket()).opened_at.toISOString()).toBe(new Date(time).toISOString());
}
async function doorHeldOpenAt(time: string, before?: string): Promise<void> {
  story = await Story.begin(world, before, new Date(Date.parse(time) - 30_000).toISOString());
  const door = story.device<'gate'>('jy-door-6-main', 30);
  await door.says({ mode: 'locked', position: 'closed' });
  await door.says({ mode: 'accessed', position: 'open' });
  await story.advance(30, 's');
  expect(await story.ticket()).toMatchObject({ event: 'gate.held-open', opened_at: new Date(time) });
  // Somebody shuts it; the ticket waits for a person.
  await door.says({ mode: 'locked', position: 'closed' });
}

describe('the shift changes in the middle of it', () => {
  it('each level asks who is on then, and who comes on shift is paged with the next repeat', async () => {
    await stuckAt('2026-01-05T19:59:30+08:00');
    await story.expectPage('zhou.tao', { slot: 'responder', level: 0 });
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0 });
    await story.advance(29, 's');
    await story.expectNotPaged('liu.yang');
    await story.advance(1, 's');
    // 20:00:00, a repeat of the coordinator's pages: the night shift sits there now.
    await story.expectPage('liu.yang', { slot: 'coordinator', level: 0 });
    await story.expectJournal('paged-newcomers', { slot: 'coordinator', people: ['liu.yang'] }, 1);
    await story.expectNotPaged('wu.gang');
    await story.advance(30, 's');
    await story.expectPage('wu.gang', { slot: 'responder', level: 0, round: 0 });
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    // The call to the district station, two minutes later, is the night shift's.
    await story.advance(120, 's');
    await story.expectPage('liu.yang', { slot: 'rescuer', level: 2 });
    await story.expectNotPaged('chen.jing', 'rescuer');
  });

  it('who has accepted keeps it beyond the end of his shift, and nobody of the next is called', async () => {
    await stuckAt('2026-01-05T19:59:30+08:00');
    await story.accepts('zhou.tao');
    await story.accepts('chen.jing');
    await story.advance(2, 'min');
    await story.expectNotPaged('wu.gang');
    await story.expectNotPaged('liu.yang', 'coordinator');
    expect((await story.slot('responder')).holder).toBe('zhou.tao');
  });

  it('who accepts late, off shift by then, has it: his page still rings', async () => {
    await stuckAt('2026-01-05T19:59:30+08:00');
    await story.advance(45, 's');
    await story.accepts('zhou.tao', 'responder');
    expect((await story.slot('responder')).holder).toBe('zhou.tao');
    await story.advance(60, 's');
    await story.expectNotPaged('wu.gang');
  });

  it('a notice (P3) reaches the next shift an hour later if nobody has taken it, and rings no phone twice', async () => {
    await doorHeldOpenAt('2026-01-05T19:50:00+08:00');
    expect(await story.paged()).toEqual(['zhou.tao responder r0 l0']);
    await story.advance(15, 'min');
    expect(await story.paged()).toEqual(['zhou.tao responder r0 l0', 'zheng.hong responder r0 l1']);
    await story.advance(15, 'min');
    await story.expectJournal('last-resort', { people: ['liu.yang'] }, 1);
    await story.advance(30, 'min');
    await story.expectPage('wu.gang', { slot: 'responder', level: 0 });
    expect(await story.paged()).toHaveLength(4);
    expect([...story.phone('zhou.tao').repeated, ...story.phone('zheng.hong').repeated]).toEqual([]);
  });
});

describe('the night on which the clocks go back (Berlin, 25 October 2026)', () => {
  it('levels keep their distance while the hour from two to three comes a second time', async () => {
    // 02:59:30 summer time; half a minute later it is 02:00.
    await stuckAt('2026-10-25T00:59:30Z', IN_BERLIN);
    await story.expectPage('wu.gang', { slot: 'responder', level: 0 });
    await story.expectPage('liu.yang', { slot: 'coordinator', level: 0 });
    await story.advance(59_999, 'ms');
    await story.expectNotPaged('li.na');
    await story.advance(1, 'ms');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.advance(60, 's');
    await story.expectPage('gao.feng', { slot: 'responder', level: 2 });
    await story.accepts('gao.feng', 'responder');
    await story.advance(3, 'min');
    await story.expectJournal('asked-again', { slot: 'responder', holder: 'gao.feng' }, 1);
    // Nobody of the day is called, and nobody twice.
    await story.expectNotPaged('zhou.tao');
    await story.expectNotPaged('chen.jing');
  });

  it('the night shift is an hour longer: it is on at 07:59:30 winter time, and the day shift at 08:00', async () => {
    await stuckAt('2026-10-25T06:59:30Z', IN_BERLIN);
    await story.expectPage('wu.gang', { slot: 'responder', level: 0 });
    await story.expectNotPaged('zhou.tao');
    await story.advance(60, 's');
    await story.expectPage('zhou.tao', { slot: 'responder', level: 0 });
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0 });
  });
});

describe('the night on which the clocks go forward (Berlin, 29 March 2026)', () => {
  it('a quarter of an hour is a quarter of an hour, across the hour that is left out', async () => {
    await doorHeldOpenAt('2026-03-29T00:50:00Z', IN_BERLIN);
    expect(await story.paged()).toEqual(['wu.gang responder r0 l0']);
    await story.advance(899_999, 'ms');
    expect(await story.paged()).toHaveLength(1);
    await story.advance(1, 'ms');
    await story.expectPage('zheng.hong', { slot: 'responder', level: 1 });
  });

  it('the night shift is an hour shorter: the day shift is on at 08:00 summer time', async () => {
    await stuckAt('2026-03-29T05:59:30Z', IN_BERLIN);
    await story.expectPage('wu.gang', { slot: 'responder', level: 0 });
    await story.expectNotPaged('zhou.tao');
    await story.advance(60, 's');
    await story.expectPage('zhou.tao', { slot: 'responder', level: 0 });
  });
});
