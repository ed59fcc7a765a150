import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [options]

Starts the service on an empty data folder, drives it from another process over MQTT QoS 1 with paced, device-shaped
load (open loop), and writes bench/out/latest.json.

  --profile NAME     embedded: database and broker of Steward's own, or production: PostgreSQL, Redis, InfluxDB and
                     Mosquitto as on a server, started on this machine as \`npm run stack\` does  (embedded)
  --quick            a smoke test of a minute: few connections, low rates; its figures mean nothing
  --runs N           N runs on fresh data folders, medians reported          (1)
  --connections N    background devices, a connection each                   (2000)
  --workers N        processes that make the load                            (1)
  --steps LIST       steps of one's own, RATE:DURESS:SECONDS separated by commas, and no ladder after them
  --no-answers       nobody ends the duress tickets: they all go on escalating
  --aedes-only       only the bare aedes
  --no-aedes         without the bare aedes
  --help
`;

export interface LoadStep {
  /** Background messages per second. */
  readonly background: number;
  /** Duress codes on as many gates. */
  readonly duress: number;
  readonly measureMs: number;
  /** Entrapments whose deadlines are timed in this step. */
  readonly trapped: number;
}

export type Profile = 'embedded' | 'production';

export interface BenchOptions {
  readonly profile: Profile;
  readonly quick: boolean;
  readonly runs: number;
  readonly connections: number;
  readonly workers: number;
  readonly answerAfterMs: number | null;
  readonly service: boolean;
  readonly aedes: boolean;
  readonly steps: readonly LoadStep[];
  /** Tried after the steps until one is not sustained. */
  readonly ladder: readonly number[];
  readonly aedesRates: readonly number[];
  readonly warmupMs: number;
  readonly ladderMs: number;
}

const FULL_STEPS: readonly LoadStep[] = [
  { background: 500, duress: 220, measureMs: 22_000, trapped: 0 },
  { background: 2000, duress: 220, measureMs: 22_000, trapped: 0 },
  { background: 5000, duress: 1100, measureMs: 80_000, trapped: 50 },
  { background: 10_000, duress: 220, measureMs: 25_000, trapped: 0 },
];
const QUICK_STEPS: readonly LoadStep[] = [
  { background: 200, duress: 20, measureMs: 5000, trapped: 0 },
  { background: 500, duress: 20, measureMs: 45_000, trapped: 5 },
];

/** Returns null when only help was wanted. Throws what is wrong with the arguments. */
export function benchOptions(args: readonly string[]): BenchOptions | null {
  const { values: o } = parseArgs({
    args: [...args],
    options: {
      profile: { type: 'string', default: 'embedded' },
      quick: { type: 'boolean', default: false },
      runs: { type: 'string', default: '1' },
      connections: { type: 'string' },
      workers: { type: 'string', default: '1' },
      steps: { type: 'string' },
      'no-answers': { type: 'boolean', default: false },
      'aedes-only': { type: 'boolean', default: false },
      'no-aedes': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (o.help) return null;
  const whole = (name: string, text: string): number => {
    const n = Number(text);
    if (!Number.isInteger(n) || n < 1) throw new Error(`--${name} must be a whole number above 0, not "${text}"`);
    return n;
  };
  const { quick, profile } = o;
  if (profile !== 'embedded' && profile !== 'production')
    throw new Error(`--profile must be embedded or production, not "${profile}"`);
  const own = o.steps?.split(',').map((text): LoadStep => {
    const [rate = '', duress = '', seconds = ''] = text.split(':');
    return {
      background: whole('steps', rate),
      duress: Number(duress),
      measureMs: 1000 * whole('steps', seconds),
      trapped: 0,
    };
  });
  return {
    profile,
    quick,
    runs: whole('runs', o.runs),
    connections: whole('connections', o.connections ?? (quick ? '300' : '2000')),
    workers: whole('workers', o.workers),
    answerAfterMs: o['no-answers'] ? null : 3000,
    service: !o['aedes-only'],
    aedes: !o['no-aedes'],
    steps: own ?? (quick ? QUICK_STEPS : FULL_STEPS),
    ladder: own ? [] : quick ? [1000] : [12_000, 15_000, 20_000, 25_000],
    aedesRates: quick ? [1000] : [10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000],
    warmupMs: quick ? 1500 : 5000,
    ladderMs: quick ? 3000 : 15_000,
  };
}
