import { isConfigured, type CatalogueEvent, type EventName } from '../kernel/events.js';
import type { Procedure } from './procedure.js';
import { LIFT_ENTRAPMENT } from './procedures/lift-entrapment.js';
import { EBIKE, SMOKE_FIRE } from './procedures/fire.js';
import { DOOR_FORCED, GATE_STUCK, GATE_TRIED } from './procedures/gates.js';
import { LIFT_OUT_OF_SERVICE, PIT_WATER } from './procedures/lift-service.js';
import { BUILDING_POWER, DEVICE_TROUBLE, DOOR_OPEN, DURESS } from './procedures/others.js';
import { BACKFLOW, FROZEN_PIPE, RISER_BURST, WATER_EMPTY_UNIT, WATER_LEAK } from './procedures/water.js';
import { WELFARE } from './procedures/welfare.js';

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
  'elevator.safety-circuit': LIFT_OUT_OF_SERVICE,
  'elevator.door-fault': LIFT_OUT_OF_SERVICE,
  'elevator.ebike': EBIKE,
  'elevator.out-of-service': LIFT_OUT_OF_SERVICE,
  'elevator.power-lost': LIFT_OUT_OF_SERVICE,
  'elevator.pit-water': PIT_WATER,
  'elevator.emergency-power': LIFT_OUT_OF_SERVICE,
  'elevator.earthquake': LIFT_OUT_OF_SERVICE,
  'elevator.alarm-path': DEVICE_TROUBLE,
  'building.fire-mode': SMOKE_FIRE,
  'gate.barrier-stuck': GATE_STUCK,
  'gate.denied-burst': GATE_TRIED,
  'gate.tamper': GATE_TRIED,
  'device.chattering': DEVICE_TROUBLE,
  'device.low-battery': DEVICE_TROUBLE,
  'device.seq-gap': DEVICE_TROUBLE,
  'building.comms-lost': DEVICE_TROUBLE,
  'smoke.alarm': SMOKE_FIRE,
  'meter.reverse': DEVICE_TROUBLE,
  'meter.dry': DEVICE_TROUBLE,
  'meter.tamper': DEVICE_TROUBLE,
  'meter.no-use-welfare': WELFARE,
  'estate.cold-wave': FROZEN_PIPE,
  'pipe.pressure-low': DEVICE_TROUBLE,
  'pipe.pressure-high': DEVICE_TROUBLE,
  'pipe.freeze-risk': FROZEN_PIPE,
  'meter.continuous-flow': WATER_LEAK,
  'meter.burst': WATER_LEAK,
  'riser.balance': WATER_LEAK,
  'pipe.burst': RISER_BURST,
  'pipe.backflow': BACKFLOW,
  'gate.forced-open': DOOR_FORCED,
};

/** What an estate has configured for itself is a device that wants looking at. */
export const procedureFor = (event: EventName): Procedure => (isConfigured(event) ? DEVICE_TROUBLE : PROCEDURES[event]);

/** Every procedure that the program brings, by id. */
export const STANDARD_PROCEDURES: ReadonlyMap<string, Procedure> = new Map(
  Object.values(PROCEDURES).map((p) => [p.id, p]),
);

/** Events of the catalogue that follow a procedure. */
export const eventsOf = (id: string): CatalogueEvent[] =>
  (Object.keys(PROCEDURES) as CatalogueEvent[]).filter((e) => PROCEDURES[e].id === id);
