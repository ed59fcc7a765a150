import type { EventName } from '../kernel/events.js';
import type { Procedure } from './procedure.js';
import { LIFT_ENTRAPMENT } from './procedures/lift-entrapment.js';
import { WATER_EMPTY_UNIT, WATER_LEAK } from './procedures/water.js';
import { BUILDING_POWER, DEVICE_TROUBLE, DOOR_OPEN, DURESS } from './procedures/others.js';

/** Which procedure an event follows. P4 events open no ticket; theirs is used if a rise in priority opens one. */
export const PROCEDURES: Readonly<Record<EventName, Procedure>> = {
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
};
