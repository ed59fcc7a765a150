import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { parameter, valueOf } from '../parameter.js';
import { MOVED_DISTANCE, MOVING_SPEED, msOf } from './car-parameters.js';
import { faultMeans } from './fault-codes.js';
import { declares, notes, WITHOUT_SPEED } from './lift-fitness.js';
import { liftRule } from './lift-rule.js';

/** So many readings in a row must show it: one may be noise of a switch or an encoder. */
const READINGS = parameter({
  key: 'elevator.unintended-movement.readings',
  default: 2,
  unit: 'count',
  min: 1,
  max: 5,
  whole: true,
  about: { zh: '连续多少次读数才报警', en: 'readings in a row that must show it' },
  source: 'domain §4 "Lifts"',
});
/** Shown no more for so long before it counts as over; the next one after that is a new danger that pages anew. */
const OVER_AFTER = parameter({
  key: 'elevator.unintended-movement.overS',
  default: 10,
  unit: 's',
  min: 0,
  max: 120,
  about: { zh: '不再出现多久视为结束', en: 'shown no more for so long before it counts as over' },
  source: 'tune',
});

interface Movement {
  readonly open: boolean;
  readonly outside: boolean | null;
  /** Readings in a row that showed a moving car with its door open outside the door zone, at most five. */
  readonly streak: number;
  /** Where the car was with its door open, for lifts that send no speed or no door zone. */
  readonly floor: number | null;
  readonly positionM: number | null;
}

/** A door that is not known to be open is no evidence; nor is one that is on its way: its state lags the car. */
function observe(m: Movement, v: ElevatorValues, _now: number, d: Device): Movement {
  const open = v.door === undefined ? m.open : v.door === 'open';
  const outside = v.doorZone === undefined ? m.outside : !v.doorZone;
  if (!open) return m.open || m.outside !== outside || m.streak > 0 ? { ...SHUT, outside } : m;

  const passes = v.floor !== undefined && m.floor !== null && v.floor !== m.floor;
  const creeps =
    v.positionM !== undefined &&
    m.positionM !== null &&
    Math.abs(v.positionM - m.positionM) > valueOf(d, MOVED_DISTANCE);
  const tells = v.speedMps !== undefined || v.floor !== undefined || v.positionM !== undefined;
  const moving = v.speedMps === undefined ? passes || creeps : Math.abs(v.speedMps) >= valueOf(d, MOVING_SPEED);
  // Without a door zone, another floor than before with the door open all the way is outside of any.
  const shown = moving && (outside ?? passes);
  const streak = !tells ? m.streak : shown ? Math.min(5, m.streak + 1) : 0;
  const floor = v.floor ?? m.floor;
  const positionM = v.speedMps === undefined ? (v.positionM ?? m.positionM) : null;
  const same = m.open && outside === m.outside && streak === m.streak && floor === m.floor && positionM === m.positionM;
  return same ? m : { open, outside, streak, floor, positionM };
}

const SHUT: Movement = Object.freeze({ open: false, outside: null, streak: 0, floor: null, positionM: null });

/**
 * A car that moves with its door open away from a landing (domain §4): what shears people at the sill. Relevelling
 * stays inside the door zone. It counts in every mode; a technician who runs the car so does it under a permit.
 */
export const unintendedMovementDetector = liftRule<Movement>({
  event: 'elevator.unintended-movement',
  parameters: [READINGS, OVER_AFTER],
  fitness: (d) =>
    notes(
      !declares(d, 'speedMps') && WITHOUT_SPEED,
      !declares(d, 'doorZone') && {
        zh: '无门区信号：开门状态下换层才算',
        en: 'no door zone: only a change of floor with the door open counts',
      },
      !declares(d, 'door') && { zh: '无门状态：只凭故障代码', en: 'no door state: by fault code only' },
    ),
  initial: SHUT,
  observe,
  holds: (m, d) => m.streak >= valueOf(d, READINGS),
  code: (_m, v) => faultMeans(v.fault, 'elevator.unintended-movement'),
  // A shut door after it is proof that the movement is over; for a lift without codes for "no fault".
  codeOver: (_m, v) => v.door === 'closed' || v.door === 'locked',
  holdMs: () => 0,
  clearMs: (d) => msOf(d, OVER_AFTER),
  reason: (_m, _heldS, byCode) =>
    byCode
      ? 'the lift itself reports that it moved with a door open'
      : 'moving outside the door zone with the door open',
  evidence: (m) => ({ floor: m.floor }),
  gone: 'no longer moving with the door open',
});
