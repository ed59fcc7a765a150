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

const CAR = 'jy-6-lift-w';

describe('law 4: the service is restarted', () => {
  it('in the middle of a hold: the hold goes on and fires in time, once', async () => {
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(20, 's');
    await story.restart(3000);
    await story.advance(6, 's');
    await story.expectNoTicket();
    await story.advance(1, 's');
    await story.expectTickets(1);
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
    await story.advance(2, 'min');
    await story.expectTickets(1);
    await story.expectJournal('alarm-raised', {}, 1);
  });

  it('over the end of a hold: it waits at most 3 s for the next reading, then fires', async () => {
    const lift = story.lift(CAR);
    await lift.isTrappedBetween(3, 4);
    lift.fallsSilent();
    await story.advance(20, 's');
    await story.restart(60_000);
    await story.expectNoTicket();
    await story.advance(2, 's');
    await story.expectNoTicket();
    await story.advance(1, 's');
    await story.expectTickets(1);
  });

  it('and all devices stay silent meanwhile: no silence is theirs', async () => {
    const lift = story.lift(CAR);
    await lift.standsEmptyAt(2);
    await lift.takesPeopleAt(2);
    await lift.runs();
    lift.fallsSilent();
    await story.advance(10, 's');
    await story.restart(20_000);
    await story.advance(119, 's');
    await story.expectNoTicket();
    await story.advance(1, 's');
    expect((await story.ticket()).event).toBe('elevator.silent-with-people');
  });

  it('while a page waits for its escalation: the next level comes in time and is created once', async () => {
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(70, 's');
    await story.restart(5000);
    await story.expectNotPaged('li.na');
    await story.advance(14, 's');
    await story.expectNotPaged('li.na');
    await story.advance(1, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.expectPage('ma.lin', { slot: 'rescuer', level: 1 });
    await story.restart(1000);
    await story.advance(30, 's');
    await story.expectJournal('paged', { slot: 'responder', level: 1 }, 1);
  });

  it('over two levels: both are paged at the start, each once, in order', async () => {
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(40, 's');
    await story.restart(130_000);
    const levels = (await story.journal('paged')).filter((j) => j.payload['slot'] === 'responder');
    expect(levels.map((j) => j.payload['level'])).toEqual([0, 1, 2]);
    await story.advance(60, 's');
    await story.expectJournal('paged', { slot: 'responder' }, 3);
  });

  it('after an end by a person: what still holds is asked about again, although the rules were away', async () => {
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(40, 's');
    await story.reports('chen.jing', 'false-alarm', { reason: 'a test, they said' });
    await story.restart(3000);
    await story.advance(116, 's');
    await story.expectTickets(1);
    await story.advance(1, 's');
    await story.expectTickets(2);
    expect(await story.paged()).toEqual(['chen.jing coordinator r0 l0']);
  });
});

describe.each([
  ['forward by an hour', 3_600_000],
  ['back by an hour', -3_600_000],
])('law 4: somebody sets the wall clock %s', (_, byMs) => {
  beforeEach(() => {
    story.expectedErrors = /the wall clock was set/;
  });

  it('in the middle of a hold: it neither fires nor waits longer', async () => {
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(20, 's');
    await story.setWallClock(byMs);
    await story.expectNoTicket();
    await story.advance(9, 's');
    await story.expectNoTicket();
    await story.advance(1, 's');
    await story.expectTickets(1);
    await story.expectJournal('clock-step', { byMs }, 1);
  });

  it('in the middle of an escalation: the levels keep their distance', async () => {
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(70, 's');
    await story.setWallClock(byMs);
    await story.expectNotPaged('li.na');
    await story.advance(19, 's');
    await story.expectNotPaged('li.na');
    await story.advance(1, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.advance(60, 's');
    await story.expectPage('gao.feng', { slot: 'responder', level: 2 });
    await story.expectJournal('paged', { slot: 'responder' }, 3);
  });

  it('while a page waits for its receipt: 10 s are 10 s', async () => {
    story.phone('wang.qiang').answers = false;
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(35, 's');
    await story.setWallClock(byMs);
    await story.expectNotPaged('li.na');
    await story.advance(5, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
  });

  it('while somebody is on the way: he has the rest of his time, not more, not less', async () => {
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.accepts('wang.qiang');
    await story.advance(60, 's');
    await story.setWallClock(byMs);
    await story.advance(119, 's');
    await story.expectJournal('asked-again', { slot: 'responder' }, 0);
    await story.advance(1, 's');
    await story.expectJournal('asked-again', { slot: 'responder', holder: 'wang.qiang' }, 1);
    await story.reports('wang.qiang', 'en-route');
    await story.advance(2, 'min');
    await story.expectJournal('slot-reopened', { slot: 'responder' }, 0);
  });

  it('and the tiers of the rescue clock keep theirs', async () => {
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(30, 's');
    for (const who of ['wang.qiang', 'he.jun', 'chen.jing']) await story.accepts(who);
    for (const who of ['wang.qiang', 'he.jun']) await story.reports(who, 'on-site');
    await story.setWallClock(byMs);
    await story.advance(4, 'min');
    await story.reassures('chen.jing');
    await story.advance(4, 'min');
    await story.reassures('chen.jing');
    await story.advance(4, 'min');
    await story.reassures('chen.jing');
    await story.advance(3, 'min');
    await story.expectJournal('tier-due', { tier: 2 }, 1);
    await story.reassures('chen.jing');
    await story.advance(14, 'min');
    await story.expectJournal('tier-due', { tier: 3 }, 0);
    await story.advance(1, 'min');
    await story.expectJournal('tier-due', { tier: 3 }, 1);
  });
});
