import type { Random } from '../../simulators/random.js';

/** How demand leaves its weekly pattern; all are shares of the demand (0.1 = 10 %). */
export interface DemandNoise {
  /** Height of the yearly wave. */
  readonly season: number;
  /** Deviation of whole days, each remembering 70 % of the one before. */
  readonly day: number;
  /** Deviation of whole hours, the same for all nodes. */
  readonly hour: number;
  /** Deviation of each node in each hour. */
  readonly node: number;
}

const DAY_MEMORY = 0.7;

/** The factors by which a simulated network's demand differs from its weekly pattern. */
export class DemandWeather {
  private day = 0;
  private readonly phase: number;
  constructor(
    private readonly noise: DemandNoise,
    private readonly random: Random,
    readonly nodes: number,
  ) {
    this.phase = random.between(0, 2 * Math.PI);
  }

  /** Of the whole network in this hour of the year. Call once per hour, in order. */
  hour(hour: number): number {
    const { season, day, hour: hourly } = this.noise;
    if (hour % 24 === 0) this.day = DAY_MEMORY * this.day + Math.sqrt(1 - DAY_MEMORY ** 2) * day * this.random.noise();
    const yearly = 1 + season * Math.sin((2 * Math.PI * hour) / 8760 + this.phase);
    return Math.max(0.1, yearly * (1 + this.day) * (1 + hourly * this.random.noise()));
  }

  /** Of one node in the present hour. */
  node(_index: number): number {
    return this.noise.node === 0 ? 1 : Math.max(0, 1 + this.noise.node * this.random.noise());
  }
}
