import { afterAll, afterEach, beforeAll, beforeEach, describe, it, expect, jest } from '@jest/globals';
import type { PolicyKey, SlotPolicy, Target } from '../../src/estate/escalation-policy.js';
import type { Role } from '../../src/gateway/views.js';
import { POLICY_CASES } from './policy-cases.js';
import { storyWorld, type StoryWorld } from './story-world.js';
import { ESTATE, Story } from './story.js';

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

const CAR = 'jy-6-lift-w';
const onDuty = (role: Role, duty: 'primary' | 'backup' | 'any' = 'any'): Target => ({ kind: 'on-duty', role, duty });
const named = (person: string): Target => ({ kind: 'person', person });
const slot = (
  name: SlotPolicy['slot'],
  levels: readonly (readonly [number, ...Target[]])[],
  more: Partial<SlotPolicy> = {},
): SlotPolicy => ({
  ...{ slot: name, role: 'butler', opensAfterS: 0, repeatS: 60 },
  levels: levels.map(([afterS, ...targets]) => ({ afterS, targets })),
  ...more,
});
const DESK = slot('coordinator', [[0, onDuty('control-room')]]);
const LIFTMAN = slot('rescuer', [[0, onDuty('contractor', 'primary')]]);
const at = (event: PolicyKey['event'], priority: PolicyKey['priority']): PolicyKey => ({
  ...{ scope: 'estate', scopeId: ESTATE, event, priority },
});
const STUCK = at('elevator.entrapment-between-floors', 'P1');
const TO_THE_MANAGER = [slot('responder', [[0, named('gao.feng')]]), LIFTMAN, DESK];

describe('a policy is edited', () => {
  it('while its ticket runs: the ticket goes on as it was opened, the next one has the new policy', async () => {
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(40, 's');
    await story.publishes('zheng.hong', STUCK, TO_THE_MANAGER);
    await story.advance(50, 's');
    await story.expectPage('li.na', { slot: 'responder', level: 1 });
    await story.expectPage('ma.lin', { slot: 'rescuer', level: 1 });
    await story.expectNotPaged('gao.feng');
    await story.advance(60, 's');
    await story.expectPage('gao.feng', { slot: 'responder', level: 2 });

    await story.lift('jy-6-lift-e').isTrappedBetween(7, 8);
    await story.advance(30, 's');
    expect(await story.paged()).toEqual([
      'chen.jing coordinator r0 l0',
      'he.jun rescuer r0 l0',
      'gao.feng responder r0 l0',
    ]);
    await story.expectJournal('ticket-opened', { policy: `estate:jinyue/${STUCK.event}/P1 v1` }, 1);
  });

  it('while its ticket runs, which traps again: it pages anew as it was opened', async () => {
    const lift = story.lift(CAR);
    await lift.isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.publishes('zheng.hong', STUCK, TO_THE_MANAGER);
    await lift.opensAndEmptiesAt(3);
    await story.advance(15, 's');
    await lift.isTrappedBetween(3, 4);
    await story.advance(30, 's');
    expect((await story.ticket()).round).toBe(1);
    await story.expectPage('wang.qiang', { slot: 'responder', round: 1, level: 0 });
    await story.expectPage('zhou.tao', { slot: 'responder', round: 1, level: 0 });
    await story.expectNotPaged('gao.feng');
  });

  it('between a P2 and its rise to P1: the rise brings the policy of the new event as it is then', async () => {
    const lift = story.lift(CAR);
    await lift.stopsEmptyBetween(3, 4);
    await story.advance(60, 's');
    expect(await story.ticket()).toMatchObject({ event: 'elevator.stopped-between-floors', priority: 'P2' });
    await story.publishes('zheng.hong', STUCK, TO_THE_MANAGER);
    await lift.is({ peopleInCar: true });
    await story.advance(30, 's');
    expect(await story.ticket()).toMatchObject({ priority: 'P1', round: 1 });
    await story.expectPage('gao.feng', { slot: 'responder', round: 1, level: 0 });
    expect((await story.pages()).filter((p) => p.round === 1 && p.person === 'wang.qiang')).toEqual([]);
    await story.expectPage('he.jun', { slot: 'rescuer', round: 1, level: 0 });
  });

  it('and taken back while its ticket runs: that ticket keeps it, the next one has the built-in policy', async () => {
    await story.publishes('zheng.hong', STUCK, [
      slot('responder', [
        [0, named('gao.feng')],
        [20, onDuty('engineer')],
      ]),
      LIFTMAN,
      DESK,
    ]);
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.withdraws('zheng.hong', STUCK);
    await story.advance(20, 's');
    await story.expectPage('sun.wei', { slot: 'responder', level: 1 });
    await story.restart(1000);
    await story.lift('jy-6-lift-e').isTrappedBetween(7, 8);
    await story.advance(30, 's');
    await story.expectPage('wang.qiang', { slot: 'responder', level: 0 });
    await story.expectNotPaged('gao.feng');
  });

  it('for the family, not for an event that has a built-in policy of its own', async () => {
    await story.publishes('zheng.hong', at('elevator.*', 'P1'), [slot('responder', [[0, named('gao.feng')]]), DESK]);
    await story.lift(CAR).isTrappedBetween(3, 4);
    await story.advance(30, 's');
    await story.expectPage('he.jun', { slot: 'rescuer', level: 0 });
    await story.expectNotPaged('gao.feng');
  });
});

