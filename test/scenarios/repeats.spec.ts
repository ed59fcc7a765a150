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

async function stuck(before?: string, at?: string): Promise<void> {
  story = await Story.begin(world, before, at);
  await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
  await story.advance(30, 's');
}
async function leak(before?: string, at?: string): Promise<void> {
  story = await Story.begin(world, before, at);
  const sensor = story.device<'pipe-sensor'>('jy-6-riser-1', 10);
  await sensor.says({ wet: false });
  await sensor.says({ wet: true });
  await story.advance(10, 's');
}
/** How often the phone was told again of its page in that slot. */
async function repeats(person: string, slot: string): Promise<number> {
  const mine = (await story.pages()).filter((p) => p.person === person && p.slot === slot).map((p) => p.id);
  return story.phone(person).repeated.filter((id) => mine.includes(id)).length;
}

describe('a page that nobody answers', () => {
  it('is sent again as the same page: to the control room every 10 s, to the others every minute', async () => {
    await stuck();
    await story.advance(9, 's');
    expect(await repeats('chen.jing', 'coordinator')).toBe(0);
    await story.advance(1, 's');
    expect(await repeats('chen.jing', 'coordinator')).toBe(1);
    await story.advance(49, 's');
    expect(await repeats('chen.jing', 'coordinator')).toBe(5);
    expect(await repeats('wang.qiang', 'responder')).toBe(0);
    await story.advance(1, 's');
    expect(await repeats('wang.qiang', 'responder')).toBe(1);
    expect(await repeats('he.jun', 'rescuer')).toBe(1);
    // The second level, of this very second, is no repeat.
    expect(await repeats('li.na', 'responder')).toBe(0);
    const page = await story.expectPage('wang.qiang', { slot: 'responder', round: 0, level: 0, state: 'delivered' });
    expect(page.attempts).toBe(1);
  });

  it('is not sent again once somebody has accepted, nor to who has declined; other slots go on', async () => {
    await stuck();
    await story.declines('zhou.tao');
    await story.accepts('chen.jing');
    await story.advance(60, 's');
    expect(await repeats('zhou.tao', 'responder')).toBe(0);
    expect(await repeats('wang.qiang', 'responder')).toBe(1);
    expect(await repeats('chen.jing', 'coordinator')).toBe(0);
    await story.accepts('wang.qiang');
    await story.advance(70, 's');
    expect(await repeats('wang.qiang', 'responder')).toBe(1);
    expect(await repeats('he.jun', 'rescuer')).toBe(2);
  });

  it('is not sent again when the ticket is over', async () => {
    await stuck();
    await story.reports('chen.jing', 'false-alarm', { reason: 'the camera shows an empty car' });
    await story.advance(100, 's');
    for (const [who, slot] of [['chen.jing', 'coordinator'] as const, ['wang.qiang', 'responder'] as const])
      expect(await repeats(who, slot)).toBe(0);
  });

  it('law 4: is repeated in time and once after a restart', async () => {
    await stuck();
    await story.advance(55, 's');
    await story.restart(3000);
    const before = await repeats('wang.qiang', 'responder');
    await story.advance(1, 's');
    expect(await repeats('wang.qiang', 'responder')).toBe(before);
    await story.advance(1, 's');
    expect(await repeats('wang.qiang', 'responder')).toBe(before + 1);
    await story.advance(59, 's');
    expect(await repeats('wang.qiang', 'responder')).toBe(before + 1);
  });

  it('a notice (P3) is not repeated', async () => {
    story = await Story.begin(world);
    const pump = story.device<'generic'>('jy-pump-house', 30);
    await pump.says({ channels: { running: true, currentA: 12, outletMpa: 0.5, fault: false } });
    await pump.says({ channels: { running: true, currentA: 19, outletMpa: 0.5, fault: false } });
    await story.advance(30, 's');
    await story.advance(29, 'min');
    expect(await repeats('sun.wei', 'responder')).toBe(0);
  });
});

