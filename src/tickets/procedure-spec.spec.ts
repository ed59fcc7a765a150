import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { STANDARD_PROCEDURES } from './procedure-catalogue.js';
import { diffProcedures } from './procedure-diff.js';
import { loopIn, PROCEDURE_SPEC, problemsOf } from './procedure-spec.js';

const spec = () => {
  const { title, steps } = STANDARD_PROCEDURES.get('lift-entrapment')!;
  return structuredClone({ title, steps }) as unknown as { title: object; steps: Record<string, unknown>[] };
};
const problems = (change: (s: ReturnType<typeof spec>) => void, shape: 'rescue' | 'plain' = 'rescue') => {
  const s = spec();
  change(s);
  return problemsOf(s, shape);
};
const at = (s: ReturnType<typeof spec>, key: string) => s.steps.find((x) => x['key'] === key)!;

describe('a procedure of one’s own', () => {
  it.each([...STANDARD_PROCEDURES.values()].map((p) => [p.id, p] as const))(
    'may be what the program brings: %s',
    (_, { title, steps, shape }) => {
      expect(problemsOf({ title, steps }, shape)).toEqual([]);
      // What is stored and read again is the same procedure.
      const stored = JSON.parse(JSON.stringify(PROCEDURE_SPEC.parse({ title, steps }))) as never;
      expect(diffProcedures({ title, steps }, stored)).toMatchObject({
        title: null,
        added: [],
        moved: [],
        changed: [],
      });
    },
  );

  it('with a loop is refused, and the loop is named', () => {
    const found = problems((s) => {
      at(s, 'calm')['after'] = ['dispatch'];
      at(s, 'dispatch')['after'] = ['ask'];
      at(s, 'ask')['after'] = ['calm'];
    });
    expect(found).toEqual([
      { path: 'steps', message: 'these steps wait for each other: calm → dispatch → ask → calm' },
    ]);
    expect(problems((s) => (at(s, 'calm')['after'] = ['calm']))[0]?.message).toContain('calm → calm');
  });

  it.each([
    ['a key twice', (s) => (at(s, 'ask')['key'] = 'calm'), 'step 1 is called "calm" too'],
    ['an unknown predecessor', (s) => (at(s, 'ask')['after'] = ['clam']), 'there is no step "clam"'],
    ['an unknown role', (s) => (at(s, 'ask')['role'] = 'wizard'), 'Invalid option'],
    ['an unknown evidence', (s) => (at(s, 'ask')['evidence'] = 'oath'), 'Invalid option'],
    ['a limit of eight days', (s) => (at(s, 'ask')['limitS'] = 8 * 86_400), 'Too big'],
    ['a limit in the past', (s) => (at(s, 'ask')['limitS'] = -1), 'Too small'],
    ['one language', (s) => (at(s, 'ask')['title'] = { zh: '问' }), 'expected string'],
    ['a blank title', (s) => (at(s, 'ask')['title'] = { zh: '问', en: ' ' }), 'Too small'],
    ['a word that means nothing', (s) => (at(s, 'ask')['requried'] = true), 'Unrecognized key'],
    ['nothing required', (s) => s.steps.forEach((x) => (x['required'] = false)), 'at least one step is required'],
    ['a rescue without release', (s) => s.steps.splice(4, 1), 'release'],
    ['an optional release', (s) => (at(s, 'release')['required'] = false), 'is required'],
  ] as [string, (s: ReturnType<typeof spec>) => void, string][])('with %s is refused', (_, change, words) => {
    expect(
      problems(change)
        .map((p) => p.message)
        .join('; '),
    ).toContain(words);
  });

  it('loops are found exactly where steps cannot be put in an order', () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const graph = fc.tuple(...keys.map((key) => fc.subarray(keys).map((after) => ({ key, after }))));
    fc.assert(
      fc.property(graph, (steps) => {
        const left = new Map(steps.map((s) => [s.key, s.after]));
        for (let moved = true; moved;) {
          moved = false;
          for (const [key, after] of left) if (after.every((a) => !left.has(a))) moved = left.delete(key) || moved;
        }
        const loop = loopIn(steps);
        expect(loop !== null).toBe(left.size > 0);
        if (!loop) return;
        expect(loop[0]).toBe(loop.at(-1));
        for (const [i, key] of loop.slice(0, -1).entries())
          expect(steps.find((s) => s.key === key)?.after).toContain(loop[i + 1]);
      }),
    );
  });

  it('differs in words: what came, went, moved and changed', () => {
    const old = STANDARD_PROCEDURES.get('lift-entrapment')!;
    const s = spec();
    at(s, 'ask')['limitS'] = 90;
    s.steps.push({ ...at(s, 'teach'), key: 'camera' });
    s.steps.splice(9, 1); // notice
    [s.steps[0], s.steps[1]] = [s.steps[1]!, s.steps[0]!];
    expect(diffProcedures(old, s as never)).toEqual({
      title: null,
      added: ['camera'],
      removed: ['notice'],
      moved: ['ask', 'calm'],
      changed: [{ key: 'ask', field: 'limitS', from: 120, to: 90 }],
    });
  });
});
