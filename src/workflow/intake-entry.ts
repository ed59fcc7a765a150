import type { DeviceAsk, Finding } from '../detection/detector.js';
import type { StoredStates } from '../detection/rule-runtime.js';
import type { Device } from '../estate/device.js';
import type { NumberedReading } from '../telemetry/history.port.js';
import type { Checkpoint } from './checkpoint.js';

/** State of a subject's rules as it was after one entry. */
export interface Snapshot {
  readonly subject: string;
  readonly estate: string;
  readonly version: number;
  readonly states: () => StoredStates;
  /** Steady ms of its earliest hold; null = none. */
  readonly dueAt: number | null;
  /** Where windows are saved later than they change: up to which reading they count. */
  readonly through: Checkpoint | null;
}

/** One message (or tick) on its way to the database: what it brought, what it changed, who waits for the commit. */
export interface Entry {
  readonly lane: Lane;
  readonly readings: readonly NumberedReading[];
  readonly snapshot: Snapshot | null;
  readonly findings: readonly Finding[];
  /** First reading ever of this device. */
  readonly firstWord: boolean;
  readonly arrivedAt: number;
  readonly done: (() => void) | null;
  /** What it did to the rules, should its row be refused. */
  readonly undo: { readonly before: readonly unknown[]; readonly after: readonly unknown[] } | null;
  /** What the device is asked to do once this is committed. */
  readonly asks?: readonly DeviceAsk[];
  /** An emergency has taken it along: the batch leaves it out. */
  taken: boolean;
}

/** What must stay in order: a device, or a group of them. */
export interface Lane {
  readonly key: string;
  readonly estate: string;
  readonly device: () => Device | null;
  /** Entries in the open batch. */
  open: Entry[];
  /** The batch under way that holds entries of this lane. */
  inFlight: Promise<void> | null;
  /** An emergency under way: later entries wait behind it. */
  waiting: Entry[] | null;
}
