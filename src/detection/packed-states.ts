/** A stored rule state: `v` its version, `s` the state. */
export type StoredStates = Record<string, { v: number; s: unknown }>;

interface RuleAtRest {
  readonly id: string;
  readonly version: number;
  initial(): unknown;
}

/** Stands for a part that an earlier state holds too: `{ "=": [rule, field, …] }`. */
const SAME = '=';
/** Stands around a part that lacks a field of the initial one: nothing of that is added to it. */
const WHOLE = '!';

type Path = readonly string[];
type Fields = Readonly<Record<string, unknown>>;

const isFields = (part: unknown): part is Fields => typeof part === 'object' && part !== null && !Array.isArray(part);

/**
 * The states of one subject's rules as they are stored: of each what differs from its initial state, and a part that
 * several rules remember (a lift's car) once. Written out in full they would be most of what a batch commits.
 *
 * A part is read with the initial state of the rule that it stands in. Whoever changes the shape of a part that rules
 * share raises the version of all of them.
 */
export function packStates(rules: readonly RuleAtRest[], states: readonly unknown[]): StoredStates {
  const out: StoredStates = {};
  const seen = new Map<Fields, Path>();
  for (const [i, r] of rules.entries()) {
    const initial = r.initial();
    if (states[i] === initial) continue;
    const s = packed(states[i], initial, [r.id], seen);
    if (!saysNothing(s, initial)) out[r.id] = { v: r.version, s };
  }
  return out;
}

function packed(part: unknown, initial: unknown, path: Path, seen: Map<Fields, Path>): unknown {
  if (!isFields(part)) return part;
  const owner = seen.get(part);
  if (owner !== undefined) return { [SAME]: owner };
  seen.set(part, path);
  const base = isFields(initial) ? initial : NOTHING;
  for (const field in base) if (part[field] === undefined) return { [WHOLE]: changed(part, NOTHING, path, seen) };
  return changed(part, base, path, seen);
}

const NOTHING: Fields = Object.freeze({});

function changed(part: Fields, base: Fields, path: Path, seen: Map<Fields, Path>): Fields {
  const out: Record<string, unknown> = {};
  for (const field in part) {
    if (part[field] === base[field]) continue;
    const inner = packed(part[field], base[field], [...path, field], seen);
    if (!saysNothing(inner, base[field])) out[field] = inner;
  }
  return out;
}

/** It is as it was initially, though made anew. */
function saysNothing(written: unknown, initial: unknown): boolean {
  return isFields(initial) && isFields(written) && Object.keys(written).length === 0;
}

/** The state of each rule; the initial one where nothing, or one of another version, is stored. */
export function unpackStates(rules: readonly RuleAtRest[], stored: StoredStates): unknown[] {
  const initials = new Map(rules.map((r) => [r.id, r.initial()]));
  // An owner is written out where it first stands, and so is all that it stands in: the way to it meets no `SAME`.
  const owned = (path: Path): unknown => {
    const [id = '', ...fields] = path;
    let part = stored[id]?.s;
    let initial = initials.get(id);
    for (const field of fields) {
      const whole = isFields(part) ? part[WHOLE] : undefined;
      const holder = whole ?? part;
      part = isFields(holder) ? holder[field] : undefined;
      initial = whole === undefined && isFields(initial) ? initial[field] : undefined;
    }
    return part === undefined ? initial : unpacked(part, initial);
  };
  function unpacked(part: unknown, initial: unknown): unknown {
    if (!isFields(part)) return part;
    if (SAME in part) return owned(part[SAME] as Path);
    if (WHOLE in part) return filled(part[WHOLE] as Fields, NOTHING);
    return filled(part, isFields(initial) ? initial : NOTHING);
  }
  function filled(part: Fields, base: Fields): Fields {
    const out: Record<string, unknown> = { ...base };
    for (const field in part) out[field] = unpacked(part[field], base[field]);
    return out;
  }
  return rules.map((r) => {
    const kept = stored[r.id];
    return kept && kept.v === r.version ? unpacked(kept.s, initials.get(r.id)) : r.initial();
  });
}
