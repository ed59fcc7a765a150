import { DEVICE_KINDS, type DeviceKind } from '../estate/device.js';
import type { Detector } from './detector.js';
import { chatteringDetector } from './device/chattering.detector.js';
import { clockSkewDetector } from './device/clock-skew.detector.js';
import { lowBatteryDetector } from './device/low-battery.detector.js';
import { offlineDetector } from './device/offline.detector.js';
import { seqGapDetector } from './device/seq-gap.detector.js';
import { stuckDetector } from './device/stuck.detector.js';
import { alarmButtonDetector } from './elevator/alarm-button.detector.js';
import { doorFaultDetector } from './elevator/door-fault.detector.js';
import { ebikeDetector } from './elevator/ebike.detector.js';
import { entrapmentDetector } from './elevator/entrapment.detector.js';
import {
  earthquakeDetector,
  emergencyPowerDetector,
  outOfServiceDetector,
  pitWaterDetector,
  powerLostDetector,
} from './elevator/mode-and-flags.detector.js';
import { overspeedDetector, overtravelDetector } from './elevator/overtravel.detector.js';
import { safetyCircuitDetector } from './elevator/safety-circuit.detector.js';
import { silentWithPeopleDetector } from './elevator/silent-with-people.detector.js';
import { stoppedBetweenFloorsDetector } from './elevator/stopped-between-floors.detector.js';
import { unintendedMovementDetector } from './elevator/unintended-movement.detector.js';
import { barrierStuckDetector } from './gate/barrier-stuck.detector.js';
import { deniedBurstDetector } from './gate/denied-burst.detector.js';
import { duressDetector } from './gate/duress.detector.js';
import { forcedOpenDetector } from './gate/forced-open.detector.js';
import { heldOpenDetector } from './gate/held-open.detector.js';
import { gateTamperDetector } from './gate/tamper.detector.js';
import { backflowDetector } from './pipe/backflow.detector.js';
import { freezeRiskDetector } from './pipe/freeze-risk.detector.js';
import { burstDetector } from './pipe/burst.detector.js';
import { pipeLeakDetector } from './pipe/leak.detector.js';
import { pressureHighDetector, pressureLowDetector } from './pipe/pressure.detector.js';
import { vacantFlowDetector } from './water-meter/vacant-flow.detector.js';

/** Every rule that runs on devices, in the order in which they see a reading: people first. */
export const DEVICE_DETECTORS: readonly Detector[] = [
  entrapmentDetector,
  alarmButtonDetector,
  silentWithPeopleDetector,
  stoppedBetweenFloorsDetector,
  unintendedMovementDetector,
  overtravelDetector,
  overspeedDetector,
  safetyCircuitDetector,
  ebikeDetector,
  powerLostDetector,
  pitWaterDetector,
  earthquakeDetector,
  emergencyPowerDetector,
  outOfServiceDetector,
  doorFaultDetector,
  duressDetector,
  forcedOpenDetector,
  barrierStuckDetector,
  heldOpenDetector,
  deniedBurstDetector,
  gateTamperDetector,
  pipeLeakDetector,
  backflowDetector,
  freezeRiskDetector,
  pressureLowDetector,
  pressureHighDetector,
  burstDetector,
  vacantFlowDetector,
  offlineDetector,
  clockSkewDetector,
  stuckDetector,
  lowBatteryDetector,
  seqGapDetector,
  chatteringDetector,
];

/** Worked out once: this is asked for every reading. */
const BY_KIND = new Map<DeviceKind, readonly Detector[]>(
  DEVICE_KINDS.map((kind) => [kind, Object.freeze(DEVICE_DETECTORS.filter((d) => d.kinds.includes(kind)))]),
);
const NO_DETECTORS: readonly Detector[] = Object.freeze([]);

export const detectorsFor = (kind: DeviceKind): readonly Detector[] => BY_KIND.get(kind) ?? NO_DETECTORS;
