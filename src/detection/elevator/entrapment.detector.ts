import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { EventName } from '../../kernel/events.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type DetectorInput, type Finding, type Step } from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import {
  carEmptyAt,
  countsAsOccupied,
  elapseCar,
  isOpenAtLanding,
  observeCar,
  openedAtLanding,
  presenceStuck,
  reportsDoorEvents,
  seenLately,
  STUCK_AFTER_OPENINGS,
  UNKNOWN_CAR,
  type CarMemory,
} from './car-memory.js';
import { carMode, type CarMode } from './car-mode.js';
import { beginStanding, continueStanding, mostlyOutside, standingDueAt, type Standing } from './standing.js';

/** Occupied and standing outside the door zone for so long (domain §4). */
export const HOLD_OUTSIDE_MS = seconds(30);
/** The same inside it, where people may simply be waiting (domain §4). */
export const HOLD_INSIDE_MS = seconds(75);
/** Occupied without a full opening at a landing for so long, standing or not (domain §4). */
export const HOLD_UNOPENED_MS = seconds(180);
/**
 * (tune) A polled device misses openings: without one in this many polls they can hardly all have been missed.
 * At 10 s a poll this is the 180 s above; slower devices wait longer, or busy traffic would look like a shuttle.
 */
export const UNOPENED_POLLS = 18;
export interface EntrapmentState {
  readonly car: CarMemory;
  readonly mode: CarMode;
  /** Occupied, door not open at a landing, standing. */
  readonly stand: Standing | null;
  /** Occupied and no full opening at a landing, standing or not. */
  readonly unopenedSince: number | null;
  readonly raised: EventName | null;
  /** A person ended the alarm although no door had opened yet. */
  readonly endedAt: number | null;
}

const INITIAL: EntrapmentState = Object.freeze({
  car: UNKNOWN_CAR,
  mode: 'service',
  stand: null,
  unopenedSince: null,
  raised: null,
  endedAt: null,
});

const unopenedHoldMs = (d: Device): number =>
  reportsDoorEvents(d)
    ? HOLD_UNOPENED_MS
    : Math.max(HOLD_UNOPENED_MS, UNOPENED_POLLS * d.attributes.expectedIntervalS * 1000);

/** What a person ended waits for the recheck; a stand that began after that is fresh. */
const afterEnd = (dueAt: number, since: number, endedAt: number | null): number =>
  endedAt !== null && since <= endedAt ? Math.max(dueAt, endedAt + RECHECK_AFTER_END_MS) : dueAt;

const standDueAt = (s: EntrapmentState): number =>
  s.stand === null
    ? Infinity
    : afterEnd(standingDueAt(s.stand, HOLD_OUTSIDE_MS, HOLD_INSIDE_MS), s.stand.standingSince, s.endedAt);

const unopenedDueAt = (s: EntrapmentState, d: Device): number =>
  s.unopenedSince === null ? Infinity : afterEnd(s.unopenedSince + unopenedHoldMs(d), s.unopenedSince, s.endedAt);

/** The same object while nothing changed; positional, because it runs on every reading and must not allocate. */
const withFacts = (
  s: EntrapmentState,
  car: CarMemory,
  mode: CarMode,
  stand: Standing | null,
  unopenedSince: number | null,
): EntrapmentState =>
  s.car === car && s.mode === mode && s.stand === stand && s.unopenedSince === unopenedSince
    ? s
    : { car, mode, stand, unopenedSince, raised: s.raised, endedAt: s.endedAt };

const mayShuttle = (c: CarMemory, now: number, d: Device): boolean => reportsDoorEvents(d) || seenLately(c, 0, now, d);

function afterReading(s: EntrapmentState, v: ElevatorValues, now: number, d: Device): EntrapmentState {
  const car = observeCar(s.car, v, now, d);
  const mode = carMode(v, s.mode);
  // In firefighter mode too: it is the announcement that is left out there, P1 lift rules never switch themselves off.
  if (!countsAsOccupied(car, now, d) || isOpenAtLanding(car)) return withFacts(s, car, mode, null, null);

  // An opening that the cycle implies, or a memory that lapsed before this sighting: whatever stood, stands anew.
  const anew = openedAtLanding(s.car, car) || !countsAsOccupied(s.car, now, d);
  const outside = car.inZone === false;
  let stand = anew || s.stand === null ? null : continueStanding(s.stand, v, outside, now);
  // Inspection suppresses only what begins in it: a technician may not silence people who were trapped before.
  if (stand === null && mode !== 'inspection' && car.moving !== true) stand = beginStanding(v, outside, now);
  let unopenedSince = anew || !mayShuttle(s.car, now, d) ? null : s.unopenedSince;
  if (unopenedSince === null && mode !== 'inspection' && mayShuttle(car, now, d)) unopenedSince = now;
  return withFacts(s, car, mode, stand, unopenedSince);
}

