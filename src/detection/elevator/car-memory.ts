import { seconds } from '../../kernel/durations.js';
import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { valueOf } from '../parameter.js';
import { EMPTY_AFTER, MOVING_SPEED, msOf, OCCUPIED_LOAD, POLLED_SIGHTING, STUCK_OPENINGS } from './car-parameters.js';
import { faultSaysDoorZone } from './fault-codes.js';

/** Sightings are noted at most this often, so that a steady stream leaves the saved state alone. */
export const SIGHTING_STEP_MS = seconds(10);

/**
 * What is remembered of one car: the last told value of each field and the occupancy that follows from their order.
 * A field missing from a reading is "not told", never false.
 */
export interface CarMemory {
  readonly occupancy: 'unknown' | 'occupied' | 'empty';
  /** The presence sensor's last word; null = it has never spoken, or the device does not claim to have one. */
  readonly people: boolean | null;
  readonly load: boolean;
  readonly call: boolean;
  readonly button: boolean;
  /** By speed; null = no speed is sent. */
  readonly moving: boolean | null;
  /** Level with a landing; null = never told, and then every opening counts as one at a landing. */
  readonly inZone: boolean | null;
  readonly zoneSince: number;
  readonly door: 'closed' | 'ajar' | 'open' | null;
  /** Where the door is in its closed → not closed, inside the door zone → closed cycle. */
  readonly cycle: 'none' | 'closed' | 'left' | 'opened';
  /** Since when the door has been fully open at a landing after the last sighting behind a closed door. */
  readonly openedAt: number | null;
  /** Since when nobody is seen in an occupied car. */
  readonly goneSince: number | null;
  /** Empty for certain: it shut at a landing with nobody seen since its door was open there. Missing in older states. */
  readonly emptied?: boolean;
  /** Since when somebody is in, or at, a car that was empty for certain; null = it has left. Missing in older states. */
  readonly boardingAt?: number | null;
  /** Last sighting, to within {@link SIGHTING_STEP_MS}. */
  readonly seenAt: number | null;
  /** Load at that sighting, kg; null = none was told. */
  readonly seenKg: number | null;
  /** Since when the lift is without mains; null = it has them, or has never told. A blackout drops the presence flag. */
  readonly darkSince: number | null;
  /** Full openings since the presence sensor last said "nobody", at most {@link STUCK_OPENINGS}. */
  readonly openings: number;
}

export const UNKNOWN_CAR: CarMemory = Object.freeze({
  occupancy: 'unknown',
  people: null,
  load: false,
  call: false,
  button: false,
  moving: null,
  inZone: null,
  zoneSince: 0,
  door: null,
  cycle: 'none',
  openedAt: null,
  goneSince: null,
  emptied: false,
  boardingAt: null,
  seenAt: null,
  seenKg: null,
  darkSince: null,
  openings: 0,
});

/** (tune) A door opens, lets somebody in and shuts in no less: who polls as often sees it ajar. */
export const DOOR_CYCLE_MS = seconds(10);

export const isOpenAtLanding = (c: CarMemory): boolean => c.door === 'open' && c.inZone !== false;
export const presenceStuck = (c: CarMemory, d: Device): boolean => c.openings >= valueOf(d, STUCK_OPENINGS);
/** A person says that the presence sensor is repaired: it is believed again until it betrays itself once more. */
export const repairedPresence = (c: CarMemory): CarMemory => (c.openings === 0 ? c : { ...c, openings: 0 });

/** A cycle that had left its closed door has gone through a full opening by now. */
const hasGoneThrough = (prev: CarMemory['cycle'], next: CarMemory['cycle']): boolean =>
  prev === 'left' && (next === 'opened' || next === 'closed');

/** The door was fully open at a landing: seen in `next`, or implied by its cycle. */
export const openedAtLanding = (prev: CarMemory, next: CarMemory): boolean =>
  isOpenAtLanding(next) || (prev !== next && hasGoneThrough(prev.cycle, next.cycle));

/** Doors are reported as they move, so that no opening is missed. */
export const reportsDoorEvents = (d: Device): boolean => d.attributes.capabilities.includes('door-events');

