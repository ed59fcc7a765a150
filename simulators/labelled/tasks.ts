import type { LiftLife, Waits } from './life.js';
import { bringOut, stall, TRAPS } from './traps.js';

/** What happens in a house beside traffic; none of these shuts anybody in for longer than he should be. */
const HARMLESS = [
  'cleaner',
  'inspection',
  'fire-test',
  'firefighters',
  'relevelling',
  'lingerer',
  'children',
  'short-stall',
  'blackout-empty',
  'automatic-rescue',
  'held-door',
] as const;
type Harmless = (typeof HARMLESS)[number];

export interface Task {
  readonly at: number;
  readonly what: Harmless | 'trap';
}

/** Some are daily, some come once in months. */
const WEIGHTS: Record<Harmless, number> = {
  cleaner: 4,
  inspection: 2,
  'fire-test': 1,
  firefighters: 1,
  relevelling: 8,
  lingerer: 6,
  children: 3,
  'short-stall': 3,
  'blackout-empty': 1,
  'automatic-rescue': 2,
  'held-door': 4,
};
const LOT = HARMLESS.flatMap((h) => Array.from({ length: WEIGHTS[h] }, () => h));

export function drawTask(life: LiftLife, after: number): Task {
  const { random, traits } = life;
  const at = after + Math.round(random.exponential(traits.taskEveryH * 3_600_000));
  return { at, what: random.chance(traits.trapShare) ? 'trap' : random.pick(LOT) };
}

export function* runTask(life: LiftLife, { what }: Task): Waits {
  life.cause = what;
  if (what === 'trap') {
    life.trap = life.random.pick(TRAPS);
    return;
  }
  yield* PLAYS[what](life);
}

