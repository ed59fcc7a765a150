import { shiftTimes } from '../kernel/shift-times.js';
import { NO_FINDINGS, type DeviceAsk, type Finding, type Step } from './detector.js';
import { packStates, unpackStates, type StoredStates } from './packed-states.js';

export type { StoredStates } from './packed-states.js';

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
    this.states = stored ? unpackStates(rules, stored.states) : rules.map((r) => r.initial());
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
    return packStates(this.rules, states);
  }
}

/** After a start an overdue hold waits at most 3 s for that device's next reading, then fires (domain §4). */
export const GRACE_MS = 3000;
