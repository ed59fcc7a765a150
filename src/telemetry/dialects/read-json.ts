import { err, ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import type { ForeignObject } from './dialect.js';

/** An uplink with the metadata of many gateways is a few KB. */
const MAX_BYTES = 128 * 1024;

export const invalid = (detail: string): { ok: false; error: Reject } => err({ reason: 'invalid-reading', detail });

export const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);

/** A JSON payload that is one object. */
export function readObject(payload: Buffer): Result<ForeignObject, Reject> {
  if (payload.length > MAX_BYTES) {
    return err({ reason: 'too-large', detail: `${payload.length} bytes; at most ${MAX_BYTES}` });
  }
  let json: unknown;
  try {
    json = JSON.parse(payload.toString('utf8'));
  } catch (e) {
    return err({ reason: 'malformed-json', detail: (e as Error).message.slice(0, 200) });
  }
  return isObject(json) ? ok(json) : invalid('not an object');
}

/** The text in a field, or undefined. Never a number made into one: ids keep their leading zeros. */
export const textAt = (o: ForeignObject, key: string): string | undefined => {
  const v = o[key];
  return typeof v === 'string' && v !== '' ? v : undefined;
};

export const numberAt = (o: ForeignObject, key: string): number | undefined => {
  const v = o[key];
  return typeof v === 'number' && Number.isFinite(v) ? v : undefined;
};

const YEAR_1970 = 0;
const YEAR_9999 = 253_402_300_799_999;
/** Numbers above this are milliseconds since the epoch, below it seconds (as milliseconds it is March 1973). */
const SECONDS_END = 1e11;

/**
 * A time as bridges write it: RFC 3339 with a zone, seconds or milliseconds since the epoch. A local time without a
 * zone is none: it could be hours off.
 */
export function timeOf(v: unknown): number | undefined {
  if (typeof v === 'number') {
    const ms = v < SECONDS_END ? v * 1000 : v;
    return ms >= YEAR_1970 && ms <= YEAR_9999 ? Math.round(ms) : undefined;
  }
  if (typeof v !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(v))
    return undefined;
  const ms = Date.parse(v);
  return Number.isFinite(ms) && ms >= YEAR_1970 && ms <= YEAR_9999 ? ms : undefined;
}

const NAME = /^[^\u0000-\u001f\u007f]{1,128}$/u;
/** A device's name as a bridge has it: anything that can be shown and stored. */
export const isForeignName = (s: unknown): s is string => typeof s === 'string' && NAME.test(s);