const PLAYS: Record<Harmless, (life: LiftLife) => Waits> = {
  /** In and out with bucket and mop while the door is held. */
  *cleaner(life) {
    const { car, random } = life;
    yield* life.openDoor();
    const endAt = car.at + random.between(120_000, 600_000);
    while (car.at < endAt) {
      car.staff = 1 - car.staff;
      yield* life.for(random.between(10_000, 60_000));
    }
    car.staff = 0;
    yield* life.for(5_000);
    yield* life.closeDoor();
  },

  /** Travels at crawling speed, stands between floors for minutes with a man in the car. */
  *inspection(life) {
    const { car, random, profile } = life;
    yield* life.openDoor();
    yield* life.for(3_000);
    car.staff = random.whole(0, 2);
    // Turned behind a shut door it could be a rescuer's key with people inside, and would ring after three minutes.
    car.mode = 'inspection';
    yield* life.closeDoor();
    const top = (profile.landings.length - 1) * profile.floorHeightM;
    for (let hop = random.whole(1, 6); hop > 0; hop--) {
      yield* life.travel(random.between(0, top), 0.3);
      yield* life.for(random.between(5_000, 600_000));
    }
    yield* life.travel(car.landing * profile.floorHeightM, 0.3);
    car.mode = 'normal';
    yield* life.for(random.between(500, 20_000));
    yield* life.openDoor();
    yield* life.for(3_000);
    car.staff = 0;
    yield* life.for(12_000);
    yield* life.closeDoor();
  },

  /** The panel sends the cars to the lobby, where they stand open. */
  *'fire-test'(life) {
    const { car, random, profile } = life;
    if (car.door !== 'closed') yield* life.closeDoor();
    car.mode = 'fire-return';
    const lobby = Math.max(0, profile.landings.indexOf(1)) * profile.floorHeightM;
    if (Math.abs(lobby - car.motion().positionM) > 0.5) yield* life.travel(lobby);
    yield* life.openDoor();
    yield* life.for(random.between(300_000, 1_200_000));
    car.mode = 'normal';
    yield* life.closeDoor();
  },

  /** Ride from floor to floor; the door opens only while somebody presses. */
  *firefighters(life) {
    const { car, random, profile } = life;
    yield* life.openDoor();
    car.mode = 'firefighter';
    car.staff = random.whole(1, 4);
    yield* life.for(4_000);
    for (let ride = random.whole(2, 6); ride > 0; ride--) {
      yield* life.closeDoor();
      const landing = random.whole(0, profile.landings.length - 1);
      yield* life.travel(landing * profile.floorHeightM);
      yield* life.for(random.between(1_000, 40_000));
      yield* life.openDoor();
      yield* life.for(random.between(5_000, 120_000));
    }
    car.staff = 0;
    car.mode = 'normal';
    yield* life.for(12_000);
    yield* life.closeDoor();
  },

  /** Ropes stretch under an open or a closed door; the drive brings the car back by centimetres. */
  *relevelling(life) {
    const { car, random, profile } = life;
    if (random.chance(0.5)) yield* life.openDoor();
    car.bounce(random.pick([-0.04, 0.04]));
    yield* life.for(1_000);
    yield* life.travel(car.landing * profile.floorHeightM, 0.1);
    if (car.door === 'open' && !life.traits.parksOpen) {
      yield* life.for(4_000);
      yield* life.closeDoor();
    }
  },

  /** Somebody on the telephone who forgets to press a floor, until the announcement reminds him. */
  *lingerer(life) {
    const { car, random } = life;
    const here = car.landing;
    const top = life.profile.landings.length - 1;
    yield* life.openDoor();
    yield* life.for(2_000);
    car.riders = [{ from: here, to: here === top ? top - 1 : here + 1, kg: 70, cameAt: car.at }];
    car.fidgetS = random.between(4, 60);
    yield* life.for(4_000);
    yield* life.closeDoor();
    yield* life.for(random.between(10_000, 70_000));
    if (random.chance(0.5)) {
      yield* life.openDoor();
      yield* life.for(2_000);
      car.riders = [];
      yield* life.for(3_000);
      yield* life.closeDoor();
    }
    car.fidgetS = 6;
  },

  /** Every floor pressed, and out again. */
  *children(life) {
    const { car, random, profile } = life;
    yield* life.openDoor();
    yield* life.for(2_000);
    car.staff = 2;
    yield* life.for(2_000);
    car.idleCalls = random.whole(3, 8);
    car.staff = 0;
    yield* life.for(3_000);
    yield* life.closeDoor();
    const way = car.landing * 2 < profile.landings.length ? 1 : -1;
    while (car.idleCalls > 0) {
      const stop = Math.min(profile.landings.length - 1, Math.max(0, car.landing + way));
      if (stop !== car.landing) yield* life.travel(stop * profile.floorHeightM);
      car.idleCalls--;
      yield* life.openDoor();
      yield* life.for(profile.dwellMs);
      yield* life.closeDoor();
    }
  },

  /** A contact bounces: the car stops between floors for some seconds and runs on, empty or not. */
  *'short-stall'(life) {
    const { car, random, profile } = life;
    const toM = otherLanding(life) * profile.floorHeightM;
    if (car.door !== 'closed') yield* life.closeDoor();
    yield* stall(life, toM);
    yield* life.for(random.between(2_000, 25_000));
    yield* life.travel(toM);
  },

  *'blackout-empty'(life) {
    const { car, random } = life;
    if (car.door !== 'closed') yield* life.closeDoor();
    car.mains = false;
    yield* life.for(300);
    if (random.chance(0.5)) life.deviceDead = true;
    yield* life.for(random.between(3_000, 30_000));
    life.houseDark = true;
    yield* life.for(random.between(120_000, 1_800_000));
    car.mains = true;
    life.deviceDead = false;
    yield* life.for(5_000);
    life.houseDark = false;
  },

  /** The battery brings the car to the next landing and opens it; people leave within half a minute. */
  *'automatic-rescue'(life) {
    const { car, random, profile } = life;
    const toM = otherLanding(life) * profile.floorHeightM;
    yield* life.openDoor();
    yield* life.for(2_000);
    car.riders = [{ from: car.landing, to: Math.round(toM / profile.floorHeightM), kg: 65, cameAt: car.at }];
    yield* life.for(4_000);
    yield* life.closeDoor();
    yield* stall(life, toM);
    car.mains = false;
    yield* life.for(random.between(6_000, 12_000));
    car.mode = 'emergency-power';
    yield* bringOut(life);
    yield* life.for(random.between(60_000, 900_000));
    car.mains = true;
    car.mode = 'normal';
  },

  /** Movers put a box into the door. */
  *'held-door'(life) {
    const { car, random } = life;
    yield* life.openDoor();
    const endAt = car.at + random.between(60_000, 600_000);
    while (car.at < endAt) {
      car.staff = random.whole(0, 2);
      yield* life.for(random.between(10_000, 90_000));
    }
    car.staff = 0;
    yield* life.for(4_000);
    yield* life.closeDoor();
  },
};

function otherLanding({ car, random, profile }: LiftLife): number {
  const landing = random.whole(0, profile.landings.length - 1);
  return landing === car.landing ? (landing > 0 ? landing - 1 : landing + 1) : landing;
}
