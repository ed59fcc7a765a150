import type { Device } from '../../estate/device.js';
import { seconds } from '../../kernel/durations.js';
import { parameter, valueOf } from '../parameter.js';

/** Silence longer than so many intervals, and never less than the floor, counts (domain §4, `device.offline`). */
export const SILENCE_INTERVALS = parameter({
  key: 'device.offline.intervals',
  default: 3,
  unit: 'count',
  min: 1,
  max: 100,
  about: { zh: '沉默超过多少个上报周期为离线', en: 'Silent for so many reporting intervals is offline' },
  source: 'domain',
});
export const SILENCE_FLOOR_S = parameter({
  key: 'device.offline.floorS',
  default: 120,
  unit: 's',
  min: 10,
  max: 86_400,
  about: { zh: '离线判定的最短沉默时间', en: 'Silence shorter than this is never offline' },
  source: 'domain',
});

/** How long a device may say nothing before it counts as silent, ms. */
export const silenceLimitMs = (d: Pick<Device, 'attributes' | 'overrides'>): number =>
  Math.max(
    valueOf(d, SILENCE_INTERVALS) * seconds(d.attributes.expectedIntervalS),
    seconds(valueOf(d, SILENCE_FLOOR_S)),
  );
