import { seconds } from '../../kernel/durations.js';
import type { Device } from '../../estate/device.js';
import type { EventName } from '../../kernel/events.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import {
  NO_FINDINGS,
  type DetectorInput,
  type Detector,
  type DeviceAsk,
  type Finding,
  type Step,
} from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import {
  carEmptyAt,
  countsAsOccupied,
  DOOR_CYCLE_MS,
  elapseCar,
  isOpenAtLanding,
  observeCar,
  openedAtLanding,
  pastOnePollMs,
  presenceStuck,
  repairedPresence,
  reportsDoorEvents,
  seenLately,
  UNKNOWN_CAR,
  type CarMemory,
} from './car-memory.js';
import { carMode, type CarMode } from './car-mode.js';
import { CAR_PARAMETERS, msOf } from './car-parameters.js';
import { entrapmentFitness } from './entrapment-fitness.js';
import { cleared, stuckSensor, trapped, trappedByCode } from './entrapment-findings.js';
import {
  ANNOUNCE,
  ENTRAPMENT_PARAMETERS,
  insideHoldMs,
  OUTSIDE_HOLD,
  unopenedHoldMs,
} from './entrapment-parameters.js';
import { faultMeans } from './fault-codes.js';
import { hadStood, HEARD_STEP_MS, isGap, mayHaveMissed, trustedUntil } from './missed-openings.js';
import { beginStanding, continueStanding, mostlyOutside, standingDueAt, type Standing } from './standing.js';

const BETWEEN = 'elevator.entrapment-between-floors';
const AT_LEVEL = 'elevator.entrapment-at-level';

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
  /** The passengers were spoken to; null = never. */
  readonly announcedAt: number | null;
  /** What the last reading reported as the lift's own fault, when that was an entrapment. */
  readonly coded: EventName | null;
  /** It was the lift's own word that raised. */
  readonly byCode: boolean;
  /** Last reading, to within {@link HEARD_STEP_MS} while a hold runs, older without one; null = none yet. */
  readonly heardAt: number | null;
  /** End of the last absence of Steward's own: its silence is not the lift's. */
  readonly excusedAt: number | null;
  /** Doors may have opened unseen since people were last seen (missed-openings.ts). */
  readonly missed: boolean;
  /** The landing at which the door was last seen not shut; null = not told. */
  readonly openFloor: number | null;
}

const INITIAL: EntrapmentState = Object.freeze({
  car: UNKNOWN_CAR,
  mode: 'service',
  stand: null,
  unopenedSince: null,
  raised: null,
  endedAt: null,
  announcedAt: null,
  coded: null,
  byCode: false,
  heardAt: null,
  excusedAt: null,
  missed: false,
  openFloor: null,
});

/** States of earlier releases know less; their holds must not be lost over an update. */
const complete = (s: EntrapmentState): EntrapmentState =>
  (s as Partial<EntrapmentState>).openFloor === undefined ? { ...INITIAL, ...s } : s;

/** What a person ended waits for the recheck; a stand that began after that is fresh. */
const afterEnd = (dueAt: number, since: number, endedAt: number | null): number =>
  endedAt !== null && since <= endedAt ? Math.max(dueAt, endedAt + RECHECK_AFTER_END_MS) : dueAt;

/** A car that was moving when last told of does not stand; the next reading decides whether that was noise. */
const standDueAt = (s: EntrapmentState, d: Device): number =>
  s.stand === null || s.stand.jolted
    ? Infinity
    : afterEnd(
        standingDueAt(s.stand, msOf(d, OUTSIDE_HOLD), Math.max(insideHoldMs(d), msOf(d, OUTSIDE_HOLD))),
        s.stand.standingSince,
        s.endedAt,
      );

const unopenedDueAt = (s: EntrapmentState, d: Device): number =>
  s.unopenedSince === null ? Infinity : afterEnd(s.unopenedSince + unopenedHoldMs(d), s.unopenedSince, s.endedAt);

