import { shiftTimes } from '../kernel/shift-times.js';
import { NO_FINDINGS, type DeviceAsk, type Finding, type Step } from './detector.js';

/** A stored rule state: `v` its version, `s` the state. */
export type StoredStates = Record<string, { v: number; s: unknown }>;

/** What rules of one device and rules over several have in common. */
export interface Rule<I, C> {
  readonly id: string;
  readonly version: number;
  initial(): unknown;
  step(state: unknown, input: I, now: number, context: C): Step<unknown>;
}

/** `later`: only windows have moved since the states were last handed over to be saved (`Step.save`). */
export type Unsaved = 'no' | 'later' | 'now';

/**
 * The rules of one subject in memory. `states` is replaced, never changed in place, so that a holder of the old array
 * has the state of before (law 9: what is not committed can be taken back).
 */
export class RuleRuntime<I extends { readonly type: string }, C> {
  states: readonly unknown[];
  /** Steady ms of the earliest wake-up; Infinity = none. */
  nextDue = Infinity;
  /** After a resumption an overdue hold waits until then for the next reading. */
  graceUntil = 0;
  /** Grows with each change of `states`; guards the stored row against an older write. */
  version: number;
  private deadlines: number[];
  private lastStepAt = 0;
  private unsaved: Unsaved = 'no';
  private asks: DeviceAsk[] = [];

  constructor(
    protected context: C,
    private readonly rules: readonly Rule<I, C>[],
    stored: { readonly version: number; readonly states: StoredStates } | undefined,
  ) {
    this.version = stored?.version ?? 0;
    const kept = stored ? unpacked(stored.states) : {};
    this.states = rules.map((r) => {
      const k = kept[r.id];
      return k && k.v === r.version ? k.s : r.initial();
    });
    this.deadlines = rules.map(() => Infinity);
  }

  /**
   * Runs the rules over one input. The clock never runs backwards for a subject: elements of a stored upload are
   * stepped at their placed times, but not before what was stepped already.
   * @param wants which rules are told; missing = all
   */
  step(input: I, at: number, wants?: (rule: Rule<I, C>) => boolean): readonly Finding[] {
    const now = at > this.lastStepAt ? at : this.lastStepAt;
    this.lastStepAt = now;
    let findings: Finding[] | null = null;
    let changed: unknown[] | null = null;
    let next = Infinity;
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i] as Rule<I, C>;
      const asked = this.deadlines[i] as number;
      // A tick means "what you asked for has come": a rule that asked for later, or for none, is not told.
      if ((input.type === 'tick' && asked > now) || (wants !== undefined && !wants(rule))) {
        if (asked < next) next = asked;
        continue;
      }
      const before = this.states[i];
      const step = rule.step(before, input, now, this.context);
      if (step.state !== before) {
        (changed ??= this.states.slice())[i] = step.state;
        if (step.save !== 'later' || step.findings.length > 0) this.unsaved = 'now';
        else if (this.unsaved === 'no') this.unsaved = 'later';
      }
      if (step.findings.length > 0) (findings ??= []).push(...step.findings);
      if (step.asks !== undefined) this.asks.push(...step.asks);
      const due = step.deadline ?? Infinity;
      this.deadlines[i] = due;
      if (due < next) next = due;
    }
    this.nextDue = next;
    if (changed) {
      this.states = changed;
      this.version++;
    }
    if (input.type === 'reading') this.graceUntil = 0;
    else if (input.type === 'resumed') this.graceUntil = now + GRACE_MS;
    return findings ?? NO_FINDINGS;
  }

  /**
   * A reading since the checkpoint, stepped again after a start. Only windows that were to be saved later move: whatever
   * else it changed was saved together with it, and what it found was told then.
   */
  stepAgain(input: I, at: number, wants?: (rule: Rule<I, C>) => boolean): void {
    const now = at > this.lastStepAt ? at : this.lastStepAt;
    this.lastStepAt = now;
    let changed: unknown[] | null = null;
    for (const [i, rule] of this.rules.entries()) {
      if (wants !== undefined && !wants(rule)) continue;
      const before = this.states[i];
      const step = rule.step(before, input, now, this.context);
      const isWindow = step.save === 'later' && step.findings.length === 0;
      if (isWindow && step.state !== before) (changed ??= this.states.slice())[i] = step.state;
    }
    if (!changed) return;
    this.states = changed;
    this.version++;
    if (this.unsaved === 'no') this.unsaved = 'later';
  }

  /** What has to be saved since this was last asked. */
  takeUnsaved(): Unsaved {
    const { unsaved } = this;
    this.unsaved = 'no';
    return unsaved;
  }

  get hasAsks(): boolean {
    return this.asks.length > 0;
  }

  /** What the devices have been asked for since this was last asked. */
  takeAsks(): readonly DeviceAsk[] | undefined {
    if (this.asks.length === 0) return undefined;
    const { asks } = this;
    this.asks = [];
    return asks;
  }

  /** When the last step was, steady ms. */
  get steppedAt(): number {
    return this.lastStepAt;
  }

  /**
   * Goes back to the states of an earlier moment; `asking` has the rules tell their deadlines anew. What follows is saved:
   * the states of between may have been.
   */
  goBackTo(states: readonly unknown[], steppedAt: number, asking: I): void {
    this.states = states;
    this.lastStepAt = steppedAt;
    this.version++;
    this.step(asking, steppedAt);
    this.states = states;
    this.unsaved = 'now';
  }

  /** The clock was re-anchored: times in the state move with it. The next step finds the deadlines. */
  shift(byMs: number): void {
    this.states = this.states.map((s) => shiftTimes(s, byMs));
    this.version++;
    this.unsaved = 'now';
    for (let i = 0; i < this.deadlines.length; i++) this.deadlines[i] = (this.deadlines[i] as number) + byMs;
    this.nextDue += byMs;
    this.graceUntil += byMs;
    this.lastStepAt += byMs;
  }

  isDue(now: number): boolean {
    return this.nextDue <= now && this.graceUntil <= now;
  }

  stored(states: readonly unknown[]): StoredStates {
    const out: StoredStates = {};
    const seen = new Map<unknown, Path>();
    for (const [i, r] of this.rules.entries()) {
      const s = states[i];
      // A rule that has seen nothing yet begins where it began; it takes no room.
      if (s !== r.initial()) out[r.id] = { v: r.version, s: packed(s, [r.id], seen) };
    }
    return out;
  }
}

