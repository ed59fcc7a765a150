import type { Household, MeterRead, ReferenceEvent } from '../datasets/daiad.js';
import { alarmsOf, HOUR_MS, meterPlay, MONTH_MS, playReads } from './meter-play.js';
import { median, rowOf, type EvaluateRow } from './row.js';

const OPEN_WITHIN_MS = 26 * HOUR_MS;
/** 0.5 % of Q3 = 2.5 m³/h, in an hour. */
const SERIOUS_L = 12.5;

/** The records that end in the 24 h before `at`. */
function lastDay(reads: readonly MeterRead[], at: number): { ms: number; litres: number }[] {
  const records: { ms: number; litres: number }[] = [];
  for (let i = 1; i < reads.length; i++) {
    const [a, b] = [reads[i - 1], reads[i]];
    if (a && b && b.at <= at && a.at >= at - 24 * HOUR_MS)
      records.push({ ms: b.at - a.at, litres: b.litres - a.litres });
  }
  return records;
}
/** A record of about an hour or more that shows no water. */
const hasEmptyHour = (reads: readonly MeterRead[], at: number): boolean =>
  lastDay(reads, at).some((r) => r.ms >= 0.95 * HOUR_MS && r.litres <= 0);
/** Every record of the day is of one hour, and none is below. */
const saysSerious = (reads: readonly MeterRead[], at: number): boolean =>
  lastDay(reads, at).every((r) => r.ms <= 1.5 * HOUR_MS && (r.litres * HOUR_MS) / Math.max(r.ms, 1) >= SERIOUS_L - 0.5);

/** The listed runs, and whatever else the rule finds in a year of ten households. */
export function continuousRows(households: readonly Household[], events: readonly ReferenceEvent[]): EvaluateRow[] {
  let [tp, fn, fp, short, serious, seriousWrong, ms] = [0, 0, 0, 0, 0, 0, 0];
  const delays: number[] = [];
  const cases: string[] = [];
  for (const h of households) {
    const alarms = alarmsOf(playReads(meterPlay({ id: h.id }), h.reads), 'meter.continuous-flow');
    const runs = events.filter((e) => e.household === h.id && e.kind === 'continuous_flow_run');
    ms += (h.reads.at(-1)?.at ?? 0) - (h.reads[0]?.at ?? 0);
    for (const run of runs) {
      const by = run.startAt + OPEN_WITHIN_MS;
      const open = alarms.find((a) => a.from <= by && a.to > by);
      if (open) delays.push(Math.max(0, open.from - run.startAt) / 1000);
      else cases.push(`not open: ${h.id} ${new Date(run.startAt).toISOString()}`);
      if (open) tp++;
      else fn++;
    }
    for (const a of alarms) {
      if (hasEmptyHour(h.reads, a.from)) {
        fp++;
        cases.push(`empty hour: ${h.id} ${new Date(a.from).toISOString()}`);
      } else if (!runs.some((r) => a.from < r.endAt && a.to > r.startAt)) short++;
      if (a.seriousAt === null) continue;
      serious++;
      if (!saysSerious(h.reads, a.seriousAt)) seriousWrong++;
      cases.push(
        `P3: ${h.id} ${new Date(a.seriousAt).toISOString()}, smallest of its 24 h ${smallest(h.reads, a.seriousAt)} L`,
      );
    }
  }
  const set = 'daiad_household_meters';
  const detector = 'meter.continuous-flow';
  const note = `${short} more alarms on runs of 24 to 48 h that the list leaves out`;
  return [
    rowOf({
      set,
      detector,
      part: 'listed runs, open within 26 h',
      ...{ tp, fp, fn },
      delayMedianS: Math.round(median(delays)),
      falsePerDeviceMonth: fp / (ms / MONTH_MS),
      note: [note, ...cases].join('; '),
    }),
    rowOf({
      set,
      detector,
      part: 'P3 only where the smallest hour of the last 24 says so',
      tp: serious - seriousWrong,
      fp: seriousWrong,
      fn: 0,
    }),
  ];
}

const smallest = (reads: readonly MeterRead[], at: number): number =>
  Math.min(...lastDay(reads, at).map((r) => Math.round((r.litres * HOUR_MS) / Math.max(r.ms, 1))));