/**
 * Between floors a stand runs out by the clock: nobody opens a door there. At a landing, and for a car that may be running,
 * it takes a word that can still be trusted then, and a stand needs two: the last before a gap is often that of a car
 * about to leave. A silence in between is the question of silent-with-people.
 */
function holdDueAt(s: EntrapmentState, d: Device): number {
  const standAt = standDueAt(s, d);
  const unopenedAt = unopenedDueAt(s, d);
  const trusted = (at: number): number => (s.heardAt !== null && at > trustedUntil(s, d) ? Infinity : at);
  const stands = s.stand === null || s.stand.outside ? standAt : hadStood(s) ? trusted(standAt) : Infinity;
  return Math.min(stands, trusted(unopenedAt));
}

/** Once a stand, at a landing, and not over the heads of firefighters (domain §4). */
function announceAt(s: EntrapmentState, d: Device): number {
  if (s.stand === null || s.stand.outside || s.raised !== null || s.mode === 'firefighter') return Infinity;
  if (s.announcedAt !== null && s.announcedAt >= s.stand.standingSince) return Infinity;
  return s.stand.standingSince + msOf(d, ANNOUNCE);
}

/** The same object while nothing changed; positional, because it runs on every reading and must not allocate. */
const withFacts = (
  s: EntrapmentState,
  car: CarMemory,
  mode: CarMode,
  stand: Standing | null,
  unopenedSince: number | null,
  coded: EventName | null,
  heardAt: number | null = s.heardAt,
  missed = s.missed,
  openFloor = s.openFloor,
): EntrapmentState =>
  s.car === car &&
  s.mode === mode &&
  s.stand === stand &&
  s.unopenedSince === unopenedSince &&
  s.coded === coded &&
  s.missed === missed &&
  s.openFloor === openFloor &&
  ((stand === null && unopenedSince === null) || !isNews(s.heardAt, heardAt))
    ? s
    : {
        car,
        mode,
        stand,
        unopenedSince,
        coded,
        raised: s.raised,
        endedAt: s.endedAt,
        announcedAt: s.announcedAt,
        byCode: s.byCode,
        heardAt,
        excusedAt: s.excusedAt,
        missed,
        openFloor,
      };

const isNews = (before: number | null, heardAt: number | null): boolean =>
  before !== heardAt && (before === null || heardAt === null || heardAt - before >= HEARD_STEP_MS);

const mayShuttle = (c: CarMemory, now: number, d: Device): boolean => reportsDoorEvents(d) || seenLately(c, 0, now, d);

/**
 * A polled device that tells of inspection cannot tell whether what began at a landing with its last word but one is the
 * technician who came in, unless it would have seen the door there.
 */
const beganUnseen = (since: number, s: EntrapmentState, mode: CarMode, now: number, d: Device): boolean =>
  mode === 'inspection' &&
  s.mode !== 'inspection' &&
  s.car.inZone !== false &&
  !reportsDoorEvents(d) &&
  now - since <= pastOnePollMs(d) &&
  !(seconds(d.attributes.expectedIntervalS) <= DOOR_CYCLE_MS && cameWithThem(s));

/** The door was last seen ajar at another landing: whoever is in the car has come with it. */
const cameWithThem = ({ stand, openFloor }: EntrapmentState): boolean =>
  stand !== null && stand.floor !== null && openFloor !== null && stand.floor !== openFloor;

