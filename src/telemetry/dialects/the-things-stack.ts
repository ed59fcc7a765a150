import { ok } from '../../kernel/result.js';
import { nothing, type Dialect } from './dialect.js';
import { invalid, isObject, numberAt, readObject, textAt, timeOf } from './read-json.js';

const TOPIC = /^v3\/([^/]+)\/devices\/([a-z0-9](?:-?[a-z0-9]){1,35})\/(.+)$/;

/**
 * The Things Stack v3 (`v3/{app}@{tenant}/devices/{id}/up`). It publishes with QoS 0 only, and leaves out fields that are
 * "", 0 or false: a profile says which missing field means which value, and only beside fields that prove that the
 * message is of that sort. An uplink made by hand in its console is marked `simulated`, and is no reading.
 */
export const theThingsStack: Dialect<null> = {
  id: 'the-things-stack',
  newSession: () => null,
  unwrap: ({ topic, payload, retained }) => {
    const [, , device, event] = TOPIC.exec(topic) ?? [];
    if (device === undefined || event === undefined)
      return invalid(`not a topic of The Things Stack v3: ${topic.slice(0, 200)}`);
    if (event !== 'up') return ok(nothing(event.slice(0, 40)));
    if (retained) return ok(nothing('retained'));
    const read = readObject(payload);
    if (!read.ok) return read;
    const { value: json } = read;
    if (json['simulated'] === true) return invalid('simulated: made by hand in the console, not by the device');
    const ids = isObject(json['end_device_ids']) ? json['end_device_ids'] : {};
    const said = textAt(ids, 'device_id');
    if (said !== device) return invalid(`end_device_ids.device_id: ${said ?? 'missing'}, but the topic says ${device}`);
    const up = json['uplink_message'];
    if (!isObject(up)) return invalid('uplink_message: missing');
    const observedAt = timeOf(up['received_at']) ?? timeOf(json['received_at']);
    if (observedAt === undefined) return invalid('received_at: not a time with a zone');
    const object = up['decoded_payload'];
    if (!isObject(object))
      return invalid('uplink_message.decoded_payload: missing; give the device a payload formatter');
    const battery = isObject(up['last_battery_percentage'])
      ? numberAt(up['last_battery_percentage'], 'value')
      : undefined;
    return ok([
      {
        type: 'values',
        device,
        object,
        observedAt,
        omitsFalse: true,
        ...(battery === undefined ? {} : { batteryPct: battery }),
      },
    ]);
  },
};
