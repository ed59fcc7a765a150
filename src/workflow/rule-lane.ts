import type { Device } from '../estate/device.js';
import type { DeviceAsk } from '../detection/detector.js';
import type { StoredStates, Unsaved } from '../detection/rule-runtime.js';
import type { NumberedReading } from '../telemetry/history.port.js';
import { passed, type Checkpoint } from './checkpoint.js';
import type { Lane } from './intake-entry.js';

/** What must be known of rules to keep their states: those of a device and those of a group have it. */
export interface KeptRules {
  readonly states: readonly unknown[];
  readonly version: number;
  readonly nextDue: number;
  readonly hasAsks: boolean;
  takeUnsaved(): Unsaved;
  takeAsks(): readonly DeviceAsk[] | undefined;
  stored(states: readonly unknown[]): StoredStates;
}

/** A lane whose rules have states that are kept in the database. */
export interface RuleLane extends Lane {
  readonly rules: KeptRules;
  /** Its windows are saved later than they change. Once so, always so: the stored row says it after a crash. */
  lags: boolean;
  /** The last reading stepped, as it stands in the row; kept where windows are saved later. See {@link settledThrough}. */
  through: Checkpoint | null;
  /** Readings of the newest millisecond that `through` does not name yet. */
  heard: readonly NumberedReading[];
  /** Of the last reading stepped, steady ms. */
  lastReceivedAt: number;
}

/** A row of `detector_state`. */
export interface StoredRow {
  readonly version: number;
  readonly states: StoredStates;
  readonly through: Checkpoint | null;
}

export function ruleLane(
  key: string,
  estate: string,
  device: () => Device | null,
  rules: KeptRules,
  stored: StoredRow | undefined,
): RuleLane {
  const through = stored?.through ?? null;
  const queue = { open: [], inFlight: null, waiting: null };
  return { key, estate, device, rules, lags: through !== null, through, heard: NOTHING, lastReceivedAt: 0, ...queue };
}

const NOTHING: readonly NumberedReading[] = Object.freeze([]);

/** The checkpoint with all that was heard: made when it is written, for most are replaced by the next reading. */
export function settledThrough(l: RuleLane): Checkpoint | null {
  for (const { no, reading } of l.heard) l.through = passed(l.through, no, reading);
  l.heard = NOTHING;
  return l.through;
}
