import type { EventName, Priority, Subject } from '../kernel/events.js';
import type { Device } from '../estate/device.js';
import type { Names } from '../gateway/views.js';
import type { ValuesByKind } from '../telemetry/reading.js';
import type { Parameter } from './parameter.js';

/**
 * What a detector is told. Detectors know no clock: `now` comes with the step, in steady milliseconds.
 *
 * - `reading`: a valid, not duplicated reading of this device, in order.
 * - `tick`: the deadline that the last step asked for has come (or passed).
 * - `resumed`: Steward's own intake was away (start, database stall) and is ready again at `now`. Silence clocks
 *   start anew from here; holds keep their since-times.
 * - `alarm-ended`: a person ended this device's alarm of `event` (rescued, false alarm, cancelled, ended by voice).
 * - `building-power`: mains evidence for the whole building has come (`lost: true`) or gone.
 * - `building-comms`: the building as a whole is out of contact (`building.comms-lost` raised) or is back.
 * - `will`: the broker published this device's will; a reading within 30 s makes it harmless.
 * - `parameters`: what is known of the device, or a threshold, is another from now on (it comes as `device` as ever).
 *   Holds go on; only the deadline is asked for anew.
 * - `gap`: the device counts its readings and so many were lost on the way before the one that follows.
 * - `thaw`: a pipe of its riser, frozen or nearly so, is warm again since `at` (`pipe.freeze-risk` cleared): what burst
 *   leaks now.
 * - `found`: what the device's other rules have just found; only for rules that ask for it (`hearsFindings`).
 */
export type DetectorInput<K extends keyof ValuesByKind = keyof ValuesByKind> =
  | {
      readonly type: 'reading';
      readonly values: ValuesByKind[K];
      readonly at: number;
      readonly observedAt: number;
      /**
       * The device counts its readings, and numbers are missing between the one told before and this one: by its own clock
       * so many ms apart. Missing = none are.
       */
      readonly leftOutMs?: number;
    }
  | { readonly type: 'tick' }
  | { readonly type: 'resumed' }
  | { readonly type: 'alarm-ended'; readonly event: EventName; readonly at: number }
  | { readonly type: 'building-power'; readonly lost: boolean }
  | { readonly type: 'building-comms'; readonly lost: boolean }
  | { readonly type: 'will' }
  | { readonly type: 'parameters' }
  | { readonly type: 'gap'; readonly missing: number }
  | { readonly type: 'thaw'; readonly at: number }
  | { readonly type: 'found'; readonly findings: readonly Finding[] };

export interface Finding {
  /**
   * `raise`: the condition holds; new evidence of an emergency. `clear`: it does not hold any more.
   * `update`: more about an open one (priority may only rise).
   */
  readonly kind: 'raise' | 'clear' | 'update';
  readonly event: EventName;
  readonly subject: Subject;
  /** When other than the event's own default. */
  readonly priority?: Priority;
  /** When the condition began, steady ms. */
  readonly since: number;
  /** One sentence for people, English; e.g. "occupied, not moving, door not open for 30 s outside the door zone". */
  readonly reason: string;
  /** The facts behind it (floor, litres per hour …), for the ticket and for a localised sentence. */
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
  /**
   * `coordinator-first`: still holds 120 s after a person ended it (domain §5): the coordinator is asked first,
   * everybody 60 s later. `coordinator-only`: silent with people during a communications loss.
   */
  readonly paging?: 'normal' | 'coordinator-first' | 'coordinator-only';
  /** Evidence came late out of a device's buffer (up to 15 min old). */
  readonly late?: boolean;
}

/** Why a rule is off for a device, for the page of rules and for whoever asks why nothing rang. */
export type RuleOff =
  | 'missing-capability'
  | 'resolution-insufficient'
  | 'not-yet-learnt'
  | 'not-configured'
  | 'not-for-this-place'
  | 'superseded';
export type Fitness =
  { readonly on: true; readonly note?: Names } | { readonly on: false; readonly why: RuleOff; readonly detail: Names };
export const FIT: Fitness = Object.freeze({ on: true });

export const NO_FINDINGS: readonly Finding[] = Object.freeze([]);

/** `announce`: the car speaks to its passengers; `pre-alarm`: the door's own buzzer warns before its alarm. */
export interface DeviceAsk {
  readonly command: 'announce' | 'pre-alarm';
  readonly reason: string;
}

export interface Step<S> {
  /** The same object when nothing that matters changed: the engine saves only what is a new object. */
  readonly state: S;
  readonly findings: readonly Finding[];
  /**
   * `later`: only a slowly moving window changed. It is checkpointed about once a minute, and after a crash the readings
   * since the checkpoint are stepped again, so such a step must depend on readings alone. A step with findings is
   * always saved at once. Missing: saved with the batch.
   */
  readonly save?: 'later';
  /** What the device itself is asked to do; sent once, best effort, never waited for. */
  readonly asks?: readonly DeviceAsk[];
  /** Steady ms at which to be woken with a `tick`; null = not at all. May be earlier than needed, never later. */
  readonly deadline: number | null;
}

/**
 * A pure state machine for one rule on one device. No clock, no I/O, no randomness: `(state, input, now)` decides.
 * `state` is plain JSON. Fields that hold a steady time end in `At` or `Since` (numbers), so that a jump of the wall
 * clock can shift them together with the deadlines.
 */
export interface Detector<S = unknown, K extends keyof ValuesByKind = keyof ValuesByKind> {
  /** Stable name, key of its stored state, e.g. `elevator.entrapment`. */
  readonly id: string;
  /** Version of the stored state; a stored state of another version is dropped for `initial`. */
  readonly version: number;
  readonly kinds: readonly K[];
  /** What it may raise. */
  readonly events: readonly EventName[];
  /** It judges what the device's other rules find, and is told of it in the same step. */
  readonly hearsFindings?: boolean;
  /** Thresholds that may be set otherwise. Missing = none. */
  readonly parameters?: readonly Parameter[];
  /** Whether it can work on this device, and if not why; missing = on every device of its kinds. */
  fitness?(device: Device, state: S): Fitness;
  initial(): S;
  step(state: S, input: DetectorInput<K>, now: number, device: Device): Step<S>;
}
