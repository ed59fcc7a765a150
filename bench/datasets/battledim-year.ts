import { Random } from '../../simulators/random.js';
import { ltownSensor } from './battledim.js';
import { DemandWeather, type DemandNoise } from './demand-weather.js';
import { LINK, NODE } from './epanet.js';
import { EpanetNetwork } from './epanet-run.js';
import type { NetworkSeries } from './network-series.js';

const HOUR_S = 3600;
const FLOWS = ['p227', 'p235', 'PUMP_1'];
/** The 33 pressure sensors of the contest. */
const PRESSURES = (
  'n1 n4 n31 n54 n105 n114 n163 n188 n215 n229 n288 n296 n332 n342 n410 n415 n429 n458 n469 n495 n506 n516 n519 ' +
  'n549 n613 n636 n644 n679 n722 n726 n740 n752 n769'
).split(' ');

export interface YearSettings {
  readonly seed: number;
  readonly days: number;
  readonly noise: DemandNoise;
}

/**
 * A year of the town network without any leak: each node's weekly demand, multiplied by a season, by days and hours
 * that go up and down together, and by noise of its own. Rounded as the set's sensors are.
 */
export async function leakFreeYear(inp: Uint8Array, settings: YearSettings): Promise<NetworkSeries> {
  const network = await EpanetNetwork.open(inp);
  const { project, junctions } = network;
  const steps = settings.days * 24;
  const random = Random.for(settings.seed, 'ltown');
  const weather = new DemandWeather(settings.noise, random, junctions.length);
  const patterns = new Map<number, number[]>();
  const perHour = (index: number): number[] => {
    const known = patterns.get(index);
    if (known) return known;
    const fine = network.pattern(index);
    const per = Math.max(1, Math.round(fine.length / 168));
    const hourly = Array.from({ length: 168 }, (_, h) => fine[(h * per) % fine.length] ?? 1);
    patterns.set(index, hourly);
    return hourly;
  };
  const parts = junctions.map((j) => j.parts.map((p) => ({ base: p.base, hourly: perHour(p.pattern) })));
  const links = FLOWS.map((id) => project.getLinkIndex(id));
  const nodes = PRESSURES.map((id) => project.getNodeIndex(id));
  const tank = project.getNodeIndex('T1');
  const columns = [...FLOWS.map((f) => `${f}_m3h`), 'T1_level_m', ...PRESSURES.map((n) => `${n}_m`)];
  const raw = columns.map(() => new Float64Array(steps));
  const cents = (v: number): number => Math.round(v * 100) / 100;
  network.run(
    steps,
    HOUR_S,
    (step, demands) => {
      const common = weather.hour(step);
      parts.forEach((list, i) => {
        let base = 0;
        for (const p of list) base += p.base * (p.hourly[step % 168] ?? 1);
        demands[i] = base * common * weather.node(i);
      });
    },
    (step) => {
      links.forEach((l, c) => (raw[c]![step] = cents(project.getLinkValue(l, LINK.flow))));
      raw[FLOWS.length]![step] = cents(project.getNodeValue(tank, NODE.pressure));
      nodes.forEach((n, c) => (raw[FLOWS.length + 1 + c]![step] = cents(project.getNodeValue(n, NODE.pressure))));
    },
  );
  network.close();
  const begin = Date.UTC(2018, 0, 1);
  const at = Float64Array.from({ length: steps }, (_, i) => begin + i * HOUR_S * 1000);
  const sensors = columns.flatMap((c, i) => ltownSensor(c, (scale) => raw[i]!.map((v) => v * scale)) ?? []);
  return { name: 'ltown-leak-free', timezone: 'UTC', at, stepS: HOUR_S, sensors, leaks: [] };
}
