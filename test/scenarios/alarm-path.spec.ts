import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DirectoryHolder } from '../../src/estate/directory-holder.js';
import { Afterwards } from '../../src/workflow/afterwards/afterwards.js';
import { AlarmPathTests } from '../../src/workflow/afterwards/alarm-path-tests.js';
import { FollowUps } from '../../src/workflow/afterwards/follow-ups.js';
import { DeviceAsks } from '../../src/workflow/device-asks.js';
import { ESTATE, Story } from './story.js';
import type { StoryLift } from './story-devices.js';
import { storyWorld, type StoryWorld } from './story-world.js';

jest.setTimeout(60_000);

const LIFT = 'jy-6-lift-w';
/** Lifts of the demo answer the command; this one does not. */
const WITHOUT_COMMAND = `update device set attributes = jsonb_set(attributes, '{capabilities}',
  (attributes -> 'capabilities') - 'alarm-test') where id = '${LIFT}'`;

let world: StoryWorld;
let story: Story;
let lift: StoryLift;
let commands: { device: string; id: string }[];
beforeAll(async () => {
  world = await storyWorld();
});
afterAll(() => world.end());
afterEach(() => story.end());

async function begins(before?: string): Promise<void> {
  story = await Story.begin(world, before);
  commands = [];
  listen();
  await story.app.get(Afterwards).begin();
  lift = story.lift(LIFT);
  await lift.standsEmptyAt(3);
}
function listen(): void {
  story.app.get(DeviceAsks).send = (topic, payload) => {
    const { command, id } = JSON.parse(payload) as { command: string; id: string };
    if (command === 'alarm-test') commands.push({ device: topic.split('/')[4] ?? '', id });
  };
}
const paths = (): AlarmPathTests => story.app.get(AlarmPathTests);
const asked = async (): Promise<string> => {
  const device = story.app.get(DirectoryHolder).current.device(LIFT);
  if (!device) throw new Error('no such lift');
  await paths().ask(device, story.principal('zheng.hong'));
  return commands.at(-1)?.id ?? '';
};
/** The lift plays the press that it was asked for: 4 s long, marked. */
async function answers(id: string): Promise<void> {
  await lift.is({ alarmButton: true, alarmTest: id });
  for (let s = 0; s < 4; s++) {
    await story.advance(1, 's');
    paths().tick();
  }
  await lift.is({ alarmButton: false, alarmTest: id });
  await paths().idle();
  await lift.standsEmptyAt(3);
}
const tests = async () =>
  story.db.selectFrom('alarm_path_test').selectAll().where('device_id', '=', LIFT).orderBy('asked_at').execute();

