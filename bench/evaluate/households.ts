import { loadDaiad } from '../datasets/daiad.js';
import { loadWeusedto } from '../datasets/weusedto.js';
import { continuousRows } from './households-continuous.js';
import { fixtureRows, oddReadingRows, welfareRow } from './households-normal.js';
import { vacantRows, type LeakGrid } from './households-vacant.js';
import type { EvaluateRow } from './row.js';

export type HouseholdOptions = LeakGrid;

export const HOUSEHOLD_OPTIONS: HouseholdOptions = {
  rates: [3, 5, 10, 30, 100],
  steps: [0.1, 1, 10],
  intervals: [60, 900, 3600],
  seeds: [1, 2, 3],
};

/** For every change: half a minute. */
export const QUICK_HOUSEHOLDS: HouseholdOptions = {
  rates: [3, 10, 100],
  steps: [1],
  intervals: [900, 3600],
  seeds: [1],
};

/** `--leak-rates 3,5 --register-steps 1,10 --read-intervals 900,3600 --seeds 4,5`; the others as they are. */
export function householdOptions(args: readonly string[], otherwise = HOUSEHOLD_OPTIONS): HouseholdOptions {
  const numbers = (flag: string, usual: readonly number[]): readonly number[] => {
    const i = args.indexOf(flag);
    if (i < 0) return usual;
    const found = (args[i + 1] ?? '').split(',').map(Number);
    if (found.some((n) => !(n > 0))) throw new Error(`${flag} wants positive numbers, such as 3,5`);
    return found;
  };
  return {
    rates: numbers('--leak-rates', otherwise.rates),
    steps: numbers('--register-steps', otherwise.steps),
    intervals: numbers('--read-intervals', otherwise.intervals),
    seeds: numbers('--seeds', otherwise.seeds),
  };
}

/** Water meters of real households. @param folder the folder of all data sets */
export async function evaluateHouseholds(
  folder: string,
  options: HouseholdOptions = HOUSEHOLD_OPTIONS,
): Promise<{ rows: EvaluateRow[]; text: string }> {
  const { households, events } = await loadDaiad(folder);
  const fixtures = await loadWeusedto(folder);
  const rows = [
    ...vacantRows(households, events, options),
    ...continuousRows(households, events),
    ...oddReadingRows(households),
    welfareRow(households, events),
    ...fixtureRows(fixtures, options.intervals, options.steps),
  ];
  return { rows, text: ['Households (water meters)', ...rows.map(line)].join('\n') };
}

function line(r: EvaluateRow): string {
  const of = (n: number | null): string => (n === null ? '–' : `${(100 * n).toFixed(1)} %`);
  const delay = r.delayMedianS === undefined ? '' : `, delay ${Math.round(r.delayMedianS / 60)} min`;
  const monthly =
    r.falsePerDeviceMonth === undefined ? '' : `, ${r.falsePerDeviceMonth.toFixed(3)} false a device-month`;
  const head = `  ${r.detector}: ${r.part}`;
  return `${head}\n    found ${r.tp}, missed ${r.fn}, false ${r.fp} (TPR ${of(r.tpr)}, FPR ${of(r.fpr)})${delay}${monthly}${r.note ? `\n    ${r.note}` : ''}`;
}