/** Without a sensor that can be believed, the button is a sign of people; with one it only rings. */
const signOf = (people: boolean | null, stuck: boolean, load: boolean, call: boolean, button: boolean): boolean =>
  load || call || (people !== null && !stuck ? people : button);

/** From one poll to the next it takes less than this, to the one after more. */
export const pastOnePollMs = (d: Device): number => 1.5 * seconds(d.attributes.expectedIntervalS);

/** One word of a polled device is not enough: what it says of people and of the door zone may be a flicker. */
const emptyAfterMs = (d: Device): number =>
  reportsDoorEvents(d) ? msOf(d, EMPTY_AFTER) : Math.max(msOf(d, EMPTY_AFTER), pastOnePollMs(d));

/** When the car will count as empty if nobody is seen meanwhile; null = an opening or a sighting must come first. */
export const carEmptyAt = (c: CarMemory, d: Device): number | null =>
  c.openedAt === null || c.goneSince === null ? null : Math.max(c.openedAt, c.goneSince) + emptyAfterMs(d);

/** Between two landings, or passing one. */
const isUnderWay = (c: Pick<CarMemory, 'inZone' | 'moving'>): boolean => c.inZone === false || c.moving === true;

/** The memory after time alone has passed. */
export function elapseCar(c: CarMemory, now: number, d: Device): CarMemory {
  const emptyAt = carEmptyAt(c, d);
  if (emptyAt === null || now < emptyAt) return c;
  // One that left meanwhile was not seen empty while anybody could leave it: a sensor loses who sits still.
  const believed = c.people !== null && !presenceStuck(c, d) && !isUnderWay(c);
  return {
    ...c,
    occupancy: believed ? 'empty' : 'unknown',
    emptied: believed && c.door === 'closed' && c.inZone === true && c.zoneSince <= (c.openedAt ?? 0),
    openedAt: null,
    goneSince: null,
    boardingAt: null,
    seenAt: null,
    seenKg: null,
  };
}

/**
 * Somebody was seen within the last 60 s, or, of a car without mains, within the 60 s before it went dark: its sensors see
 * nobody any more, and its doors do not open by themselves. A device polled faster than sightings are noted gets that step
 * on top.
 */
export function seenLately(c: CarMemory, since: number, now: number, device: Device): boolean {
  const slack = device.attributes.expectedIntervalS * 1000 < SIGHTING_STEP_MS ? SIGHTING_STEP_MS : 0;
  // Old states do not know the field.
  const until = (c.darkSince ?? null) === null ? now : Math.min(now, c.darkSince as number);
  return c.seenAt !== null && until <= Math.max(c.seenAt, since) + msOf(device, POLLED_SIGHTING) + slack;
}

/** Occupied, as far as this device's memory counts where the car is (a polled one forgets at a landing). */
export const countsAsOccupied = (c: CarMemory, now: number, device: Device): boolean =>
  c.occupancy === 'occupied' &&
  (c.inZone === false || reportsDoorEvents(device) || seenLately(c, c.zoneSince, now, device));

function presenceTold(v: ElevatorValues, device: Device): boolean | null | undefined {
  const seen = v.peopleCount === undefined ? v.peopleInCar : v.peopleCount > 0 || v.peopleInCar === true;
  if (seen !== false) return seen;
  const caps = device.attributes.capabilities;
  // "Nobody" is believed only from a device that claims a sensor: a dialect may fill in false for a missing one.
  return caps.length === 0 || caps.includes('peopleInCar') || caps.includes('peopleCount') ? false : null;
}

function doorTold(v: ElevatorValues, prev: CarMemory['door']): CarMemory['door'] {
  switch (v.door) {
    case 'closed':
    case 'locked':
      return 'closed';
    case 'open':
      return 'open';
    case 'opening':
    case 'closing':
      return 'ajar';
    default:
      return prev;
  }
}

