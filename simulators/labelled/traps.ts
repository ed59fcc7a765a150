import { arrivalOf, brakingAt, motionAt, standstillOf, type Travel } from '../elevator/travel.js';
import { inDoorZone } from '../elevator/lift-values.js';
import type { LiftLife, Waits } from './life.js';

/** Ways to be shut in. */
export const TRAPS = [
  'between-floors',
  'at-level',
  'door-jam',
  'shuttle',
  'forced-door',
  'blackout',
  'blackout-silent',
] as const;
export type Trap = (typeof TRAPS)[number];

const RESCUE_MPS = 0.3;

/** @param stop the landing, an index, that the people aboard were on their way to */
export function* runTrap(life: LiftLife, trap: Trap, stop: number): Waits {
  const toM = stop * life.profile.floorHeightM;
  switch (trap) {
    case 'at-level':
      yield* life.travel(toM);
      yield* shutIn(life);
      break;
    case 'door-jam':
      yield* life.travel(toM);
      life.car.door = 'opening';
      yield* shutIn(life);
      break;
    case 'shuttle':
      yield* shuttle(life, stop);
      break;
    default:
      yield* stall(life, toM);
      if (trap === 'blackout' || trap === 'blackout-silent') yield* inTheDark(life, trap === 'blackout-silent');
      else yield* shutIn(life, trap === 'forced-door');
  }
  yield* bringOut(life);
}

/** Comes to rest between two landings. */
export function* stall(life: LiftLife, toM: number): Waits {
  const { car, random } = life;
  const travel = car.depart(toM);
  yield* life.until(stallAt(life, travel, random.between(0.15, 0.85)));
  yield* life.until(car.brake());
  car.rest();
}

/** A moment from which braking ends outside every door zone. */
function stallAt(life: LiftLife, travel: Travel, fraction: number): number {
  const { profile } = life;
  const total = arrivalOf(travel) - travel.startedAt;
  for (let i = 0; i < 20; i++) {
    const at = travel.startedAt + Math.round(total * (0.1 + ((fraction + i * 0.041) % 0.8)));
    const { positionM, speedMps } = motionAt(travel, at);
    const braking = { startedAt: at, fromM: positionM, speedMps, decelerationMps2: 1.5 };
    const rest = brakingAt(braking, standstillOf(braking)).positionM;
    if (!inDoorZone(profile, rest) && Math.abs(rest - nearestM(profile.floorHeightM, rest)) > profile.doorZoneM + 0.1)
      return at;
  }
  return travel.startedAt + Math.round(total / 2);
}

const nearestM = (floorHeightM: number, m: number): number => Math.round(m / floorHeightM) * floorHeightM;

/** Some sit down and do not move, some press the button, the car rocks, a technician comes. */
function* shutIn(life: LiftLife, forced = false): Waits {
  const { car, random } = life;
  const staysMs = random.between(150_000, 300_000) + Math.min(random.exponential(600_000), 3_000_000);
  const endAt = car.at + Math.round(staysMs);
  car.fidgetS = random.chance(0.4) ? random.between(120, 600) : random.between(3, 20);
  const pressAt = random.chance(0.4) ? car.at + random.between(5_000, 240_000) : Infinity;
  const forceAt = forced ? car.at + random.between(5_000, 60_000) : Infinity;
  // The key switch may be turned while people are inside: it must not silence them.
  const inspectAt = random.chance(0.15) ? car.at + random.between(8_000, 120_000) : Infinity;
  let pressed = false;
  let prised = false;
  while (car.at < endAt) {
    const next = Math.min(
      endAt,
      car.at + random.between(5_000, 60_000),
      ...[pressAt, forceAt, inspectAt].filter((at) => at > car.at),
    );
    yield* life.until(Math.ceil(next));
    if (random.chance(0.1)) car.bounce(random.between(-0.02, 0.02));
    if (car.at >= inspectAt) car.mode = 'inspection';
    if (car.at >= pressAt && !pressed) {
      pressed = true;
      car.button = true;
      yield* life.for(random.between(1_000, 8_000));
      car.button = false;
    }
    if (car.at >= forceAt && !prised) {
      prised = true;
      yield* life.openDoor();
      yield* life.for(random.between(2_000, 90_000));
      if (random.chance(0.5)) yield* life.closeDoor();
    }
  }
}

/** It runs from landing to landing and never opens. */
function* shuttle(life: LiftLife, stop: number): Waits {
  const { car, random, profile } = life;
  const endAt = car.at + random.between(330_000, 900_000);
  let next = stop;
  while (car.at < endAt) {
    yield* life.travel(next * profile.floorHeightM);
    yield* life.for(random.between(2_000, 20_000));
    const here = next;
    next = random.whole(0, profile.landings.length - 1);
    if (next === here) next = here > 0 ? here - 1 : here + 1;
  }
}

/** Mains gone: sensors of the car lose what they saw; the device lives on its battery, or dies with the mains. */
function* inTheDark(life: LiftLife, deviceDies: boolean): Waits {
  const { car, random } = life;
  car.mains = false;
  car.fidgetS = 30;
  yield* life.for(300);
  if (deviceDies) life.deviceDead = true;
  yield* life.for(random.between(3_000, 40_000));
  life.houseDark = true;
  const endAt = car.at + random.between(300_000, 1_500_000);
  while (car.at < endAt) {
    yield* life.for(random.between(10_000, 90_000));
    if (random.chance(0.15)) {
      car.button = true;
      yield* life.for(random.between(1_000, 6_000));
      car.button = false;
    }
  }
  car.mains = true;
  life.deviceDead = false;
  yield* life.for(5_000);
  life.houseDark = false;
}

/** A rescuer levels the car, or opens it where it stands level. */
export function* bringOut(life: LiftLife): Waits {
  const { car, profile } = life;
  if (car.door !== 'closed' && !car.level) yield* life.closeDoor();
  const toM = car.landing * profile.floorHeightM;
  if (Math.abs(toM - car.motion().positionM) > 0.03) yield* life.travel(toM, RESCUE_MPS);
  yield* life.openDoor();
  car.mode = 'normal';
  yield* life.evacuate();
}
