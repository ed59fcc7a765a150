import type { DeviceRuntime } from '../detection/device-runtime.js';
import type { GroupRuntime } from '../detection/group-runtime.js';
import type { ReadingOrder } from '../detection/reading-order.js';
import type { DuplicateFilter } from '../telemetry/duplicate-filter.js';
import type { LastNumber } from '../telemetry/sequence-gap.js';
import type { Sights } from './commissioning.js';
import type { LiveGroup } from './live-group.js';
import type { RuleLane } from './rule-lane.js';

/** A device under watch: its rules, its place in the order of commits, the groups that it belongs to. */
export interface Watched extends RuleLane {
  readonly runtime: DeviceRuntime;
  readonly order: ReadingOrder;
  duplicates: DuplicateFilter | null;
  silent: boolean;
  /** Newest number that the device has given a reading since this process started. */
  lastNumber: LastNumber | undefined;
  /** In commissioning: what has been seen of it since this process started. */
  sights?: Sights;
  groups: readonly WatchedGroup[];
  /** Those with a rule that asked for readings of this kind. */
  readingGroups: readonly WatchedGroup[];
  /** Of those, the ones that judge this very device; looked up anew when `madeAt` is not the present count of changes. */
  hearing?: { readonly madeAt: number; readonly groups: readonly WatchedGroup[] };
}

/** A building, riser or estate under watch. */
export interface WatchedGroup extends RuleLane {
  readonly runtime: GroupRuntime;
  readonly group: LiveGroup;
}
