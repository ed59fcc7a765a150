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

describe('water', () => {
  it('in an empty unit: one notice to the butler, the supervisor only after 15 minutes', async () => {
    const meter = story.device<'water-meter'>('jy-6-802-meter', 60);
    let register = 250;
    await meter.says({ volumeM3: register });
    // 20 L/h: a litre every three minutes and no pause.
    for (let i = 0; i < 8 && (await story.tickets()).length === 0; i++) {
      await story.advance(3, 'min');
      register = Math.round((register + 0.001) * 1000) / 1000;
      await meter.says({ volumeM3: register });
    }
    expect(await story.ticket()).toMatchObject({ event: 'meter.vacant-flow', priority: 'P3', unit_id: 'jy-6-802' });
    expect(await story.paged()).toEqual(['wang.qiang responder r0 l0']);
    await story.advance(899, 's');
    expect(await story.paged()).toHaveLength(1);
    await story.advance(1, 's');
    expect(await story.paged()).toEqual(['wang.qiang responder r0 l0', 'zheng.hong responder r0 l1']);
    await story.expectTickets(1);
  });

  it('in an empty unit: a butler who accepts keeps the supervisor out of it, and nobody watches over him', async () => {
    const meter = story.device<'water-meter'>('jy-6-802-meter', 60);
    for (let i = 0; i < 8 && (await story.tickets()).length === 0; i++) {
      await meter.says({ volumeM3: Math.round((250 + i * 0.001) * 1000) / 1000 });
      await story.advance(3, 'min');
    }
    await story.accepts('wang.qiang');
    await story.advance(20, 'min');
    expect(await story.paged()).toHaveLength(1);
    await story.expectJournal('asked-again', {}, 0);
  });

  it('on a riser: butler and engineer after 10 s, their backup after 3 minutes', async () => {
    const sensor = story.device<'pipe-sensor'>('jy-6-riser-1', 10);
    await sensor.says({ wet: false, pressureMpa: 0.3 });
    await sensor.says({ wet: true, pressureMpa: 0.3 });
    await story.advance(9, 's');
    await story.expectNoTicket();
    await story.advance(1, 's');
    expect(await story.ticket()).toMatchObject({ event: 'pipe.leak', priority: 'P2' });
    expect(await story.paged()).toEqual(['sun.wei responder r0 l0', 'wang.qiang responder r0 l0']);
    await story.advance(179, 's');
    expect(await story.paged()).toHaveLength(2);
    await story.advance(1, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.expectPage('zheng.hong', { slot: 'responder', level: 1 });
    await story.advance(180, 's');
    await story.expectPage('gao.feng', { slot: 'responder', level: 2 });
  });

  it('on a riser: a sensor that drowns stays wet, and dry again is noted while the ticket waits for a person', async () => {
    const sensor = story.device<'pipe-sensor'>('jy-6-riser-1', 10);
    await sensor.says({ wet: true });
    await story.advance(10, 's');
    sensor.fallsSilent();
    await story.advance(3, 'min');
    expect(await story.alarm('pipe.leak')).toMatchObject({ active: true, state: 'UNACK' });
    await sensor.says({ wet: false });
    expect(await story.alarm('pipe.leak')).toMatchObject({ active: false, state: 'RTNUN' });
    expect((await story.tickets()).find((t) => t.event === 'pipe.leak')).toMatchObject({ state: 'opened' });
  });
});

describe('a kind that needs no code', () => {
  it('smoke: P1 at once, latched until somebody has been there and the panel is reset', async () => {
    const detector = story.device<'generic'>('jy-5-smoke-1', 60);
    await detector.says({ channels: { smoke: false, batteryPct: 90 } });
    await story.expectNoTicket();
    await detector.says({ channels: { smoke: true, batteryPct: 90 } });
    expect(await story.ticket()).toMatchObject({ event: 'smoke.alarm', priority: 'P1', building_id: 'jy-5' });
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0, silent: false });
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0 });
    const steps = await story.db.selectFrom('ticket_step').select(['no', 'title_en']).orderBy('no').execute();
    expect(steps[0]?.title_en).toContain('119');

    await story.accepts('wang.qiang', 'responder');
    await story.accepts('chen.jing', 'coordinator');
    await story.advance(20, 's');
    await detector.says({ channels: { smoke: false, batteryPct: 90 } });
    // The smoke has drawn off: that ends nothing.
    expect(await story.alarm('smoke.alarm')).toMatchObject({ active: false, state: 'LACKED', ended_at: null });
    await expect(story.ends('chen.jing', 'smoke.alarm', 'voice')).rejects.toThrow('cannot be ended by voice');
    await expect(story.ends('chen.jing', 'smoke.alarm', 'panel-reset')).rejects.toThrow('on the spot before');
    await story.reports('wang.qiang', 'on-site');
    await expect(story.reports('wang.qiang', 'resolve')).rejects.toThrow('Reset the panel first');
    await story.ends('chen.jing', 'smoke.alarm', 'panel-reset');
    expect(await story.alarm('smoke.alarm')).toMatchObject({ ended_how: 'panel-reset', ended_by: 'chen.jing' });
    await story.reports('wang.qiang', 'resolve');
    expect(await story.ticket()).toMatchObject({ state: 'resolved' });
  });

  it('a pump: what is too much for 30 s is an alarm with the name, priority and end of its rule', async () => {
    const pump = story.device<'generic'>('jy-pump-house', 30);
    await pump.says({ channels: { running: true, currentA: 12, outletMpa: 0.5, fault: false } });
    await pump.says({ channels: { running: true, currentA: 19, outletMpa: 0.5, fault: false } });
    await story.advance(29, 's');
    await story.expectNoTicket();
    await story.advance(1, 's');
    expect(await story.ticket()).toMatchObject({ event: 'generic.pump-overcurrent', priority: 'P3' });
    expect(await story.paged()).toEqual(['sun.wei responder r0 l0']);
    expect(story.phone('sun.wei').ringing).toMatchObject([{ title: { zh: '水泵过流' } }]);
    await pump.says({ channels: { running: true, currentA: 15, outletMpa: 0.5, fault: true } });
    await story.advance(5, 's');
    expect((await story.tickets()).map((t) => `${t.event} ${t.priority}`)).toEqual([
      'generic.pump-overcurrent P3',
      'generic.pump-fault P2',
    ]);
    await story.advance(60, 's');
    expect(await story.alarm('generic.pump-overcurrent')).toMatchObject({ active: false, state: 'RTNUN' });
    await story.ends('chen.jing', 'generic.pump-fault', 'on-site');
    expect(await story.alarm('generic.pump-fault')).toMatchObject({ ended_how: 'on-site' });
  });
});

