import { LINK, FRESH_FLOWS, NODE, openEpanet, type EpanetProject } from './epanet.js';

/** A building and the risers that stand in it, by id. */
export interface NetworkPlan {
  readonly buildings: readonly { readonly id: string; readonly risers: readonly string[] }[];
  /** Pressure of the town's main at the estate's gate, MPa. */
  readonly supplyMpa: number;
}

/** At the foot of a riser. */
export interface RiserWater {
  readonly pressureMpa: number;
  readonly flowLps: number;
}

/** 1 m of water, MPa. */
const MPA_PER_M = 0.00980665;
/** Hazen-Williams coefficient of plastic and lined iron pipes. */
const ROUGHNESS = 130;
/** Length m, diameter mm: from the town's main to the estate, to a building, up to the riser's sensor. */
const ESTATE_MAIN = [250, 150] as const;
const BUILDING_MAIN = [60, 80] as const;
const RISER_FOOT = [35, 40] as const;

/** An estate's water pipes in EPANET: town main, estate main, a branch to each building, risers. Steady state, no tanks. */
export class Hydraulics {
  private constructor(
    private readonly project: EpanetProject,
    private readonly town: number,
    /** m of water at which a hole lets out what it is named after. */
    private readonly fullHeadM: number,
    private readonly risers: ReadonlyMap<string, { readonly node: number; readonly link: number }>,
  ) {}

  static async open(plan: NetworkPlan): Promise<Hydraulics> {
    // EPANET's own names are at most 31 characters long: its nodes are numbered.
    let count = 0;
    const junctions: string[] = [];
    const pipes: string[] = [];
    const pipe = (from: string, [length, diameter]: readonly [number, number]): string => {
      const to = `n${++count}`;
      junctions.push(`${to} 0 0`);
      pipes.push(`p${count} ${from} ${to} ${length} ${diameter} ${ROUGHNESS} 0 Open`);
      return to;
    };
    const estate = pipe('town', ESTATE_MAIN);
    const names = new Map<string, string>();
    for (const building of plan.buildings) {
      const branch = pipe(estate, BUILDING_MAIN);
      for (const riser of building.risers) names.set(riser, pipe(branch, RISER_FOOT));
    }
    const headM = plan.supplyMpa / MPA_PER_M;
    const inp = [
      '[JUNCTIONS]',
      ...junctions,
      '[RESERVOIRS]',
      `town ${headM}`,
      '[PIPES]',
      ...pipes,
      '[OPTIONS]',
      'UNITS LPS',
      'HEADLOSS H-W',
      '[END]',
    ];
    const project = await openEpanet(Buffer.from(`${inp.join('\n')}\n`));
    const risers = new Map<string, { node: number; link: number }>();
    for (const [riser, name] of names)
      risers.set(riser, { node: project.getNodeIndex(name), link: project.getLinkIndex(name.replace('n', 'p')) });
    project.openH();
    return new Hydraulics(project, project.getNodeIndex('town'), headM, risers);
  }

  /**
   * @param demandLps what the households of each riser draw
   * @param leakLps   what a hole at each riser lets out at the planned supply pressure; less pressure lets out less
   * @param supplyMpa what the town gives now
   */
  solve(
    demandLps: ReadonlyMap<string, number>,
    leakLps: ReadonlyMap<string, number>,
    supplyMpa: number,
  ): ReadonlyMap<string, RiserWater> {
    const { project } = this;
    project.setNodeValue(this.town, NODE.elevation, supplyMpa / MPA_PER_M);
    for (const [id, { node }] of this.risers) {
      project.setBaseDemand(node, 1, demandLps.get(id) ?? 0);
      project.setNodeValue(node, NODE.emitter, (leakLps.get(id) ?? 0) / Math.sqrt(this.fullHeadM));
    }
    project.initH(FRESH_FLOWS);
    project.runH();
    const water = new Map<string, RiserWater>();
    for (const [id, { node, link }] of this.risers)
      water.set(id, {
        pressureMpa: project.getNodeValue(node, NODE.pressure) * MPA_PER_M,
        flowLps: project.getLinkValue(link, LINK.flow),
      });
    return water;
  }

  has(riser: string): boolean {
    return this.risers.has(riser);
  }

  close(): void {
    this.project.closeH();
    this.project.close();
  }
}
