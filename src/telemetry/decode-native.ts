import type { DeviceKind } from '../estate/device.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { BrokerRefusal } from './device-broker.port.js';
import { NATIVE_SCHEMAS } from './native-schemas.js';
import type { ValuesByKind } from './reading.js';

export type RejectReason =
  | BrokerRefusal
  | 'bad-login'
  | 'foreign-topic'
  | 'too-large'
  | 'malformed-json'
  | 'invalid-reading'
  | 'unknown-device'
  | 'retired-device'
  | 'bad-row'
  | 'history-refused';

export interface Reject {
  readonly reason: RejectReason;
  /** For the operator: what exactly was wrong, e.g. `volumeM3: expected number, received string`. */
  readonly detail: string;
}

export interface DecodedReading {
  readonly observedAt: number;
  readonly seq?: number;
  readonly values: ValuesByKind[DeviceKind];
  /** A record from the device's memory, perhaps months old: history, never what the device says now. */
  readonly historic?: true;
}

/** A reading is a few hundred bytes, a buffered upload a few hundred readings. */
export const MAX_PAYLOAD_BYTES = 128 * 1024;
const MAX_READINGS_A_MESSAGE = 1000;

/**
 * Decodes a native payload: one reading or an array, oldest first. One bad element refuses the whole message: the
 * device sent it as one, and half of it accepted could not be told from all of it.
 */
export function decodeNative(kind: DeviceKind, payload: Buffer): Result<DecodedReading[], Reject> {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    return err({ reason: 'too-large', detail: `${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES}` });
  }
  let json: unknown;
  try {
    json = JSON.parse(payload.toString('utf8'));
  } catch (e) {
    return err({ reason: 'malformed-json', detail: (e as Error).message.slice(0, 200) });
  }
  if (!Array.isArray(json)) return one(kind, json);
  if (json.length === 0) return err({ reason: 'invalid-reading', detail: 'an empty array' });
  if (json.length > MAX_READINGS_A_MESSAGE) {
    return err({ reason: 'too-large', detail: `${json.length} readings; at most ${MAX_READINGS_A_MESSAGE} a message` });
  }
  const readings: DecodedReading[] = [];
  for (const [i, element] of json.entries()) {
    const r = one(kind, element);
    if (!r.ok) return err({ reason: r.error.reason, detail: `[${i}] ${r.error.detail}` });
    readings.push(...r.value);
  }
  return ok(readings);
}

function one(kind: DeviceKind, json: unknown): Result<DecodedReading[], Reject> {
  const parsed = NATIVE_SCHEMAS[kind].safeParse(json);
  if (!parsed.success) {
    const detail = parsed.error.issues
      .slice(0, 3)
      .map((i) => `${i.path.join('.') || 'reading'}: ${i.message}`)
      .join('; ');
    return err({ reason: 'invalid-reading', detail });
  }
  const { observedAt, seq, ...values } = parsed.data;
  const at = Date.parse(observedAt);
  if (!Number.isFinite(at)) return err({ reason: 'invalid-reading', detail: 'observedAt: not a time' });
  if (Object.keys(values).length === 0)
    return err({ reason: 'invalid-reading', detail: 'no value that this kind of device has' });
  return ok([seq === undefined ? { observedAt: at, values } : { observedAt: at, seq, values }]);
}
