import type { Values } from './model.js';
import type { SimulatedDevice } from './simulated-device.js';

/** Fields without which a reading of its kind says nothing: every device sends them. */
const ALWAYS = new Set([
  ...['mode', 'floor', 'direction', 'doorZone', 'door', 'alarmTest', 'position', 'volumeM3', 'channels'],
]);

/** A device sends what it declares (`capabilities`), and nothing else; one that declares nothing sends all. */
export function declaredValues(device: Pick<SimulatedDevice, 'attributes'>, values: Values): Values {
  const { capabilities } = device.attributes;
  if (!capabilities.length) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => ALWAYS.has(name) || capabilities.includes(name)));
}
