import type { Device } from '../../src/estate/device.js';
import { sensorDevice, type NetworkSeries, type SensorSeries } from '../datasets/network-series.js';

export interface PlayedSensor {
  readonly device: Device & { readonly kind: 'pipe-sensor' };
  readonly channel: SensorSeries['channel'];
}

/** The devices of a network; the series of one play are of the same sensors. Its interval is the longest of them. */
export function playedSensors(list: readonly NetworkSeries[]): PlayedSensor[] {
  const [first] = list;
  if (!first) return [];
  return first.sensors.map((s, i) => ({
    device: { ...sensorDevice(first, s, i + 1), kind: 'pipe-sensor' as const },
    channel: s.channel,
  }));
}
