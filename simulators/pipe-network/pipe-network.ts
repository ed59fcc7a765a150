import { Random } from '../random.js';
import { Hydraulics, type NetworkPlan, type RiserWater } from './hydraulics.js';

interface Hole {
  readonly from: number;
  readonly lps: number;
}

/** Pressures move slowly against this, ms: readings within it share one solution. */
const STEP_MS = 1000;
/** Share by which the town's pressure wanders from minute to minute (1 σ). */
const SUPPLY_WANDER = 0.004;

/**
 * The water of an estate as all its sensors see it: one network, so that a burst at one riser takes pressure from its
 * neighbours. What leaks is a log of holes with their times: the same log and the same households give the same water.
 */
export class PipeNetwork {
  private readonly holes = new Map<string, Hole[]>();
  private solved: { readonly step: number; readonly water: ReadonlyMap<string, RiserWater> } | null = null;

  /** @param demandLps what the households of a riser draw at a moment (model time, ms since the epoch) */
  constructor(
    private readonly plan: NetworkPlan,
    private readonly hydraulics: Hydraulics,
    private readonly demandLps: (riser: string, at: number) => number,
    private readonly seed: number,
  ) {}

  static async open(
    plan: NetworkPlan,
    demandLps: (riser: string, at: number) => number,
    seed: number,
  ): Promise<PipeNetwork> {
    return new PipeNetwork(plan, await Hydraulics.open(plan), demandLps, seed);
  }

  has(riser: string): boolean {
    return this.hydraulics.has(riser);
  }

  /** From `from` on (model time) a hole at this riser lets out so much at full pressure, L/s; 0 = mended. */
  leak(riser: string, lps: number, from: number): void {
    const log = this.holes.get(riser) ?? [];
    this.holes.set(riser, [...log.filter((h) => h.from < from), { from, lps }]);
    this.solved = null;
  }

  at(riser: string, at: number): RiserWater {
    const step = Math.floor(at / STEP_MS);
    if (this.solved?.step !== step) this.solved = { step, water: this.solve(step * STEP_MS, at) };
    const water = this.solved.water.get(riser);
    if (!water) throw new Error(`riser ${riser} is not in the network`);
    return water;
  }

  close(): void {
    this.hydraulics.close();
  }

  private solve(stepAt: number, at: number): ReadonlyMap<string, RiserWater> {
    const demands = new Map<string, number>();
    const leaks = new Map<string, number>();
    for (const { risers } of this.plan.buildings)
      for (const riser of risers) {
        demands.set(riser, this.demandLps(riser, stepAt));
        const hole = this.holes.get(riser)?.findLast((h) => h.from <= at);
        if (hole) leaks.set(riser, hole.lps);
      }
    const supply =
      this.plan.supplyMpa * (1 + SUPPLY_WANDER * Random.for(this.seed, 'supply', Math.floor(stepAt / 60_000)).noise());
    return this.hydraulics.solve(demands, leaks, supply);
  }
}
