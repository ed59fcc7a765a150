import { describe, expect, it } from '@jest/globals';
import { EVENTS, type EventName } from '../kernel/events.js';
import type { StoredPolicy } from '../estate/escalation-policy.js';
import { addedPolicy, policyFor, policyInForce, type Policy, type SlotPolicy, type Target } from './policy.js';

const who = (t: Target): string => {
  if (t.kind === 'call') return `call ${t.contact}`;
  if (t.kind === 'person') return t.person;
  return t.kind === 'on-duty' ? `${t.duty} ${t.role}` : 'everyone';
};
/** `60 backup butler + any supervisor`, level by level. */
const levels = (p: Policy, slot: string): string[] =>
  (p.slots.find((s) => s.slot === slot)?.levels ?? []).map((l) => `${l.afterS} ${l.targets.map(who).join(' + ')}`);
const opens = (p: Policy): Record<string, number> => Object.fromEntries(p.slots.map((s) => [s.slot, s.opensAfterS]));

describe('the policy for people shut in a lift (domain §7)', () => {
  const policy = policyFor('elevator.entrapment-between-floors', 'P1');

  it('responder: butler and patrol, after 60 s backup and supervisor, after 120 s the manager', () => {
    expect(levels(policy, 'responder')).toEqual([
      '0 primary butler + any security',
      '60 backup butler + any supervisor',
      '120 any project-manager',
    ]);
  });
  it('rescuer: contractor, after 60 s his duty manager, after 180 s the district station', () => {
    expect(levels(policy, 'rescuer')).toEqual([
      '0 primary contractor',
      '60 backup contractor',
      '180 call district-station',
    ]);
  });
  it('coordinator: the control room at once; all three open at once', () => {
    expect(levels(policy, 'coordinator')[0]).toBe('0 any control-room');
    expect(opens(policy)).toEqual({ responder: 0, rescuer: 0, coordinator: 0 });
  });
  it.each(['elevator.entrapment-at-level', 'elevator.silent-with-people', 'elevator.stopped-between-floors'] as const)(
    'is the same for %s',
    (event) => expect(policyFor(event, 'P1')).toEqual(policy),
  );
});

describe('other policies', () => {
  it('a button alone: coordinator at once, responder after 30 s, rescuer after 90 s', () => {
    expect(opens(policyFor('elevator.alarm-button', 'P1'))).toEqual({ coordinator: 0, responder: 30, rescuer: 90 });
  });

  it('duress: no contractor', () => {
    expect(Object.keys(opens(policyFor('gate.duress', 'P1'))).sort()).toEqual(['coordinator', 'responder']);
  });

  it('P2: responder alone, butler and engineer, next after 180 s and 360 s', () => {
    const p = policyFor('pipe.leak', 'P2');
    expect(opens(p)).toEqual({ responder: 0 });
    expect(levels(p, 'responder')).toEqual([
      '0 primary butler + any engineer',
      '180 backup butler + any supervisor',
      '360 any project-manager',
    ]);
  });

  it.each([
    ['meter.vacant-flow', 'primary butler'],
    ['gate.held-open', 'any security'],
    ['device.offline', 'any engineer'],
  ] as const)('P3 %s: one notice to %s, no repeats, the supervisor after 15 min', (event, first) => {
    const p = policyFor(event, 'P3');
    expect(levels(p, 'responder')).toEqual([`0 ${first}`, '900 any supervisor']);
    expect(p.slots.map((s) => s.repeatS)).toEqual([null]);
  });
});

describe('after a person has ended it and it still holds', () => {
  it('coordinator first, everybody else 60 s later', () => {
    const p = policyFor('elevator.entrapment-at-level', 'P1', 'coordinator-first');
    expect(opens(p)).toEqual({ coordinator: 0, responder: 60, rescuer: 60 });
    expect(levels(p, 'rescuer')).toEqual(levels(policyFor('elevator.entrapment-at-level', 'P1'), 'rescuer'));
  });

  it('brings a coordinator into a policy that has none', () => {
    expect(opens(policyFor('pipe.leak', 'P2', 'coordinator-first'))).toEqual({ responder: 60, coordinator: 0 });
  });

  it('during a loss of communications: the coordinator alone', () => {
    const p = policyFor('elevator.silent-with-people', 'P1', 'coordinator-only');
    expect(opens(p)).toEqual({ coordinator: 0 });
  });

  it('has another id, so that a ticket says what it froze', () => {
    const ids = (['normal', 'coordinator-first', 'coordinator-only'] as const).map(
      (paging) => policyFor('elevator.entrapment-at-level', 'P1', paging).id,
    );
    expect(new Set(ids).size).toBe(3);
  });
});

