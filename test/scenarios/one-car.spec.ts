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

describe('the alarm button alone', () => {
  it('goes to the coordinator at once, to the responder after 30 s and to the rescuer after 90 s', async () => {
    const lift = story.lift(CAR);
    await lift.standsEmptyAt(3);
    await lift.pressesButton();
    await story.advance(2999, 'ms');
    await story.expectNoTicket();
    await story.advance(1, 'ms');
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0 });
    expect(await story.paged()).toHaveLength(1);
    await story.advance(29, 's');
    expect(await story.paged()).toHaveLength(1);
    await story.advance(1, 's');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
    await story.expectPage('zhou.tao', { slot: 'responder', level: 0 });
    await story.expectNotPaged('he.jun');
    await story.advance(59, 's');
    await story.expectNotPaged('he.jun');
    await story.advance(1, 's');
    await story.expectPage('he.jun', { slot: 'rescuer', level: 0 });
    // Levels count from the opening of their own slot: 30 + 60 s and 90 + 60 s.
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.advance(60, 's');
    await story.expectPage('ma.lin', { slot: 'rescuer', level: 1 });
    await story.expectTickets(1);
  });

  it('is over when the control room has spoken with the car and nobody is in need', async () => {
    const lift = story.lift(CAR);
    await lift.standsEmptyAt(3);
    await lift.pressesButton();
    await story.advance(3, 's');
    await lift.releasesButton();
    await story.advance(12, 's');
    expect(await story.alarm('elevator.alarm-button')).toMatchObject({ active: false, state: 'LUNACK' });
    await story.accepts('chen.jing');
    await story.ends('chen.jing', 'elevator.alarm-button', 'voice');
    expect(await story.ticket()).toMatchObject({ state: 'false-alarm' });
    expect(await story.alarm('elevator.alarm-button')).toMatchObject({ state: 'NORM', ended_how: 'voice' });
    await story.advance(5, 'min');
    expect(await story.paged()).toEqual(['chen.jing coordinator r0 l0']);
    await story.expectJournal('alarm-ended', { how: 'voice' }, 1);
  });

  it('opens the waiting slots at once when the car proves to be stuck, on the same ticket', async () => {
    const lift = story.lift(CAR);
    await lift.isTrappedBetween(3, 4);
    await lift.pressesButton();
    await story.advance(3, 's');
    expect(await story.paged()).toEqual(['chen.jing coordinator r0 l0']);
    await story.advance(26, 's');
    expect(await story.paged()).toHaveLength(1);
    await story.advance(1, 's');
    await story.expectTickets(1);
    expect(await story.ticket()).toMatchObject({ event: 'elevator.entrapment-between-floors', priority: 'P1' });
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0, round: 0 });
    await story.expectPage('he.jun', { slot: 'rescuer', level: 0, round: 0 });
    await story.expectJournal('joined', { event: 'elevator.entrapment-between-floors' }, 1);
    await story.advance(59, 's');
    await story.expectNotPaged('li.na');
    await story.advance(1, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.expectPage('ma.lin', { slot: 'rescuer', level: 1 });
    await story.expectJournal('slot-opened', {}, 2);
  });
});

