import type { IPoint } from 'influx';
import type { StoredReading } from '../history.port.js';
import { identity, type LandedReading } from './landing-block.js';

/** What a point says of the device that a reading came from. */
export interface PointOrigin {
  readonly device: string;
  readonly estate: string;
  readonly building: string | null;
  /** e.g. `water-meter` */
  readonly kind: string;
}

/** A measurement for each kind of device: `water_meter`. */
export const measurementOf = (kind: string): string => kind.replaceAll('-', '_');

const NS_IN_A_MS = 1_000_000;
const isReserved = (field: string): boolean => field.startsWith('_');

/**
 * Points of one landing row. A reading always becomes the same point, so that writing it twice leaves one; two readings
 * of a device at the same moment become two: nanoseconds tell them apart, in the order of their numbers, and should they
 * ever be equal, a tag.
 */
export function pointsOf(readings: readonly LandedReading[], originOf: (no: number) => PointOrigin): IPoint[] {
  const taken = new Map<string, { told: string; twins: number }>();
  return readings.map((r) => {
    const origin = originOf(r.no);
    const told = identity(r);
    const timestamp = `${r.at}${String(nanoseconds(r, told)).padStart(6, '0')}`;
    const key = `${r.no} ${timestamp}`;
    const known = taken.get(key);
    if (!known) taken.set(key, { told, twins: 0 });
    const twin = known && known.told !== told ? ++known.twins : 0;
    return {
      measurement: measurementOf(origin.kind),
      tags: {
        estate: origin.estate,
        ...(origin.building === null ? {} : { building: origin.building }),
        device: origin.device,
        ...(twin > 0 ? { twin: String(twin) } : {}),
      },
      fields: fieldsOf(r),
      timestamp,
    };
  });
}

/** @param at of a point, ms @param row its fields, null where it has none */
export function readingOf(at: number, row: Readonly<Record<string, unknown>>): StoredReading {
  const { _seq: seq, _observedAt: observedAt, _receivedAt: receivedAt, _values: exact } = row;
  const plain = Object.entries(row).filter(([field, v]) => v !== null && !isReserved(field) && !TAGS.has(field));
  return {
    observedAt: Number(observedAt),
    receivedAt: Number(receivedAt),
    at,
    ...(typeof seq === 'number' ? { seq } : {}),
    values: (typeof exact === 'string' ? JSON.parse(exact) : Object.fromEntries(plain)) as Record<string, unknown>,
  };
}

const TAGS = new Set(['time', 'estate', 'building', 'device', 'twin']);

/**
 * Numbers, booleans and strings as fields of their own names; channels as numbers `channels.NAME`; lists as text. Where
 * these do not say everything, `_values` holds the values as JSON, from which the reading is read back.
 */
function fieldsOf(r: StoredReading): Record<string, string | number | boolean> {
  const fields: Record<string, string | number | boolean> = {};
  let exact = true;
  for (const [name, value] of Object.entries(r.values)) {
    if (typeof value === 'number' || typeof value === 'boolean') fields[fieldName(name)] = value;
    else if (typeof value === 'string') fields[fieldName(name)] = value;
    else if (Array.isArray(value)) fields[fieldName(name)] = value.join(',');
    else if (typeof value === 'object' && value !== null) {
      for (const [channel, v] of Object.entries(value)) {
        // A channel that is a number today and a boolean tomorrow would be refused: the type of a field is for ever.
        if (typeof v === 'number' || typeof v === 'boolean') fields[fieldName(`${name}.${channel}`)] = Number(v);
      }
    }
    exact &&= typeof value !== 'object' && isTold(name) && (typeof value !== 'string' || isTold(value));
  }
  if (!exact || Object.keys(fields).length === 0)
    // The client's way of escaping changes \' ; JSON has another way to write the quote.
    fields['_values'] = JSON.stringify(r.values).replaceAll("'", '\\u0027');
  if (r.seq !== undefined) fields['_seq'] = r.seq;
  fields['_observedAt'] = r.observedAt;
  fields['_receivedAt'] = r.receivedAt;
  return fields;
}

/** Comes back as it went, as a name or as a text. */
const isTold = (text: string): boolean => !/[\\\n]/.test(text) && !TAGS.has(text) && !isReserved(text);

/** A backslash before the sign that ends a name would take that sign's meaning. */
function fieldName(name: string): string {
  const safe = name.replaceAll(/[\\\n]/g, '/');
  return TAGS.has(safe) || isReserved(safe) ? `value.${safe}` : safe;
}

function nanoseconds(r: StoredReading, told: string): number {
  const hash = fnv1a(told);
  return r.seq === undefined ? hash % NS_IN_A_MS : (r.seq % 1000) * 1000 + (hash % 1000);
}

function fnv1a(s: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < s.length; i++) {
    h ^= s.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  return h >>> 0;
}
