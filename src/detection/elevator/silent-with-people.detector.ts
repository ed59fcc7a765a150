import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import { silenceLimitMs } from '../device/silence-limit.js';
import { msOf } from './car-parameters.js';
import { COMMS_GRACE, POWER_LOSS_SLACK, silenceFitness } from './silence-parameters.js';
import {
  carEmptyAt,
  countsAsOccupied,
  elapseCar,
  isOpenAtLanding,
  observeCar,
  openedAtLanding,
  repairedPresence,
  reportsDoorEvents,
  UNKNOWN_CAR,
  type CarMemory,
} from './car-memory.js';

/** How coarsely the last word of an armed car is kept, so that a steady stream leaves the saved state alone. */
export const HEARD_STEP_MS = seconds(10);
const EVENT = 'elevator.silent-with-people';

export interface SilentWithPeopleState {
  readonly car: CarMemory;
  /** Last word of a car with people shut in, to within {@link HEARD_STEP_MS} (exact during a power loss); null = not armed. */
  readonly heardAt: number | null;
  /** Last word of a polled car that stood open with people in it: by the next poll it may have left with them. */
  readonly boardingAt?: number | null;
  /** Floor told at {@link heardAt}, or, once raised by a device without a speed, the first one told after. */
  readonly floor: number | null;
  readonly powerLost: boolean;
  /** The whole building is out of contact. Missing in states of the first release. */
  readonly commsLost?: boolean;
  /** The coordinator alone was paged, and nothing has been heard since. */
  readonly alone?: boolean;
  /** The building is back in contact since, and a car that was the coordinator's alone is not. */
  readonly commsBackAt?: number | null;
  readonly raised: boolean;
  /** A device that was given up has spoken since. */
  readonly returned: boolean;
  readonly endedAt: number | null;
}

const INITIAL: SilentWithPeopleState = Object.freeze({
  car: UNKNOWN_CAR,
  heardAt: null,
  floor: null,
  powerLost: false,
  raised: false,
  returned: false,
  endedAt: null,
});

const limitMs = (s: SilentWithPeopleState, d: Device): number => {
  const usual = silenceLimitMs(d);
  if (s.powerLost) return Math.min(usual, d.attributes.expectedIntervalS * 1000 + msOf(d, POWER_LOSS_SLACK));
  return s.car.moving === true && s.commsLost !== true ? usual + msOf(d, COMMS_GRACE) : usual;
};

/** @param heardAt the last word for certain: exact, or the latest that the coarse note allows */
function deadlineOf(s: SilentWithPeopleState, heardAt: number, d: Device): number | null {
  const emptyAt = carEmptyAt(s.car, d) ?? Infinity;
  const stillAt = s.raised && s.commsBackAt != null ? s.commsBackAt + silenceLimitMs(d) : Infinity;
  const silentAt = s.raised || s.heardAt === null ? stillAt : heardAt + limitMs(s, d);
  const dueAt = s.endedAt === null ? silentAt : Math.max(silentAt, s.endedAt + RECHECK_AFTER_END_MS);
  const at = Math.min(emptyAt, dueAt);
  return at === Infinity ? null : at;
}

const latestWordAt = (s: SilentWithPeopleState, now: number): number =>
  Math.min(now, (s.heardAt ?? now) + (s.powerLost ? 0 : HEARD_STEP_MS));

const stay = (state: SilentWithPeopleState, heardAt: number, d: Device): Step<SilentWithPeopleState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: deadlineOf(state, heardAt, d),
});

function raise(s: SilentWithPeopleState, now: number, d: Device): Step<SilentWithPeopleState> {
  const since = s.heardAt ?? now;
  // A car that ran when the building's network fell away most likely runs on: somebody must ask, not everybody come.
  const ranOn = s.commsLost === true && !s.powerLost && s.car.moving === true;
  const finding: Finding = {
    kind: 'raise',
    event: EVENT,
    subject: deviceSubject(d),
    since,
    reason: s.powerLost
      ? 'silent with people in the car, and the building has lost power'
      : `silent for ${Math.floor((now - since) / 1000)} s with people in the car${ranOn ? ', which was running; the whole building is out of contact' : ''}`,
    evidence: {
      floor: s.floor,
      moving: s.car.moving,
      doorZone: s.car.inZone,
      door: s.car.door,
      powerLost: s.powerLost,
      commsLost: s.commsLost === true,
      silentS: Math.floor((now - since) / 1000),
    },
    ...(ranOn ? { paging: 'coordinator-only' as const } : pagingAfterEnd(s.endedAt)),
  };
  const state = { ...s, raised: true, returned: false, endedAt: null, alone: ranOn, commsBackAt: null };
  return { state, findings: [finding], deadline: deadlineOf(state, now, d) };
}