describe('when every level has been paged and nobody has accepted', () => {
  it('everybody declines, the control room too: the slot is looked at on and on, and who comes on shift is asked', async () => {
    await leak(undefined, '2026-01-05T11:45:00Z');
    for (const who of ['wang.qiang', 'sun.wei', 'li.na', 'zheng.hong', 'gao.feng', 'chen.jing'])
      await story.declines(who);
    expect(await story.paged()).toHaveLength(6);
    expect(await story.slot('responder')).toMatchObject({ state: 'open', level: 3 });
    await story.advance(14, 'min');
    expect(await story.paged()).toHaveLength(6);
    // 20:00: the night shift of the control room; the next whole repeat is its first.
    await story.advance(4, 'min');
    await story.expectPage('liu.yang', { slot: 'responder', level: 3 });
    await story.accepts('liu.yang', 'responder');
    expect((await story.ticket()).state).toBe('accepted');
  });

  it('nobody sits in the control room: that is said, and the first who does is rung', async () => {
    await leak(`delete from roster_entry where username = 'chen.jing'`, '2026-01-05T11:49:50Z');
    await story.advance(9, 'min');
    await story.expectJournal('level-skipped', { level: 3, missing: ['no control-room on duty'] }, 1);
    await story.expectNotPaged('liu.yang');
    await story.advance(3, 'min');
    await story.expectPage('liu.yang', { slot: 'responder', level: 3 });
    await story.expectJournal('paged-newcomers', { level: 3, people: ['liu.yang'] }, 1);
  });
});

describe('another alarm of the same car comes and goes', () => {
  it('while people are on their way to those in it: it pages nobody and takes nobody’s slot away', async () => {
    story = await Story.begin(world);
    const lift = story.lift('jy-6-lift-w');
    await lift.isTrappedBetween(3, 4);
    await story.advance(30, 's');
    for (const who of ['wang.qiang', 'he.jun', 'chen.jing']) await story.accepts(who);
    await story.reports('wang.qiang', 'en-route');
    const paged = (await story.paged()).length;
    await lift.losesMains();
    await story.advance(6, 's');
    expect(await story.alarm('elevator.power-lost')).toMatchObject({ state: 'UNACK', priority: 'P2' });
    await lift.is({ mainsPower: true });
    await story.advance(6, 's');
    expect(await story.alarm('elevator.power-lost')).toMatchObject({ state: 'RTNUN' });
    await lift.losesMains();
    await story.advance(6, 's');
    expect(await story.alarm('elevator.power-lost')).toMatchObject({ state: 'UNACK', occurrence: 2 });
    expect(await story.slot('responder')).toMatchObject({ holder: 'wang.qiang', round: 0 });
    expect(await story.slot('rescuer')).toMatchObject({ holder: 'he.jun' });
    expect(await story.paged()).toHaveLength(paged);
    await story.expectJournal('recurred', { event: 'elevator.power-lost', occurrence: 2 }, 1);
  });

  it('the button, pressed again by those who wait: the control room is asked again, and nobody is called off', async () => {
    story = await Story.begin(world);
    const lift = story.lift('jy-6-lift-w');
    await lift.isTrappedBetween(3, 4);
    await story.advance(30, 's');
    for (const who of ['wang.qiang', 'he.jun', 'chen.jing']) await story.accepts(who);
    for (const who of ['wang.qiang', 'he.jun']) await story.reports(who, 'en-route');
    await lift.pressesButton();
    await story.advance(5, 's');
    await lift.releasesButton();
    await story.advance(15, 's');
    expect(await story.alarm('elevator.alarm-button')).toMatchObject({ active: false });
    await lift.pressesButton();
    await story.advance(5, 's');
    expect(await story.alarm('elevator.alarm-button')).toMatchObject({ active: true, occurrence: 2 });
    expect(await story.slot('responder')).toMatchObject({ holder: 'wang.qiang', round: 0 });
    expect(await story.slot('rescuer')).toMatchObject({ holder: 'he.jun', round: 0 });
    expect((await story.slot('responder')).en_route_at).not.toBeNull();
    await story.expectPage('chen.jing', { slot: 'coordinator', round: 1, level: 0 });
    await story.expectJournal('recurred', { event: 'elevator.alarm-button', slots: ['coordinator'] }, 1);
    await story.expectTickets(1);
  });
});