describe('duress at a door', () => {
  it('pages at once and silently: the phone shows it without a sound, the contractor has no part in it', async () => {
    const door = story.device<'gate'>('jy-door-6-main', 30);
    await door.says({ position: 'closed' });
    await door.says({ position: 'open', access: 'duress' });
    await door.says({ position: 'closed' });
    expect(await story.ticket()).toMatchObject({ event: 'gate.duress', priority: 'P1' });
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0, silent: true });
    await story.expectPage('zhou.tao', { slot: 'responder', level: 0, silent: true });
    await story.expectPage('chen.jing', { slot: 'coordinator', level: 0, silent: true });
    expect(story.phone('wang.qiang').ringing).toMatchObject([{ silent: true, event: 'gate.duress' }]);
    await story.expectNotPaged('he.jun');
    await story.advance(60, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1, silent: true });
  });
});

describe('a building loses its power', () => {
  it('rings at once for the car with people in it, and swallows the offline alarms of the others', async () => {
    const trapped = story.lift('jy-6-lift-w');
    const empty = story.lift('jy-6-lift-e');
    const sensor = story.device<'pipe-sensor'>('jy-6-riser-1', 10);
    await empty.standsEmptyAt(1);
    await sensor.says({ wet: false });
    await trapped.standsEmptyAt(2);
    await trapped.takesPeopleAt(2);
    await trapped.runs();
    // The riser's sensor hangs on the same fuse as the pumps: it goes first.
    sensor.fallsSilent();
    await story.advance(110, 's');
    await empty.losesMains();
    await trapped.losesMains();
    empty.fallsSilent();
    trapped.fallsSilent();
    await story.advance(9, 's');
    // 5 s without mains is each lift's own trouble as yet.
    expect(await story.openTickets()).toEqual(['elevator.power-lost', 'elevator.power-lost']);
    await story.advance(1, 's');
    // Three are hit: it is the building's, and takes in what nobody has accepted yet.
    expect(await story.openTickets()).toEqual(['building.power-lost']);
    // A car with people that misses one interval now is silent enough.
    await story.advance(7, 's');
    expect(await story.openTickets()).toEqual(['building.power-lost', 'elevator.silent-with-people']);
    expect((await story.alarm('elevator.silent-with-people')).evidence).toMatchObject({ powerLost: true });
    const lost = (await story.tickets()).find((t) => t.event === 'elevator.silent-with-people');
    const rung = story.phone('wang.qiang').ringing.filter((p) => p.ticketId === lost?.id);
    expect(rung).toMatchObject([{ slot: 'responder', level: 0, priority: 'P1' }]);
    expect(story.phone('he.jun').ringing.map((p) => p.ticketId)).toEqual([lost?.id]);

    await story.advance(3, 'min');
    expect(await story.openTickets()).toEqual(['building.power-lost', 'elevator.silent-with-people']);
    await story.expectJournal('did-not-page', { event: 'device.offline', because: 'building-power-lost' }, 2);
  });

  it('without people in a car rings nobody for the lifts', async () => {
    const lifts = [story.lift('jy-6-lift-w'), story.lift('jy-6-lift-e')];
    const sensor = story.device<'pipe-sensor'>('jy-6-riser-1', 10);
    await sensor.says({ wet: false });
    for (const l of lifts) await l.standsEmptyAt(1);
    sensor.fallsSilent();
    await story.advance(110, 's');
    for (const l of lifts) {
      await l.losesMains();
      l.fallsSilent();
    }
    await story.advance(4, 'min');
    expect(await story.openTickets()).toEqual(['building.power-lost']);
    await story.expectNotPaged('he.jun');
    // Back again: the condition clears by itself.
    for (const l of lifts) await l.is({ mainsPower: true });
    expect(await story.alarm('building.power-lost')).toMatchObject({ active: false });
  });
});