describe('a lift that can test its alarm path', () => {
  beforeEach(() => begins());

  it('passes when its marked press comes through, and pages nobody', async () => {
    await answers(await asked());
    expect(await tests()).toMatchObject([{ how: 'command', state: 'passed', asked_by: 'zheng.hong' }]);
    const [line] = await story.expectJournal('alarm-path-passed', { reason: null }, 1);
    expect(line?.payload['wouldPage']).toEqual([{ person: 'chen.jing', slot: 'coordinator', level: 0 }]);
    expect(line?.payload['foundAfterMs']).toBe(3000);
    await story.expectNoTicket();
    expect(await story.alarms()).toEqual([]);
    expect(await story.db.selectFrom('page').selectAll().execute()).toEqual([]);
  });

  it('keeps the reading, without the press', async () => {
    const id = await asked();
    await answers(id);
    const kept = await story.db.selectFrom('reading_landing').select('payload').execute();
    const marked = kept.map((k) => k.payload).filter((p) => p.includes(id));
    expect(marked.length).toBeGreaterThanOrEqual(2);
    expect(marked.join()).not.toContain('alarmButton');
  });

  it('a press that nobody asked for is real, also while a test runs', async () => {
    const id = await asked();
    await lift.is({ alarmButton: true, alarmTest: id });
    await story.advance(1, 's');
    // Somebody in the car presses now, and the lift says so without the mark.
    await lift.standsEmptyAt(3);
    await lift.pressesButton();
    await story.advance(3, 's');
    await story.expectTickets(1);
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0 });
    // The test's own release does not let go of that hand.
    await lift.is({ alarmButton: false, alarmTest: id });
    await story.advance(1, 's');
    expect((await story.alarm('elevator.alarm-button')).active).toBe(true);
  });

  it('a real press held before the test goes on to raise in its own three seconds', async () => {
    const id = await asked();
    await lift.is({ alarmButton: true });
    await story.advance(1, 's');
    await lift.is({ alarmButton: false, alarmTest: id });
    await story.advance(2, 's');
    await story.expectTickets(1);
  });

  it.each(['another-test', ''])('a mark that names no running test (%j) makes a press no less real', async (mark) => {
    await asked();
    await lift.is({ alarmButton: true, alarmTest: mark });
    await story.advance(4, 's');
    await story.expectTickets(1);
  });

  it('an answer that comes a minute late is a call for help', async () => {
    const id = await asked();
    await story.advance(61, 's');
    expect(await tests()).toMatchObject([{ state: 'failed', reason: 'the lift has not answered' }]);
    await lift.is({ alarmButton: true, alarmTest: id });
    await story.advance(4, 's');
    await story.expectTickets(1);
  });

  it('does not test where a call for help is open', async () => {
    await lift.pressesButton();
    await story.advance(4, 's');
    await expect(asked()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('after a restart in the middle the answer still counts', async () => {
    const id = await asked();
    await story.restart();
    listen();
    await story.app.get(Afterwards).load();
    lift = story.lift(LIFT);
    await lift.standsEmptyAt(3);
    await answers(id);
    expect(await tests()).toMatchObject([{ state: 'passed' }]);
    await story.expectNoTicket();
  });

  it('is asked before its 72 h are over; a lift that never answers is its contractor’s after two tries', async () => {
    await story.end();
    await begins(`update device set life = 'registered' where kind = 'elevator' and id <> '${LIFT}'`);
    lift.fallsSilent();
    await story.skip(68, 'h');
    expect(commands.filter((c) => c.device === LIFT).length).toBeGreaterThanOrEqual(2);
    const raised = async () =>
      (await story.alarms()).find((a) => a.event === 'elevator.alarm-path' && a.device_id === LIFT);
    const alarm = await raised();
    expect(alarm).toMatchObject({ priority: 'P3', active: true });
    const pages = await story.db
      .selectFrom('page')
      .selectAll()
      .where('ticket_id', '=', alarm?.ticket_id ?? '')
      .execute();
    expect(pages.map((p) => p.person)).toContain('he.jun');
    // It answers again: the alarm's condition is over.
    await answers(await asked());
    expect((await raised())?.active).toBe(false);
  });

  it('fails when nobody is on duty who would be paged', async () => {
    await story.end();
    await begins(`delete from roster_entry where role in ('control-room', 'supervisor')`);
    await answers(await asked());
    expect(await tests()).toMatchObject([{ state: 'failed', reason: 'nobody is on duty who would be paged' }]);
  });
});

describe('a lift that cannot', () => {
  beforeEach(() => begins(WITHOUT_COMMAND));
  const job = () =>
    story.db.selectFrom('follow_up').selectAll().where('kind', '=', 'alarm-path-press').executeTakeFirstOrThrow();

  it('is pressed by a person: a real call, and only one that has arrived counts', async () => {
    await asked();
    const { id } = await job();
    const end = { state: 'done', outcome: 'pressed, control room answered' } as const;
    const followUps = story.app.get(FollowUps);
    await expect(followUps.end(ESTATE, id, story.principal('he.jun'), end)).rejects.toMatchObject({
      code: 'conflict',
      details: { reason: 'no call has arrived' },
    });
    expect(await tests()).toEqual([]);
    await lift.pressesButton();
    await story.advance(4, 's');
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0 });
    await story.ends('chen.jing', 'elevator.alarm-button', 'voice');
    await followUps.end(ESTATE, id, story.principal('he.jun'), end);
    expect(await tests()).toMatchObject([{ how: 'press', state: 'passed' }]);
  });

  it('somebody who could not press it says why, which is a failure', async () => {
    await asked();
    const end = { state: 'skipped', reason: 'button broken off' } as const;
    await story.app.get(FollowUps).end(ESTATE, (await job()).id, story.principal('he.jun'), end);
    expect(await tests()).toMatchObject([{ how: 'press', state: 'failed', reason: 'button broken off' }]);
  });
});
