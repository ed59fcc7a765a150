import type { EventName } from '../../kernel/events.js';
import type { LiftFault } from '../../telemetry/reading.js';

/**
 * What a lift's own word for a fault means here (domain §3 "Dialects", §4 "Lifts"). Dialects map their numbers to the
 * names; the rules ask for the meaning. Sources of the names: the national codes 1–8 and 90, the regional additions
 * 91–93, and a vendor's list (domain §3).
 */
const EVENT_OF: Readonly<Partial<Record<LiftFault, EventName>>> = Object.freeze({
  'safety-circuit': 'elevator.safety-circuit',
  'door-close-fault': 'elevator.door-fault',
  'door-open-fault': 'elevator.door-fault',
  'door-blocked': 'elevator.door-fault',
  // The door contact broke under way, or the car left with the door open: to the people in it the same danger.
  'door-opened-while-running': 'elevator.unintended-movement',
  'unintended-movement': 'elevator.unintended-movement',
  'entrapment-at-level': 'elevator.entrapment-at-level',
  'entrapment-between-floors': 'elevator.entrapment-between-floors',
  'top-overtravel': 'elevator.overtravel',
  'pit-overtravel': 'elevator.overtravel',
  overspeed: 'elevator.overspeed',
  'alarm-button': 'elevator.alarm-button',
  ebike: 'elevator.ebike',
  // The controller has given up: nobody is carried until a technician has been there.
  'run-time-limiter': 'elevator.out-of-service',
  'floor-position-lost': 'elevator.out-of-service',
  'restart-prevented': 'elevator.out-of-service',
  // `stopped-outside-door-zone` has no event of its own: it says where the car is, and the rules for people and for
  // standstills hold it against their times (car-memory.ts).
});

/** Whether this reading reports the event by a code; false also when it tells nothing about faults. */
export const faultMeans = (fault: LiftFault | undefined, event: EventName): boolean =>
  fault !== undefined && EVENT_OF[fault] === event;

/** What a code says about being level with a landing; null = nothing. */
export const faultSaysDoorZone = (fault: LiftFault | undefined): boolean | null =>
  fault === 'stopped-outside-door-zone' || fault === 'entrapment-between-floors'
    ? false
    : fault === 'entrapment-at-level'
      ? true
      : null;