describe('the same car once more', () => {
  /** Butler and contractor have the people out; the door stands open at a landing. */
  async function rescued(lift: ReturnType<Story['lift']>): Promise<void> {
    for (const who of ['wang.qiang', 'he.jun', 'chen.jing']) await story.accepts(who);
    await story.reports('wang.qiang', 'on-site');
    await story.reports('he.jun', 'on-site');
    await lift.opensAndEmptiesAt(3);
    await story.advance(15, 's');
    await story.reports('he.jun', 'rescued');
  }

  it('law 6: an empty car between floors is damage; people seen in it are an emergency, on the same ticket with fresh slots', async () => {
    const lift = story.lift(CAR);
    await lift.stopsEmptyBetween(3, 4);
    await story.advance(60, 's');
    expect(await story.ticket()).toMatchObject({ event: 'elevator.stopped-between-floors', priority: 'P2', round: 0 });
    expect(await story.paged()).toEqual(['sun.wei responder r0 l0', 'wang.qiang responder r0 l0']);
    await story.accepts('sun.wei', 'responder');
    await lift.is({ peopleInCar: true });
    await story.advance(29, 's');
    expect((await story.ticket()).priority).toBe('P2');
    await story.advance(1, 's');
    await story.expectTickets(1);
    expect(await story.ticket()).toMatchObject({
      event: 'elevator.entrapment-between-floors',
      priority: 'P1',
      round: 1,
    });
    expect(await story.slot('responder')).toMatchObject({ state: 'open', holder: null, round: 1 });
    await story.expectPage('wang.qiang', { slot: 'responder', round: 1, level: 0 });
    await story.expectPage('zhou.tao', { slot: 'responder', round: 1, level: 0 });
    await story.expectPage('he.jun', { slot: 'rescuer', round: 1, level: 0 });
    await story.expectPage('chen.jing', { slot: 'coordinator', round: 1, level: 0 });
    await story.expectJournal('ticket-raised', { priority: 'P1', round: 1 }, 1);
    // The levels count from now.
    await story.advance(60, 's');
    await story.expectPage('li.na', { slot: 'responder', round: 1, level: 1 });
  });

  it('law 6: traps again after its rescue: a new ticket that pages everybody again', async () => {
    const lift = story.lift(CAR);
    await lift.isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await rescued(lift);
    expect(await story.ticket()).toMatchObject({ state: 'rescued' });
    expect(await story.alarm('elevator.entrapment-between-floors')).toMatchObject({ state: 'NORM' });
    await lift.isTrappedBetween(5, 6);
    await story.advance(30, 's');
    await story.expectTickets(2);
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0, round: 0 });
    await story.expectPage('he.jun', { slot: 'rescuer', level: 0, round: 0 });
    expect((await story.tickets()).map((t) => t.state)).toEqual(['rescued', 'opened']);
  });

  it('law 6: traps again while the old ticket is in follow-up', async () => {
    const lift = story.lift(CAR);
    await lift.isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await rescued(lift);
    await story.worksThroughTheSteps('wang.qiang');
    await story.reports('wang.qiang', 'resolve');
    await story.reports('wang.qiang', 'follow-up');
    await lift.isTrappedBetween(5, 6);
    await story.advance(30, 's');
    expect((await story.tickets()).map((t) => t.state)).toEqual(['follow-up', 'opened']);
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
  });

  it('still holds people 120 s after a false alarm: the coordinator first, everybody 60 s later', async () => {
    const lift = story.lift(CAR);
    await lift.isTrappedBetween(3, 4);
    await story.advance(40, 's');
    await story.reports('chen.jing', 'false-alarm', { reason: 'the camera shows an empty car' });
    expect(story.phone('wang.qiang').ringing).toEqual([]);
    await story.expectJournal('alarm-ended', { how: 'false-alarm' }, 1);
    await story.advance(119, 's');
    await story.expectTickets(1);
    await story.advance(1, 's');
    await story.expectTickets(2);
    expect(await story.paged()).toEqual(['chen.jing coordinator r0 l0']);
    await story.advance(59, 's');
    expect(await story.paged()).toHaveLength(1);
    await story.advance(1, 's');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
    await story.expectPage('he.jun', { slot: 'rescuer', level: 0 });
    // The coordinator's second level comes 60 s after his first.
    await story.expectPage('zheng.hong', { slot: 'coordinator', level: 1 });
  });

  it('still holds people after somebody reported a rescue: that is a new occurrence too', async () => {
    const lift = story.lift(CAR);
    await lift.isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.accepts('wang.qiang');
    await story.reports('wang.qiang', 'on-site');
    await story.reports('wang.qiang', 'rescued');
    await story.advance(120, 's');
    await story.expectTickets(2);
    expect(await story.paged()).toEqual(['chen.jing coordinator r0 l0']);
  });

  it('traps again after a door opened by itself: the same ticket pages anew', async () => {
    const lift = story.lift(CAR);
    await lift.isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await lift.opensAndEmptiesAt(3);
    expect(await story.alarm('elevator.entrapment-between-floors')).toMatchObject({ state: 'LUNACK', active: false });
    await story.advance(15, 's');
    await lift.isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.expectTickets(1);
    expect(await story.alarm('elevator.entrapment-between-floors')).toMatchObject({ state: 'UNACK', occurrence: 2 });
    expect((await story.ticket()).round).toBe(1);
    await story.expectPage('wang.qiang', { slot: 'responder', round: 1, level: 0 });
    await story.expectPage('he.jun', { slot: 'rescuer', round: 1, level: 0 });
    await story.expectJournal('recurred', { round: 1, occurrence: 2 }, 1);
  });

  it('law 6: two cars of one building are two tickets', async () => {
    await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
    await story.lift('jy-6-lift-e').isTrappedBetween(7, 8);
    await story.advance(30, 's');
    expect((await story.tickets()).map((t) => String(t.car_id)).sort()).toEqual(['jy-6-lift-e', 'jy-6-lift-w']);
    expect(story.phone('wang.qiang').ringing).toHaveLength(2);
  });
});

