/**
 * The part of EPANET's toolkit that the generators use. The binding's own declarations cannot be resolved by
 * TypeScript's node resolution, so they are written down here (numbers: EPANET 2.3, epanet2_enums.h).
 */
export interface EpanetProject {
  open(inp: string, report: string, out: string): void;
  close(): void;
  setStatusReport(level: number): void;
  getNodeIndex(id: string): number;
  getNodeType(node: number): number;
  getNodeValue(node: number, property: number): number;
  setNodeValue(node: number, property: number, value: number): void;
  getNumberOfDemands(node: number): number;
  getBaseDemand(node: number, demand: number): number;
  setBaseDemand(node: number, demand: number, base: number): void;
  getDemandPattern(node: number, demand: number): number;
  setDemandPattern(node: number, demand: number, pattern: number): void;
  getPatternIndex(id: string): number;
  getPatternLength(pattern: number): number;
  getPatternValue(pattern: number, period: number): number;
  setPattern(pattern: number, values: number[]): void;
  addPattern(id: string): void;
  getLinkIndex(id: string): number;
  getLinkValue(link: number, property: number): number;
  getTimeParameter(parameter: number): number;
  setTimeParameter(parameter: number, value: number): void;
  openH(): void;
  initH(flag: number): void;
  runH(): number;
  nextH(): number;
  closeH(): void;
}

interface EpanetWorkspace {
  loadModule(): Promise<void>;
  writeFile(path: string, data: Uint8Array): void;
}
interface EpanetModule {
  readonly Workspace: new () => EpanetWorkspace;
  readonly Project: new (workspace: EpanetWorkspace) => EpanetProject;
}

export const NODE = { elevation: 0, emitter: 3, head: 10, pressure: 11 } as const;
export const LINK = { flow: 8 } as const;
export const TIME = { duration: 0, hydraulicStep: 1, patternStep: 3, reportStep: 5, now: 11 } as const;
export const JUNCTION = 0;
export const NO_REPORT = 0;
export const NO_SAVE = 0;
/** Do not start from the solution before: the same water whatever was asked first. */
export const FRESH_FLOWS = 10;

/** @param inp text of a network file */
export async function openEpanet(inp: Uint8Array): Promise<EpanetProject> {
  const { Workspace, Project } = (await import('epanet-js')) as unknown as EpanetModule;
  const workspace = new Workspace();
  await workspace.loadModule();
  workspace.writeFile('network.inp', inp);
  const project = new Project(workspace);
  project.open('network.inp', 'report.rpt', 'out.bin');
  project.setStatusReport(NO_REPORT);
  return project;
}
