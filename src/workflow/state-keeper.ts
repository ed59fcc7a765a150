import { NO_FINDINGS, type Finding } from '../detection/detector.js';
import type { NumberedReading } from '../telemetry/history.port.js';
import type { Intake } from './intake.js';
import type { Entry, Snapshot } from './intake-entry.js';
import { settledThrough, type RuleLane } from './rule-lane.js';

/** What a step has brought, for the intake. */
export interface Brought {
  readonly readings?: readonly NumberedReading[];
  /** Readings that were stepped and that another lane stores. */
  readonly stepped?: readonly NumberedReading[];
  /** `rules.states` before the step. */
  readonly before: readonly unknown[];
  readonly findings: readonly Finding[];
  readonly firstWord?: boolean;
  readonly done?: (() => void) | null;
  /** The history will give the reading behind it again: its windows may be saved later. */
  readonly foundAgain?: boolean;
}

/** After its first change that is not saved, a window is saved within about this time. */
export const SAVED_WITHIN_MS = 60_000;
/** Readings go first: saved windows go with their batches, this many each time that somebody looks (100 ms). */
const AT_ONCE = 50;

/**
 * Hands the results of steps to the intake, and decides when states are saved: with the entry that changed them, or, where
 * only slow windows have moved, about a minute later (architecture, "The hot path").
 */
export class StateKeeper {
  /** In the order of their first change that is not saved, with the time when that is due (steady ms). */
  private readonly unsaved = new Map<RuleLane, number>();

  constructor(private readonly intake: () => Pick<Intake, 'submit'>) {}

  /** Lanes with windows that are not saved yet. */
  get waiting(): number {
    return this.unsaved.size;
  }

  submit(l: RuleLane, b: Brought, now: number): void {
    const { rules } = l;
    const after = rules.states;
    const changed = after !== b.before;
    const unsaved = rules.takeUnsaved();
    const stepped = b.readings ?? b.stepped ?? [];
    const receivedAt = stepped[0]?.reading.receivedAt;
    // The first time it is saved at once: the row then says that windows lag behind. Not with a second reading of one
    // millisecond: a checkpoint names all of its own that count, and the first is not known any more.
    const begins = !l.lags && unsaved === 'later' && receivedAt !== undefined && receivedAt !== l.lastReceivedAt;
    if (begins) l.lags = true;
    if (receivedAt !== undefined) l.lastReceivedAt = receivedAt;
    if (l.lags && receivedAt !== undefined) {
      // Only those of the newest millisecond are named by a checkpoint; names are made when it is written.
      if (l.heard[0]?.reading.receivedAt !== receivedAt) l.heard = stepped;
      else l.heard = [...l.heard, ...stepped];
    }
    const mayWait = l.lags && unsaved === 'later' && !begins && b.foundAgain === true && b.findings.length === 0;
    const waits = this.unsaved.has(l);
    const snapshot = (unsaved !== 'no' && !mayWait) || (waits && b.findings.length > 0) ? this.snapshot(l) : null;
    if (mayWait && !waits) this.unsaved.set(l, now + SAVED_WITHIN_MS);
    this.hand(l, b, now, snapshot, changed ? { before: b.before, after } : null, rules.takeAsks());
  }

  /** As {@link submit}, unless there is nothing to tell anybody. */
  submitIfAny(l: RuleLane, b: Brought, now: number): void {
    const { rules } = l;
    if (b.findings.length > 0 || rules.states !== b.before || rules.hasAsks) this.submit(l, b, now);
  }

  /** Saves windows whose time has come. Never while commits are held back. */
  tick(now: number): void {
    let left = AT_ONCE;
    for (const [l, dueAt] of this.unsaved) {
      if (dueAt > now || left-- === 0) return;
      this.save(l, now);
    }
  }

  /** At the end, so that a start in good order has nothing to catch up with. */
  saveAll(now: number): void {
    for (const l of [...this.unsaved.keys()]) this.save(l, now);
  }

  /** The clock was re-anchored. */
  shift(byMs: number): void {
    for (const [l, dueAt] of this.unsaved) this.unsaved.set(l, dueAt + byMs);
  }

  private save(l: RuleLane, now: number): void {
    this.hand(l, { before: l.rules.states, findings: NO_FINDINGS }, now, this.snapshot(l), null, undefined);
  }

  private snapshot(l: RuleLane): Snapshot {
    this.unsaved.delete(l);
    const { rules, estate, key } = l;
    const { states, version, nextDue } = rules;
    return {
      subject: key,
      estate,
      version,
      states: () => rules.stored(states),
      dueAt: Number.isFinite(nextDue) ? nextDue : null,
      through: l.lags ? settledThrough(l) : null,
    };
  }

  private hand(
    l: RuleLane,
    b: Brought,
    arrivedAt: number,
    snapshot: Entry['snapshot'],
    undo: Entry['undo'],
    asks: Entry['asks'] | undefined,
  ): void {
    const { findings, firstWord = false, done = null } = b;
    const readings = b.readings ?? NO_READINGS;
    // A window that moved and is saved later: nothing to write, nobody to tell.
    if (readings.length === 0 && findings.length === 0 && !firstWord && !done && !snapshot && !asks) return;
    const entry = { lane: l, readings, findings, firstWord, arrivedAt, done, taken: false, snapshot, undo };
    this.intake().submit(asks ? { ...entry, asks } : entry);
  }
}

const NO_READINGS: readonly NumberedReading[] = Object.freeze([]);
