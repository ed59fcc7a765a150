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

/** A trapped car, and everybody's first page: 30 s after the stop. */
async function theLiftIsStuck(): Promise<void> {
  await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
  await story.advance(30, 's');
}

describe('somebody accepts', () => {
  it('law 5: 1 ms before the next level is due, and that level is never paged', async () => {
    await theLiftIsStuck();
    await story.advance(59_999, 'ms');
    await story.accepts('wang.qiang');
    await story.expectPage('zhou.tao', { slot: 'responder', state: 'recalled', reason: 'taken by wang.qiang' });
    expect(story.phone('zhou.tao').ringing).toEqual([]);
    expect(story.phone('zhou.tao').recalled).toMatchObject([{ by: 'wang.qiang', reason: 'taken' }]);
    await story.advance(1, 'ms');
    await story.advance(70, 's');
    await story.expectNotPaged('li.na');
    await story.expectNotPaged('zheng.hong', 'responder');
    expect((await story.ticket()).state).toBe('accepted');
  });

  it('law 5: 1 ms after the next level was paged, and that level is recalled and no other follows', async () => {
    await theLiftIsStuck();
    await story.advance(60_000, 'ms');
    await story.advance(1, 'ms');
    await story.accepts('wang.qiang');
    await story.expectPage('li.na', { slot: 'responder', level: 1, state: 'recalled' });
    expect(story.phone('li.na').ringing).toEqual([]);
    await story.advance(2, 'min');
    await story.expectNotPaged('gao.feng');
  });

  it('for his own slot only: the contractor is called on', async () => {
    await theLiftIsStuck();
    await story.accepts('wang.qiang');
    await story.expectPage('he.jun', { slot: 'rescuer', state: 'delivered' });
    await story.advance(60, 's');
    await story.expectPage('ma.lin', { slot: 'rescuer', level: 1 });
    await story.expectPage('zheng.hong', { slot: 'coordinator', level: 1 });
    await story.accepts('he.jun');
    await story.advance(120, 's');
    await story.expectNotPaged('chen.jing', 'rescuer');
  });

  it('and whoever comes second is told who has it', async () => {
    await theLiftIsStuck();
    await story.accepts('wang.qiang');
    await expect(story.accepts('zhou.tao', 'responder')).rejects.toMatchObject({
      code: 'conflict',
      details: { holder: 'wang.qiang', reason: 'taken' },
    });
    expect((await story.slot('responder')).holder).toBe('wang.qiang');
  });

  it('law 5: and of two who accept in the same instant one has it and nobody is paged for that slot after', async () => {
    await theLiftIsStuck();
    await story.advance(59_999, 'ms');
    story.clock.advance(1); // the next level is due in the same instant
    const answers = await Promise.allSettled([
      story.accepts('wang.qiang', 'responder'),
      story.accepts('zhou.tao', 'responder'),
    ]);
    expect(answers.map((a) => a.status).sort()).toEqual(['fulfilled', 'rejected']);
    const pages = (await story.paged('responder')).length;
    await story.advance(70, 's');
    expect(await story.paged('responder')).toHaveLength(pages);
  });

  it('on the telephone, and the control room notes it for him', async () => {
    await theLiftIsStuck();
    await story.accepts('chen.jing', 'rescuer', 'he.jun');
    expect(await story.slot('rescuer')).toMatchObject({ holder: 'he.jun', on_behalf_by: 'chen.jing' });
    await story.expectJournal('accepted', { slot: 'rescuer', onBehalfOf: 'he.jun', how: 'by telephone' }, 1);
    await expect(story.accepts('zhou.tao', 'responder', 'wang.qiang')).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('somebody accepts and falls silent', () => {
  it('is asked again after 3 minutes, and a minute later the slot is open again for everybody', async () => {
    await theLiftIsStuck();
    await story.accepts('wang.qiang');
    await story.advance(179, 's');
    await story.expectJournal('asked-again', { slot: 'responder' }, 0);
    await story.advance(1, 's');
    await story.expectJournal('asked-again', { slot: 'responder', holder: 'wang.qiang' }, 1);
    await story.advance(59, 's');
    expect((await story.slot('responder')).holder).toBe('wang.qiang');
    await story.advance(1, 's');
    await story.expectJournal('slot-reopened', { slot: 'responder', holder: 'wang.qiang', round: 1 }, 1);
    expect(await story.slot('responder')).toMatchObject({ state: 'open', holder: null, round: 1 });
    await story.expectPage('zhou.tao', { slot: 'responder', round: 1, level: 0 });
    await story.expectPage('wang.qiang', { slot: 'responder', round: 1, level: 0 });
    // The ticket itself does not move back.
    expect((await story.ticket()).state).toBe('accepted');
    await story.advance(60, 's');
    await story.expectPage('li.na', { slot: 'responder', round: 1, level: 1 });
    await story.advance(60, 's');
    await story.expectPage('gao.feng', { slot: 'responder', round: 1, level: 2 });
    await story.expectJournal('slot-reopened', { slot: 'responder' }, 1);
  });

  it('is left in peace once on the way, until the arrival limit of 15 minutes', async () => {
    await theLiftIsStuck();
    await story.accepts('he.jun');
    await story.advance(2, 'min');
    await story.reports('he.jun', 'en-route');
    await story.advance(13, 'min');
    await story.expectJournal('asked-again', { slot: 'rescuer', holder: 'he.jun' }, 1);
    await story.reports('he.jun', 'on-site');
    await story.advance(10, 'min');
    await story.expectJournal('slot-reopened', { slot: 'rescuer' }, 0);
  });

  it('in the control room: no reassurance for 5 minutes reopens the coordinator', async () => {
    await theLiftIsStuck();
    await story.accepts('chen.jing');
    await story.advance(4, 'min');
    await story.reassures('chen.jing');
    await story.advance(299, 's');
    await story.expectJournal('asked-again', { slot: 'coordinator' }, 0);
    await story.advance(1, 's');
    await story.expectJournal('asked-again', { slot: 'coordinator', holder: 'chen.jing' }, 1);
    await story.advance(60, 's');
    await story.expectPage('chen.jing', { slot: 'coordinator', round: 1, level: 0 });
    // Whoever takes it up again has five minutes again.
    await story.advance(10, 's');
    await story.accepts('chen.jing', 'coordinator');
    await story.advance(290, 's');
    await story.expectJournal('asked-again', { slot: 'coordinator' }, 1);
  });

  it('in the control room, and a reassurance in the minute of grace is an answer', async () => {
    await theLiftIsStuck();
    await story.accepts('chen.jing');
    await story.advance(330, 's');
    await story.expectJournal('asked-again', { slot: 'coordinator' }, 1);
    await story.reassures('chen.jing');
    await story.advance(4, 'min');
    await story.expectJournal('slot-reopened', { slot: 'coordinator' }, 0);
    expect((await story.slot('coordinator')).holder).toBe('chen.jing');
  });
});

describe('the rescue takes long', () => {
  it('tells the control room to call the next tier at half the statutory clock and at its end', async () => {
    await theLiftIsStuck();
    for (const who of ['wang.qiang', 'he.jun', 'chen.jing']) await story.accepts(who);
    for (const who of ['wang.qiang', 'he.jun']) await story.reports(who, 'on-site');
    for (let i = 0; i < 15; i++) {
      await story.expectJournal('tier-due', {}, 0);
      await story.advance(1, 'min');
      if (i % 4 === 3) await story.reassures('chen.jing');
    }
    await story.expectJournal('tier-due', { tier: 2, controlRoomCalls: 'district rescue station' }, 1);
    for (let i = 0; i < 15; i++) {
      await story.advance(1, 'min');
      if (i % 4 === 3) await story.reassures('chen.jing');
    }
    await story.expectJournal('tier-due', { tier: 3 }, 1);
    await story.expectJournal('tier-due', {}, 2);
  });
});