/** Stands for a part that an earlier rule's state holds too: `{ "=": [rule, field, …] }`. */
const SAME = '=';
type Path = readonly string[];
type Fields = Readonly<Record<string, unknown>>;

const isFields = (part: unknown): part is Fields =>
  typeof part === 'object' && part !== null && !Array.isArray(part) && Object.keys(part).length > 0;

/**
 * The state without the parts that stand in an earlier one: the rules of a lift remember the same car, and written out for
 * each of them it would be most of every row.
 */
function packed(part: unknown, path: Path, seen: Map<unknown, Path>): unknown {
  if (!isFields(part)) return part;
  const owner = seen.get(part);
  if (owner !== undefined) return { [SAME]: owner };
  seen.set(part, path);
  let copy: Record<string, unknown> | null = null;
  for (const [field, inner] of Object.entries(part)) {
    const written = isFields(inner) ? packed(inner, [...path, field], seen) : inner;
    if (written !== inner) (copy ??= { ...part })[field] = written;
  }
  return copy ?? part;
}

function unpacked(states: StoredStates): StoredStates {
  const at = (path: Path): unknown =>
    path.slice(1).reduce<unknown>((part, field) => whole((part as Fields)[field]), whole(states[path[0] ?? '']?.s));
  function whole(part: unknown): unknown {
    if (!isFields(part)) return part;
    const owner = part[SAME] as Path | undefined;
    if (owner !== undefined) return at(owner);
    let copy: Record<string, unknown> | null = null;
    for (const [field, inner] of Object.entries(part)) {
      const told = whole(inner);
      if (told !== inner) (copy ??= { ...part })[field] = told;
    }
    return copy ?? part;
  }
  return Object.fromEntries(Object.entries(states).map(([id, { v, s }]) => [id, { v, s: whole(s) }]));
}

/** After a start an overdue hold waits at most 3 s for that device's next reading, then fires (domain §4). */
export const GRACE_MS = 3000;
