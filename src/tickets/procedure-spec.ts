import { z } from 'zod';
import { EVIDENCE_KINDS, RELEASE_STEP, type Procedure } from './procedure.js';

/** 7 days. */
const MAX_LIMIT_S = 7 * 24 * 3600;
const ROLES = [
  'control-room',
  'butler',
  'security',
  'engineer',
  'supervisor',
  'contractor',
  'project-manager',
] as const;

const text = (max: number) => z.string().trim().min(1).max(max);
const names = (max: number) => z.strictObject({ zh: text(max), en: text(max) });
const key = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be small letters, digits and hyphens, 40 at most, a letter first');

const STEP = z.strictObject({
  key,
  title: names(300),
  role: z.enum(ROLES),
  limitS: z.int().min(0).max(MAX_LIMIT_S).nullable().default(null).meta({ description: 'Seconds, 7 days at most.' }),
  required: z.boolean(),
  evidence: z.enum(EVIDENCE_KINDS).nullable().default(null),
  after: z.array(key).max(20).default([]),
  skipReasons: z.array(names(200)).max(12).default([]),
});

/** What a procedure of one's own says; id, shape and version follow from what it replaces. */
export const PROCEDURE_SPEC = z
  .strictObject({ title: names(100), steps: z.array(STEP).min(1).max(60) })
  .superRefine((spec, context) => {
    for (const { path, message } of wrongSteps(spec.steps)) context.addIssue({ code: 'custom', path, message });
  });
export type ProcedureSpec = z.output<typeof PROCEDURE_SPEC>;

export interface SpecProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * Everything that is wrong with a procedure of one's own, at once; [] = it may be published.
 * @param shape of the procedure that it replaces: the states of its tickets do not change
 */
export function problemsOf(given: unknown, shape: Procedure['shape']): SpecProblem[] {
  const parsed = PROCEDURE_SPEC.safeParse(given);
  if (!parsed.success)
    return parsed.error.issues.map((i) => ({ path: i.path.map(String).join('.'), message: i.message }));
  return shapeProblems(parsed.data, shape);
}

/** A rescue is not over before somebody says that the people are out. */
export function shapeProblems(spec: ProcedureSpec, shape: Procedure['shape']): SpecProblem[] {
  if (shape !== 'rescue') return [];
  const at = spec.steps.findIndex((s) => s.key === RELEASE_STEP);
  if (at === -1) return [{ path: 'steps', message: `a rescue has the step "${RELEASE_STEP}": who is out, confirmed` }];
  if (spec.steps[at]?.required) return [];
  return [{ path: `steps.${at}.required`, message: `the step "${RELEASE_STEP}" of a rescue is required` }];
}

type Step = z.output<typeof STEP>;

function wrongSteps(steps: readonly Step[]): { path: (string | number)[]; message: string }[] {
  const wrong: { path: (string | number)[]; message: string }[] = [];
  const first = new Map<string, number>();
  steps.forEach((s, i) => {
    const before = first.get(s.key);
    if (before === undefined) first.set(s.key, i);
    else wrong.push({ path: ['steps', i, 'key'], message: `step ${before + 1} is called "${s.key}" too` });
  });
  steps.forEach((s, i) =>
    s.after.forEach((a, j) => {
      if (!first.has(a)) wrong.push({ path: ['steps', i, 'after', j], message: `there is no step "${a}"` });
    }),
  );
  const loop = loopIn(steps);
  if (loop) wrong.push({ path: ['steps'], message: `these steps wait for each other: ${loop.join(' → ')}` });
  if (!steps.some((s) => s.required)) wrong.push({ path: ['steps'], message: 'at least one step is required' });
  return wrong;
}

/** Keys of steps that wait for each other, the first one again at the end; null = every step can be reached. */
export function loopIn(steps: readonly { key: string; after: readonly string[] }[]): string[] | null {
  const after = new Map(steps.map((s) => [s.key, s.after]));
  const done = new Set<string>();
  for (const { key: start } of steps) {
    const way: string[] = [];
    const found = walk(start, way);
    if (found) return found;
  }
  return null;

  function walk(at: string, way: string[]): string[] | null {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at];
    if (done.has(at)) return null;
    way.push(at);
    for (const next of after.get(at) ?? []) {
      const found = walk(next, way);
      if (found) return found;
    }
    way.pop();
    done.add(at);
    return null;
  }
}
