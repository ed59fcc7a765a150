import type { Device } from '../../estate/device.js';
import { FIT, type Fitness } from '../detector.js';

/** Whether a device may send this field: one that declares nothing is believed when seen. */
export const maySend = (d: Pick<Device, 'attributes'>, field: string): boolean =>
  d.attributes.capabilities.length === 0 || d.attributes.capabilities.includes(field);

/** Fit when the device sends at least one of the fields. */
export function needsOneOf(d: Pick<Device, 'attributes'>, ...fields: readonly string[]): Fitness {
  if (fields.some((f) => maySend(d, f))) return FIT;
  const detail = { zh: `设备不上报 ${fields.join(' / ')}`, en: `the device does not send ${fields.join(' or ')}` };
  return { on: false, why: 'missing-capability', detail };
}

/** Fit when the device sends all of the fields. */
export function needsAllOf(d: Pick<Device, 'attributes'>, ...fields: readonly string[]): Fitness {
  const missing = fields.filter((f) => !maySend(d, f));
  if (missing.length === 0) return FIT;
  const detail = { zh: `设备不上报 ${missing.join('、')}`, en: `the device does not send ${missing.join(' and ')}` };
  return { on: false, why: 'missing-capability', detail };
}

export const notForThisPlace = (zh: string, en: string): Fitness => ({
  on: false,
  why: 'not-for-this-place',
  detail: { zh, en },
});
