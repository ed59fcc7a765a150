import protobuf from 'protobufjs';
import { err, ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';

/** The part of Sparkplug B's protobuf that carries values; everything else is skipped by number. */
const ROOT = protobuf.Root.fromJSON({
  nested: {
    Metric: {
      // In later editions false and 0 would be left out, and so lost.
      edition: 'proto2',
      fields: {
        name: { type: 'string', id: 1 },
        alias: { type: 'uint64', id: 2 },
        timestamp: { type: 'uint64', id: 3 },
        datatype: { type: 'uint32', id: 4 },
        isHistorical: { type: 'bool', id: 5 },
        isNull: { type: 'bool', id: 7 },
        intValue: { type: 'uint32', id: 10 },
        longValue: { type: 'uint64', id: 11 },
        floatValue: { type: 'float', id: 12 },
        doubleValue: { type: 'double', id: 13 },
        booleanValue: { type: 'bool', id: 14 },
        stringValue: { type: 'string', id: 15 },
      },
    },
    Payload: {
      edition: 'proto2',
      fields: {
        timestamp: { type: 'uint64', id: 1 },
        metrics: { rule: 'repeated', type: 'Metric', id: 2 },
        seq: { type: 'uint64', id: 3 },
      },
    },
  },
});
const PAYLOAD = ROOT.lookupType('Payload');
const MAX_BYTES = 128 * 1024;

export interface Metric {
  readonly name?: string;
  readonly alias?: number;
  /** Ms since the epoch. */
  readonly timestamp?: number;
  readonly datatype?: number;
  readonly isHistorical?: boolean;
  readonly isNull?: boolean;
  readonly intValue?: number;
  readonly longValue?: number;
  readonly floatValue?: number;
  readonly doubleValue?: number;
  readonly booleanValue?: boolean;
  readonly stringValue?: string;
}

export interface SparkplugPayload {
  readonly timestamp?: number;
  readonly metrics: readonly Metric[];
  readonly seq?: number;
}

export function readSparkplug(payload: Buffer): Result<SparkplugPayload, Reject> {
  if (payload.length > MAX_BYTES) {
    return err({ reason: 'too-large', detail: `${payload.length} bytes; at most ${MAX_BYTES}` });
  }
  try {
    const { metrics = [], ...rest } = PAYLOAD.toObject(PAYLOAD.decode(payload), {
      longs: Number,
    }) as Partial<SparkplugPayload>;
    return ok({ ...rest, metrics });
  } catch (e) {
    return err({ reason: 'invalid-reading', detail: `no Sparkplug B payload: ${(e as Error).message.slice(0, 150)}` });
  }
}

export const writeSparkplug = (payload: SparkplugPayload): Buffer =>
  Buffer.from(PAYLOAD.encode(PAYLOAD.fromObject(payload)).finish());

/** Two's complement of these many bits, for the signed types that travel as unsigned. */
const SIGNED_BITS: Readonly<Record<number, number>> = { 1: 8, 2: 16, 3: 32, 4: 64 };

/**
 * @param datatype of its birth, where the metric does not repeat it
 * @returns undefined when it has no value that a rule could read (null, bytes, a data set)
 */
export function valueOfMetric(m: Metric, datatype: number | undefined): number | boolean | string | undefined {
  if (m.isNull === true) return undefined;
  if (m.booleanValue !== undefined) return m.booleanValue;
  if (m.stringValue !== undefined) return m.stringValue;
  const whole = m.intValue ?? m.longValue;
  if (whole === undefined) return m.floatValue === undefined ? m.doubleValue : Number(m.floatValue.toPrecision(7));
  const bits = SIGNED_BITS[m.datatype ?? datatype ?? 0];
  if (bits === undefined) return whole;
  if (bits === 64) return whole >= 2 ** 63 ? whole - 2 ** 64 : whole;
  // Some send a small negative number in 32 bits, some in its own width.
  const low = whole % 2 ** bits;
  return low >= 2 ** (bits - 1) ? low - 2 ** bits : low;
}
