import { invalid } from './read-json.js';
import type { Dialect } from './dialect.js';
import { measure, readLift, state, unwrapLift, type LiftFields } from './lift-fields.js';

/**
 * Codes after GB/T 24476 with regional additions (91–93). Entrapment is not among the national ones: it is inferred
 * by the rules; 93 is a region's own. Codes from 40 to 47 name modes, not faults.
 */
const FIELDS: LiftFields = {
  dialect: 'lift-bridge-a',
  numbers: {
    mode: state('mode', {
      0: 'stopped',
      1: 'normal',
      2: 'inspection',
      3: 'fire-return',
      4: 'firefighter',
      5: 'emergency-power',
      6: 'earthquake',
      7: 'unknown',
    }),
    // 6 = held open by its button or an object in it: to the people in the car the same as open.
    door: state('door', { 0: 'unknown', 1: 'closing', 2: 'closed', 3: 'opening', 4: 'open', 5: 'locked', 6: 'open' }),
    direction: state('direction', { 0: 'none', 1: 'up', 2: 'down' }),
    floor: measure('floor'),
    speed: measure('speedMps'),
    position: measure('positionM'),
    load: measure('loadKg'),
    peopleCount: measure('peopleCount'),
    carCalls: measure('carCalls'),
  },
  bits: {
    // 1 = level with a landing. (Bridge B's floorStatus is the other way round.)
    doorZone: (on) => ({ doorZone: on }),
    people: (on) => ({ peopleInCar: on }),
    alarmButton: (on) => ({ alarmButton: on }),
    mains: (on) => ({ mainsPower: on }),
    safetyCircuit: (on) => ({ safetyCircuitClosed: on }),
    ebike: (on) => ({ ebikeInCar: on }),
    pitWater: (on) => ({ pitWater: on }),
  },
  codes: {
    1: { fault: 'safety-circuit' },
    2: { fault: 'door-close-fault' },
    3: { fault: 'door-open-fault' },
    4: { fault: 'stopped-outside-door-zone' },
    5: { fault: 'unintended-movement' },
    6: { fault: 'run-time-limiter' },
    7: { fault: 'floor-position-lost' },
    8: { fault: 'restart-prevented' },
    40: { fault: 'none', sets: { mode: 'normal' } },
    41: { sets: { mainsPower: false } },
    42: { sets: { mode: 'stopped' } },
    43: { sets: { mode: 'inspection' } },
    44: { sets: { mode: 'fire-return' } },
    45: { sets: { mode: 'firefighter' } },
    46: { sets: { mode: 'emergency-power' } },
    47: { sets: { mode: 'earthquake' } },
    90: { fault: 'alarm-button' },
    91: { fault: 'pit-overtravel' },
    92: { fault: 'top-overtravel' },
    93: { fault: 'entrapment-at-level' },
  },
};

/** A bridge that tells lifts in the codes of GB/T 24476. One JSON object a message; the lift is its `liftCode`. */
export const liftBridgeA: Dialect<null> = {
  id: 'lift-bridge-a',
  newSession: () => null,
  unwrap: ({ payload, retained }) =>
    retained
      ? { ok: true, value: [{ type: 'nothing', why: 'retained' }] }
      : unwrapLift(payload, { id: 'liftCode', time: 'time' }),
  read: (kind, object) =>
    kind === 'elevator' ? readLift(FIELDS, object) : invalid(`speaks of lifts, not of a ${kind}`),
};
