import { deviceSubject, type Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import { parameter } from '../parameter.js';
import { carEmptyAt, elapseCar, observeCar, repairedPresence, UNKNOWN_CAR, type CarMemory } from './car-memory.js';
import { carMode, type CarMode } from './car-mode.js';
import { msOf } from './car-parameters.js';
import { declares, notes, WITHOUT_SPEED } from './lift-fitness.js';
import { beginStanding, continueStanding, sameStand, type Standing } from './standing.js';

/** Standing outside the door zone for so long, not occupied (domain §4). */
export const STOPPED_HOLD = parameter({
  key: 'elevator.stopped-between-floors.holdS',
  default: 60,
  unit: 's',
  min: 20,
  max: 600,
  about: { zh: '无人或未知，停在门区外多久报警', en: 'standing outside the door zone, not known to be occupied' },
  source: 'domain §4 "Lifts"',
});
/** Level for so long is level; less is a flickering door-zone switch, which neither ends nor restarts it. */
export const LEVEL_HOLD = parameter({
  key: 'elevator.stopped-between-floors.levelS',
  default: 5,
  unit: 's',
  min: 1,
  max: 30,
  about: { zh: '门区信号保持多久视为真正平层', en: 'level for so long is level, less is a flickering switch' },
  source: 'tune',
});

export interface StoppedBetweenFloorsState {
  readonly car: CarMemory;
  readonly mode: CarMode;
  readonly stand: Standing | null;
  /** In the door zone since, during a stand that began outside it. */
  readonly levelSince: number | null;
  readonly raised: 'P1' | 'P2' | null;
  readonly endedAt: number | null;
}

const INITIAL: StoppedBetweenFloorsState = Object.freeze({
  car: UNKNOWN_CAR,
  mode: 'service',
  stand: null,
  levelSince: null,
  raised: null,
  endedAt: null,
});

/** With nobody inside for certain a standstill is damage; when nobody knows, it is people (domain §4). */
const priorityOf = (c: CarMemory): 'P1' | 'P2' | null =>
  c.occupancy === 'occupied' ? null : c.occupancy === 'empty' ? 'P2' : 'P1';

/** Occupied is the entrapment's business, and a car that seems level waits for {@link LEVEL_HOLD}. */
function raiseAt(s: StoppedBetweenFloorsState, d: Device): number {
  if (s.raised !== null || s.stand === null || s.levelSince !== null || priorityOf(s.car) === null) return Infinity;
  const held = s.stand.standingSince + msOf(d, STOPPED_HOLD);
  return s.endedAt === null ? held : Math.max(held, s.endedAt + RECHECK_AFTER_END_MS);
}

function deadlineOf(s: StoppedBetweenFloorsState, d: Device): number | null {
  const levelAt = s.levelSince === null ? Infinity : s.levelSince + msOf(d, LEVEL_HOLD);
  const at = Math.min(raiseAt(s, d), levelAt, carEmptyAt(s.car, d) ?? Infinity);
  return at === Infinity ? null : at;
}

function afterReading(s: StoppedBetweenFloorsState, v: ElevatorValues, now: number, d: Device, leftOutMs?: number) {
  const car = observeCar(s.car, v, now, d, leftOutMs);
  const mode = carMode(v, s.mode);
  const outside = car.inZone === false;
  let stand = s.stand === null ? null : continueStanding(s.stand, v, outside, now, d);
  let levelSince = stand === null || outside ? null : (s.levelSince ?? now);
  if (stand !== null && s.levelSince !== null && now >= s.levelSince + msOf(d, LEVEL_HOLD)) stand = levelSince = null;
  // As with entrapment: inspection suppresses what begins in it, not what it finds.
  if (stand === null && outside && car.moving !== true && mode !== 'inspection') stand = beginStanding(v, true, now);
  const same = car === s.car && mode === s.mode && stand === s.stand && levelSince === s.levelSince;
  return same ? s : { ...s, car, mode, stand, levelSince };
}

function afterTime(s: StoppedBetweenFloorsState, now: number, d: Device): StoppedBetweenFloorsState {
  const car = elapseCar(s.car, now, d);
  const level = s.levelSince !== null && now >= s.levelSince + msOf(d, LEVEL_HOLD);
  if (car === s.car && !level) return s;
  return { ...s, car, stand: level ? null : s.stand, levelSince: level ? null : s.levelSince };
}

function finding(kind: Finding['kind'], s: StoppedBetweenFloorsState, now: number, d: Device): Finding {
  const since = s.stand?.standingSince ?? now;
  const unknown = s.car.occupancy === 'unknown';
  return {
    kind,
    event: 'elevator.stopped-between-floors',
    subject: deviceSubject(d),
    ...(kind === 'clear' ? {} : { priority: unknown ? ('P1' as const) : ('P2' as const) }),
    since,
    reason:
      kind === 'clear'
        ? 'the car moves or stands level again'
        : `standing outside the door zone for ${Math.floor((now - since) / 1000)} s, ${unknown ? 'nobody knows whether with people' : 'empty'}`,
    evidence: {
      floor: s.stand?.floor ?? null,
      positionM: s.stand?.positionM ?? null,
      occupancy: s.car.occupancy,
    },
    ...pagingAfterEnd(kind === 'raise' ? s.endedAt : null),
  };
}

function decide(
  before: StoppedBetweenFloorsState,
  s: StoppedBetweenFloorsState,
  now: number,
  d: Device,
): Step<StoppedBetweenFloorsState> {
  if (!sameStand(before.stand, s.stand)) {
    // Another stand, or none: the one that was raised is over. A new one opened in the same reading counts afresh.
    if (s.raised !== null || s.endedAt !== null) {
      const state = { ...s, raised: null, endedAt: null };
      const findings = s.raised === null ? NO_FINDINGS : [finding('clear', s, now, d)];
      return { state, findings, deadline: deadlineOf(state, d) };
    }
  }
  const priority = priorityOf(s.car);
  if (priority !== null && now >= raiseAt(s, d)) {
    const state = { ...s, raised: priority, endedAt: null };
    return { state, findings: [finding('raise', s, now, d)], deadline: deadlineOf(state, d) };
  }
  if (s.raised === 'P2' && priority === 'P1') {
    const state = { ...s, raised: priority };
    return { state, findings: [finding('update', s, now, d)], deadline: deadlineOf(state, d) };
  }
  return { state: s, findings: NO_FINDINGS, deadline: deadlineOf(s, d) };
}

/**
 * A car that stands between floors and is not known to be occupied (domain §4). For a lift without a presence
 * sensor this is the rule that finds trapped people, so there it is P1.
 */
export const stoppedBetweenFloorsDetector: Detector<StoppedBetweenFloorsState, 'elevator'> = {
  id: 'elevator.stopped-between-floors',
  version: 1,
  kinds: ['elevator'],
  events: ['elevator.stopped-between-floors'],
  parameters: [STOPPED_HOLD, LEVEL_HOLD],
  fitness: (d) =>
    notes(
      !declares(d, 'speedMps') && WITHOUT_SPEED,
      !declares(d, 'doorZone') && {
        zh: '无门区信号：只有故障代码能说明停在门区外',
        en: 'no door zone: only a fault code can tell that the car stands outside it',
      },
      !declares(d, 'peopleInCar', 'peopleCount') && {
        zh: '无人感：是否有人未知，按 P1 处理',
        en: 'no presence sensor: occupancy is unknown, so it is P1',
      },
    ),
  initial: () => INITIAL,
  step(state, input, now, device): Step<StoppedBetweenFloorsState> {
    switch (input.type) {
      case 'reading':
        return decide(state, afterReading(state, input.values, now, device, input.leftOutMs), now, device);
      case 'tick':
        return decide(state, afterTime(state, now, device), now, device);
      case 'alarm-ended': {
        if (input.event === 'device.stuck') {
          const s = { ...state, car: repairedPresence(state.car) };
          return { state: s, findings: NO_FINDINGS, deadline: deadlineOf(s, device) };
        }
        const ends = state.raised !== null && input.event === 'elevator.stopped-between-floors';
        const s = ends ? { ...state, raised: null, endedAt: Math.min(input.at, now) } : state;
        return { state: s, findings: NO_FINDINGS, deadline: deadlineOf(s, device) };
      }
      default:
        return { state, findings: NO_FINDINGS, deadline: deadlineOf(state, device) };
    }
  },
};
