import type { Device } from '../../estate/device.js';
import type { Names } from '../../gateway/views.js';
import { FIT, type Fitness } from '../detector.js';

/** The device claims to send one of these; one that declares nothing is believed in everything it sends. */
export const declares = (d: Pick<Device, 'attributes'>, ...fields: readonly string[]): boolean =>
  d.attributes.capabilities.length === 0 || fields.some((f) => d.attributes.capabilities.includes(f));

/** On when one of the fields is sent, else off for want of it. */
export function needs(d: Device, ...fields: readonly string[]): Fitness {
  if (declares(d, ...fields)) return FIT;
  const list = fields.join(', ');
  return { on: false, why: 'missing-capability', detail: { zh: `设备不上报 ${list}`, en: `does not send ${list}` } };
}

/** For rules that never switch themselves off: what they do without, in one note. */
export function notes(...found: readonly (Names | false)[]): Fitness {
  const kept = found.filter((n): n is Names => n !== false);
  if (kept.length === 0) return FIT;
  return { on: true, note: { zh: kept.map((n) => n.zh).join('；'), en: kept.map((n) => n.en).join('; ') } };
}

export const WITHOUT_SPEED: Names = {
  zh: '无速度：楼层和位置不变视为未移动',
  en: 'no speed: an unchanged floor and position is "not moving"',
};
export const WITHOUT_ZONE: Names = {
  zh: '无门区信号：一律按平层判断',
  en: 'no door zone: the car counts as level with a landing',
};
