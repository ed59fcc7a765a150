import { seconds } from '../kernel/durations.js';
import type { Device } from '../estate/device.js';
import { missingBetween, type LastNumber } from '../telemetry/sequence-gap.js';
import type { DetectorInput, Finding } from './detector.js';
import type { RuleRuntime } from './rule-runtime.js';

/** Readings that overtake each other by no more than this change nothing of what is concluded (domain §4). */
export const REORDERED_WITHIN_MS = seconds(5);

/** (tune) By which a device's clock may seem to fall further behind from one reading to the next. */
const CLOCK_DRIFT_MS = seconds(1);

/** A rule that asks for more wake-ups within 5 s gets the rest from the engine's own clock. */
const MOST_TICKS = 50;

type ReadingInput = DetectorInput & { readonly type: 'reading' };
interface Told {
  readonly input: DetectorInput;
  readonly seq: number | undefined;
  readonly at: number;
  /** The last numbered reading told before it. */
  readonly after: LastNumber | null;
  /** States of the rules before they were told, and when they had been told something last. */
  readonly before: readonly unknown[];
  readonly beforeAt: number;
  readonly findings: readonly Finding[];
}

/**
 * Tells a device's rules its readings in the order in which the device made them. Nothing waits for a reading that may
 * still come: an alarm must not be 5 s late. Instead what was told in the last 5 s is remembered, with the states of before;
 * a reading that was overtaken is told at its place, what came after it is told again, and only what is concluded
 * differently now is found.
 */
export class ReadingOrder {
  private told: Told[] = [];
  /** Highest number of the present count, and until when one that it left out may still come (steady ms). */
  private newestSeq: number | undefined;
  private leftOutUntil = Infinity;
  /** Of the readings told so far, in the order of their numbers. */
  private last: LastNumber | null = null;
  /** By which the device's clock is behind Steward's, as far as its live readings tell, ms; null = none has come yet. */
  private behindMs: number | null = null;

  constructor(private readonly runtime: RuleRuntime<DetectorInput, Device>) {}

  /**
   * When an element of a stored upload happened, steady ms. Where the clock is slow all but the newest, which is now, would
   * else seem so much older, and what lasted seconds would seem to have lasted minutes.
   */
  placeOf(at: number, now: number): number {
    return Math.min(at + (this.behindMs ?? 0), now);
  }

  /** Anything but a reading. */
  input(input: DetectorInput, now: number): readonly Finding[] {
    return this.tell(input, undefined, now);
  }

  /** @returns when its place is, steady ms: `now` unless it was overtaken */
  reading(input: ReadingInput, seq: number | undefined, now: number): { findings: readonly Finding[]; at: number } {
    const behind = Math.max(0, now - input.observedAt);
    // The least late tell the clock; one that is late says little, but a clock may be set back.
    this.behindMs = Math.min(behind, (this.behindMs ?? behind) + CLOCK_DRIFT_MS);
    if (this.isNext(seq, now)) {
      // Nothing is missing before it, so nothing can have been overtaken: what was remembered has served.
      this.letGoOfAll();
      return { findings: this.runtime.step(this.inCount(input, seq), now), at: now };
    }
    this.forget(now);
    const overtaker = this.overtakerOf(input, seq);
    if (overtaker === null) return { findings: this.tell(input, seq, now), at: now };
    // As long before its overtaker as the device says.
    const { at: overtakerAt, input: newer } = this.told[overtaker] as Told;
    const due = overtakerAt - Math.max(0, (newer as ReadingInput).observedAt - input.observedAt);
    let place = overtaker;
    while (place > 0 && this.isLaterWakeUp(place - 1, due)) place--;
    const again = this.told.splice(place);
    const { before, beforeAt, after } = again[0] as Told;
    this.last = after;
    this.runtime.goBackTo(before, beforeAt, { type: 'parameters' });
    const at = Math.max(due, beforeAt);
    const found = [...this.ticksUntil(at), ...this.tell({ ...input, at }, seq, at)];
    for (const t of again) {
      if (t.input.type !== 'tick') found.push(...this.ticksUntil(t.at), ...this.tell(t.input, t.seq, t.at));
    }
    found.push(...this.ticksUntil(now));
    // What was asked of the device has been asked.
    this.runtime.takeAsks();
    return {
      findings: correction(
        again.flatMap((t) => t.findings),
        found,
        now,
      ),
      at,
    };
  }

  /** Whether all readings up to this one are here. Takes note of the number. */
  private isNext(seq: number | undefined, now: number): boolean {
    const newest = this.newestSeq;
    if (seq === undefined || newest === undefined || seq !== newest + 1) {
      // Left out, or begun anew, or told late: until the time for overtaking is over all is remembered.
      if (seq === undefined || newest === undefined || seq > newest || now >= this.leftOutUntil) {
        this.leftOutUntil = seq === undefined ? Infinity : now + REORDERED_WITHIN_MS;
        this.newestSeq = seq;
      }
      return false;
    }
    this.newestSeq = seq;
    return now >= this.leftOutUntil;
  }

