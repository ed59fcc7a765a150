import type { Device } from '../estate/device.js';
import { shiftTimes } from '../kernel/shift-times.js';
import type { Detector, DetectorInput, Finding } from './detector.js';
import { NO_FINDINGS } from './detector.js';

/** A stored detector state: `v` its version, `s` the state. */
export type StoredStates = Record<string, { v: number; s: unknown }>;

/**
 * The rules of one device in memory. `states` is replaced, never changed in place, so that a holder of the old array
 * has the state of before (law 9: what is not committed can be taken back).
 */
export class DeviceRuntime {
  states: readonly unknown[];
  private readonly deadlines: number[];
  /** Steady ms of the earliest wake-up; Infinity = none. */
  nextDue = Infinity;
  /** After a resumption an overdue hold waits until then for this device's next reading. */
  graceUntil = 0;
  /** Grows with each change of `states`; guards the stored row against an older write. */
  version: number;
  hasSpoken: boolean;
  private lastStepAt = 0;
  /** The rules that judge what the others find. */
  private readonly hearers: readonly number[];

  constructor(
    public device: Device,
    private readonly detectors: readonly Detector[],
    stored: { version: number; states: StoredStates } | undefined,
  ) {
    this.version = stored?.version ?? 0;
    this.hasSpoken = device.hasSpoken;
    this.states = detectors.map((d) => {
      const kept = stored?.states[d.id];
      return kept && kept.v === d.version ? kept.s : d.initial();
    });
    this.deadlines = detectors.map(() => Infinity);
    this.hearers = detectors.flatMap((d, i) => (d.hearsFindings ? [i] : []));
  }

  get key(): string {
    return `device:${this.device.id}`;
  }

  /**
   * Runs every rule over one input. The clock never runs backwards for a device: elements of a stored upload are
   * stepped at their placed times, but not before what was stepped already.
   */
  step(input: DetectorInput, at: number): readonly Finding[] {
    const now = at > this.lastStepAt ? at : this.lastStepAt;
    this.lastStepAt = now;
    let findings: Finding[] | null = null;
    let changed: unknown[] | null = null;
    let next = Infinity;
    for (let i = 0; i < this.detectors.length; i++) {
      const asked = this.deadlines[i] as number;
      // A tick means "what you asked for has come": a rule that asked for later, or for none, is not told.
      if (input.type === 'tick' && asked > now) {
        if (asked < next) next = asked;
        continue;
      }
      const before = this.states[i];
      const step = (this.detectors[i] as Detector).step(before, input, now, this.device);
      if (step.state !== before) (changed ??= this.states.slice())[i] = step.state;
      if (step.findings.length > 0) (findings ??= []).push(...step.findings);
      const due = step.deadline ?? Infinity;
      this.deadlines[i] = due;
      if (due < next) next = due;
    }
    if (findings) {
      const found = findings.slice();
      for (const i of this.hearers) {
        const before = (changed ?? this.states)[i];
        const heard = { type: 'found', findings: found } as const;
        const step = (this.detectors[i] as Detector).step(before, heard, now, this.device);
        if (step.state !== before) (changed ??= this.states.slice())[i] = step.state;
        findings.push(...step.findings);
        this.deadlines[i] = step.deadline ?? Infinity;
      }
      if (this.hearers.length > 0) next = Math.min(...this.deadlines);
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

  /** The clock was re-anchored: times in the state move with it. The next step finds the deadlines. */
  shift(byMs: number): void {
    this.states = this.states.map((s) => shiftTimes(s, byMs));
    this.version++;
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
    for (const [i, d] of this.detectors.entries()) out[d.id] = { v: d.version, s: states[i] };
    return out;
  }
}

/** After a start an overdue hold waits at most 3 s for that device's next reading, then fires (domain §4). */
export const GRACE_MS = 3000;
