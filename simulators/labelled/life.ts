import type { LiftProfile } from '../elevator/lift-profile.js';
import { boardable, nextStop } from '../elevator/next-stop.js';
import { newPassenger, nextArrival } from '../elevator/passenger-traffic.js';
import type { Passenger } from '../elevator/lift-state.js';
import { arrivalOf } from '../elevator/travel.js';
import type { Random } from '../random.js';
import { Car } from './car.js';
import { drawTask, runTask, type Task } from './tasks.js';
import { runTrap, type Trap } from './traps.js';

/** Yields the model time until which nothing but the car's motion changes; the car stands at that time when it goes on. */
export type Waits = Generator<number, void, void>;

export interface LifeTraits {
  /** Waits with its door open between calls. */
  readonly parksOpen: boolean;
  /** Mean hours between two tasks (cleaning, inspection, blackouts …), and share of them that trap people. */
  readonly taskEveryH: number;
  readonly trapShare: number;
}

const LEFT_ZONE_MS = 700;
const REOPENS = 0.04;

/** One lift and its people as a process: calls are served, doors move, and now and then something happens. */
export class LiftLife {
  readonly car: Car;
  /** What is being done to the car; the labels carry it. */
  cause = 'traffic';
  /** Waits for the next ride with people. */
  trap: Trap | null = null;
  /** The device says nothing while this holds: its power is gone with the car's. */
  deviceDead = false;
  /** The house is dark, seen by its other devices. */
  houseDark = false;
  private waiting: Passenger[] = [];
  private nextArrivalAt: number;
  private task: Task;

  constructor(
    readonly profile: LiftProfile,
    readonly traits: LifeTraits,
    readonly random: Random,
    startAt: number,
  ) {
    this.car = new Car(profile, startAt, random.whole(0, profile.landings.length - 1) * profile.floorHeightM);
    this.nextArrivalAt = nextArrival(profile, startAt, random);
    this.task = drawTask(this, startAt);
  }

  *run(endAt: number): Waits {
    // A car that comes to life shows that nobody is in it.
    yield* this.openDoor();
    yield* this.for(15_000);
    yield* this.closeDoor();
    while (this.car.at < endAt) {
      yield* this.until(Math.min(this.nextArrivalAt, this.task.at));
      if (this.task.at <= this.car.at) {
        const { task } = this;
        yield* runTask(this, task);
        this.task = drawTask(this, this.car.at);
        this.cause = this.trap === null ? 'traffic' : this.cause;
      }
      yield* this.serve();
    }
  }

  *until(at: number): Waits {
    if (at > this.car.at) yield at;
  }
  *for(ms: number): Waits {
    yield* this.until(this.car.at + Math.round(ms));
  }

  /** Carries whoever waits until nobody does. */
  *serve(): Waits {
    for (;;) {
      this.gather();
      const { car, waiting, profile } = this;
      const here = car.landing;
      const riders = { aboard: car.riders, waiting, direction: car.direction };
      if (car.riders.some((p) => p.to === here) || boardable(riders, here, profile.seats).length > 0) {
        yield* this.exchange(here);
        continue;
      }
      const stop = nextStop(riders, here, profile.seats);
      if (stop === null) break;
      if (car.door !== 'closed') yield* this.closeDoor();
      if (this.trap !== null && car.riders.length > 0) yield* this.springTrap(stop);
      else yield* this.travel(stop * profile.floorHeightM);
    }
    if (this.traits.parksOpen && this.car.door === 'closed') yield* this.openDoor();
  }

  *travel(toM: number, limitMps?: number): Waits {
    const arriveAt = arrivalOf(this.car.depart(toM, limitMps));
    yield* this.until(Math.min(arriveAt, this.car.at + LEFT_ZONE_MS));
    yield* this.until(arriveAt - LEFT_ZONE_MS);
    yield* this.until(arriveAt);
    this.car.rest();
  }

  *openDoor(): Waits {
    const { car } = this;
    if (car.door === 'open') return;
    car.door = 'opening';
    yield* this.for(this.profile.doorOpeningMs);
    car.door = 'open';
  }

  *closeDoor(): Waits {
    const { car, random } = this;
    for (;;) {
      car.door = 'closing';
      if (!random.chance(REOPENS)) break;
      // An arm between the leaves.
      yield* this.for(random.between(500, this.profile.doorClosingMs - 200));
      yield* this.openDoor();
      yield* this.for(2000);
    }
    yield* this.for(this.profile.doorClosingMs);
    car.door = 'closed';
  }

  /** Out first, then in. */
  *exchange(here: number): Waits {
    const { car, profile } = this;
    yield* this.openDoor();
    yield* this.for(1500);
    car.riders = car.riders.filter((p) => p.to !== here);
    yield* this.for(1500);
    this.gather();
    const boarding = boardable(
      { aboard: car.riders, waiting: this.waiting, direction: car.direction },
      here,
      profile.seats,
    );
    car.riders = [...car.riders, ...boarding];
    this.waiting = this.waiting.filter((p) => !boarding.includes(p));
    yield* this.for(profile.dwellMs);
    const late = boardable(
      { aboard: car.riders, waiting: this.waiting, direction: car.direction },
      here,
      profile.seats,
    );
    if (late.length === 0) yield* this.closeDoor();
  }

  /** Everybody leaves; the door stays open long enough for anybody to see it. */
  *evacuate(): Waits {
    yield* this.openDoor();
    yield* this.for(3000);
    this.car.riders = [];
    this.car.fidgetS = 6;
    this.car.button = false;
    yield* this.for(20_000);
    yield* this.closeDoor();
  }

  private *springTrap(stop: number): Waits {
    const trap = this.trap as Trap;
    this.trap = null;
    this.cause = trap;
    yield* runTrap(this, trap, stop);
    this.cause = 'traffic';
  }

  private gather(): void {
    while (this.nextArrivalAt <= this.car.at) {
      this.waiting.push(newPassenger(this.profile, this.nextArrivalAt, this.random));
      this.nextArrivalAt = nextArrival(this.profile, this.nextArrivalAt, this.random);
    }
    // Whoever has waited for five minutes takes the stairs.
    if (this.waiting.length > 0) this.waiting = this.waiting.filter((p) => this.car.at - p.cameAt < 300_000);
  }
}