  /** Order is counted from here: the rules have been told something else, or taken back. */
  reset(): void {
    this.letGoOfAll();
    this.last = null;
  }

  private letGoOfAll(): void {
    if (this.told.length > 0) this.told = [];
  }

  private tell(input: DetectorInput, seq: number | undefined, at: number): readonly Finding[] {
    const { states: before, steppedAt: beforeAt } = this.runtime;
    const after = this.last;
    const findings = this.runtime.step(input.type === 'reading' ? this.inCount(input, seq) : input, at);
    this.told.push({ input, seq, at, after, before, beforeAt, findings });
    return findings;
  }

  /** The reading, with a mark if numbers are missing before it. What may still come is told again at its place. */
  private inCount(input: ReadingInput, seq: number | undefined): ReadingInput {
    if (seq === undefined) return input;
    const { last } = this;
    const { observedAt } = input;
    // One that comes too late to be told at its place says nothing of what follows.
    if (last && seq < last.seq && observedAt < last.observedAt) return input;
    const next = { seq, observedAt };
    this.last = next;
    if (!last || missingBetween(last, next) === 0) return input;
    return { ...input, leftOutMs: Math.max(0, observedAt - last.observedAt) };
  }

  /** Wake-ups that would have come by then; those that came are not told again, for they were asked for otherwise. */
  private ticksUntil(at: number): Finding[] {
    const found: Finding[] = [];
    for (let i = 0; i < MOST_TICKS && this.runtime.isDue(at); i++) {
      const due = Math.max(this.runtime.nextDue, this.runtime.graceUntil);
      found.push(...this.tell({ type: 'tick' }, undefined, due));
    }
    return found;
  }

  /** When the oldest thing that it still remembers was told, steady ms; null = it remembers nothing. */
  get remembersSince(): number | null {
    return this.told[0]?.at ?? null;
  }

  /** Lets go of what nothing can have overtaken any more. */
  forget(now: number): void {
    const first = this.told.findIndex((t) => t.at >= now - REORDERED_WITHIN_MS);
    if (first === -1) this.letGoOfAll();
    else if (first > 0) this.told = this.told.slice(first);
  }

  private isLaterWakeUp(i: number, at: number): boolean {
    const t = this.told[i] as Told;
    return t.input.type !== 'reading' && t.at > at;
  }

  /** The first reading told that the device made after this one; null = none, this is the newest. */
  private overtakerOf(r: ReadingInput, seq: number | undefined): number | null {
    let place: number | null = null;
    for (let i = this.told.length - 1; i >= 0; i--) {
      const t = this.told[i] as Told;
      if (t.input.type !== 'reading') continue;
      if (!isOvertaken(r, seq, t.input, t.seq)) break;
      place = i;
    }
    return place;
  }
}

/**
 * Whether `a`, which comes after `b`, was made before it. Numbers know better than a clock that may have been set; a number
 * that is lower at a later time is a count begun anew.
 */
function isOvertaken(a: ReadingInput, aSeq: number | undefined, b: ReadingInput, bSeq: number | undefined): boolean {
  const behind = b.observedAt - a.observedAt;
  if (behind < 0 || behind > REORDERED_WITHIN_MS) return false;
  return aSeq === undefined || bSeq === undefined ? behind > 0 : aSeq < bSeq;
}

const keyOf = (f: Finding): string => `${f.kind} ${f.event} ${f.subject.type}:${f.subject.id} ${f.priority ?? ''}`;

const subjectOf = (f: Finding): string => `${f.event} ${f.subject.type}:${f.subject.id}`;

/**
 * What must be told so that people know what is concluded now: what was found newly, and, where that leaves the alarm
 * otherwise than it is now concluded to be, the contrary of what was told last. A page that is out stays out; its alarm
 * says that the condition has cleared.
 */
function correction(then: readonly Finding[], now: readonly Finding[], at: number): readonly Finding[] {
  const known = then.map((f) => keyOf(f));
  const fresh: Finding[] = [];
  for (const f of now) {
    const i = known.indexOf(keyOf(f));
    if (i === -1) fresh.push(f);
    else known[i] = '';
  }
  const decisive = (list: readonly Finding[]): Finding[] => list.filter((f) => f.kind !== 'update');
  const contrary: Finding[] = [];
  const judged = new Set<string>();
  for (const f of decisive(then.filter((_, i) => known[i] !== ''))) {
    const about = subjectOf(f);
    if (judged.has(about)) continue;
    judged.add(about);
    const of = (list: readonly Finding[]): Finding[] => decisive(list).filter((x) => subjectOf(x) === about);
    const toldThen = of(then);
    const told = toldThen.at(-1) ?? f;
    // Where nothing is found now, all is as it was before what was told then.
    const before = toldThen[0]?.kind === 'raise' ? 'clear' : 'raise';
    const concluded = of(now).at(-1)?.kind ?? before;
    if (concluded === (of(fresh).at(-1) ?? told).kind) continue;
    contrary.push({ ...told, kind: concluded, since: at, reason: 'a reading that had been overtaken shows otherwise' });
  }
  return contrary.length === 0 ? fresh : [...fresh, ...contrary];
}
