import { JUNCTION, NO_SAVE, NODE, openEpanet, TIME, type EpanetProject } from './epanet.js';

/** A network opened in EPANET, its demands taken over: each junction draws what is set for the step. */
export class EpanetNetwork {
  private constructor(
    readonly project: EpanetProject,
    /** Junctions that draw water: node index and base demand, in the network's own unit, per category. */
    readonly junctions: readonly Junction[],
  ) {}

  static async open(inp: Uint8Array): Promise<EpanetNetwork> {
    const project = await openEpanet(inp);
    const junctions: Junction[] = [];
    for (let node = 1; project.getNodeType(node) === JUNCTION; node++) {
      const parts: { base: number; pattern: number }[] = [];
      for (let k = 1; k <= project.getNumberOfDemands(node); k++)
        parts.push({ base: project.getBaseDemand(node, k), pattern: project.getDemandPattern(node, k) });
      if (parts.some((p) => p.base > 0)) junctions.push({ node, parts });
    }
    return new EpanetNetwork(project, junctions);
  }

  pattern(index: number): number[] {
    const length = this.project.getPatternLength(index);
    return Array.from({ length }, (_, i) => this.project.getPatternValue(index, i + 1));
  }

  setEmitter(node: number, coefficient: number): void {
    this.project.setNodeValue(node, NODE.emitter, coefficient);
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
    project.setTimeParameter(TIME.duration, steps * stepS);
    project.setTimeParameter(TIME.hydraulicStep, stepS);
    project.setTimeParameter(TIME.reportStep, stepS);
    project.setTimeParameter(TIME.patternStep, stepS);
    const flat = this.flatPattern();
    for (const { node, parts } of junctions)
      parts.forEach((_, k) => {
        project.setDemandPattern(node, k + 1, flat);
        project.setBaseDemand(node, k + 1, 0);
      });
    const demands = new Float64Array(junctions.length);
    project.openH();
    project.initH(NO_SAVE);
    let step = 0;
    for (let more = 1; more > 0 && step < steps;) {
      const due = step * stepS;
      if (project.getTimeParameter(TIME.now) >= due) {
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
    this.project.close();
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
