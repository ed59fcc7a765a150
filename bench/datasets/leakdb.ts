import { Random } from '../../simulators/random.js';
import { DemandWeather, type DemandNoise } from './demand-weather.js';
import { LINK, NODE } from './epanet.js';
import { EpanetNetwork } from './epanet-run.js';
import type { NetworkSeries, SensorSeries, TrueLeak } from './network-series.js';

/** What a family of scenarios is made from. All are arguments of `npm run evaluate`. */
export interface LeakdbSettings {
  readonly seed: number;
  readonly days: number;
  readonly stepS: number;
  readonly noise: DemandNoise;
  /** Leaks are between these shares of the network's mean demand, even on a logarithmic scale. */
  readonly leakShare: readonly [number, number];
  /** Each scenario has 0 … this many leaks, one after the other. */
  readonly mostLeaks: number;
}

const CELL = { psi: 0.00689476, m: 0.00980665 };
const GPM_LPS = 0.0630902;
const FT_M = 0.3048;

/** Where the two networks of the set are measured, and their units. */
export const LEAKDB_NETWORKS = {
  'Hanoi_CMH.inp': { inlet: '1', lps: 1 / 3.6, mpa: CELL.m, pressures: ['12', '22', '30'], tank: null },
  'Net1.inp': {
    ...{ inlet: '9', lps: GPM_LPS, mpa: CELL.psi, pressures: ['13', '23', '31'] },
    tank: { id: '2', bottom: 850, fullLevel: 150, storageM3: (Math.PI / 4) * (50.5 * FT_M) ** 2 * 150 * FT_M },
  },
} as const;
export type LeakdbNetwork = keyof typeof LEAKDB_NETWORKS;

interface PlannedLeak extends TrueLeak {
  readonly node: number;
  readonly share: number;
  /** An incipient leak grows over this many ms; 0 = abrupt. */
  readonly growsMs: number;
}

const DAY_MS = 86_400_000;
/** Hours of a residential day, of their mean; weekends rise later. */
const WORKDAY = [
  0.5, 0.42, 0.38, 0.37, 0.42, 0.6, 0.95, 1.45, 1.5, 1.3, 1.15, 1.1, 1.15, 1.15, 1.05, 1.0, 1.05, 1.15, 1.35, 1.5, 1.45,
  1.2, 0.95, 0.7,
];
const shapeOf = (random: Random): number[] => {
  const lift = random.between(0.85, 1.15);
  return Array.from({ length: 168 }, (_, h) => {
    const weekend = h >= 120;
    const hour = weekend ? (h + 23) % 24 : h % 24;
    return (1 + ((WORKDAY[hour] ?? 1) - 1) * lift) * (weekend ? 1.06 : 1);
  });
};

function planLeaks(s: LeakdbSettings, begin: number, nodes: readonly number[], random: Random): PlannedLeak[] {
  const count = random.whole(0, s.mostLeaks);
  // After the first eight weeks, so that every rule has had its time to learn; one after the other, with a gap.
  const first = begin + Math.min(56, s.days / 4) * DAY_MS;
  const span = (s.days * DAY_MS - (first - begin)) / Math.max(1, count);
  return Array.from({ length: count }, (_, i) => {
    const from = first + i * span + random.between(0, 0.3) * span;
    const to = from + random.between(0.25, 0.6) * span;
    const [low, high] = s.leakShare;
    return {
      id: `leak-${i + 1}`,
      ...{ from, to, node: random.pick(nodes), share: low * (high / low) ** random.next() },
      growsMs: random.chance(0.5) ? 0 : random.between(0.2, 0.6) * (to - from),
    };
  });
}

/** One year of a network of the set with the leaks that this seed plans; the same numbers give the same year. */
export async function leakdbScenario(
  inp: Uint8Array,
  kind: LeakdbNetwork,
  number: number,
  s: LeakdbSettings,
): Promise<NetworkSeries> {
  const network = await EpanetNetwork.open(inp);
  const { project, junctions } = network;
  const { inlet, lps, mpa, pressures, tank } = LEAKDB_NETWORKS[kind];
  const random = Random.for(s.seed, kind, number);
  const weather = new DemandWeather(s.noise, random, junctions.length);
  const shape = shapeOf(random);
  const steps = Math.floor((s.days * 86_400) / s.stepS);
  const begin = Date.UTC(2018, 0, 1);
  const perHour = 3600 / s.stepS;
  const bases = junctions.map((j) => j.parts.reduce((a, p) => a + p.base, 0));
  const meanDemand = bases.reduce((a, b) => a + b, 0);
  const leaks = planLeaks(
    s,
    begin,
    junctions.map((j) => j.node),
    random,
  );
  const usual = leaks.map(() => 1); // √pressure at the leak's node, told by the step before
  const link = project.getLinkIndex(inlet);
  const nodes = pressures.map((id) => project.getNodeIndex(id));
  const tankNode = tank === null ? 0 : project.getNodeIndex(tank.id);
  const flow = new Float64Array(steps);
  const level = new Float64Array(steps);
  const pressure = nodes.map(() => new Float64Array(steps));
  let common = 1;
  network.run(
    steps,
    s.stepS,
    (step, demands) => {
      const hour = Math.floor(step / perHour);
      if (step % perHour === 0) common = weather.hour(hour);
      bases.forEach((base, i) => (demands[i] = base * (shape[hour % 168] ?? 1) * common * weather.node(i)));
      const at = begin + step * s.stepS * 1000;
      leaks.forEach((leak, i) => {
        const grown = leak.growsMs === 0 ? 1 : Math.min(1, (at - leak.from) / leak.growsMs);
        const runs = at >= leak.from && at < leak.to;
        network.setEmitter(leak.node, runs ? (leak.share * meanDemand * grown) / (usual[i] ?? 1) : 0);
      });
    },
    (step) => {
      flow[step] = project.getLinkValue(link, LINK.flow) * lps;
      nodes.forEach((n, k) => (pressure[k]![step] = project.getNodeValue(n, NODE.pressure) * mpa));
      if (tank !== null)
        level[step] = ((project.getNodeValue(tankNode, NODE.head) - tank.bottom) / tank.fullLevel) * 100;
      // The emitter's coefficient is what it is: set once from the pressure of a quiet night, then physics decides.
      if (step === 0)
        leaks.forEach((leak, i) => {
          usual[i] = Math.sqrt(Math.max(1, project.getNodeValue(leak.node, NODE.pressure)));
        });
    },
  );
  network.close();
  const sensors: SensorSeries[] = [
    { id: 'inflow', channel: 'flowLps', building: null, values: flow },
    ...pressures.map((id, k) => ({
      ...{ id: `p${id}`, channel: 'pressureMpa' as const, building: null, values: pressure[k]! },
    })),
    ...(tank === null
      ? []
      : [
          {
            ...{ id: 'tank', channel: 'levelPct' as const, building: null, values: level },
            attributes: { storageM3: tank.storageM3 },
          },
        ]),
  ];
  const at = Float64Array.from({ length: steps }, (_, i) => begin + i * s.stepS * 1000);
  return { name: `${kind.slice(0, -4)}-${number}`, timezone: 'UTC', at, stepS: s.stepS, sensors, leaks };
}