function nextCycle(
  prev: CarMemory['cycle'],
  door: CarMemory['door'],
  inZone: boolean | null,
  told: ElevatorValues['door'],
  polled: boolean,
): CarMemory['cycle'] {
  if (door === null) return 'none';
  // A car that is asked now and then has left the landing by the next word: its cycle begins and ends on the way.
  if (door === 'closed' && polled) return 'closed';
  // Trapped people force doors open between floors: whatever happens out there is no opening at a landing.
  if (inZone === false) return door !== 'closed' && prev === 'opened' ? 'opened' : 'none';
  if (door === 'closed') return 'closed';
  if (door === 'open') return 'opened';
  // What opens was shut, and what closes has been open since the poll that saw it opening.
  if (polled && told === 'opening') return 'left';
  if (polled && told === 'closing' && prev === 'left') return 'opened';
  return prev === 'closed' ? 'left' : prev;
}

interface Remembered {
  readonly before: CarMemory;
  readonly v: ElevatorValues;
  readonly now: number;
  readonly device: Device;
  readonly leftOutMs: number;
  readonly after: CarMemory;
}
let last: Remembered | null = null;

/**
 * The memory after one reading; the same object when the reading told nothing new. Several rules remember the same car
 * and see the same readings one after the other, so the last answer is kept and they come to share one object. Pure all
 * the same: the same input gives the same answer.
 * @param leftOutMs readings are missing between the one before and this one, so far apart
 */
export function observeCar(
  before: CarMemory,
  v: ElevatorValues,
  now: number,
  device: Device,
  leftOutMs = 0,
): CarMemory {
  const same = last !== null && last.v === v && last.now === now && last.device === device ? last : null;
  if (same !== null && same.before === before && same.leftOutMs === leftOutMs) return same.after;
  const after = observeAnew(before, v, now, device, leftOutMs);
  if (same !== null && after !== before && sameCar(after, same.after)) return same.after;
  last = { before, v, now, device, leftOutMs, after };
  return after;
}

/** (tune) Share of the load at the last sighting that is still these people. */
const STILL_THERE = 0.6;
/** (tune) What an empty car's cell may show, kg. */
const EMPTY_KG = 12;

/**
 * A child weighs less than what makes a car occupied, and sits too still for the presence sensor; the weight stays. It
 * says that whoever was seen by a polled device is still there, never that somebody is: a cell with an offset would else
 * never forget anybody.
 */
const weighsAsMuch = (kg: number | undefined, seenKg: number | null): boolean =>
  kg !== undefined && seenKg !== null && kg > EMPTY_KG && kg >= STILL_THERE * seenKg;

/** (tune) Between coming in and leaving, in ordinary use; who holds the door or cleans the car comes and goes for longer. */
const BOARDING_MS = seconds(20);

const FIELDS = Object.keys(UNKNOWN_CAR) as (keyof CarMemory)[];
const sameCar = (a: CarMemory, b: CarMemory): boolean => FIELDS.every((f) => a[f] === b[f]);

