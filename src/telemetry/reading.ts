import type { DeviceKind } from '../estate/device.js';

export const ELEVATOR_MODES = [
  'normal',
  'inspection',
  'fire-return',
  'firefighter',
  'emergency-power',
  'earthquake',
  'stopped',
  'unknown',
] as const;
export const DOOR_STATES = ['closed', 'opening', 'open', 'closing', 'locked', 'unknown'] as const;
/**
 * What a lift itself reports as wrong, whatever its dialect calls it; the raw code stays beside it. Which rule takes
 * which is told in `detection/elevator/fault-codes.ts`. Codes that only name a mode or a flag (mains lost, out of
 * service, inspection, fire …) are not faults: a dialect turns them into `mode` and the flags.
 */
export const LIFT_FAULTS = [
  /** The lift says that it has no fault (any more). A dialect that tells events only never says so. */
  'none',
  'safety-circuit',
  'door-close-fault',
  'door-open-fault',
  'door-blocked',
  'door-opened-while-running',
  'unintended-movement',
  'stopped-outside-door-zone',
  'entrapment-at-level',
  'entrapment-between-floors',
  'top-overtravel',
  'pit-overtravel',
  'overspeed',
  'alarm-button',
  'ebike',
  'run-time-limiter',
  'floor-position-lost',
  'restart-prevented',
  /** A code that is in nobody's table: kept raw, raises nothing by itself. */
  'other',
] as const;
export type LiftFault = (typeof LIFT_FAULTS)[number];
export const METER_FLAGS = [
  'dry',
  'reverse',
  'leak',
  'burst',
  'tamper',
  'low-battery',
  'no-consumption',
  'freeze',
  'fault',
] as const;
export const GATE_MODES = [
  'locked',
  'unlocked',
  'accessed',
  'blocked',
  'locked-open',
  'locked-down',
  'double-locked',
  'unknown',
] as const;

/** Lift. `doorZone` true = level with a landing; speeds in m/s, positions in m, loads in kg. Missing = not told. */
export interface ElevatorValues {
  mode?: (typeof ELEVATOR_MODES)[number];
  floor?: number;
  positionM?: number;
  direction?: 'up' | 'down' | 'none';
  speedMps?: number;
  doorZone?: boolean;
  door?: (typeof DOOR_STATES)[number];
  peopleInCar?: boolean;
  peopleCount?: number;
  loadKg?: number;
  /** Number of car calls being answered. */
  carCalls?: number;
  alarmButton?: boolean;
  /** The press is the synthetic one of this test, which Steward has asked for (docs/mqtt.md). */
  alarmTest?: string;
  mainsPower?: boolean;
  safetyCircuitClosed?: boolean;
  ebikeInCar?: boolean;
  pitWater?: boolean;
  /** The raw code in `faultCode`, understood. Missing = this reading tells nothing about faults. */
  fault?: LiftFault;
  faultCode?: string;
  faultDialect?: string;
}

/** Water meter. `volumeM3` is the forward register, cumulative, in m³; `flowLph` litres per hour. */
export interface WaterMeterValues {
  volumeM3?: number;
  reverseVolumeM3?: number;
  flowLph?: number;
  flags?: (typeof METER_FLAGS)[number][];
  waterTempC?: number;
  batteryPct?: number;
  estimated?: boolean;
  /** The meter's serial number: another one is another meter, whatever its register says. */
  serial?: string;
}

/** Pipe sensor. MPa, litres per second, °C, per cent of overflow level. */
export interface PipeSensorValues {
  pressureMpa?: number;
  flowLps?: number;
  pipeTempC?: number;
  ambientTempC?: number;
  levelPct?: number;
  wet?: boolean;
  batteryPct?: number;
  /** Says so itself, without a percentage. */
  batteryLow?: boolean;
}

/** Barrier or door. */
export interface GateValues {
  mode?: (typeof GATE_MODES)[number];
  position?: 'open' | 'closed' | 'moving' | 'unknown';
  command?: 'open' | 'close';
  vehicleWaiting?: boolean;
  loopOccupied?: boolean;
  egress?: boolean;
  access?: 'granted' | 'denied' | 'duress';
  accessReason?: string;
  tamper?: boolean;
  fault?: boolean;
  batteryPct?: number;
  batteryLow?: boolean;
}

/** Anything else: named numeric or boolean channels. */
export interface GenericValues {
  channels?: Record<string, number | boolean>;
}

export interface ValuesByKind {
  elevator: ElevatorValues;
  'water-meter': WaterMeterValues;
  'pipe-sensor': PipeSensorValues;
  gate: GateValues;
  generic: GenericValues;
}

/** One canonical reading. Times are milliseconds since the epoch. */
export interface Reading<K extends DeviceKind = DeviceKind> {
  readonly device: string;
  /** The device's clock, as sent. */
  readonly observedAt: number;
  /** Steward's clock when the packet came in. */
  readonly receivedAt: number;
  /**
   * `observedAt` placed on Steward's clock: a batch is shifted so that its newest element is at most `receivedAt`;
   * order and spacing inside it are kept.
   */
  readonly at: number;
  readonly seq?: number;
  readonly values: ValuesByKind[K];
}
