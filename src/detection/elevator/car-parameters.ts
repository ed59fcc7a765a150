import type { Device } from '../../estate/device.js';
import { parameter, valueOf, type Parameter } from '../parameter.js';

/** A threshold that people enter in seconds, as milliseconds. */
export const msOf = (d: Pick<Device, 'overrides'>, p: Parameter): number => valueOf(d, p) * 1000;

/** Load that is a person, kg. */
export const OCCUPIED_LOAD = parameter({
  key: 'elevator.car.occupiedLoadKg',
  default: 50,
  unit: 'kg',
  min: 10,
  max: 200,
  about: { zh: '超过此载荷视为轿厢有人', en: 'more load than this is a person in the car' },
  source: 'domain §4 "Lifts"',
});
/** After a full opening at a landing, nobody seen for so long empties the car. */
export const EMPTY_AFTER = parameter({
  key: 'elevator.car.emptyAfterS',
  default: 10,
  unit: 's',
  min: 2,
  max: 120,
  about: {
    zh: '平层开门后持续无人多久视为空轿厢',
    en: 'nobody seen for so long after a full opening at a landing empties the car',
  },
  source: 'domain §4 "Lifts"',
});
/** A polled device can miss an opening: at level it must have seen somebody within this time. */
export const POLLED_SIGHTING = parameter({
  key: 'elevator.car.polledSightingS',
  default: 60,
  unit: 's',
  min: 10,
  max: 600,
  about: {
    zh: '轮询设备在平层时有人记忆的有效期',
    en: 'how long a polled device’s sighting of people counts at a landing',
  },
  source: 'domain §4 "Lifts"',
});
/** A presence sensor that stayed on through so many full openings is stuck. */
export const STUCK_OPENINGS = parameter({
  key: 'device.stuck.presenceOpenings',
  default: 10,
  unit: 'count',
  min: 3,
  max: 100,
  whole: true,
  about: {
    zh: '人感持续有人经过多少次完整开门判为卡死',
    en: 'full door openings through which a presence sensor stays on before it counts as stuck',
  },
  source: 'domain §4 "Lifts"',
});
/** At or above this speed the car moves, m/s. */
export const MOVING_SPEED = parameter({
  key: 'elevator.car.movingMps',
  default: 0.05,
  unit: 'm/s',
  min: 0.01,
  max: 0.3,
  about: { zh: '达到此速度视为轿厢运行', en: 'from this speed on the car moves' },
  source: 'domain §4, entrapment',
});
/** A car that is further than this from where it stood has moved, m. Less is the encoder's noise. */
export const MOVED_DISTANCE = parameter({
  key: 'elevator.car.movedM',
  default: 0.1,
  unit: 'm',
  min: 0.02,
  max: 1,
  about: { zh: '位置变化超过此值视为已移动', en: 'a position further away than this is another place' },
  source: 'tune',
});

/** Shared by all rules that remember the car; listed by one of them only, so that each stands once on the page. */
export const CAR_PARAMETERS: readonly Parameter[] = [
  OCCUPIED_LOAD,
  EMPTY_AFTER,
  POLLED_SIGHTING,
  STUCK_OPENINGS,
  MOVING_SPEED,
  MOVED_DISTANCE,
];
