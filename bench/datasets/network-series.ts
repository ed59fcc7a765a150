import type { Device, DeviceAttributes } from '../../src/estate/device.js';

/** One sensor of a network over time. Missing values are NaN. */
export interface SensorSeries {
  readonly id: string;
  readonly channel: 'flowLps' | 'pressureMpa' | 'levelPct';
  /** The area that it belongs to; null = the inlet of the whole network. */
  readonly building: string | null;
  readonly attributes?: Partial<DeviceAttributes>;
  readonly values: Float64Array;
}

/** A leak that really was (or was put into a simulation), ms since the epoch. */
export interface TrueLeak {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** A network's year or window: instants and what each sensor said at them. */
export interface NetworkSeries {
  readonly name: string;
  readonly timezone: string;
  /** ms since the epoch. */
  readonly at: Float64Array;
  readonly stepS: number;
  readonly sensors: readonly SensorSeries[];
  readonly leaks: readonly TrueLeak[];
}

/** Metres of water to MPa. */
export const MPA_PER_M = 0.00980665;
/** m³/h to L/s. */
export const LPS_PER_M3H = 1 / 3.6;

/** The device that a sensor is in the estate of its network. */
export const sensorDevice = (network: NetworkSeries, sensor: SensorSeries, no: number): Device => ({
  id: sensor.id,
  no,
  estate: network.name,
  kind: 'pipe-sensor',
  name: { zh: sensor.id, en: sensor.id },
  building: sensor.building,
  unit: null,
  riser: null,
  floor: null,
  attributes: { expectedIntervalS: network.stepS, capabilities: [sensor.channel], role: 'main', ...sensor.attributes },
  life: 'live',
  maintenanceUntil: null,
  occupancy: null,
  welfare: false,
  visitUntil: null,
  awayUntil: null,
  timezone: network.timezone,
  overrides: {},
  tokenSha256: null,
  hasSpoken: true,
});
