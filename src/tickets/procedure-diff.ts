import type { Procedure, ProcedureStep } from './procedure.js';

export interface ProcedureDiff {
  readonly title: { readonly from: Procedure['title']; readonly to: Procedure['title'] } | null;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Keys that stand elsewhere among those that both have. */
  readonly moved: readonly string[];
  readonly changed: readonly {
    readonly key: string;
    readonly field: string;
    readonly from: unknown;
    readonly to: unknown;
  }[];
}

type Steps = Pick<Procedure, 'title' | 'steps'>;

const FIELDS = ['title', 'role', 'limitS', 'required', 'evidence', 'after', 'skipReasons'] as const;
const valueOf = (s: ProcedureStep, field: (typeof FIELDS)[number]): unknown =>
  s[field] ?? (field === 'after' || field === 'skipReasons' ? [] : null);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What somebody would change: steps are the same when their keys are. */
export function diffProcedures(from: Steps, to: Steps): ProcedureDiff {
  const old = new Map(from.steps.map((s) => [s.key, s]));
  const fresh = new Map(to.steps.map((s) => [s.key, s]));
  const kept = to.steps.filter((s) => old.has(s.key)).map((s) => s.key);
  const before = from.steps.filter((s) => fresh.has(s.key)).map((s) => s.key);
  return {
    title: same(pair(from.title), pair(to.title)) ? null : { from: from.title, to: to.title },
    added: to.steps.filter((s) => !old.has(s.key)).map((s) => s.key),
    removed: from.steps.filter((s) => !fresh.has(s.key)).map((s) => s.key),
    moved: kept.filter((key, i) => before[i] !== key),
    changed: to.steps.flatMap((s) => {
      const was = old.get(s.key);
      if (!was) return [];
      return FIELDS.flatMap((field) => {
        const [a, b] = [valueOf(was, field), valueOf(s, field)];
        return same(ordered(a), ordered(b)) ? [] : [{ key: s.key, field, from: a, to: b }];
      });
    }),
  };
}

const pair = (n: { zh: string; en: string }): string[] => [n.zh, n.en];
/** jsonb gives keys back in an order of its own. */
const ordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(ordered)
    : typeof value === 'object' && value !== null && 'zh' in value && 'en' in value
      ? [value.zh, value.en]
      : value;