describe('every event that may open a ticket', () => {
  const cases = (Object.keys(EVENTS) as EventName[]).flatMap((event) =>
    (['P1', 'P2', 'P3'] as const).map((priority) => [event, priority] as const),
  );
  it.each(cases)(
    '%s as %s pages somebody at once, levels rise in time, and no two slots are the same',
    (event, priority) => {
      for (const paging of ['normal', 'coordinator-first', 'coordinator-only'] as const) {
        const { slots } = policyFor(event, priority, paging);
        expect(slots.some((s) => s.opensAfterS === 0 && s.levels[0]?.afterS === 0)).toBe(true);
        for (const s of slots) {
          const times = s.levels.map((l) => l.afterS);
          expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
          expect(s.levels.every((l) => l.targets.length > 0)).toBe(true);
        }
        expect(new Set(slots.map((s) => s.slot)).size).toBe(slots.length);
      }
    },
  );
});

describe('what an estate or its organisation has published', () => {
  const slot = (name: SlotPolicy['slot']): SlotPolicy => ({
    ...{ slot: name, role: 'butler', opensAfterS: 0, repeatS: null },
    levels: [{ afterS: 0, targets: [{ kind: 'person', person: 'gao.feng' }] }],
  });
  const stored = (event: StoredPolicy['event'], priority: StoredPolicy['priority'] = 'P2'): StoredPolicy => ({
    ...{ scope: 'estate', scopeId: 'jinyue', event, priority, version: 3, slots: [slot('responder')] },
  });
  const sourceAmong = (event: Parameters<typeof policyInForce>[0], ...all: StoredPolicy[]) =>
    policyInForce(event, 'P2', (e, p) => all.find((x) => x.event === e && x.priority === p));

  it('goes from the event to its family to all, and then to what is built in', () => {
    const all = [stored('pipe.leak'), stored('pipe.*'), stored('*')];
    expect(sourceAmong('pipe.leak', ...all).source).toEqual({ scope: 'estate', scopeId: 'jinyue', event: 'pipe.leak' });
    expect(sourceAmong('pipe.burst', ...all).source.event).toBe('pipe.*');
    expect(sourceAmong('elevator.power-lost', ...all).source.event).toBe('*');
    expect(sourceAmong('elevator.power-lost').source).toEqual({ scope: 'built-in', scopeId: null, event: null });
    expect(sourceAmong('pipe.leak', stored('pipe.leak', 'P3')).source.scope).toBe('built-in');
  });

  it('of a family or of all does not reach an event that has a built-in policy of its own', () => {
    expect(sourceAmong('gate.forced-open', stored('gate.*'), stored('*')).source.scope).toBe('built-in');
    expect(sourceAmong('gate.forced-open', stored('gate.forced-open')).source.scope).toBe('estate');
  });

  it('has its name and version in what a ticket freezes, and is paged coordinator first like any other', () => {
    const { policy } = sourceAmong('pipe.leak', stored('pipe.leak'));
    expect(policy).toMatchObject({ id: 'estate:jinyue/pipe.leak/P2', version: 3 });
    const first = policyFor('pipe.leak', 'P2', 'coordinator-first', () => stored('pipe.leak'));
    expect(opens(first)).toEqual({ responder: 60, coordinator: 0 });
  });

  it('added to a running ticket keeps the slots that only the earlier policy has', () => {
    const before = policyFor('elevator.entrapment-at-level', 'P1');
    const added = addedPolicy(before, { id: 'x', version: 1, slots: [slot('responder')] });
    expect(added.slots.map((s) => s.slot)).toEqual(['responder', 'rescuer', 'coordinator']);
    expect(levels(added, 'responder')).toEqual(['0 gao.feng']);
    expect(levels(added, 'rescuer')).toEqual(levels(before, 'rescuer'));
  });
});