function afterReading(
  s: EntrapmentState,
  v: ElevatorValues,
  now: number,
  d: Device,
  leftOutMs: number | undefined,
): EntrapmentState {
  const car = observeCar(s.car, v, now, d, leftOutMs);
  const mode = carMode(v, s.mode);
  const coded = faultMeans(v.fault, BETWEEN) ? BETWEEN : faultMeans(v.fault, AT_LEVEL) ? AT_LEVEL : null;
  // In firefighter mode too: it is the announcement that is left out there, P1 lift rules never switch themselves off.
  const isAjar = car.inZone !== false && (car.door === 'ajar' || car.door === 'open');
  const openFloor = isAjar ? (v.floor ?? null) : s.openFloor;
  if (!countsAsOccupied(car, now, d) || isOpenAtLanding(car))
    return withFacts(s, car, mode, null, null, coded, now, false, openFloor);

  // An opening that the cycle implies, or a memory that lapsed before this sighting: whatever stood, stands anew.
  const anew = openedAtLanding(s.car, car) || !countsAsOccupied(s.car, now, d);
  const outside = car.inZone === false;
  let stand = anew || s.stand === null ? null : continueStanding(s.stand, v, outside, now, d);
  if (stand !== null && beganUnseen(stand.standingSince, s, mode, now, d)) stand = null;
  const held = s.stand !== null || s.unopenedSince !== null;
  const gap = isGap(s, now, d) || (leftOutMs !== undefined && held);
  const stood = stand !== null && hadStood(s);
  // Between floors before the gap and after it, on the same floor: nobody has opened a door there.
  if (gap && !stood && !(outside && s.stand?.outside === true)) stand = null;
  const missed = mayHaveMissed(s.missed, gap, stood, car);
  if (missed && !outside) return withFacts(s, car, mode, null, null, coded, now, true, openFloor);
  // Inspection suppresses only what begins in it: a technician may not silence people who were trapped before.
  if (stand === null && mode !== 'inspection' && car.moving !== true) stand = beginStanding(v, outside, now);
  let unopenedSince = anew || missed || gap || !mayShuttle(s.car, now, d) ? null : s.unopenedSince;
  if (unopenedSince !== null && beganUnseen(unopenedSince, s, mode, now, d)) unopenedSince = null;
  if (unopenedSince === null && !missed && mode !== 'inspection' && mayShuttle(car, now, d)) unopenedSince = now;
  return withFacts(s, car, mode, stand, unopenedSince, coded, now, missed, openFloor);
}

function afterTime(s: EntrapmentState, now: number, d: Device): EntrapmentState {
  const car = elapseCar(s.car, now, d);
  const occupied = countsAsOccupied(car, now, d);
  const unopenedSince = occupied && mayShuttle(car, now, d) ? s.unopenedSince : null;
  return withFacts(s, car, s.mode, occupied ? s.stand : null, unopenedSince, s.coded);
}

function raiseByHold(s: EntrapmentState, now: number, d: Device): Finding {
  const standing = s.stand !== null && now >= standDueAt(s, d);
  const outside = standing && s.stand !== null ? mostlyOutside(s.stand, now) : s.car.inZone === false;
  const since = (standing ? s.stand?.standingSince : s.unopenedSince) ?? now;
  const finding = trapped(s.car, s.stand, outside, standing, since, now, d);
  return { ...finding, ...pagingAfterEnd(s.endedAt !== null && since <= s.endedAt ? s.endedAt : null) };
}

/**
 * A code raises when it is told anew; one that goes on being told after a person's end is asked about 120 s later. With
 * the door seen open at a landing it is a controller that lags, and what it latches until its reset is no new emergency.
 */
function codeRaises(before: EntrapmentState, s: EntrapmentState, now: number): 'anew' | 'still' | null {
  if (s.coded === null || s.raised !== null || isOpenAtLanding(s.car)) return null;
  if (s.coded !== before.coded) return 'anew';
  return s.endedAt !== null && now >= s.endedAt + RECHECK_AFTER_END_MS ? 'still' : null;
}

function deadlineOf(s: EntrapmentState, d: Device): number | null {
  const dueAt = s.raised === null ? Math.min(holdDueAt(s, d), announceAt(s, d)) : Infinity;
  const at = Math.min(dueAt, carEmptyAt(s.car, d) ?? Infinity);
  return at === Infinity ? null : at;
}

const ANNOUNCEMENT: readonly DeviceAsk[] = [{ command: 'announce', reason: 'people wait in a car that does not open' }];

