import { ok } from '../../kernel/result.js';
import { parseNativeTopic } from '../native-topic.js';
import { checkValues } from './check-values.js';
import { nothing, type Dialect, type Statement } from './dialect.js';
import { invalid, isObject, timeOf } from './read-json.js';

const MAX_READINGS = 1000;

/**
 * Steward's own dialect, spoken by a bridge for many devices (`steward/v1/{estate}/{kind}/{device}/telemetry`). A device
 * that logs in as itself does not come this way.
 */
export const native: Dialect<null> = {
  id: 'native',
  newSession: () => null,
  unwrap: ({ topic, payload, retained }) => {
    const place = parseNativeTopic(topic);
    if (!place) return invalid(`not a topic of Steward's own: ${topic.slice(0, 200)}`);
    const { device, channel } = place;
    if (channel === 'status') {
      return ok(retained ? nothing('retained') : [{ type: 'presence', device, online: !payload.includes('false') }]);
    }
    if (channel !== 'telemetry') return ok(nothing(channel.slice(0, 40)));
    let json: unknown;
    try {
      json = JSON.parse(payload.toString('utf8'));
    } catch (e) {
      return { ok: false, error: { reason: 'malformed-json', detail: (e as Error).message.slice(0, 200) } };
    }
    const elements: unknown[] = Array.isArray(json) ? json : [json];
    if (elements.length === 0) return invalid('an empty array');
    if (elements.length > MAX_READINGS)
      return { ok: false, error: { reason: 'too-large', detail: `${elements.length} readings a message` } };
    const said: Statement[] = [];
    for (const [i, element] of elements.entries()) {
      if (!isObject(element)) return invalid(`[${i}] not an object`);
      const { observedAt, seq, ...object } = element;
      const at = typeof observedAt === 'string' ? timeOf(observedAt) : undefined;
      if (at === undefined) return invalid(`[${i}] observedAt: not a time with a zone`);
      if (seq !== undefined && !(Number.isSafeInteger(seq) && (seq as number) >= 0)) return invalid(`[${i}] seq`);
      const numbered = seq === undefined ? {} : { seq: seq as number };
      said.push({ type: 'values', device, object, observedAt: at, ...numbered });
    }
    return ok(said);
  },
  read: (kind, object) => {
    const checked = checkValues(kind, object);
    return checked.ok ? ok({ values: checked.value, notes: [] }) : checked;
  },
};
