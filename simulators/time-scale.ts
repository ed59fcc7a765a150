/**
 * Model time against wall time. The world of the models may run faster than the clock; what a device writes into its
 * readings is always wall time, and Steward's holds run on its own clock, which nobody hurries.
 */
export class TimeScale {
  constructor(
    /** Wall and model ms since the epoch at which the play began. */
    readonly startedAt: number,
    readonly speed: number,
  ) {}

  model(wall: number): number {
    return this.startedAt + (wall - this.startedAt) * this.speed;
  }

  wall(model: number): number {
    return Math.round(this.startedAt + (model - this.startedAt) / this.speed);
  }
}