function decide(before: EntrapmentState, after: EntrapmentState, v: ElevatorValues | null, now: number, d: Device) {
  let s = after;
  let findings: Finding[] | null = null;
  if (s.car.openings !== before.car.openings && presenceStuck(s.car, d) !== presenceStuck(before.car, d))
    (findings ??= []).push(
      presenceStuck(s.car, d)
        ? stuckSensor(now, d)
        : cleared('device.stuck', now, d, 'the presence sensor said "nobody"'),
    );
  const opened = openedAtLanding(before.car, s.car);
  // The lift takes its own word back, and nothing that was seen speaks against it.
  const recalled = s.byCode && v?.fault !== undefined && s.coded === null && s.stand === null;
  if ((s.raised !== null || s.endedAt !== null) && (opened || recalled)) {
    const why = opened ? 'the door was fully open at a landing' : 'the lift reports the entrapment no more';
    if (s.raised !== null) (findings ??= []).push(cleared(s.raised, now, d, why));
    s = { ...s, raised: null, endedAt: null, byCode: false };
  }
  const code = v === null ? null : codeRaises(before, s, now);
  if (v !== null && code !== null && s.coded !== null) {
    const finding = trappedByCode(s.coded, v, s.car, s.stand, now, d);
    (findings ??= []).push({ ...finding, ...pagingAfterEnd(code === 'still' ? s.endedAt : null) });
    s = { ...s, raised: s.coded, endedAt: null, byCode: true };
  }
  if (s.raised === null && now >= holdDueAt(s, d)) {
    const finding = raiseByHold(s, now, d);
    (findings ??= []).push(finding);
    s = { ...s, raised: finding.event, endedAt: null, byCode: false };
  }
  if (now < announceAt(s, d)) return { state: s, findings: findings ?? NO_FINDINGS, deadline: deadlineOf(s, d) };
  s = { ...s, announcedAt: now };
  return { state: s, findings: findings ?? NO_FINDINGS, asks: ANNOUNCEMENT, deadline: deadlineOf(s, d) };
}

/** That it was heard again is worth no write of its own. */
const onlyHeard = (a: EntrapmentState, b: EntrapmentState): boolean =>
  a !== b &&
  a.car === b.car &&
  a.stand === b.stand &&
  a.mode === b.mode &&
  a.unopenedSince === b.unopenedSince &&
  a.raised === b.raised &&
  a.coded === b.coded &&
  a.missed === b.missed &&
  a.openFloor === b.openFloor &&
  a.announcedAt === b.announcedAt;

function afterEnding(s: EntrapmentState, event: EventName, at: number): EntrapmentState {
  if (event === 'device.stuck') return { ...s, car: repairedPresence(s.car) };
  // Not raised means that a door opened meanwhile: a stand that runs now is fresh and must not wait.
  if (s.raised === null || (event !== BETWEEN && event !== AT_LEVEL)) return s;
  return { ...s, raised: null, endedAt: at, byCode: false };
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
  events: [BETWEEN, AT_LEVEL, 'device.stuck'],
  parameters: [...ENTRAPMENT_PARAMETERS, ...CAR_PARAMETERS],
  fitness: (d, s) => entrapmentFitness(d, presenceStuck(s.car, d)),
  initial: () => INITIAL,
  step(stored, input: DetectorInput<'elevator'>, now, device): Step<EntrapmentState> {
    const state = complete(stored);
    switch (input.type) {
      case 'reading': {
        const step = decide(
          state,
          afterReading(state, input.values, now, device, input.leftOutMs),
          input.values,
          now,
          device,
        );
        return onlyHeard(state, step.state) ? { ...step, save: 'later' } : step;
      }
      case 'tick':
        return decide(state, afterTime(state, now, device), null, now, device);
      case 'alarm-ended': {
        const s = afterEnding(state, input.event, Math.min(input.at, now));
        return { state: s, findings: NO_FINDINGS, deadline: deadlineOf(s, device) };
      }
      case 'resumed': {
        // It was Steward that was away: what was said before counts until the device had time to speak.
        const holds = state.stand !== null || state.unopenedSince !== null;
        const s = holds && state.heardAt !== null ? { ...state, excusedAt: now } : state;
        return { state: s, findings: NO_FINDINGS, deadline: deadlineOf(s, device) };
      }
      default:
        return { state, findings: NO_FINDINGS, deadline: deadlineOf(state, device) };
    }
  },
};
