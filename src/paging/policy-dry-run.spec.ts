import { describe, expect, it } from '@jest/globals';
import { dryRun } from './policy-dry-run.js';
import { policyFor, type Policy, type Target } from './policy.js';

const T0 = 1_000_000_000;
const nameOf = (t: Target): string =>
  t.kind === 'on-duty' ? `${t.duty} ${t.role}` : t.kind === 'person' ? t.person : t.kind;

/** Everybody is there, except those named. */
const run = (policy: Policy, absent: readonly string[] = []): string[] =>
  dryRun(policy, T0, (targets) => {
    const names = targets.map(nameOf);
    const here = names.filter((n) => !absent.includes(n));
    return {
      recipients: here.map((person) => ({ person, role: 'butler', because: 'in a test' })),
      missing: names.filter((n) => absent.includes(n)),
    };
  }).map((s) => `${(s.at - T0) / 1000} ${s.slot} ${s.level} ${s.people.map((p) => p.person).join(' + ') || s.skipped}`);

describe('whom a policy would page if nobody accepted', () => {
  it('P2: level by level, then the control room', () => {
    expect(run(policyFor('pipe.leak', 'P2'))).toEqual([
      '0 responder 0 primary butler + any engineer',
      '180 responder 1 backup butler + any supervisor',
      '360 responder 2 any project-manager',
      '540 responder 3 any control-room',
    ]);
  });

  it('an alarm button alone: each slot in its own time', () => {
    const steps = run(policyFor('elevator.alarm-button', 'P1'));
    expect(steps[0]).toBe('0 coordinator 0 any control-room');
    expect(steps).toContain('30 responder 0 primary butler + any security');
    expect(steps).toContain('90 rescuer 0 primary contractor');
    expect(steps).toContain('150 rescuer 1 backup contractor');
  });

  it('an empty level is skipped at once, and says why', () => {
    expect(run(policyFor('pipe.leak', 'P2'), ['primary butler', 'any engineer'])).toEqual([
      '0 responder 0 nobody on duty',
      '0 responder 1 backup butler + any supervisor',
      '360 responder 2 any project-manager',
      '540 responder 3 any control-room',
    ]);
  });

  it('nobody at all: every level is skipped, and so is the last resort', () => {
    const nobody = dryRun(policyFor('pipe.leak', 'P2'), T0, () => ({ recipients: [], missing: [] }));
    expect(nobody.map((s) => [s.level, s.at, s.skipped])).toEqual(
      [0, 1, 2, 3].map((level) => [level, T0, 'nobody on duty']),
    );
  });

  it('who has been paged for the slot is not paged again in it', () => {
    const first: Policy = {
      ...{ id: 'x', version: 1 },
      slots: [
        {
          ...{ slot: 'responder', role: 'butler', opensAfterS: 0, repeatS: 30 },
          levels: [0, 60].map((afterS) => ({ afterS, targets: [{ kind: 'person', person: 'gao.feng' }] })),
        },
      ],
    };
    expect(run(first)).toEqual([
      '0 responder 0 gao.feng',
      '60 responder 1 everybody on it is paged already',
      '60 responder 2 any control-room',
    ]);
  });
});