describe('a level may name', () => {
  const duress = async (): Promise<void> => {
    const door = story.device<'gate'>('jy-door-6-main', 30);
    await door.says({ position: 'closed' });
    await door.says({ position: 'closed', access: 'duress' });
  };

  it('a person off shift, everyone on shift, and a call that the control room makes', async () => {
    await story.publishes('gao.feng', at('gate.duress', 'P1'), [
      slot('responder', [
        [0, named('wu.gang')],
        [30, { kind: 'everyone-on-shift' }],
        [60, { kind: 'call', contact: 'police' }],
      ]),
      DESK,
    ]);
    await duress();
    // He has the night shift; by name he is asked by day.
    await story.expectPage('wu.gang', { slot: 'responder', level: 0, role: 'security' } as never);
    await story.advance(30, 's');
    const level1 = (await story.pages()).filter((p) => p.slot === 'responder' && p.level === 1).map((p) => p.person);
    // Butlers of other zones have nothing to do with building 6; a contractor is no staff.
    expect(level1.sort()).toEqual([
      'chen.jing',
      'gao.feng',
      'li.na',
      'sun.wei',
      'wang.qiang',
      'zheng.hong',
      'zhou.tao',
    ]);
    await story.advance(30, 's');
    // The control room has a page of this slot already: the call is skipped, and that is said.
    await story.expectJournal('level-skipped', { slot: 'responder', level: 2 }, 1);
  });

  it('somebody who has left: the next level at once, with the reason', async () => {
    await story.end();
    story = await Story.begin(
      world,
      `insert into escalation_policy (scope, scope_id, event, priority, version, state, slots, reason, saved_by, saved_at,
         published_by, published_at)
       values ('estate', 'jinyue', 'gate.duress', 'P1', 1, 'published',
         '${JSON.stringify([
           slot('responder', [
             [0, named('long.gone')],
             [60, named('sun.wei')],
           ]),
           DESK,
         ])}', 'x', 'zheng.hong', now(), 'zheng.hong', now())`,
    );
    await duress();
    await story.expectPage('sun.wei', { slot: 'responder', level: 1 });
    const missing = ['long.gone does not work here any more'];
    await story.expectJournal('level-skipped', { slot: 'responder', level: 0, missing }, 1);
  });
});

describe('what a dry run says is what happens when nobody accepts', () => {
  const cases = POLICY_CASES.map((c) => [c.policy, c] as const);
  it.each(cases)('%s', async (_, { begin }) => {
    await begin(story);
    const { id, event, priority, device_id: device, opened_at: openedAt } = await story.ticket();
    const subject = { type: 'device', id: device ?? '' } as const;
    const said = await story.wouldPage('zheng.hong', { event, priority, subject, at: openedAt.toISOString() });
    const lastS = Math.max(...said.map((s) => Number(s.split(' ')[0])));
    await story.advance(lastS + 20, 's');
    expect((await story.ticket()).id).toBe(id);
    const made = new Map<string, string[]>();
    for (const p of await story.pages()) {
      const key = `${(p.created_at.getTime() - openedAt.getTime()) / 1000} ${p.slot} ${p.level}`;
      made.set(key, [...(made.get(key) ?? []), p.person]);
    }
    expect([...made].map(([key, people]) => `${key} ${people.sort().join('+')}`).sort()).toEqual([...said].sort());
  });
});
