import type { EventName } from '../kernel/events.js';
import type { Device, DeviceKind } from '../estate/device.js';
import type { ValuesByKind } from '../telemetry/reading.js';
import type { Step } from './detector.js';
import type { Parameter } from './parameter.js';

export type GroupScope = 'building' | 'riser' | 'estate';

/** Devices that are judged together: those of a building, of a riser (meters of its units included), of an estate. */
export interface Group {
  readonly scope: GroupScope;
  readonly id: string;
  readonly estate: string;
  readonly timezone: string;
  readonly overrides: Readonly<Record<string, number>>;
  /** Devices that have spoken and are not retired, in the order of the directory. */
  readonly members: readonly Device[];
}

/**
 * What a group rule is told.
 * - `reading`: a member's reading, of the kinds that the rule asked for, in order of arrival; one that lies in the past
 *   (a stored upload, a late one) has an `at` before `now`
 * - `silence`: a member went beyond its own silence limit, or spoke again
 * - `finding`: a member's own rules raised or cleared something (for rules built on others)
 * - the others as for a detector of one device
 */
export type GroupInput =
  | {
      readonly type: 'reading';
      readonly device: Device;
      readonly values: ValuesByKind[DeviceKind];
      readonly at: number;
    }
  | { readonly type: 'silence'; readonly device: Device; readonly silent: boolean }
  | { readonly type: 'finding'; readonly device: Device; readonly event: EventName; readonly kind: 'raise' | 'clear' }
  | { readonly type: 'tick' }
  | { readonly type: 'resumed' }
  | { readonly type: 'parameters' }
  | { readonly type: 'alarm-ended'; readonly event: EventName; readonly at: number };

/** A pure state machine over several devices, with the same contract as a {@link Detector} of one. */
export interface GroupDetector<S = unknown> {
  /** Stable name, key of its stored state, e.g. `building.power`. */
  readonly id: string;
  /** A stored state of another version is dropped for `initial`. */
  readonly version: number;
  readonly scope: GroupScope;
  /** Whose readings it wants; asked for each reading, so name no more than needed. */
  readonly kinds: readonly DeviceKind[];
  readonly events: readonly EventName[];
  readonly parameters?: readonly Parameter[];
  /** Whether readings of this member say anything to it; asked for each reading. Missing = those of all its kinds do. */
  concerns?(device: Device, group: Group): boolean;
  initial(): S;
  step(state: S, input: GroupInput, now: number, group: Group): Step<S>;
}
