import { parseArgs } from 'node:util';
import { QUICK, REPORTED, type NetworkSettings } from './network-settings.js';

export const EVALUATE_HELP = `npm run evaluate -- [options]: plays the data sets through the detectors, beside a yardstick

  --quick              fewer generated years and scenarios (under two minutes)
  --only A,B           only these of: battledim, leakdb, bwdf, households, devices
  --data FOLDER        the data sets (default STEWARD_DATASETS, else ../shared/data)
  --seed N             of everything generated (${REPORTED.seed})
  --years N            leak-free years of the town network (${REPORTED.years})
  --days N             length of a generated year (${REPORTED.days})
  --scenarios N        per leakdb network (${REPORTED.scenarios})
  --leak-min, --leak-max  size of leaks as shares of the mean demand (${REPORTED.leakShare.join(', ')})
  --most-leaks N       per scenario (${REPORTED.mostLeaks})
  --season, --day-noise, --hour-noise, --node-noise  shares of the demand (${Object.values(REPORTED.noise).join(', ')})
  --step-s N           of leakdb scenarios, seconds (${REPORTED.stepS}; the set's own is 1800)
  --leak-rates, --register-steps, --read-intervals, --seeds  injected leaks of households: L/h, L, s, seeds (lists: 3,5)
  --operator-days N    a known leak becomes the baseline so long after its alarm (${REPORTED.operatorDays})
`;

export interface EvaluateOptions {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly data?: string;
  readonly networks: NetworkSettings;
}

const text = { type: 'string' } as const;

/** @returns null for --help @throws Error with what is wrong */
export function evaluateOptions(args: readonly string[], sets: readonly string[]): EvaluateOptions | null {
  const { values: v } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean' },
      quick: { type: 'boolean' },
      ...{ only: text, data: text, seed: text, years: text, days: text, scenarios: text },
      ...{ 'leak-min': text, 'leak-max': text, 'most-leaks': text, 'step-s': text, 'operator-days': text },
      ...{ 'leak-rates': text, 'register-steps': text, 'read-intervals': text, seeds: text },
      ...{ season: text, 'day-noise': text, 'hour-noise': text, 'node-noise': text },
    },
  });
  if (v.help) return null;
  const base: NetworkSettings = { ...REPORTED, ...(v.quick ? QUICK : {}) };
  const number = (name: keyof typeof v, otherwise: number, least = 0): number => {
    const told = v[name];
    if (told === undefined) return otherwise;
    const n = Number(told);
    if (!Number.isFinite(n) || n < least) throw new Error(`--${name} must be a number of at least ${least}`);
    return n;
  };
  const only = v.only?.split(',') ?? sets;
  const unknown = only.find((name) => !sets.includes(name));
  if (unknown !== undefined) throw new Error(`--only: no set ${unknown}; there are ${sets.join(', ')}`);
  const { noise } = base;
  return {
    quick: v.quick === true,
    only,
    ...(v.data === undefined ? {} : { data: v.data }),
    networks: {
      seed: number('seed', base.seed),
      years: number('years', base.years),
      days: number('days', base.days, 60),
      scenarios: number('scenarios', base.scenarios),
      leakShare: [number('leak-min', base.leakShare[0], 0.001), number('leak-max', base.leakShare[1], 0.001)],
      mostLeaks: number('most-leaks', base.mostLeaks),
      stepS: number('step-s', base.stepS, 60),
      operatorDays: number('operator-days', base.operatorDays ?? 0),
      noise: {
        season: number('season', noise.season),
        day: number('day-noise', noise.day),
        hour: number('hour-noise', noise.hour),
        node: number('node-noise', noise.node),
      },
    },
  };
}
