import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import { silenceLimitMs } from '../device/silence-limit.js';
import { parameter } from '../parameter.js';
import { msOf } from './car-parameters.js';
import { declares, notes } from './lift-fitness.js';
import {
  carEmptyAt,
  countsAsOccupied,
  elapseCar,
  isOpenAtLanding,
  observeCar,
  openedAtLanding,
  repairedPresence,
  UNKNOWN_CAR,
  type CarMemory,
} from './car-memory.js';

/** How coarsely the last word of an armed car is kept, so that a steady stream leaves the saved state alone. */
export const HEARD_STEP_MS = seconds(10);
/** With a power loss in the building one missed interval is enough; so much more is jitter. */
export const POWER_LOSS_SLACK = parameter({
  key: 'elevator.silent-with-people.powerSlackS',
  default: 2,
  unit: 's',
  min: 0,
  max: 60,
  about: {
    zh: '楼栋停电时，超过一个上报间隔再等多久',
    en: 'in a power loss: how much more than one interval is silence',
  },
  source: 'tune',
});
/**
 * A car that was running may fall silent because the whole building does, and that is known only when its neighbours
 * are found silent too, which may be an interval later. So much longer than its limit such a car is waited for.
 */
export const COMMS_GRACE = parameter({
  key: 'elevator.silent-with-people.commsGraceS',
  default: 0,
  unit: 's',
  min: 0,
  max: 30,
  about: {
    zh: '运行中失联的轿厢，多等多久以判断是否整楼通信中断',
    en: 'a car that was running: how much longer to wait for word that the whole building is out of contact',
  },
  source: 'tune',
});

export interface SilentWithPeopleState {
  readonly car: CarMemory;
  /** Last word of a car with people shut in, to within {@link HEARD_STEP_MS} (exact during a power loss); null = not armed. */
  readonly heardAt: number | null;
  /** Floor told at {@link heardAt}, or, once raised by a device without a speed, the first one told after. */
  readonly floor: number | null;
  readonly powerLost: boolean;
  /** The whole building is out of contact. Missing in states of the first release. */
  readonly commsLost?: boolean;
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
  const silentAt = s.raised || s.heardAt === null ? Infinity : heardAt + limitMs(s, d);
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
    event: 'elevator.silent-with-people',
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
  const state = { ...s, raised: true, returned: false, endedAt: null };
  return { state, findings: [finding], deadline: deadlineOf(state, now, d) };
}

function afterReading(
  s: SilentWithPeopleState,
  v: ElevatorValues,
  now: number,
  d: Device,
): Step<SilentWithPeopleState> {
  const car = observeCar(s.car, v, now, d);
  const armed = countsAsOccupied(car, now, d) && !isOpenAtLanding(car);
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
  const state = same ? s : { ...s, car, heardAt, floor, raised, returned, endedAt: null };
  if (!proved) return stay(state, now, d);
  const clear: Finding = {
    kind: 'clear',
    event: 'elevator.silent-with-people',
    subject: deviceSubject(d),
    since: now,
    reason: runs || passes ? 'the lift speaks again and the car runs' : 'the lift speaks again and its door has opened',
    evidence: { floor: v.floor ?? null, door: car.door },
  };
  return { state, findings: [clear], deadline: deadlineOf(state, now, d) };
}

function giveUp(s: SilentWithPeopleState, now: number, d: Device): Step<SilentWithPeopleState> {
  const due = !s.raised && s.heardAt !== null && now >= s.heardAt + limitMs(s, d);
  const waits = s.endedAt !== null && now < s.endedAt + RECHECK_AFTER_END_MS;
  return due && !waits ? raise(s, now, d) : stay(s, latestWordAt(s, now), d);
}

/**
 * The last that a lift said was that people are shut in, moving or not, and now it says nothing (domain §4). A
 * silence is not always an entrapment, but nobody can tell from here, so somebody must look.
 */
export const silentWithPeopleDetector: Detector<SilentWithPeopleState, 'elevator'> = {
  id: 'elevator.silent-with-people',
  version: 1,
  kinds: ['elevator'],
  events: ['elevator.silent-with-people'],
  parameters: [POWER_LOSS_SLACK, COMMS_GRACE],
  fitness: (d) =>
    notes(
      !declares(d, 'peopleInCar', 'peopleCount') && {
        zh: '无人感：需载荷、内呼或报警按钮才知有人',
        en: 'no presence sensor: only load, a call or the button tell of people',
      },
      !declares(d, 'door') && { zh: '无门状态：看不到开门', en: 'no door state: openings are not seen' },
    ),
  initial: () => INITIAL,
  step(state, input, now, device): Step<SilentWithPeopleState> {
    switch (input.type) {
      case 'reading':
        return afterReading(state, input.values, now, device);
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
        const heardAt = state.heardAt === null ? null : latestWordAt(state, now);
        return giveUp({ ...state, powerLost: input.lost, heardAt }, now, device);
      }
      case 'building-comms': {
        const s = input.lost === (state.commsLost === true) ? state : { ...state, commsLost: input.lost };
        return stay(s, latestWordAt(s, now), device);
      }
      case 'resumed': {
        const s = state.heardAt === null ? state : { ...state, heardAt: now };
        return stay(s, now, device);
      }
      case 'alarm-ended': {
        if (input.event === 'device.stuck') {
          const s = { ...state, car: repairedPresence(state.car) };
          return stay(s, latestWordAt(s, now), device);
        }
        const ends = state.raised && input.event === 'elevator.silent-with-people';
        const s = ends ? { ...state, raised: false, returned: false, endedAt: Math.min(input.at, now) } : state;
        return stay(s, latestWordAt(s, now), device);
      }
      default:
        return stay(state, latestWordAt(state, now), device);
    }
  },
};
