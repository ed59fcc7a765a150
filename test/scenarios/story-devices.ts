import type { ElevatorValues } from '../../src/telemetry/reading.js';
import type { ValuesByKind } from '../../src/telemetry/reading.js';
import type { DeviceKind } from '../../src/estate/device.js';

/** How a played device reaches the service: one reading, now. Resolves when it is accepted. */
export type Tell = (device: string, values: ValuesByKind[DeviceKind]) => Promise<void>;

/** A device that says the same thing at its usual interval until it is told otherwise, or falls silent. */
export class StoryDevice<V extends ValuesByKind[DeviceKind]> {
  private latest: V | null = null;
  private lastSpokeAt = -Infinity;
  silent = false;

  constructor(
    readonly id: string,
    private readonly intervalMs: number,
    private readonly tell: Tell,
    private readonly now: () => number,
  ) {}

  async says(values: V): Promise<void> {
    this.latest = values;
    this.silent = false;
    this.lastSpokeAt = this.now();
    await this.tell(this.id, values);
  }

  /** Says nothing any more. */
  fallsSilent(): void {
    this.silent = true;
  }

  /** Time has passed: it repeats itself when its interval is over. */
  async live(): Promise<void> {
    if (this.silent || !this.latest || this.now() - this.lastSpokeAt < this.intervalMs) return;
    await this.says(this.latest);
  }
}

const car = (over: ElevatorValues): ElevatorValues => ({
  mode: 'normal',
  direction: 'none',
  speedMps: 0,
  doorZone: true,
  door: 'closed',
  peopleInCar: false,
  alarmButton: false,
  mainsPower: true,
  ...over,
});

/** Sentences that a lift can play. */
export class StoryLift extends StoryDevice<ElevatorValues> {
  private last: ElevatorValues = car({ floor: 1 });

  override async says(values: ElevatorValues): Promise<void> {
    this.last = values;
    await super.says(values);
  }
  standsEmptyAt(floor: number): Promise<void> {
    return this.says(car({ floor }));
  }
  async takesPeopleAt(floor: number): Promise<void> {
    await this.says(car({ floor, door: 'open', peopleInCar: true }));
    await this.says(car({ floor, peopleInCar: true }));
  }
  runs(): Promise<void> {
    return this.says(car({ floor: 3, doorZone: false, peopleInCar: true, speedMps: 1.5, direction: 'up' }));
  }
  /** People get in, the car leaves the landing, and stops. The hold begins now. */
  async isTrappedBetween(lower: number, upper: number): Promise<void> {
    await this.standsEmptyAt(lower);
    await this.takesPeopleAt(lower);
    await this.says(car({ floor: lower, doorZone: false, peopleInCar: true, speedMps: 1.5, direction: 'up' }));
    await this.says(car({ floor: (lower + upper) / 2, doorZone: false, peopleInCar: true }));
  }
  /** An empty car stops outside the door zone. */
  async stopsEmptyBetween(lower: number, upper: number): Promise<void> {
    await this.standsEmptyAt(lower);
    await this.says(car({ floor: lower, doorZone: false, speedMps: 1.5, direction: 'up' }));
    await this.says(car({ floor: (lower + upper) / 2, doorZone: false }));
  }
  /** Door fully open at a landing, everybody out, door closed again, nobody inside. */
  async opensAndEmptiesAt(floor: number): Promise<void> {
    await this.says(car({ floor, door: 'open', peopleInCar: true }));
    await this.says(car({ floor, door: 'open' }));
  }
  closes(): Promise<void> {
    return this.says({ ...this.last, door: 'closed' });
  }
  pressesButton(): Promise<void> {
    return this.says({ ...this.last, alarmButton: true });
  }
  releasesButton(): Promise<void> {
    return this.says({ ...this.last, alarmButton: false });
  }
  losesMains(): Promise<void> {
    return this.says({ ...this.last, mainsPower: false });
  }
  is(over: ElevatorValues): Promise<void> {
    return this.says({ ...this.last, ...over });
  }
}
