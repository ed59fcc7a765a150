import { afterAll, afterEach, beforeAll, beforeEach, describe, it, expect, jest } from '@jest/globals';
import { storyWorld, type StoryWorld } from './story-world.js';
import { Story } from './story.js';

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

describe('people are trapped between floors and nobody comes', () => {
  it('rings the first of each slot after 30 s, the next after 60 s, the last after 120 s and 180 s, then the control room', async () => {
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(29, 's');
    await story.expectNoTicket();
    await story.advance(999, 'ms');
    await story.expectNoTicket();
    await story.advance(1, 'ms');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0, round: 0, state: 'delivered' });
    await story.expectPage('zhou.tao', { slot: 'responder', level: 0 });
    await story.expectPage('he.jun', { slot: 'rescuer', level: 0 });
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0 });
    expect(await story.paged()).toHaveLength(4);

    await story.advance(59_999, 'ms');
    expect(await story.paged()).toHaveLength(4);
    await story.advance(1, 'ms');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.expectPage('zheng.hong', { slot: 'responder', level: 1 });
    await story.expectPage('ma.lin', { slot: 'rescuer', level: 1 });
    await story.expectPage('zheng.hong', { slot: 'coordinator', level: 1 });

    await story.advance(60, 's');
    await story.expectPage('gao.feng', { slot: 'responder', level: 2 });
    await story.advance(60, 's');
    await story.expectPage('chen.jing', { slot: 'rescuer', level: 2 });
    const [call] = await story.expectJournal('paged', { slot: 'rescuer', level: 2 }, 1);
    expect(JSON.stringify(call?.payload)).toContain('district-station');
    await story.expectTickets(1);
  });

  it('asks the next level at once when everybody of a level declines, not before', async () => {
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(35, 's');
    await story.declines('wang.qiang', 'at the north gate');
    await story.expectPage('wang.qiang', { slot: 'responder', state: 'declined', reason: 'at the north gate' });
    await story.expectNotPaged('li.na');
    await story.declines('zhou.tao');
    await story.expectPage('li.na', { slot: 'responder', level: 1, round: 0 });
    await story.expectPage('zheng.hong', { slot: 'responder', level: 1 });
    await story.expectJournal('declined', { slot: 'responder' }, 2);
    // The rescuer's slot has nothing to do with it.
    await story.expectNotPaged('ma.lin');
    // The level that was brought forward is not paged again at its own time.
    await story.advance(60, 's');
    await story.expectJournal('paged', { slot: 'responder', level: 1 }, 1);
  });

  it('brings the next level forward when a page is not delivered in 10 s', async () => {
    story.phone('wang.qiang').answers = false;
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(39_999, 'ms');
    await story.expectNotPaged('li.na');
    await story.advance(1, 'ms');
    await story.expectPage('wang.qiang', { slot: 'responder', state: 'sent' });
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.expectJournal('undelivered', { person: 'wang.qiang', slot: 'responder', level: 0 }, 1);
    // Delivered pages of the other slots bring nothing forward.
    await story.expectNotPaged('ma.lin');
    await story.expectNotPaged('gao.feng');
    // The level after that keeps its own time.
    await story.advance(109, 's');
    await story.expectNotPaged('gao.feng');
    await story.advance(1, 's');
    await story.expectPage('gao.feng', { slot: 'responder', level: 2 });
  });

  it('goes through every level in 10 s steps when all phones are off, ends at the control room, and shows all to who comes back', async () => {
    story.everybodyIsOffline();
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0, state: 'queued' });
    await story.advance(10, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.expectPage('ma.lin', { slot: 'rescuer', level: 1 });
    await story.expectPage('zheng.hong', { slot: 'coordinator', level: 1 });
    await story.advance(10, 's');
    await story.expectPage('gao.feng', { slot: 'responder', level: 2 });
    await story.expectPage('chen.jing', { slot: 'rescuer', level: 2 });
    await story.advance(10, 's');
    await story.expectPage('chen.jing', { slot: 'responder', level: 3 });
    await story.expectJournal('last-resort', { slot: 'responder', people: ['chen.jing'] }, 1);
    const all = (await story.paged()).length;
    await story.advance(5, 'min');
    expect(await story.paged()).toHaveLength(all);

    await story.comesOnline('chen.jing');
    const slots = story.phone('chen.jing').ringing.map((p) => p.slot);
    expect(slots.sort()).toEqual(['coordinator', 'rescuer', 'responder']);
    await story.comesOnline('wang.qiang');
    await story.expectPage('wang.qiang', { slot: 'responder', state: 'delivered' });
  });
});

describe('a level of the roster is empty', () => {
  const without = async (who: string): Promise<void> => {
    await story.end();
    story = await Story.begin(world, `delete from roster_entry where ${who}`);
  };

  it('skips it at once, with the reason in the journal, and pages the level after it in its place', async () => {
    await without("role = 'contractor' and duty = 'backup'");
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(89, 's');
    await story.expectNotPaged('chen.jing', 'rescuer');
    await story.advance(1, 's');
    await story.expectNotPaged('ma.lin');
    await story.expectJournal('level-skipped', { slot: 'rescuer', level: 1, reason: 'nobody on duty' }, 1);
    await story.expectPage('chen.jing', { slot: 'rescuer', level: 2 });
  });

  it('skips an empty first level at the opening itself', async () => {
    await without("role = 'contractor' and duty = 'primary'");
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.expectNotPaged('he.jun');
    await story.expectJournal('level-skipped', { slot: 'rescuer', level: 0, reason: 'nobody on duty' }, 1);
    await story.expectPage('ma.lin', { slot: 'rescuer', level: 1 });
  });

  it('rings the control room when no level of a slot has anybody', async () => {
    await without("role in ('butler', 'security', 'supervisor', 'project-manager')");
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.expectJournal('level-skipped', { slot: 'responder' }, 3);
    await story.expectPage('chen.jing', { slot: 'responder', level: 3 });
    await story.expectJournal('last-resort', { slot: 'responder', people: ['chen.jing'] }, 1);
  });
});
