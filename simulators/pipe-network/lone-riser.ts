import { Random } from '../random.js';
import type { RiserWater } from './hydraulics.js';
import type { RiserSource } from './riser-model.js';
import { waterDemand } from './water-demand.js';

export interface LoneRiserProfile {
  /** Pressure at rest, and how much of it the peak demand takes, MPa. */
  readonly staticMpa: number;
  readonly dropAtPeakMpa: number;
  /** Flow at peak demand, L/s. */
  readonly peakFlowLps: number;
  readonly utcOffsetHours: number;
}

/** A sensor of whose pipes nothing is known: its riser's demand follows the daily curve, friction the square of the flow. */
export class LoneRiser implements RiserSource {
  private leakLps = 0;

  constructor(
    private readonly profile: LoneRiserProfile,
    private readonly seed: number,
    private readonly id: string,
  ) {}

  at(at: number): RiserWater {
    const p = this.profile;
    const wander = 0.05 * Random.for(this.seed, this.id, Math.floor(at / 60_000)).noise();
    const demand = Math.min(1.2, Math.max(0, waterDemand(at, p.utcOffsetHours) + wander));
    const lost = Math.min(0.12, this.leakLps * 0.05);
    return {
      pressureMpa: Math.max(0.02, p.staticMpa - p.dropAtPeakMpa * demand * demand - lost),
      flowLps: demand * p.peakFlowLps + this.leakLps,
    };
  }

  leak(lps: number): void {
    this.leakLps = lps;
  }
}