function afterTime(s: EntrapmentState, now: number, d: Device): EntrapmentState {
  const car = elapseCar(s.car, now);
  const occupied = countsAsOccupied(car, now, d);
  const unopenedSince = occupied && mayShuttle(car, now, d) ? s.unopenedSince : null;
  return withFacts(s, car, s.mode, occupied ? s.stand : null, unopenedSince);
}

function raise(s: EntrapmentState, now: number, d: Device): Finding {
  const { car, stand } = s;
  const standing = stand !== null && now >= standDueAt(s);
  const outside = standing ? mostlyOutside(stand, now) : car.inZone === false;
  const since = (standing ? stand.standingSince : s.unopenedSince) ?? now;
  const heldS = Math.floor((now - since) / 1000);
  const where = outside ? 'outside the door zone' : 'at a landing';
  return {
    kind: 'raise',
    event: outside ? 'elevator.entrapment-between-floors' : 'elevator.entrapment-at-level',
    subject: deviceSubject(d),
    since,
    reason: standing
      ? `occupied, not moving, door not open for ${heldS} s ${where}`
      : `occupied and no full opening at a landing for ${heldS} s, now ${where}`,
    evidence: {
      floor: stand?.floor ?? null,
      positionM: stand?.positionM ?? null,
      doorZone: car.inZone,
      door: car.door,
      peopleInCar: car.people,
      heldS,
      shuttling: !standing,
    },
    ...pagingAfterEnd(s.endedAt !== null && since <= s.endedAt ? s.endedAt : null),
  };
}

const clear = (event: EventName, now: number, d: Device, reason: string): Finding => ({
  kind: 'clear',
  event,
  subject: deviceSubject(d),
  since: now,
  reason,
  evidence: {},
});

const stuckSensor = (now: number, d: Device): Finding => ({
  kind: 'raise',
  event: 'device.stuck',
  subject: deviceSubject(d),
  priority: 'P3',
  since: now,
  reason: `the presence sensor stayed on through ${STUCK_AFTER_OPENINGS} full door openings; a second sign is needed until it is repaired`,
  evidence: { channel: 'peopleInCar', openings: STUCK_AFTER_OPENINGS },
});

function deadlineOf(s: EntrapmentState, d: Device): number | null {
  const dueAt = s.raised === null ? Math.min(standDueAt(s), unopenedDueAt(s, d)) : Infinity;
  const at = Math.min(dueAt, carEmptyAt(s.car) ?? Infinity);
  return at === Infinity ? null : at;
}

const isEntrapment = (e: EventName): boolean =>
  e === 'elevator.entrapment-between-floors' || e === 'elevator.entrapment-at-level';

function decide(before: EntrapmentState, after: EntrapmentState, now: number, d: Device) {
  let s = after;
  let findings: Finding[] | null = null;
  if (s.car.openings !== before.car.openings && presenceStuck(s.car) !== presenceStuck(before.car))
    (findings ??= []).push(
      presenceStuck(s.car) ? stuckSensor(now, d) : clear('device.stuck', now, d, 'the presence sensor said "nobody"'),
    );
  if ((s.raised !== null || s.endedAt !== null) && openedAtLanding(before.car, s.car)) {
    if (s.raised !== null) (findings ??= []).push(clear(s.raised, now, d, 'the door was fully open at a landing'));
    s = { ...s, raised: null, endedAt: null };
  }
  if (s.raised === null && now >= Math.min(standDueAt(s), unopenedDueAt(s, d))) {
    const finding = raise(s, now, d);
    (findings ??= []).push(finding);
    s = { ...s, raised: finding.event, endedAt: null };
  }
  return { state: s, findings: findings ?? NO_FINDINGS, deadline: deadlineOf(s, d) };
}

/**
 * People shut in a car that stands, one hold for both classes (domain §4 "Lifts"). The class is decided when it
 * fires, by where the car has stood for most of the hold. Once raised it stays so until a full opening at a landing.
 * It also betrays a presence sensor that is stuck on, because it is the rule that stops believing it.
 */
export const entrapmentDetector: Detector<EntrapmentState, 'elevator'> = {
  id: 'elevator.entrapment',
  version: 1,
  kinds: ['elevator'],
  events: ['elevator.entrapment-between-floors', 'elevator.entrapment-at-level'],
  initial: () => INITIAL,
  step(state, input: DetectorInput<'elevator'>, now, device): Step<EntrapmentState> {
    switch (input.type) {
      case 'reading':
        return decide(state, afterReading(state, input.values, now, device), now, device);
      case 'tick':
        return decide(state, afterTime(state, now, device), now, device);
      case 'alarm-ended': {
        // Not raised means that a door opened meanwhile: a stand that runs now is fresh and must not wait.
        const ends = state.raised !== null && isEntrapment(input.event);
        const s = ends ? { ...state, raised: null, endedAt: Math.min(input.at, now) } : state;
        return { state: s, findings: NO_FINDINGS, deadline: deadlineOf(s, device) };
      }
      default:
        return { state, findings: NO_FINDINGS, deadline: deadlineOf(state, device) };
    }
  },
};
