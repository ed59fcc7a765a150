import type { DeviceKind } from './device.js';

/**
 * What a device may declare that it really sends (names are those of the canonical reading, docs/domain.md
 * "Canonical readings"). Checked when an estate is read: a misspelt capability would silently switch a rule off.
 * `door-events`: door changes are reported when they happen, so that no opening is missed between two readings.
 */
export const CAPABILITIES: Record<DeviceKind, readonly string[] | 'any'> = {
  elevator: [
    'mode',
    'floor',
    'positionM',
    'direction',
    'speedMps',
    'doorZone',
    'door',
    'door-events',
    'peopleInCar',
    'peopleCount',
    'loadKg',
    'carCalls',
    'alarmButton',
    // Answers the command `alarm-test` with a press that is marked with its id.
    'alarm-test',
    'mainsPower',
    'safetyCircuitClosed',
    'ebikeInCar',
    'pitWater',
    'fault',
    'faultCode',
  ],
  'water-meter': ['volumeM3', 'reverseVolumeM3', 'flowLph', 'flags', 'waterTempC', 'batteryPct', 'estimated', 'serial'],
  'pipe-sensor': ['pressureMpa', 'flowLps', 'pipeTempC', 'ambientTempC', 'levelPct', 'wet', 'batteryPct', 'batteryLow'],
  gate: [
    'mode',
    'position',
    'command',
    'vehicleWaiting',
    'loopOccupied',
    'egress',
    'access',
    'accessReason',
    'tamper',
    'fault',
    'batteryPct',
    'batteryLow',
  ],
  generic: 'any',
};
