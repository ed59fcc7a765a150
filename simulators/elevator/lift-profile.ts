/** What a lift is built like and how busy its house is. */
export interface LiftProfile {
  /** Landing numbers from the lowest up, as shown on the car panel; there is no floor 0. */
  readonly landings: readonly number[];
  readonly floorHeightM: number;
  readonly ratedSpeedMps: number;
  readonly accelerationMps2: number;
  /** Speed at which a rescuer, or the automatic rescue on battery, brings the car to a landing. */
  readonly rescueSpeedMps: number;
  readonly doorOpeningMs: number;
  readonly doorClosingMs: number;
  readonly dwellMs: number;
  /** Door zone: so far from a landing the car still counts as level, m. */
  readonly doorZoneM: number;
  readonly seats: number;
  /** Reports when nothing happens, and while the car moves or stands where it should not, ms. */
  readonly reportEveryMs: number;
  readonly busyReportEveryMs: number;
  /** Mean number of passengers an hour at an ordinary hour of the day. */
  readonly passengersPerHour: number;
  readonly utcOffsetHours: number;
}

/** A house with no floor 0: B1 is −1, the lobby 1. */
export function landingsBetween(lowest: number, highest: number): number[] {
  const all: number[] = [];
  for (let f = lowest; f <= highest; f++) if (f !== 0) all.push(f);
  return all;
}

/** A common residential lift: 630 kg, 1.75 m/s, 1 m/s². */
export function liftProfile(over: Partial<LiftProfile> = {}): LiftProfile {
  return {
    landings: landingsBetween(1, 18),
    floorHeightM: 3,
    ratedSpeedMps: 1.75,
    accelerationMps2: 1,
    rescueSpeedMps: 0.3,
    doorOpeningMs: 2500,
    doorClosingMs: 3000,
    dwellMs: 4000,
    doorZoneM: 0.2,
    seats: 8,
    reportEveryMs: 10_000,
    busyReportEveryMs: 1000,
    passengersPerHour: 40,
    utcOffsetHours: 8,
    ...over,
  };
}
