/**
 * One line of the evaluation: a detector on a data set. Counts are of what the set's own truth counts (leaks, runs,
 * steps of half an hour …); `note` says which. Times in seconds.
 */
export interface EvaluateRow {
  /** Folder of the data set, e.g. `daiad_household_meters`. */
  readonly set: string;
  /** Event or rule, e.g. `meter.vacant-flow`; a yardstick has its own name. */
  readonly detector: string;
  /** Which part of the set was played, e.g. `tuning`, and what was done to it. */
  readonly part: string;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn?: number;
  /** Found share of what there was to find; null where there was nothing to find. */
  readonly tpr: number | null;
  /** Alarmed share of what should be quiet; null where true negatives are not countable. */
  readonly fpr: number | null;
  readonly f1: number | null;
  /** From when it could be known to when it was raised. */
  readonly delayMedianS?: number;
  readonly falsePerDeviceMonth?: number;
  readonly note?: string;
}

type Counts = Pick<EvaluateRow, 'set' | 'detector' | 'part' | 'tp' | 'fp' | 'fn'> &
  Partial<Pick<EvaluateRow, 'tn' | 'delayMedianS' | 'falsePerDeviceMonth' | 'note'>>;

/** A row with its shares worked out from the counts. */
export function rowOf(counts: Counts): EvaluateRow {
  const { tp, fp, fn, tn } = counts;
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  return {
    ...counts,
    tpr: share(tp, tp + fn),
    fpr: tn === undefined ? null : share(fp, fp + tn),
    f1: share(2 * tp, 2 * tp + fp + fn),
  };
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? NaN) + high) / 2;
}
