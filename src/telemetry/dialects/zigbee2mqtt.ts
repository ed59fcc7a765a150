import { ok } from '../../kernel/result.js';
import { checkValues } from './check-values.js';
import { nothing, type Dialect, type ForeignObject } from './dialect.js';
import { fieldTable, type FieldTable } from './field-table.js';
import { invalid, isObject, readObject, timeOf } from './read-json.js';

/** What is told of the radio and of the device's own set-up, and concerns no rule. */
const ASIDE = [
  'linkquality',
  'last_seen',
  'update',
  'update_available',
  'voltage',
  'device',
  'device_temperature',
  'power_outage_count',
  'trigger_count',
];
const yes = (field: string): { cases: Record<string, Record<string, unknown>> } => ({
  cases: { true: { [field]: true }, false: { [field]: false } },
});

/**
 * Names of zigbee2mqtt's own exposes are the same for every maker. `contact` is true while magnet and reed are together:
 * **closed**. `battery_low` without a percentage stays a flag: a made-up percentage would be a value that nobody measured.
 */
const TABLES: Partial<Record<string, FieldTable>> = {
  'pipe-sensor': fieldTable('pipe-sensor', {
    fields: {
      water_leak: yes('wet'),
      temperature: { to: 'ambientTempC' },
      battery: { to: 'batteryPct' },
      battery_low: yes('batteryLow'),
    },
    ignored: [...ASIDE, 'tamper', 'humidity'],
  }),
  gate: fieldTable('gate', {
    fields: {
      contact: { cases: { true: { position: 'closed' }, false: { position: 'open' } } },
      tamper: yes('tamper'),
      battery: { to: 'batteryPct' },
      battery_low: yes('batteryLow'),
    },
    ignored: [...ASIDE, 'temperature'],
  }),
};

/**
 * zigbee2mqtt (`{base}/{friendly name}`; the base topic is the bridge's prefix, so it is not seen here). A friendly name
 * may hold slashes. States are retained and told again to whoever subscribes: only what is told live is a reading.
 */
export const zigbee2mqtt: Dialect<null> = {
  id: 'zigbee2mqtt',
  newSession: () => null,
  unwrap: ({ topic, payload, retained, receivedAt }) => {
    if (topic === 'bridge/state') {
      return retained ? ok(nothing('retained')) : ok([{ type: 'bridge', online: stateOf(payload) !== 'offline' }]);
    }
    if (topic.startsWith('bridge/')) return ok(nothing('bridge'));
    if (/\/(set|get)(\/|$)/.test(topic)) return ok(nothing('command'));
    if (retained) return ok(nothing('retained'));
    if (topic.endsWith('/availability')) {
      const state = stateOf(payload);
      if (state !== 'online' && state !== 'offline') return invalid('availability: neither online nor offline');
      return ok([{ type: 'presence', device: topic.slice(0, -'/availability'.length), online: state === 'online' }]);
    }
    const read = readObject(payload);
    if (!read.ok) return read;
    // Where it is switched on: when the device was heard, also for a state that the bridge tells again at its start.
    const seen = read.value['last_seen'];
    const observedAt = seen === undefined || seen === null ? receivedAt : timeOf(seen);
    if (observedAt === undefined) return invalid('last_seen: not a time with a zone');
    return ok([{ type: 'values', device: topic, object: read.value, observedAt }]);
  },
  read: (kind, object) => {
    const table = TABLES[kind];
    if (!table) return invalid(`no table for the kind ${kind}: give the device a profile`);
    const mapped = table.map(object, false);
    if (!mapped.ok) return mapped;
    const checked = checkValues(kind, mapped.value);
    return checked.ok ? ok({ values: checked.value, notes: [] }) : checked;
  },
};

/** `online` as it is, or in JSON: both forms are in the field. */
function stateOf(payload: Buffer): string {
  const text = payload.subarray(0, 200).toString('utf8').trim();
  if (!text.startsWith('{')) return text;
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? String((json as ForeignObject)['state']) : '';
  } catch {
    return '';
  }
}
