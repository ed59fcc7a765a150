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

const CAR = { type: 'device', id: 'jy-6-lift-w' } as const;
const FLAT = (label: string) => ({ type: 'unit', id: `jy-6-${label}` }) as const;

describe('a resident rings: somebody is trapped', () => {
  it('rings the first of each slot at once and the next after 60 s, as for a device', async () => {
    await story.takesCall('chen.jing', CAR, 'people-trapped');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0, state: 'delivered' });
    await story.expectPage('zhou.tao', { slot: 'responder', level: 0 });
    await story.expectPage('he.jun', { slot: 'rescuer', level: 0 });
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0 });
    await story.advance(60, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.expectJournal('call-taken', { joined: false }, 1);
    await story.expectTickets(1);
  });

  it('two residents and the lift itself are one ticket, and nobody is paged twice for it', async () => {
    const lift = story.lift(CAR.id);
    await lift.isTrappedBetween(3, 4);
    const first = await story.takesCall('chen.jing', CAR, 'people-trapped');
    await story.advance(30, 's');
    const second = await story.takesCall('wang.qiang', CAR, 'people-trapped');
    expect([first.joined, second.joined]).toEqual([false, true]);
    await story.expectTickets(1);
    expect(await story.paged()).toHaveLength(4);
    expect(await story.openTickets()).toEqual(['elevator.entrapment-between-floors']);
  });

  it('goes on after the doors have opened, until somebody on the spot says that all are out', async () => {
    const lift = story.lift(CAR.id);
    await story.takesCall('chen.jing', CAR, 'people-trapped');
    await lift.standsEmptyAt(3);
    await story.advance(2, 'min');
    expect(await story.openTickets()).toHaveLength(1);
    await story.accepts('wang.qiang');
    await story.reports('wang.qiang', 'on-site');
    await story.reports('wang.qiang', 'rescued');
    expect(await story.alarm('elevator.entrapment-between-floors')).toMatchObject({
      state: 'NORM',
      ended_how: 'rescued',
    });
    await story.advance(5, 'min');
    await story.expectTickets(1);
  });

  it('is told again of a lift whose people were rescued: that is a new emergency', async () => {
    await story.takesCall('chen.jing', CAR, 'people-trapped');
    await story.accepts('wang.qiang');
    await story.reports('wang.qiang', 'on-site');
    await story.reports('wang.qiang', 'rescued');
    const again = await story.takesCall('chen.jing', CAR, 'people-trapped');
    expect(again.joined).toBe(false);
    await story.expectTickets(2);
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0, round: 0 });
  });

  it('survives a restart between the call and the next level', async () => {
    await story.takesCall('chen.jing', CAR, 'people-trapped');
    await story.advance(58, 's');
    await story.restart(3000);
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
  });
});