describe('a lift falls silent', () => {
  it('with people in it: P1 after 120 s, and over by itself when it runs again, for a person to end', async () => {
    const lift = story.lift('jy-6-lift-w');
    await lift.standsEmptyAt(2);
    await lift.takesPeopleAt(2);
    await lift.runs();
    lift.fallsSilent();
    await story.advance(119, 's');
    await story.expectNoTicket();
    await story.advance(1, 's');
    expect((await story.tickets()).map((t) => `${t.event} ${t.priority}`)).toEqual(['elevator.silent-with-people P1']);
    await lift.runs();
    await lift.runs();
    expect(await story.alarm('elevator.silent-with-people')).toMatchObject({ active: false, state: 'LUNACK' });
    expect(await story.ticket()).toMatchObject({ state: 'opened' });
  });

  it('empty: a service that is down, one notice to the engineer', async () => {
    const lift = story.lift('jy-6-lift-w');
    await lift.standsEmptyAt(2);
    lift.fallsSilent();
    await story.advance(120, 's');
    expect((await story.tickets()).map((t) => `${t.event} ${t.priority}`)).toEqual(['device.offline P3']);
    expect(await story.paged()).toEqual(['sun.wei responder r0 l0']);
  });

  it('has never spoken: it raises nothing', async () => {
    await story.advance(10, 'min');
    expect(await story.alarms()).toEqual([]);
  });
});
