import { deviceSubject, type Device } from '../../estate/device.js';
import type { EventName } from '../../kernel/events.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import type { Finding } from '../detector.js';
import { valueOf } from '../parameter.js';
import type { CarMemory } from './car-memory.js';
import { STUCK_OPENINGS } from './car-parameters.js';
import type { Standing } from './standing.js';

/** @param outside where the car has been for most of the hold @param standing false = it shuttles */
export function trapped(
  car: CarMemory,
  stand: Standing | null,
  outside: boolean,
  standing: boolean,
  since: number,
  now: number,
  d: Device,
): Finding {
  const heldS = Math.floor((now - since) / 1000);
  const where = outside ? 'outside the door zone' : 'at a landing';
  return {
    kind: 'raise',
    event: outside ? 'elevator.entrapment-between-floors' : 'elevator.entrapment-at-level',
    subject: deviceSubject(d),
    since,
    reason: standing
      ? `occupied, not moving, door not open for ${heldS} s ${where}`
      : `occupied and no full opening at a landing for ${heldS} s, now ${where}`,
    evidence: { ...facts(car, stand), heldS, shuttling: !standing },
  };
}

/** The lift itself says so: no hold, and its own word is the evidence. */
export const trappedByCode = (
  event: EventName,
  v: ElevatorValues,
  car: CarMemory,
  stand: Standing | null,
  now: number,
  d: Device,
): Finding => ({
  kind: 'raise',
  event,
  subject: deviceSubject(d),
  since: now,
  reason: `the lift itself reports an entrapment${v.faultCode === undefined ? '' : ` (code ${v.faultCode})`}`,
  evidence: {
    ...facts(car, stand),
    floor: v.floor ?? stand?.floor ?? null,
    positionM: v.positionM ?? stand?.positionM ?? null,
    byCode: true,
    faultCode: v.faultCode ?? null,
  },
});

const facts = (car: CarMemory, stand: Standing | null) => ({
  floor: stand?.floor ?? null,
  positionM: stand?.positionM ?? null,
  doorZone: car.inZone,
  door: car.door,
  peopleInCar: car.people,
});

export const cleared = (event: EventName, now: number, d: Device, reason: string): Finding => ({
  kind: 'clear',
  event,
  subject: deviceSubject(d),
  since: now,
  reason,
  evidence: {},
});

export function stuckSensor(now: number, d: Device): Finding {
  const openings = valueOf(d, STUCK_OPENINGS);
  return {
    kind: 'raise',
    event: 'device.stuck',
    subject: deviceSubject(d),
    priority: 'P3',
    since: now,
    reason: `the presence sensor stayed on through ${openings} full door openings; a second sign is needed until it is repaired`,
    evidence: { channel: 'peopleInCar', openings },
  };
}
