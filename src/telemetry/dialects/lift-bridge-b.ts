import { invalid } from './read-json.js';
import type { Dialect } from './dialect.js';
import { measure, readLift, state, unwrapLift, type LiftFields } from './lift-fields.js';

/** A vendor's codes: the numbers of bridge A, with other meanings. */
const FIELDS: LiftFields = {
  dialect: 'lift-bridge-b',
  numbers: {
    // 0 = level with a landing, 1 = not: the other way round than one would think.
    floorStatus: (n) => (n === 0 ? { doorZone: true } : n === 1 ? { doorZone: false } : undefined),
    doorStatus: state('door', { 0: 'closed', 1: 'open', 2: 'opening', 3: 'closing' }),
    runStatus: state('direction', { 0: 'none', 1: 'up', 2: 'down' }),
    serviceMode: state('mode', { 0: 'normal', 1: 'inspection', 2: 'stopped', 3: 'fire-return', 4: 'firefighter' }),
    currentFloor: measure('floor'),
    speed: measure('speedMps'),
    peopleNum: measure('peopleCount'),
  },
  bits: {
    hasPeople: (on) => ({ peopleInCar: on }),
    powerStatus: (on) => ({ mainsPower: on }),
  },
  codes: {
    1: { fault: 'top-overtravel' },
    2: { fault: 'pit-overtravel' },
    3: { fault: 'overspeed' },
    4: { fault: 'door-opened-while-running' },
    5: { fault: 'unintended-movement' },
    6: { fault: 'stopped-outside-door-zone' },
    7: { fault: 'entrapment-at-level' },
    8: { fault: 'entrapment-between-floors' },
    9: { sets: { mainsPower: false } },
    10: { fault: 'safety-circuit' },
    11: { fault: 'door-open-fault' },
    12: { fault: 'door-close-fault' },
    20: { fault: 'door-blocked' },
    21: { fault: 'alarm-button' },
    37: { fault: 'ebike', sets: { ebikeInCar: true } },
  },
};

/** The other bridge. One JSON object a message; the lift is its `deviceId`. */
export const liftBridgeB: Dialect<null> = {
  id: 'lift-bridge-b',
  newSession: () => null,
  unwrap: ({ payload, retained }) =>
    retained
      ? { ok: true, value: [{ type: 'nothing', why: 'retained' }] }
      : unwrapLift(payload, { id: 'deviceId', time: 'timestamp' }),
  read: (kind, object) =>
    kind === 'elevator' ? readLift(FIELDS, object) : invalid(`speaks of lifts, not of a ${kind}`),
};
