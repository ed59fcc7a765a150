import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { parameter, valueOf } from '../parameter.js';
import { reportsDoorEvents } from './car-memory.js';
import { MOVING_SPEED, msOf } from './car-parameters.js';
import { faultMeans } from './fault-codes.js';
import { needs } from './lift-fitness.js';
import { liftRule } from './lift-rule.js';

const source = 'domain §4 "Lifts"';
/** Not closed for so long. */
export const OPEN_HOLD = parameter({
  key: 'elevator.door-fault.openS',
  default: 80,
  unit: 's',
  min: 20,
  max: 900,
  about: { zh: '轿门未关多久报警', en: 'not closed for so long' },
  source,
});
/** So many closings in a row that end in an opening, without the car having left. */
export const CYCLES = parameter({
  key: 'elevator.door-fault.cycles',
  default: 5,
  unit: 'count',
  min: 2,
  max: 30,
  whole: true,
  about: { zh: '未离站前关门又打开多少次报警', en: 'closings that end in an opening, without a departure' },
  source,
});
/** … within this time. */
export const CYCLES_WITHIN = parameter({
  key: 'elevator.door-fault.withinS',
  default: 180,
  unit: 's',
  min: 30,
  max: 1800,
  about: { zh: '反复开关门的统计时间', en: 'the time within which those closings count' },
  source,
});
/** A polled door that looks open may have closed between two questions: so many intervals at least. */
export const OPEN_POLLS = parameter({
  key: 'elevator.door-fault.openPolls',
  default: 3,
  unit: 'count',
  min: 1,
  max: 20,
  about: { zh: '轮询设备至少跨越多少个间隔', en: 'a polled device: open over at least so many intervals' },
  source: 'tune',
});

interface Doors {
  /** In service: fire return, inspection and the like park a car with its door open, or work on it. */
  readonly service: boolean;
  /** `arrived`: not opened since the car came. */
  readonly phase: 'arrived' | 'open' | 'closing';
  /** Stands where it waits with its door open. */
  readonly parked: boolean;
  /** The lift reports something in the doorway: as good as a door that is open. */
  readonly blocked: boolean;
  readonly reopened: readonly { readonly at: number }[];
  /** Known only for lifts where departures must be read from it, or which park with an open door. */
  readonly floor: number | null;
  readonly left: boolean;
}

const ARRIVED: Doors = Object.freeze({
  service: true,
  phase: 'arrived',
  parked: false,
  blocked: false,
  reopened: Object.freeze([]),
  floor: null,
  left: false,
});

function nextPhase(phase: Doors['phase'], door: ElevatorValues['door']): Doors['phase'] {
  if (door === 'open' || door === 'opening') return 'open';
  if (door === undefined || door === 'unknown' || phase === 'arrived') return phase;
  return 'closing';
}

function observe(m: Doors, v: ElevatorValues, now: number, d: Device): Doors {
  const service = v.mode === undefined || v.mode === 'unknown' ? m.service : v.mode === 'normal';
  const parks = d.attributes.parksOpenAt;
  const floor = parks || v.speedMps === undefined ? (v.floor ?? m.floor) : null;
  // A car does not leave with its door open; what looks like it is a twitch of the encoder or of the zone switch.
  const opens = v.door === 'open' || v.door === 'opening';
  const runs =
    v.speedMps === undefined ? m.floor !== null && floor !== m.floor : Math.abs(v.speedMps) >= valueOf(d, MOVING_SPEED);
  const left = !opens && (v.doorZone === false || runs);
  const parked = parks !== undefined && floor !== null && parks.includes(floor);
  if (left || !service) {
    const same = m.phase === 'arrived' && m.service === service && m.left === left && m.floor === floor;
    return same && !m.blocked && m.parked === parked ? m : { ...ARRIVED, service, floor, left, parked };
  }
  const phase = nextPhase(m.phase, v.door);
  const blocked = v.fault === undefined ? m.blocked : v.fault === 'door-blocked';
  let reopened = m.reopened;
  if (m.phase === 'closing' && phase === 'open') {
    const recent = reopened.filter((r) => now - r.at <= msOf(d, CYCLES_WITHIN));
    reopened = [...recent, { at: now }].slice(-valueOf(d, CYCLES));
  }
  const same =
    !m.left &&
    service === m.service &&
    phase === m.phase &&
    parked === m.parked &&
    blocked === m.blocked &&
    reopened === m.reopened &&
    floor === m.floor;
  return same ? m : { service, phase, parked, blocked, reopened, floor, left: false };
}

const cycled = (m: Doors, d: Device): boolean => m.reopened.length >= valueOf(d, CYCLES);

/**
 * A door that does not close, or closes and opens again and again (domain §4). Someone who holds it for a minute does
 * no harm, and a car that waits with its door open by design (`parksOpenAt`) is no fault.
 */
export const doorFaultDetector = liftRule<Doors>({
  event: 'elevator.door-fault',
  parameters: [OPEN_HOLD, CYCLES, CYCLES_WITHIN, OPEN_POLLS],
  fitness: (d) => needs(d, 'door', 'fault', 'faultCode'),
  initial: ARRIVED,
  observe,
  holds: (m, d) => (m.phase === 'open' && !m.parked) || m.blocked || cycled(m, d),
  stays: (m) => !m.left,
  // The doorway is reported blocked as soon as somebody stands in it: that needs the hold of an open door.
  code: (m, v) => m.service && v.fault !== 'door-blocked' && faultMeans(v.fault, 'elevator.door-fault'),
  codeOver: (m) => m.left,
  holdMs: (d, m) =>
    cycled(m, d)
      ? 0
      : reportsDoorEvents(d)
        ? msOf(d, OPEN_HOLD)
        : Math.max(msOf(d, OPEN_HOLD), valueOf(d, OPEN_POLLS) * d.attributes.expectedIntervalS * 1000),
  reason: (m, heldS, byCode, d) =>
    byCode
      ? 'the lift itself reports a door fault'
      : cycled(m, d)
        ? `the door closed and opened again ${m.reopened.length} times without a departure`
        : `door open for ${heldS} s`,
  evidence: (m) => ({ reopened: m.reopened.length, blocked: m.blocked }),
  gone: 'the car has left',
});
