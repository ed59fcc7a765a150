import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { parameter, valueOf } from '../parameter.js';
import { MOVING_SPEED, msOf } from './car-parameters.js';
import { faultMeans } from './fault-codes.js';
import { declares, needs } from './lift-fitness.js';
import { liftRule } from './lift-rule.js';

/** Open for so long with the door closed and the car stopped. */
export const CIRCUIT_HOLD = parameter({
  key: 'elevator.safety-circuit.holdS',
  default: 5,
  unit: 's',
  min: 1,
  max: 120,
  about: {
    zh: '门关闭且停梯时安全回路断开多久报警',
    en: 'open for so long with the door closed and the car stopped',
  },
  source: 'domain §4 "Lifts"',
});

interface Circuit {
  readonly open: boolean;
  readonly doorClosed: boolean;
  readonly moving: boolean;
  readonly inspection: boolean;
  /** Told while the circuit is open, for lifts that send no speed: another floor is a car that moves. */
  readonly floor: number | null;
}

function observe(m: Circuit, v: ElevatorValues, _now: number, d: Device): Circuit {
  const open = v.safetyCircuitClosed === undefined ? m.open : !v.safetyCircuitClosed;
  const doorClosed =
    v.door === undefined || v.door === 'unknown' ? m.doorClosed : v.door === 'closed' || v.door === 'locked';
  const floor = open ? (v.floor ?? m.floor) : null;
  const passes = m.floor !== null && floor !== null && floor !== m.floor;
  const moving = v.speedMps === undefined ? passes : Math.abs(v.speedMps) >= valueOf(d, MOVING_SPEED);
  const inspection = v.mode === undefined || v.mode === 'unknown' ? m.inspection : v.mode === 'inspection';
  const same =
    open === m.open &&
    doorClosed === m.doorClosed &&
    moving === m.moving &&
    inspection === m.inspection &&
    floor === m.floor;
  return same ? m : { open, doorClosed, moving, inspection, floor };
}

/**
 * The chain of safety contacts stays open although nothing should hold it open (domain §4). Door contacts open it at
 * every stop and a technician in inspection all the time, so neither counts. Once raised, only a closed circuit or a
 * car that runs is proof of the contrary: a door that opens over it is not.
 */
export const safetyCircuitDetector = liftRule<Circuit>({
  event: 'elevator.safety-circuit',
  parameters: [CIRCUIT_HOLD],
  fitness: (d) =>
    declares(d, 'safetyCircuitClosed') && !declares(d, 'door') && !declares(d, 'fault', 'faultCode')
      ? needs(d, 'door')
      : needs(d, 'safetyCircuitClosed', 'fault', 'faultCode'),
  initial: Object.freeze({ open: false, doorClosed: false, moving: false, inspection: false, floor: null }),
  observe,
  holds: (m) => m.open && m.doorClosed && !m.moving && !m.inspection,
  stays: (m) => m.open,
  code: (m, v) => !m.inspection && faultMeans(v.fault, 'elevator.safety-circuit'),
  codeOver: (m, v) => v.safetyCircuitClosed === true || m.moving,
  holdMs: (d) => msOf(d, CIRCUIT_HOLD),
  reason: (_m, heldS, byCode) =>
    byCode
      ? 'the lift itself reports an open safety circuit'
      : `safety circuit open for ${heldS} s with the door closed and the car stopped`,
  gone: 'the safety circuit is closed',
});