function afterReading(
  s: SilentWithPeopleState,
  v: ElevatorValues,
  now: number,
  d: Device,
  leftOutMs: number | undefined,
): Step<SilentWithPeopleState> {
  const car = observeCar(s.car, v, now, d, leftOutMs);
  const occupied = countsAsOccupied(car, now, d);
  const armed = occupied && !isOpenAtLanding(car);
  const boardingAt = occupied && !armed && car.goneSince === null && !reportsDoorEvents(d) ? now : null;
  if (boardingAt !== (s.boardingAt ?? null)) s = { ...s, boardingAt };
  if (!armed && !s.raised && s.heardAt === null && s.endedAt === null)
    return stay(car === s.car ? s : { ...s, car }, now, d);

  // Two moving words in a row run the car: the last before the silence and the first after it, or two after it.
  const runs = s.car.moving === true && v.speedMps !== undefined && car.moving === true;
  const passes = s.returned && car.moving === null && v.floor !== undefined && s.floor !== null && v.floor !== s.floor;
  const proved = s.raised && (runs || passes || openedAtLanding(s.car, car));
  const raised = s.raised && !proved;
  const note =
    s.heardAt === null || s.powerLost || now - s.heardAt >= HEARD_STEP_MS || car.moving !== s.car.moving || proved;
  const heardAt = !armed ? null : note ? now : s.heardAt;
  const floor = note || (s.raised && !s.returned) ? (v.floor ?? s.floor) : s.floor;
  const returned = raised;
  const same =
    car === s.car &&
    heardAt === s.heardAt &&
    floor === s.floor &&
    raised === s.raised &&
    returned === s.returned &&
    s.endedAt === null;
  const state = same
    ? s
    : { ...s, car, heardAt, floor, raised, returned, endedAt: null, alone: false, commsBackAt: null };
  if (!proved) return stay(state, now, d);
  const clear: Finding = {
    kind: 'clear',
    event: EVENT,
    subject: deviceSubject(d),
    since: now,
    reason: runs || passes ? 'the lift speaks again and the car runs' : 'the lift speaks again and its door has opened',
    evidence: { floor: v.floor ?? null, door: car.door },
  };
  return { state, findings: [clear], deadline: deadlineOf(state, now, d) };
}

/** The building is back and this car is not: what the coordinator was asked alone is everybody's now, a new occurrence. */
function raiseToAll(s: SilentWithPeopleState, now: number, d: Device): Step<SilentWithPeopleState> {
  const step = raise({ ...s, commsLost: false }, now, d);
  const reason = 'the building is back in contact; the silence of this lift is its own';
  const clear = { kind: 'clear', event: EVENT, subject: deviceSubject(d), since: now, reason, evidence: {} } as const;
  return { ...step, findings: [clear, ...step.findings] };
}

function giveUp(s: SilentWithPeopleState, now: number, d: Device): Step<SilentWithPeopleState> {
  if (s.raised && s.commsBackAt != null && now >= s.commsBackAt + silenceLimitMs(d)) return raiseToAll(s, now, d);
  const due = !s.raised && s.heardAt !== null && now >= s.heardAt + limitMs(s, d);
  const waits = s.endedAt !== null && now < s.endedAt + RECHECK_AFTER_END_MS;
  return due && !waits ? raise(s, now, d) : stay(s, latestWordAt(s, now), d);
}

/**
 * The last that a lift said was that people are shut in, moving or not, and now it says nothing (domain §4). A
 * silence is not always an entrapment, but nobody can tell from here, so somebody must look.
 */
export const silentWithPeopleDetector: Detector<SilentWithPeopleState, 'elevator'> = {
  id: EVENT,
  version: 1,
  kinds: ['elevator'],
  events: [EVENT],
  parameters: [POWER_LOSS_SLACK, COMMS_GRACE],
  fitness: silenceFitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<SilentWithPeopleState> {
    switch (input.type) {
      case 'reading':
        return afterReading(state, input.values, now, device, input.leftOutMs);
      case 'tick': {
        const car = elapseCar(state.car, now, device);
        const empty = car.occupancy !== 'occupied';
        const s = car === state.car ? state : { ...state, car, heardAt: empty ? null : state.heardAt };
        // The tick is the deadline that the last reading asked for; the coarse note only guards against a stray one.
        return giveUp(s, now, device);
      }
      case 'building-power': {
        if (input.lost === state.powerLost) return stay(state, latestWordAt(state, now), device);
        // The shorter limit needs a word that is not coarse: as late as it may have been, so that nothing fires early.
        const word = state.heardAt === null ? null : latestWordAt(state, now);
        // Whoever was about to leave with the car when the power went is in it as far as anybody knows.
        const heardAt = word ?? (input.lost ? (state.boardingAt ?? null) : null);
        return giveUp({ ...state, powerLost: input.lost, heardAt }, now, device);
      }
      case 'building-comms': {
        const back = !input.lost && state.raised && state.alone === true;
        const s =
          input.lost === (state.commsLost === true)
            ? state
            : { ...state, commsLost: input.lost, commsBackAt: back ? now : null };
        return stay(s, latestWordAt(s, now), device);
      }
      case 'resumed': {
        const heard = state.heardAt === null ? state : { ...state, heardAt: now };
        return stay(state.commsBackAt == null ? heard : { ...heard, commsBackAt: now }, now, device);
      }
      case 'alarm-ended': {
        if (input.event === 'device.stuck') {
          const s = { ...state, car: repairedPresence(state.car) };
          return stay(s, latestWordAt(s, now), device);
        }
        const ends = state.raised && input.event === EVENT;
        const s = ends
          ? { ...state, raised: false, returned: false, endedAt: Math.min(input.at, now), commsBackAt: null }
          : state;
        return stay(s, latestWordAt(s, now), device);
      }
      default:
        return stay(state, latestWordAt(state, now), device);
    }
  },
};
