import type { Device } from '../../estate/device.js';
import type { Priority } from '../../kernel/events.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { parameter } from '../parameter.js';
import { carEmptyAt, elapseCar, observeCar, UNKNOWN_CAR, type CarMemory } from './car-memory.js';
import { msOf } from './car-parameters.js';
import { faultMeans } from './fault-codes.js';
import { declares, notes } from './lift-fitness.js';
import { liftRule } from './lift-rule.js';

/** Beyond a terminal floor for so long: the car lies on its buffer or under the roof. */
export const OVERTRAVEL_HOLD = parameter({
  key: 'elevator.overtravel.holdS',
  default: 45,
  unit: 's',
  min: 5,
  max: 300,
  about: { zh: '超出端站多久报警', en: 'beyond a terminal floor for so long' },
  source: 'domain §4 "Lifts"',
});

interface CarBeyond {
  readonly car: CarMemory;
  /** The floor told, while it lies beyond the terminal ones; null = it does not. */
  readonly floor: number | null;
}

/** People inside, or nobody knows: P1 (domain §4). */
const priorityOf = (car: CarMemory): Priority => (car.occupancy === 'empty' ? 'P2' : 'P1');
const inside = (car: CarMemory): string =>
  car.occupancy === 'empty' ? 'empty' : car.occupancy === 'occupied' ? 'with people in the car' : 'perhaps with people';

function observe(m: CarBeyond, v: ElevatorValues, now: number, d: Device, leftOutMs?: number): CarBeyond {
  const car = observeCar(m.car, v, now, d, leftOutMs);
  const ends = d.attributes.terminalFloors;
  let floor = m.floor;
  if (ends === undefined) floor = null;
  else if (v.floor !== undefined) floor = v.floor < ends[0] || v.floor > ends[1] ? v.floor : null;
  return car === m.car && floor === m.floor ? m : { car, floor };
}

/** Ran past the last landing: the lift's own word, or a floor that there is not (domain §4). */
export const overtravelDetector = liftRule<CarBeyond>({
  event: 'elevator.overtravel',
  parameters: [OVERTRAVEL_HOLD],
  fitness: (d) =>
    notes(
      (d.attributes.terminalFloors === undefined || !declares(d, 'floor')) && {
        zh: '无端站楼层或楼层信号：只凭故障代码',
        en: 'no terminal floors or no floor: by fault code only',
      },
      !declares(d, 'fault', 'faultCode') && { zh: '无故障代码：只凭楼层', en: 'no fault codes: by the floor only' },
    ),
  initial: Object.freeze({ car: UNKNOWN_CAR, floor: null }),
  observe,
  holds: (m) => m.floor !== null,
  code: (_m, v) => faultMeans(v.fault, 'elevator.overtravel'),
  holdMs: (d) => msOf(d, OVERTRAVEL_HOLD),
  priority: (m) => priorityOf(m.car),
  elapse: (m, now, d) => {
    const car = elapseCar(m.car, now, d);
    return car === m.car ? m : { ...m, car };
  },
  wakeAt: (m, d) => carEmptyAt(m.car, d),
  reason: (m, heldS, byCode) =>
    byCode
      ? `the lift itself reports that it ran past a terminal landing, ${inside(m.car)}`
      : `beyond a terminal floor for ${heldS} s, ${inside(m.car)}`,
  evidence: (m) => ({ floor: m.floor, occupancy: m.car.occupancy }),
  gone: 'back between the terminal landings',
});

/** Too fast, by the lift's own word: its governor knows the rated speed, we do not. */
export const overspeedDetector = liftRule<CarMemory>({
  event: 'elevator.overspeed',
  parameters: [],
  fitness: (d) =>
    notes(
      !declares(d, 'fault', 'faultCode') && {
        zh: '设备未声明故障代码：一旦上报仍会报警',
        en: 'the device declares no fault codes; one that is told is heard all the same',
      },
    ),
  initial: UNKNOWN_CAR,
  observe: observeCar,
  holds: () => false,
  code: (_car, v) => faultMeans(v.fault, 'elevator.overspeed'),
  holdMs: () => 0,
  priority: priorityOf,
  elapse: elapseCar,
  wakeAt: carEmptyAt,
  reason: (car) => `the lift itself reports overspeed, ${inside(car)}`,
  evidence: (car) => ({ occupancy: car.occupancy, doorZone: car.inZone }),
  gone: 'the lift reports overspeed no more',
});
