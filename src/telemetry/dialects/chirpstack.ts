import { ok } from '../../kernel/result.js';
import { nothing, type Dialect } from './dialect.js';
import { invalid, isObject, numberAt, readObject, textAt, timeOf } from './read-json.js';

/** Uplinks that were resent by the integration come within seconds; so many are remembered a bridge. */
const REMEMBERED = 4096;
const TOPIC = /^application\/([^/]+)\/device\/([0-9a-fA-F]{16})\/event\/([a-z]+)$/;

interface Session {
  /** Times of the newest deduplication ids; the oldest is forgotten first. */
  readonly seen: Map<string, number>;
}

/**
 * ChirpStack v4, MQTT integration with JSON (`application/{app}/device/{devEui}/event/{event}`). Readings are in `up`, as
 * the `object` that the codec of its device profile made; the battery is in `status`. Two gateways or a reconnecting
 * integration may tell the same uplink twice: both carry one `deduplicationId`, and are given one time, by which the
 * second is known as a duplicate where it also waits for the commit of the first.
 *
 * The frame counter is not taken as sequence number: radio loses frames every day, which is no fault to page for.
 */
export const chirpstack: Dialect<Session> = {
  id: 'chirpstack',
  newSession: () => ({ seen: new Map() }),
  unwrap: ({ topic, payload, retained }, { seen }) => {
    const [, , eui, event] = TOPIC.exec(topic) ?? [];
    if (eui === undefined || event === undefined)
      return invalid(`not a topic of ChirpStack v4: ${topic.slice(0, 200)}`);
    if (event !== 'up' && event !== 'status') return ok(nothing(event));
    if (retained) return ok(nothing('retained'));
    const read = readObject(payload);
    if (!read.ok) return read;
    const { value: json } = read;
    const info = isObject(json['deviceInfo']) ? json['deviceInfo'] : {};
    const device = eui.toLowerCase();
    const said = textAt(info, 'devEui')?.toLowerCase();
    if (said !== device) return invalid(`deviceInfo.devEui: ${said ?? 'missing'}, but the topic says ${device}`);
    const time = timeOf(json['time']);
    if (time === undefined) return invalid('time: not a time with a zone');
    const id = textAt(json, 'deduplicationId');
    if (id === undefined || id.length > 64) return invalid('deduplicationId: missing or no UUID');
    // An uplink and a status have ids of their own.
    const observedAt = seen.get(id) ?? time;
    remember(seen, id, observedAt);
    if (event === 'status') {
      const batteryPct = json['batteryLevelUnavailable'] === true ? undefined : numberAt(json, 'batteryLevel');
      if (json['externalPowerSource'] === true || batteryPct === undefined)
        return ok(nothing('status without battery'));
      return ok([{ type: 'values', device, object: {}, observedAt, batteryPct }]);
    }
    const object = json['object'];
    if (!isObject(object)) return invalid('object: missing; give the device profile in ChirpStack a codec');
    return ok([{ type: 'values', device, object, observedAt }]);
  },
};

function remember(seen: Map<string, number>, id: string, time: number): void {
  seen.set(id, time);
  if (seen.size <= REMEMBERED) return;
  for (const oldest of seen.keys()) {
    seen.delete(oldest);
    return;
  }
}
