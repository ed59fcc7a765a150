import { isConfigured, type CatalogueEvent, type EventName } from '../kernel/events.js';
import type { Procedure } from './procedure.js';
import { LIFT_ENTRAPMENT } from './procedures/lift-entrapment.js';
import { WATER_EMPTY_UNIT, WATER_LEAK } from './procedures/water.js';
import { BUILDING_POWER, DEVICE_TROUBLE, DOOR_OPEN, DURESS } from './procedures/others.js';

/** Which procedure an event follows. P4 events open no ticket; theirs is used if a rise in priority opens one. */
const PROCEDURES: Readonly<Record<CatalogueEvent, Procedure>> = {
  'elevator.entrapment-between-floors': LIFT_ENTRAPMENT,
  'elevator.entrapment-at-level': LIFT_ENTRAPMENT,
  'elevator.alarm-button': LIFT_ENTRAPMENT,
  'elevator.silent-with-people': LIFT_ENTRAPMENT,
  'elevator.stopped-between-floors': LIFT_ENTRAPMENT,
  'meter.vacant-flow': WATER_EMPTY_UNIT,
  'pipe.leak': WATER_LEAK,
  'gate.held-open': DOOR_OPEN,
  'gate.duress': DURESS,
  'device.offline': DEVICE_TROUBLE,
  'device.stuck': DEVICE_TROUBLE,
  'device.clock-skew': DEVICE_TROUBLE,
  'building.power-lost': BUILDING_POWER,
  'elevator.unintended-movement': LIFT_ENTRAPMENT,
  'elevator.overtravel': LIFT_ENTRAPMENT,
  'elevator.overspeed': LIFT_ENTRAPMENT,
  'elevator.safety-circuit': DEVICE_TROUBLE,
  'elevator.door-fault': DEVICE_TROUBLE,
  'elevator.ebike': DEVICE_TROUBLE,
  'elevator.out-of-service': DEVICE_TROUBLE,
  'elevator.power-lost': DEVICE_TROUBLE,
  'elevator.pit-water': DEVICE_TROUBLE,
  'elevator.emergency-power': DEVICE_TROUBLE,
  'elevator.earthquake': DEVICE_TROUBLE,
  'building.fire-mode': DEVICE_TROUBLE,
  'gate.barrier-stuck': DEVICE_TROUBLE,
  'gate.denied-burst': DEVICE_TROUBLE,
  'gate.tamper': DEVICE_TROUBLE,
  'device.chattering': DEVICE_TROUBLE,
  'device.low-battery': DEVICE_TROUBLE,
  'device.seq-gap': DEVICE_TROUBLE,
  'building.comms-lost': DEVICE_TROUBLE,
  'smoke.alarm': DEVICE_TROUBLE,
  'meter.reverse': DEVICE_TROUBLE,
  'meter.dry': DEVICE_TROUBLE,
  'meter.tamper': DEVICE_TROUBLE,
  'meter.no-use-welfare': DEVICE_TROUBLE,
  'estate.cold-wave': DEVICE_TROUBLE,
  'pipe.pressure-low': DEVICE_TROUBLE,
  'pipe.pressure-high': DEVICE_TROUBLE,
  'pipe.freeze-risk': DEVICE_TROUBLE,
  'meter.continuous-flow': WATER_LEAK,
  'meter.burst': WATER_LEAK,
  'riser.balance': WATER_LEAK,
  'pipe.burst': WATER_LEAK,
  'pipe.backflow': WATER_LEAK,
  'gate.forced-open': DOOR_OPEN,
};

/** What an estate has configured for itself is a device that wants looking at. */
export const procedureFor = (event: EventName): Procedure => (isConfigured(event) ? DEVICE_TROUBLE : PROCEDURES[event]);
