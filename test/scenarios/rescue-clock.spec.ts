import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { storyWorld, type StoryWorld } from './story-world.js';
import { Story } from './story.js';

jest.setTimeout(120_000);

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

/** Clocks of the limits that the journal says were missed, in alphabetical order. */
const missed = async (): Promise<string[]> =>
  (await story.journal('limit-missed')).map((l) => String(l.payload['clock'])).sort((a, b) => a.localeCompare(b));
const trapped = async (): Promise<void> => {
  await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
  await story.advance(30, 's');
};

describe('the limits of a rescue that nobody begins', () => {
  it('are written down once each, at the second at which they are over', async () => {
    await trapped();
    await story.advance(59, 's');
    expect(await missed()).toEqual([]);
    await story.advance(1, 's');
    expect(await missed()).toEqual(['accept', 'contractor-answer']);
    await story.advance(2, 'min');
    expect(await missed()).toEqual(['accept', 'contractor-answer', 'property-start']);
    await story.advance(2, 'min');
    expect(await missed()).toEqual(['accept', 'contractor-answer', 'property-start', 'reassurance']);
    await story.restart();
    await story.advance(1, 'min');
    expect(await missed()).toHaveLength(4);
  });

  it('are not missed by those who keep them', async () => {
    await trapped();
    await story.advance(20, 's');
    for (const who of ['wang.qiang', 'he.jun', 'chen.jing']) await story.accepts(who);
    for (const who of ['wang.qiang', 'he.jun']) await story.reports(who, 'on-site');
    await story.advance(4, 'min');
    await story.reassures('chen.jing');
    await story.reports('he.jun', 'rescued');
    const first = (await story.ticket()).id;
    // The car still says that somebody is inside: that is another ticket.
    await story.advance(40, 'min');
    for (const table of ['missed_limit', 'tier_call'] as const) {
      const rows = await story.db.selectFrom(table).selectAll().where('ticket_id', '=', first).execute();
      expect({ table, rows }).toEqual({ table, rows: [] });
    }
  });
});

describe('nobody answers as rescuer', () => {
  it('the control room is told the district station’s number after 180 s, and asked again every two minutes until it has called', async () => {
    await trapped();
    await story.advance(179, 's');
    await story.expectJournal('tier-due', {}, 0);
    await story.advance(1, 's');
    const [due] = await story.expectJournal('tier-due', { tier: 2, because: 'nobody has answered as rescuer' }, 1);
    expect(due?.payload['numbers']).toEqual(['Binjiang district rescue station 0571-0000-9633']);
    await story.advance(2, 'min');
    await story.expectJournal('tier-asked-again', { tier: 2 }, 1);
    await story.calledTier('chen.jing', 2, 'Engineer Shen');
    await story.expectJournal('tier-called', { tier: 2, spokeWith: 'Engineer Shen' }, 1);
    await story.advance(5, 'min');
    await story.expectJournal('tier-asked-again', {}, 1);
    // At half the clock it has been called already.
    await story.advance(10, 'min');
    await story.expectJournal('tier-due', { tier: 2 }, 1);
    await story.advance(11, 'min');
    await story.expectJournal('tier-due', { tier: 3 }, 1);
  });

  it('also when nobody is on any level of the roster and the ticket opens with the call', async () => {
    await story.end();
    story = await Story.begin(world, "delete from roster_entry where role = 'contractor'");
    await trapped();
    await story.expectJournal('level-skipped', { slot: 'rescuer' }, 2);
    await story.expectJournal('tier-due', { tier: 2 }, 1);
    await story.expectPage('chen.jing', { slot: 'rescuer', level: 2 });
  });
});

describe('a lesser ticket of the car becomes a rescue', () => {
  it('whose clocks and tiers count from then', async () => {
    const lift = story.lift('jy-6-lift-w');
    await lift.stopsEmptyBetween(3, 4);
    await story.advance(60, 's');
    await story.accepts('sun.wei', 'responder');
    await story.reports('sun.wei', 'on-site');
    await story.advance(20, 'min');
    await lift.is({ peopleInCar: true });
    await story.advance(30, 's');
    expect(await story.ticket()).toMatchObject({ priority: 'P1', danger_since: new Date(story.clock.now()) });
    for (const who of ['wang.qiang', 'he.jun', 'chen.jing']) await story.accepts(who);
    for (const who of ['wang.qiang', 'he.jun']) await story.reports(who, 'on-site');
    for (let i = 0; i < 3; i++) {
      await story.advance(4, 'min');
      await story.reassures('chen.jing');
    }
    await story.expectJournal('tier-due', {}, 0);
    await story.advance(179, 's');
    await story.expectJournal('tier-due', {}, 0);
    await story.advance(1, 's');
    await story.expectJournal('tier-due', { tier: 2, because: 'nobody is out after 15 minutes' }, 1);
  });
});

describe('who has accepted damage and says nothing', () => {
  const wet = async (): Promise<void> => {
    const sensor = story.device<'pipe-sensor'>('jy-6-riser-1', 10);
    await sensor.says({ wet: false, pressureMpa: 0.3 });
    await sensor.says({ wet: true, pressureMpa: 0.3 });
    await story.advance(10, 's');
    await story.accepts('wang.qiang');
  };

  it('is asked after 10 minutes, and three minutes later everybody is paged anew', async () => {
    await wet();
    await story.advance(599, 's');
    await story.expectJournal('asked-again', {}, 0);
    await story.advance(1, 's');
    await story.expectJournal('asked-again', { slot: 'responder', holder: 'wang.qiang' }, 1);
    await story.advance(179, 's');
    await story.expectJournal('slot-reopened', {}, 0);
    await story.advance(1, 's');
    await story.expectJournal('slot-reopened', { slot: 'responder', holder: 'wang.qiang' }, 1);
    await story.expectPage('sun.wei', { slot: 'responder', round: 1, level: 0 });
  });

  it('but is left in peace when he has set out in time, until the 30 minutes are over', async () => {
    await wet();
    await story.advance(5, 'min');
    await story.reports('wang.qiang', 'en-route');
    await story.advance(24, 'min');
    await story.expectJournal('asked-again', {}, 0);
    await story.reports('wang.qiang', 'on-site');
    await story.advance(60, 'min');
    await story.expectJournal('asked-again', {}, 0);
    expect(await missed()).toEqual([]);
  });
});

describe('the coordinator of a fire', () => {
  it('is asked for no reassurance: nobody is shut in, and none could be logged', async () => {
    const detector = story.device<'generic'>('jy-5-smoke-1', 60);
    await detector.says({ channels: { smoke: true, batteryPct: 90 } });
    await story.accepts('wang.qiang', 'responder');
    await story.accepts('chen.jing', 'coordinator');
    await story.reports('wang.qiang', 'on-site');
    await story.advance(15, 'min');
    await story.expectJournal('asked-again', {}, 0);
    await story.expectJournal('slot-reopened', {}, 0);
  });
});
