import type { DeviceKind } from '../../estate/device.js';
import type { Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import type { ValuesByKind } from '../reading.js';

export const DIALECT_IDS = [
  'native',
  'lift-bridge-a',
  'lift-bridge-b',
  'chirpstack',
  'the-things-stack',
  'zigbee2mqtt',
  'wmbusmeters',
  'sparkplug-b',
  'profile',
] as const;
export type DialectId = (typeof DIALECT_IDS)[number];

/** What a device said, still in the field names of its maker. */
export type ForeignObject = Readonly<Record<string, unknown>>;

export interface ForeignMessage {
  /** Without the prefix that the bridge was given. */
  readonly topic: string;
  readonly payload: Buffer;
  /** Server's clock, ms since the epoch. */
  readonly receivedAt: number;
  /** Told again by a broker to whoever subscribes: a state of unknown age, not news. */
  readonly retained: boolean;
}

/** One thing that a message says. A message may speak of many devices, or say nothing that concerns Steward. */
export type Statement =
  | {
      readonly type: 'values';
      /** The name that the bridge has for the device. */
      readonly device: string;
      readonly object: ForeignObject;
      /** Ms since the epoch, the bridge's or the device's clock. */
      readonly observedAt: number;
      readonly seq?: number;
      /** The bridge leaves out fields that are "", 0 or false: what is missing may be one of these. */
      readonly omitsFalse?: boolean;
      /** Known whatever the object says, e.g. the battery level that the network server keeps. */
      readonly batteryPct?: number;
    }
  /** `online: false` = the bridge says that the device is gone. */
  | { readonly type: 'presence'; readonly device: string; readonly online: boolean }
  /** The whole bridge is gone, or back. */
  | { readonly type: 'bridge'; readonly online: boolean }
  /** Well formed, and nothing to read: a join, an acknowledgement. */
  | { readonly type: 'nothing'; readonly why: string }
  | { readonly type: 'refused'; readonly device: string | null; readonly reject: Reject }
  /** To be published by Steward, e.g. a request for a new birth. */
  | { readonly type: 'request'; readonly topic: string; readonly payload: Buffer };

export interface CanonicalValues {
  readonly values: ValuesByKind[DeviceKind];
  /** What was left out and why, for the operator: an unknown flag beside a good register. */
  readonly notes: readonly string[];
}

/**
 * How the world outside speaks. `unwrap` finds out of whom a message speaks and when; `read` gives canonical values where
 * the dialect itself says what fields mean. Pure, except for what a session must remember (Sparkplug): that is kept
 * in the session object and nowhere else.
 */
export interface Dialect<Session = unknown> {
  readonly id: DialectId;
  /** One for each bridge and process. */
  newSession(): Session;
  unwrap(message: ForeignMessage, session: Session): Result<readonly Statement[], Reject>;
  /** Missing: the fields are the device maker's, and a profile must say what they mean. */
  read?(kind: DeviceKind, object: ForeignObject): Result<CanonicalValues, Reject>;
}

export const nothing = (why: string): readonly Statement[] => [{ type: 'nothing', why }];
