import { InitHydOption, NodeProperty, Project, StatusReport, TimeParameter, Workspace } from 'epanet-js';

/** Node property of EPANET 2.3 that this binding does not name: flow out of the node's emitter. */
export const EMITTER_FLOW = 29;

/** A network opened in EPANET, its demands taken over: each junction draws what is set for the step. */
export class EpanetNetwork {
  private constructor(
    readonly project: Project,
    /** Junctions that draw water: node index and base demand, in the network's own unit, per category. */
    readonly junctions: readonly Junction[],
    private readonly free: () => void,
  ) {}

  static async open(inp: Uint8Array): Promise<EpanetNetwork> {
    const workspace = new Workspace();
    await workspace.loadModule();
    workspace.writeFile('network.inp', inp);
    const project = new Project(workspace);
    project.open('network.inp', 'report.rpt', 'out.bin');
    project.setStatusReport(StatusReport.NoReport);
    const junctions: Junction[] = [];
    for (let node = 1; project.getNodeType(node) === 0; node++) {
      const parts: { base: number; pattern: number }[] = [];
      for (let k = 1; k <= project.getNumberOfDemands(node); k++)
        parts.push({ base: project.getBaseDemand(node, k), pattern: project.getDemandPattern(node, k) });
      if (parts.some((p) => p.base > 0)) junctions.push({ node, parts });
    }
    const network = new EpanetNetwork(project, junctions, () => project.close());
    return network;
  }

  pattern(index: number): number[] {
    const length = this.project.getPatternLength(index);
    return Array.from({ length }, (_, i) => this.project.getPatternValue(index, i + 1));
  }

  setEmitter(node: number, coefficient: number): void {
    this.project.setNodeValue(node, NodeProperty.Emitter, coefficient);
  }

  /**
   * Runs `steps` steps of `stepS` seconds. Before each, `before` sets what each drawing junction takes (in the order
   * of `junctions`); after each, `after` reads the solved network. Pumps and tanks follow the network's own controls.
   */
  run(
    steps: number,
    stepS: number,
    before: (step: number, demands: Float64Array) => void,
    after: (step: number) => void,
  ): void {
    const { project, junctions } = this;
    project.setTimeParameter(TimeParameter.Duration, steps * stepS);
    project.setTimeParameter(TimeParameter.HydStep, stepS);
    project.setTimeParameter(TimeParameter.ReportStep, stepS);
    project.setTimeParameter(TimeParameter.PatternStep, stepS);
    const flat = this.flatPattern();
    for (const { node, parts } of junctions)
      parts.forEach((_, k) => {
        project.setDemandPattern(node, k + 1, flat);
        project.setBaseDemand(node, k + 1, 0);
      });
    const demands = new Float64Array(junctions.length);
    project.openH();
    project.initH(InitHydOption.NoSave);
    let step = 0;
    for (let more = 1; more > 0 && step < steps; ) {
      const due = step * stepS;
      if (project.getTimeParameter(TimeParameter.HTime) >= due) {
        before(step, demands);
        junctions.forEach(({ node }, i) => project.setBaseDemand(node, 1, demands[i] ?? 0));
      }
      const t = project.runH();
      if (t >= due) after(step++);
      more = project.nextH();
    }
    project.closeH();
  }

  close(): void {
    this.free();
  }

  private flatPattern(): number {
    try {
      return this.project.getPatternIndex('steward-flat');
    } catch {
      this.project.addPattern('steward-flat');
      const index = this.project.getPatternIndex('steward-flat');
      this.project.setPattern(index, [1]);
      return index;
    }
  }
}

export interface Junction {
  readonly node: number;
  readonly parts: readonly { readonly base: number; readonly pattern: number }[];
}