function observeAnew(before: CarMemory, v: ElevatorValues, now: number, device: Device, leftOutMs: number): CarMemory {
  const prev = elapseCar(before, now, device);
  const inZone = v.doorZone ?? faultSaysDoorZone(v.fault) ?? prev.inZone;
  const zoneSince = inZone === prev.inZone ? prev.zoneSince : now;
  const door = doorTold(v, prev.door);
  const polled = !reportsDoorEvents(device);
  const cycle = nextCycle(prev.cycle, door, inZone, v.door, polled);
  const told = presenceTold(v, device);
  const people = told === undefined ? prev.people : told;
  const load = v.loadKg === undefined ? prev.load : v.loadKg > valueOf(device, OCCUPIED_LOAD);
  const call = v.carCalls === undefined ? prev.call : v.carCalls > 0;
  const button = v.alarmButton ?? prev.button;
  const moving = v.speedMps === undefined ? prev.moving : Math.abs(v.speedMps) >= valueOf(device, MOVING_SPEED);

  const dark = v.mainsPower === undefined ? (prev.darkSince ?? null) !== null : !v.mainsPower;
  const darkSince = dark ? (prev.darkSince ?? now) : null;
  const implied = hasGoneThrough(prev.cycle, cycle);
  const limit = valueOf(device, STUCK_OPENINGS);
  let openings = people === true ? prev.openings : 0;
  if (people === true && openings < limit && (implied || (cycle === 'opened' && prev.cycle !== 'opened'))) openings++;

  const sign = signOf(people, openings >= limit, load, call, button);
  let { occupancy, openedAt, goneSince, seenAt } = prev;
  // Old states do not know the field.
  let seenKg = prev.seenKg ?? null;
  const betrayed = openings >= limit && prev.openings < limit;
  if (occupancy === 'occupied' && ((betrayed && !sign) || !countsAsOccupied(prev, now, device))) {
    occupancy = 'unknown';
    openedAt = goneSince = seenAt = seenKg = null;
  }
  // Somebody may have come in since the last poll or while readings were lost. Between floors nobody has left since, a sensor
  // without power sees nobody, and one with power loses who stands still: its word proves nothing there.
  const leftInTheDark = polled && darkSince === now && prev.inZone !== false;
  const leftUnseen = inZone === false && (leftInTheDark || leftOutMs >= DOOR_CYCLE_MS);
  const isNews = polled && now - (seenAt ?? 0) >= SIGHTING_STEP_MS;
  // What a poll finds opening was shut a moment ago.
  const isBehindDoor = door === 'closed' || inZone === false || (polled && v.door === 'opening');
  if (sign) {
    const fresh = occupancy !== 'occupied' || goneSince !== null || seenAt === null;
    if (fresh || isNews) {
      seenAt = now;
      seenKg = v.loadKg ?? null;
    }
    occupancy = 'occupied';
    goneSince = null;
    // Seen behind a closed door, or between floors: whatever opened before, this person is still in there.
    if (isBehindDoor) openedAt = null;
  } else if (occupancy === 'occupied') {
    const stays = polled && weighsAsMuch(v.loadKg, seenKg);
    // In the dark the sensors see nobody, and between floors nobody leaves.
    goneSince = darkSince !== null && inZone === false ? null : (goneSince ?? now);
    if (stays && isBehindDoor) openedAt = null;
    if (stays && isNews && openedAt === null) seenAt = now;
  } else if (leftUnseen) {
    occupancy = 'unknown';
  } else if (occupancy === 'empty' || !isUnderWay(prev) || !isUnderWay({ inZone, moving })) {
    // On the way an unknown car stays so: what the sensor says there is what made it unknown.
    occupancy = people === false ? 'empty' : 'unknown';
  }
  const opened = implied || (door === 'open' && inZone !== false);
  if (occupancy === 'occupied' && opened && openedAt === null && !(sign && door === 'closed')) openedAt = now;
  const wasEmptied = prev.emptied ?? false;
  const shutEmpty = prev.cycle === 'opened' && cycle === 'closed' && prev.occupancy === 'empty';
  const emptied = occupancy === 'empty' && (wasEmptied || (shutEmpty && !polled));
  let boardingAt = sign && wasEmptied ? now : (prev.boardingAt ?? null);
  // Who was weighed has left when the weight has.
  if (occupancy !== 'occupied' || (!sign && v.loadKg !== undefined && v.loadKg <= EMPTY_KG)) boardingAt = null;
  const hasLeft = door === 'closed' && inZone === false;
  if (boardingAt !== null && (sign ? isBehindDoor : hasLeft)) {
    // Not seen since he came in, which a sensor that loses who stands still explains: the car has left with him.
    if (hasLeft && now - boardingAt <= BOARDING_MS) openedAt = null;
    boardingAt = null;
  }

  const same =
    occupancy === prev.occupancy &&
    people === prev.people &&
    load === prev.load &&
    call === prev.call &&
    button === prev.button &&
    moving === prev.moving &&
    inZone === prev.inZone &&
    door === prev.door &&
    cycle === prev.cycle &&
    openedAt === prev.openedAt &&
    goneSince === prev.goneSince &&
    emptied === wasEmptied &&
    boardingAt === (prev.boardingAt ?? null) &&
    seenAt === prev.seenAt &&
    seenKg === (prev.seenKg ?? null) &&
    darkSince === (prev.darkSince ?? null) &&
    openings === prev.openings;
  if (same) return prev;
  return {
    occupancy,
    people,
    load,
    call,
    button,
    moving,
    inZone,
    zoneSince,
    door,
    cycle,
    openedAt,
    goneSince,
    emptied,
    boardingAt,
    seenAt,
    seenKg,
    darkSince,
    openings,
  };
}
