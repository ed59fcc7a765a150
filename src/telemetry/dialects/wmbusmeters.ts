import type { DeviceKind } from '../../estate/device.js';
import { ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import { checkValues } from './check-values.js';
import type { CanonicalValues, Dialect, ForeignObject } from './dialect.js';
import { invalid, isForeignName, numberAt, readObject, textAt, timeOf } from './read-json.js';
import { wmbusFlags } from './wmbus-status.js';

/** Drivers call the same thing by different names; the first that is there counts. */
const FLOW_M3H = ['volume_flow_m3h', 'flow_m3h', 'current_flow_m3h'] as const;
const REVERSE_M3 = ['total_backward_m3', 'total_backwards_m3', 'backflow_m3'] as const;
const ROOM_C = ['current_temperature_c', 'temperature_c'] as const;
/** What Kamstrup's meters send in a byte for "not measured". */
const NOT_MEASURED_C = 127;
const PRESSURE_BAR = ['pressure_bar', 'current_pressure_bar'] as const;

/**
 * wmbusmeters' JSON, one object a telegram; the device is its `id` (the meter's number), whatever the topic is called.
 * A register at a due date (`target_m3`) is not the register now, and is never taken for it.
 */
export const wmbusmeters: Dialect<null> = {
  id: 'wmbusmeters',
  newSession: () => null,
  unwrap: ({ payload, retained, receivedAt }) => {
    const read = readObject(payload);
    if (!read.ok) return read;
    const { value: object } = read;
    const device = textAt(object, 'id');
    if (!isForeignName(device)) return invalid('id: missing');
    const { timestamp } = object;
    // A retained telegram without a time could be of any age.
    if (timestamp === undefined && retained) return invalid('timestamp: missing in a retained message');
    const observedAt = timestamp === undefined ? receivedAt : timeOf(timestamp);
    if (observedAt === undefined) return invalid('timestamp: not a time with a zone');
    return ok([{ type: 'values', device, object, observedAt }]);
  },
  read: (kind, object) => {
    const found = valuesOf(kind, object);
    if (!found.ok) return found;
    const checked = checkValues(kind, found.value.values as Record<string, unknown>);
    return checked.ok ? ok({ values: checked.value, notes: found.value.notes }) : checked;
  },
};

function valuesOf(kind: DeviceKind, o: ForeignObject): Result<CanonicalValues, Reject> {
  const media = textAt(o, 'media') ?? 'missing';
  switch (kind) {
    case 'water-meter':
      return /\bwater\b/.test(media) ? waterMeter(o) : invalid(`media: ${media} is no water`);
    case 'pipe-sensor':
      return pipeSensor(o);
    case 'gate':
      return door(o);
    case 'generic':
      return channels(o);
    case 'elevator':
      return invalid('no lift speaks wM-Bus');
  }
}

function waterMeter(o: ForeignObject): Result<CanonicalValues, Reject> {
  const total = numberAt(o, 'total_m3');
  if (total === undefined) return invalid('total_m3: missing; no other register tells what has flowed until now');
  const { flags, unknown } = wmbusFlags(o['status'], o['current_status']);
  const flow = firstOf(o, FLOW_M3H);
  const temperature = numberAt(o, 'flow_temperature_c');
  return ok({
    values: {
      volumeM3: total,
      ...given('reverseVolumeM3', firstOf(o, REVERSE_M3)),
      ...given('flowLph', flow === undefined ? undefined : Number((flow * 1000).toPrecision(12))),
      ...(o['status'] === undefined && o['current_status'] === undefined ? {} : { flags }),
      ...given('waterTempC', temperature === NOT_MEASURED_C ? undefined : temperature),
      ...given('batteryPct', numberAt(o, 'battery_pct')),
    },
    notes: unknown.map((word) => `status: ${word.slice(0, 60)} is not known`),
  });
}

function pipeSensor(o: ForeignObject): Result<CanonicalValues, Reject> {
  const bar = firstOf(o, PRESSURE_BAR);
  const values = {
    ...given('pressureMpa', bar === undefined ? undefined : Number((bar / 10).toPrecision(12))),
    ...given('ambientTempC', firstOf(o, ROOM_C)),
    ...given('batteryPct', numberAt(o, 'battery_pct')),
  };
  return Object.keys(values).length > 0
    ? ok({ values, notes: [] })
    : invalid(`none of ${[...ROOM_C, ...PRESSURE_BAR].join(', ')}`);
}

/** Door contacts tell their state in the status: OPEN or CLOSED beside other words. */
function door(o: ForeignObject): Result<CanonicalValues, Reject> {
  const words = (textAt(o, 'status') ?? '').split(/\s+/);
  const open = words.includes('OPEN');
  if (open === words.includes('CLOSED')) return invalid('status: says neither OPEN nor CLOSED');
  const { flags } = wmbusFlags(o['status']);
  return ok({
    values: { position: open ? 'open' : 'closed', ...(flags.includes('tamper') ? { tamper: true } : {}) },
    notes: [],
  });
}

/** Counters, temperatures and the like under their own names: threshold rules ask for them by these. */
function channels(o: ForeignObject): Result<CanonicalValues, Reject> {
  const found = Object.entries(o).filter(([, v]) => typeof v === 'number' && Number.isFinite(v)) as [string, number][];
  if (found.length === 0) return invalid('no number in it');
  return ok({ values: { channels: Object.fromEntries(found) }, notes: [] });
}

const firstOf = (o: ForeignObject, keys: readonly string[]): number | undefined => {
  for (const k of keys) {
    const n = numberAt(o, k);
    if (n !== undefined) return n;
  }
  return undefined;
};

const given = <K extends string>(key: K, n: number | undefined): Partial<Record<K, number>> =>
  n === undefined ? {} : ({ [key]: n } as Partial<Record<K, number>>);
