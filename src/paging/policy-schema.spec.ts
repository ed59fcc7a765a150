import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVENTS, type EventName } from '../kernel/events.js';
import { POLICY_SLOTS, missingFrom } from './policy-schema.js';
import { policyInForce } from './policy.js';

const level = (afterS: unknown, ...targets: unknown[]) => ({
  afterS,
  targets: targets.length > 0 ? targets : [{ kind: 'on-duty', role: 'butler' }],
});
const slot = (over: object = {}) => ({ slot: 'responder', levels: [level(0)], ...over });
const problems = (slots: unknown): string[] => {
  const parsed = POLICY_SLOTS.safeParse(slots);
  return parsed.success ? [] : parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
};

describe('slots of a policy as they come over REST', () => {
  it('are taken with what is usual filled in', () => {
    expect(POLICY_SLOTS.parse([slot()])).toEqual([
      {
        ...{ slot: 'responder', role: 'butler', opensAfterS: 0, repeatS: null },
        levels: [{ afterS: 0, targets: [{ kind: 'on-duty', role: 'butler', duty: 'primary' }] }],
      },
    ]);
  });

  it('take every kind of target', () => {
    const targets = [
      { kind: 'on-duty', role: 'contractor', duty: 'backup' },
      { kind: 'person', person: 'gao.feng' },
      { kind: 'everyone-on-shift' },
      { kind: 'call', contact: 'fire-brigade' },
    ];
    expect(problems([slot({ levels: [level(0, ...targets)] })])).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no slot', [], /Too small|>=1/],
    ['no level', [slot({ levels: [] })], /levels: .*(Too small|>=1)/],
    ['levels that descend', [slot({ levels: [level(0), level(60), level(30)] })], /2\.afterS: levels ascend/],
    ['two levels at one time', [slot({ levels: [level(0), level(60), level(60)] })], /must be above 60 s/],
    ['a first level that waits', [slot({ levels: [level(5)] })], /0\.afterS: the first level is at 0 s/],
    ['a time below zero', [slot({ levels: [level(-1)] })], /0\.afterS/],
    ['a time beyond a day', [slot({ levels: [level(0), level(86_401)] })], /1\.afterS/],
    ['half a second', [slot({ levels: [level(0), level(0.5)] })], /1\.afterS/],
    ['a role that there is not', [slot({ levels: [level(0, { kind: 'on-duty', role: 'king' })] })], /role/],
    ['a level for nobody', [slot({ levels: [{ afterS: 0, targets: [] }] })], /targets/],
    ['a call to nobody known', [slot({ levels: [level(0, { kind: 'call', contact: 'mum' })] })], /contact/],
    ['the same slot twice', [slot(), slot()], /1\.slot: the responder slot stands here twice/],
    ['a slot that there is not', [slot({ slot: 'cook' })], /slot/],
    ['repeats every second', [slot({ repeatS: 1 })], /repeatS/],
    ['nobody at once', [slot({ opensAfterS: 30 })], /nobody would be paged at once/],
    ['a word that means nothing here', [slot({ level: [] })], /Unrecognized key/],
  ])('refuse %s', (_, slots, said) => {
    expect(problems(slots).join('; ')).toMatch(said);
  });

  it('hold what was asked for, or are refused: nothing else is stored', () => {
    const anyLevels = fc.array(fc.integer({ min: -10, max: 90_000 }), { maxLength: 6 });
    fc.assert(
      fc.property(anyLevels, fc.integer({ min: -5, max: 90_000 }), (times, opensAfterS) => {
        const given = [slot({ opensAfterS, levels: times.map((t) => level(t)) })];
        const fits =
          opensAfterS === 0 && times[0] === 0 && times.every((t, i) => t <= 86_400 && t > (times[i - 1] ?? -1));
        const parsed = POLICY_SLOTS.safeParse(given);
        expect(parsed.success).toBe(fits);
        if (parsed.success) expect(parsed.data[0]?.levels.map((l) => l.afterS)).toEqual(times);
      }),
    );
  });
});

describe('what a policy must not leave out', () => {
  const slots = (...names: string[]) =>
    POLICY_SLOTS.parse(
      names.map((name) =>
        slot(
          name === 'coordinator'
            ? { slot: name, levels: [level(0, { kind: 'on-duty', role: 'control-room' })] }
            : { slot: name },
        ),
      ),
    );

  it('P1 keeps a coordinator, and people shut in a lift keep their contractor', () => {
    expect(missingFrom(slots('responder'), 'gate.duress', 'P1')).toEqual([
      'a P1 policy of gate.duress keeps the coordinator slot',
    ]);
    expect(missingFrom(slots('responder', 'coordinator'), 'gate.duress', 'P1')).toEqual([]);
    expect(missingFrom(slots('responder', 'coordinator'), 'elevator.entrapment-at-level', 'P1')).toEqual([
      'a P1 policy of elevator.entrapment-at-level keeps the rescuer slot',
    ]);
    expect(missingFrom(slots('coordinator'), '*', 'P1')).toEqual(['a P1 policy of * keeps the responder slot']);
    expect(missingFrom(slots('responder'), 'pipe.*', 'P2')).toEqual([]);
  });

  it('the coordinator of a P1 is asked at once, and sits in the control room', () => {
    const late = slots('responder', 'coordinator').map((s) =>
      s.slot === 'coordinator' ? { ...s, opensAfterS: 5 } : s,
    );
    expect(missingFrom(late, 'gate.duress', 'P1')).toEqual(['the coordinator slot of a P1 policy opens at 0 s']);
    const elsewhere = POLICY_SLOTS.parse([slot(), slot({ slot: 'coordinator' })]);
    expect(missingFrom(elsewhere, 'gate.duress', 'P1').join()).toContain('rings the control room');
  });

  it('no built-in policy does', () => {
    for (const event of Object.keys(EVENTS) as EventName[])
      for (const priority of ['P1', 'P2', 'P3'] as const) {
        const { policy } = policyInForce(event, priority);
        expect(missingFrom(policy.slots, event, priority)).toEqual([]);
        const bare = policy.slots.map(({ role: _, ...s }) => s);
        expect(POLICY_SLOTS.parse(bare)).toEqual(policy.slots);
      }
  });
});