describe('a lift that is not at work', () => {
  it('in commissioning: the installer sees it, nobody is paged, and live waits for presence, door, zone and button in both states', async () => {
    const lift = story.lift(CAR);
    await story.setsLife('zheng.hong', CAR, { life: 'commissioning' });
    await lift.isTrappedBetween(3, 4);
    await story.advance(60, 's');
    await story.expectNoTicket();
    expect(await story.alarm('elevator.entrapment-between-floors')).toMatchObject({ state: 'DSUPR', active: true });
    await story.expectJournal('did-not-page', { because: 'in commissioning: for the installer only' }, 1);
    const live = story.setsLife('zheng.hong', CAR, { life: 'live' });
    await expect(live).rejects.toMatchObject({ code: 'conflict', details: { notSeen: ['button true'] } });
    await lift.opensAndEmptiesAt(3);
    await story.advance(15, 's');
    await lift.pressesButton();
    await lift.releasesButton();
    await story.sightsKept(CAR, 8);
    await story.setsLife('zheng.hong', CAR, { life: 'live' });
    await lift.isTrappedBetween(5, 6);
    await story.advance(30, 's');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
  });

  it('law 6: goes live while people are in it: they are not forgotten', async () => {
    const lift = story.lift(CAR);
    await story.setsLife('zheng.hong', CAR, { life: 'commissioning' });
    await lift.standsEmptyAt(1);
    await lift.pressesButton();
    await lift.releasesButton();
    await lift.isTrappedBetween(3, 4);
    await story.advance(40, 's');
    await story.expectNoTicket();
    await story.sightsKept(CAR, 8);
    await story.setsLife('zheng.hong', CAR, { life: 'live' });
    await story.advance(30, 's');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
  });

  const permit = (s: number) => ({
    life: 'maintenance' as const,
    reason: 'rope change',
    until: new Date(story.clock.now() + s * 1000).toISOString(),
  });

  it('under a permit: what the technician causes is listed and pages nobody, the alarm button pages', async () => {
    const lift = story.lift(CAR);
    await lift.standsEmptyAt(1);
    await story.setsLife('zheng.hong', CAR, permit(3600));
    await lift.isTrappedBetween(3, 4);
    await story.advance(60, 's');
    await story.expectNoTicket();
    expect(await story.alarm('elevator.entrapment-between-floors')).toMatchObject({ state: 'OOSRV' });
    await story.expectJournal('did-not-page', { because: 'under a maintenance permit' }, 1);
    await lift.pressesButton();
    await story.advance(3, 's');
    expect(await story.ticket()).toMatchObject({ event: 'elevator.alarm-button', priority: 'P1' });
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0 });
    await story.advance(30, 's');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
  });

  it('law 6: and people who are in it when the permit ends are not forgotten', async () => {
    const lift = story.lift(CAR);
    await lift.standsEmptyAt(1);
    await story.setsLife('zheng.hong', CAR, permit(120));
    await lift.isTrappedBetween(3, 4);
    await story.advance(119, 's');
    await story.expectNoTicket();
    await story.advance(3, 's');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
    await story.expectPage('he.jun', { slot: 'rescuer', level: 0 });
  });
});