describe('residents ring: water', () => {
  it('from two flats on one riser within two minutes is one ticket', async () => {
    const a = await story.takesCall('chen.jing', FLAT('301'), 'water-leak');
    await story.advance(90, 's');
    const b = await story.takesCall('chen.jing', FLAT('201'), 'water-leak');
    expect(b).toMatchObject({ joined: true, ticketId: a.ticketId });
    expect(await story.paged()).toEqual(['sun.wei responder r0 l0', 'wang.qiang responder r0 l0']);
  });

  it('at a sensor is the sensor’s own alarm: it counts what the sensor says, and dry again it waits for a person', async () => {
    const sensor = story.device<'pipe-sensor'>('jy-6-riser-1', 10);
    await sensor.says({ wet: false, pressureMpa: 0.3 });
    await story.takesCall('chen.jing', { type: 'device', id: 'jy-6-riser-1' }, 'water-leak');
    await sensor.says({ wet: true, pressureMpa: 0.3 });
    await story.advance(20, 's');
    await story.expectTickets(1);
    expect(await story.alarm('pipe.leak')).toMatchObject({ active: true, state: 'UNACK', occurrence: 1 });
    expect(await story.paged()).toHaveLength(2);
    await sensor.says({ wet: false, pressureMpa: 0.3 });
    await story.advance(20, 's');
    expect(await story.alarm('pipe.leak')).toMatchObject({ active: false, state: 'RTNUN' });
    expect(await story.openTickets()).toEqual(['pipe.leak']);
    // Somebody rings again: that is a new occurrence, and pages again.
    const again = await story.takesCall('chen.jing', { type: 'device', id: 'jy-6-riser-1' }, 'water-leak');
    expect(again.joined).toBe(true);
    await story.expectPage('wang.qiang', { slot: 'responder', round: 1, level: 0 });
  });

  it('is merged by the desk when it proves to be one leak: the merged one rings no more, the other goes on', async () => {
    const a = await story.takesCall('chen.jing', FLAT('301'), 'water-leak');
    await story.advance(150, 's');
    const b = await story.takesCall('chen.jing', FLAT('401'), 'water-leak');
    expect(b.joined).toBe(false);
    expect(story.phone('wang.qiang').ringing).toHaveLength(2);
    await story.merges('chen.jing', b.ticketId, a.ticketId);
    expect(story.phone('wang.qiang').ringing).toHaveLength(1);
    const before = (await story.journal('paged')).length;
    await story.advance(40, 's');
    // Only the ticket that goes on has come to its next level.
    expect((await story.journal('paged')).slice(before).map((l) => l.payload['level'])).toEqual([1]);
  });

  it('never goes up in another ticket when people are in danger', async () => {
    const trapped = await story.takesCall('chen.jing', CAR, 'people-trapped');
    const leak = await story.takesCall('chen.jing', FLAT('301'), 'water-leak');
    await expect(story.merges('chen.jing', trapped.ticketId, leak.ticketId)).rejects.toThrow('a P1 is never merged');
    const other = await story.takesCall('chen.jing', { type: 'device', id: 'jy-6-lift-e' }, 'people-trapped');
    await expect(story.merges('chen.jing', other.ticketId, trapped.ticketId)).rejects.toThrow('a P1 is never merged');
    expect(await story.openTickets()).toHaveLength(3);
  });

  it('is split off when it was another leak after all, and pages for it', async () => {
    const a = await story.takesCall('chen.jing', FLAT('301'), 'water-leak');
    await story.takesCall('chen.jing', FLAT('201'), 'water-leak');
    await story.accepts('wang.qiang');
    const alarm = (await story.alarms()).find((x) => x.subject_id === 'jy-6-201');
    const made = await story.splits('chen.jing', a.ticketId, [alarm?.id ?? '']);
    expect(await story.ticket()).toMatchObject({ id: made, state: 'opened', unit_id: 'jy-6-201' });
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0, state: 'delivered' });
    await story.advance(180, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
  });
});

describe('the desk sends somebody else', () => {
  it('recalls the holder, pages the new one alone, and everybody if he does not come to it in 60 s', async () => {
    await story.takesCall('chen.jing', CAR, 'people-trapped');
    await story.accepts('wang.qiang');
    await story.accepts('chen.jing');
    await story.accepts('he.jun');
    await story.reassigns('chen.jing', 'responder', 'zhao.min');
    expect(story.phone('wang.qiang').recalled.map((r) => r.reason)).toContain('reassigned');
    await story.expectPage('zhao.min', { slot: 'responder', round: 1, level: -1, state: 'delivered' });
    expect((await story.paged('responder')).filter((p) => p.includes(' r1 '))).toHaveLength(1);
    await story.advance(59, 's');
    expect((await story.paged('responder')).filter((p) => p.includes(' r1 '))).toHaveLength(1);
    await story.advance(1, 's');
    await story.expectPage('wang.qiang', { slot: 'responder', round: 1, level: 0 });
    await story.expectPage('zhou.tao', { slot: 'responder', round: 1, level: 0 });
    await story.accepts('zhao.min');
    expect(await story.slot('responder')).toMatchObject({ state: 'filled', holder: 'zhao.min', round: 1 });
  });
});
