import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideStep, missingForClosing, type RunningStep } from './step-rules.js';

const step = (no: number, more: Partial<RunningStep> = {}): RunningStep => ({
  no,
  key: `s${no}`,
  title: { zh: `步骤${no}`, en: `Step ${no}` },
  required: true,
  evidence: null,
  after: [],
  state: 'open',
  ...more,
});
const given = { note: undefined, photos: 0, shape: 'plain' } as const;

describe('a step of a procedure', () => {
  it('waits for those before it, and names them', () => {
    const steps = [step(1), step(2, { after: ['s1'] })];
    expect(decideStep(steps, steps[1]!, 'done', given)).toMatchObject({
      ok: false,
      kind: 'conflict',
      missing: [{ no: 1, key: 's1', title: { zh: '步骤1', en: 'Step 1' } }],
    });
    for (const state of ['done', 'skipped'] as const)
      expect(decideStep([step(1, { state }), steps[1]!], steps[1]!, 'done', given)).toMatchObject({ ok: true });
  });

  it('is skipped with a reason only, required or not', () => {
    for (const required of [true, false]) {
      const s = step(1, { required });
      expect(decideStep([s], s, 'skip', given)).toMatchObject({ ok: false, kind: 'invalid' });
      expect(decideStep([s], s, 'skip', { ...given, note: '  ' })).toMatchObject({ ok: false });
      expect(decideStep([s], s, 'skip', { ...given, note: '没有电梯' })).toEqual({
        ok: true,
        state: 'skipped',
        same: false,
      });
    }
  });

  it.each([
    ['note', '现场已清理', ''],
    ['name', '王女士', ' '],
    ['reading', '读数 123.4', '没有读数'],
    ['photo', '手机没电', ''],
  ] as const)('that asks for a %s is done with it, and not without', (evidence, words, none) => {
    const s = step(1, { evidence });
    expect(decideStep([s], s, 'done', { ...given, note: words })).toMatchObject({ ok: true });
    expect(decideStep([s], s, 'done', { ...given, note: none })).toMatchObject({
      ok: false,
      kind: 'invalid',
      reason: 'evidence is missing',
      evidence,
    });
  });

  it('that asks for a photo is done when there is one', () => {
    const s = step(1, { evidence: 'photo' });
    expect(decideStep([s], s, 'done', { ...given, photos: 1 })).toMatchObject({ ok: true });
  });

  it('is not taken back while what came after it is done', () => {
    const steps = [step(1, { state: 'done' }), step(2, { after: ['s1'], state: 'done' })];
    expect(decideStep(steps, steps[0]!, 'reopen', given)).toMatchObject({ ok: false, missing: [{ key: 's2' }] });
    expect(decideStep(steps, steps[1]!, 'reopen', given)).toMatchObject({ ok: true, state: 'open' });
  });

  it('said twice is said once', () => {
    const s = step(1, { state: 'done' });
    expect(decideStep([s], s, 'done', given)).toEqual({ ok: true, state: 'done', same: true });
    expect(decideStep([s], s, 'skip', { ...given, note: 'x' })).toMatchObject({ ok: false, kind: 'conflict' });
  });
});

describe('closing a rescue', () => {
  it('the release is never skipped, whatever the reason', () => {
    const release = step(5, { key: 'release', evidence: 'photo' });
    expect(decideStep([release], release, 'skip', { ...given, note: 'x', shape: 'rescue' })).toMatchObject({
      ok: false,
      reason: 'the release must be confirmed',
    });
  });

  it('lists what is missing: the release unless done, required steps that are open', () => {
    const steps = [
      step(1, { state: 'done' }),
      step(2),
      step(3, { state: 'skipped' }),
      step(4, { required: false }),
      step(5, { key: 'release', state: 'skipped' }),
    ];
    expect(missingForClosing('rescue', steps).map((s) => s.no)).toEqual([2, 5]);
    expect(missingForClosing('plain', steps)).toEqual([]);
  });

  it('is possible exactly when nothing required is open and the release is done', () => {
    const steps = fc.array(fc.record({ required: fc.boolean(), state: fc.constantFrom('open', 'done', 'skipped') }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(steps, fc.constantFrom('open', 'done'), (parts, release) => {
        const all = [
          ...parts.map((p, i) => step(i + 1, p as Partial<RunningStep>)),
          step(99, { key: 'release', state: release as RunningStep['state'] }),
        ];
        const free = release === 'done' && parts.every((p) => !p.required || p.state !== 'open');
        expect(missingForClosing('rescue', all).length === 0).toBe(free);
      }),
    );
  });
});
