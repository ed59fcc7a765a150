import type { Car } from './car.js';

/** People really shut in a car for longer than anybody may be (domain, "Lifts": one hold for both classes). */
export interface TrueEntrapment {
  /** What the simulation did to them. */
  readonly cause: string;
  readonly outside: boolean;
  /** They could not get out since, and it was due to be known at; model ms. */
  readonly sinceAt: number;
  readonly dueAt: number;
  /** A door opened at a landing; null = not yet. */
  endAt: number | null;
  /**
   * When Steward first got what the device had measured with them in the car, before or during it; null = never. A device
   * that dies in the moment in which people come in, or a network that is away meanwhile, lets nobody know of them.
   */
  heardAt: number | null;
}

export const OUTSIDE_MS = 30_000;
export const INSIDE_MS = 75_000;
export const UNOPENED_MS = 180_000;

/**
 * Truth from people and doors alone: riders inside, no door fully open at a landing, the car standing (or not) for so
 * long. Told of each change of the car, it works out when the hold was over.
 */
export class Labels {
  readonly entrapments: TrueEntrapment[] = [];
  private shutSince: number | null = null;
  private standSince: number | null = null;
  private outside = false;
  private current: TrueEntrapment | null = null;
  private heardAt: number | null = null;
  /** Counts the times that the car was empty: people of one stretch are not those of another. */
  private stretch = 0;
  /** Readings with somebody in the car that are on their way, and in which stretch they were measured. */
  private readonly underWay = new Map<number, number>();

  /** The device has measured, whether anybody will hear of it or not. */
  measured(seq: number, car: Car): void {
    if (car.riders.length > 0) this.underWay.set(seq, this.stretch);
  }

  /** A reading has reached Steward. */
  heard(seq: number | undefined, at: number): void {
    if (seq === undefined || this.underWay.get(seq) !== this.stretch) return;
    this.heardAt ??= at;
    if (this.current) this.current.heardAt ??= at;
  }

  /** @param cause what is being done to the car now; anything goes while all is well */
  note(car: Car, cause: string): void {
    this.settle(car.at, cause);
    if (car.riders.length === 0) this.forget();
    if (car.riders.length === 0 || car.openAtLanding) {
      if (this.current) this.current.endAt = car.at;
      this.current = this.shutSince = this.standSince = null;
      return;
    }
    this.shutSince ??= car.at;
    if (car.moving) this.standSince = null;
    else if (this.standSince === null) {
      this.standSince = car.at;
      this.outside = !car.level;
    }
  }

  private settle(now: number, cause: string): void {
    if (this.current || this.shutSince === null) return;
    const stood = this.standSince === null ? Infinity : this.standSince + (this.outside ? OUTSIDE_MS : INSIDE_MS);
    const dueAt = Math.min(stood, this.shutSince + UNOPENED_MS);
    if (now < dueAt) return;
    const sinceAt = dueAt === stood ? (this.standSince ?? this.shutSince) : this.shutSince;
    this.current = {
      cause,
      outside: this.outside && this.standSince !== null,
      sinceAt,
      dueAt,
      endAt: null,
      heardAt: this.heardAt,
    };
    this.entrapments.push(this.current);
  }

  private forget(): void {
    if (this.underWay.size === 0 && this.heardAt === null) return;
    this.stretch++;
    this.heardAt = null;
    this.underWay.clear();
  }
}
