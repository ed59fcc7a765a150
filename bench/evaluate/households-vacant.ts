import { Random } from '../../simulators/random.js';
import type { Household, MeterRead, ReferenceEvent } from '../datasets/daiad.js';
import { between, HOUR_MS, meterPlay, MONTH_MS, playReads, raisesOf } from './meter-play.js';
import { median, rowOf, type EvaluateRow } from './row.js';

export interface LeakGrid {
  /** L/h. */
  readonly rates: readonly number[];
  /** Litres. */
  readonly steps: readonly number[];
  /** Seconds; 3600 takes the times of the real series, with its gaps and jitter. */
  readonly intervals: readonly number[];
  readonly seeds: readonly number[];
}

const SET = 'daiad_household_meters';
const EVENT = 'meter.vacant-flow';
/** A cistern of the WEUSEDTO flat: 4.3 L in 6 min. A flow tells itself from a flush once it has gone on for longer. */
const FLUSH = { litres: 4.3, ms: 6 * 60_000 };
const FLUSH_OVER_MS = 7 * 60_000;
const FINE_DAYS = 14;

export interface EmptyHome {
  readonly id: string;
  readonly reads: readonly MeterRead[];
}

/** The true zero runs, as reads of a home in which nobody is. */
export function emptyHomes(households: readonly Household[], events: readonly ReferenceEvent[]): EmptyHome[] {
  return events
    .filter((e) => e.kind === 'zero_flow_run')
    .map((e, i) => {
      const reads = households.find((h) => h.id === e.household)?.reads ?? [];
      return { id: `${e.household}-zero-${i}`, reads: between(reads, e.startAt, e.endAt) };
    });
}

const zeroHours = (homes: readonly EmptyHome[]): number =>
  homes.reduce((sum, h) => sum + ((h.reads.at(-1)?.at ?? 0) - (h.reads[0]?.at ?? 0)) / HOUR_MS, 0);

/** The times at which the home is read: the real ones, or its own regular ones with jitter, for three weeks. */
function readTimes(home: EmptyHome, intervalS: number, random: Random): number[] {
  if (intervalS === 3600) return home.reads.map((r) => r.at);
  const from = home.reads[0]?.at ?? 0;
  const to = Math.min(home.reads.at(-1)?.at ?? 0, from + FINE_DAYS * 24 * HOUR_MS);
  const times: number[] = [];
  for (let k = 0; from + k * intervalS * 1000 < to; k++)
    times.push(Math.round(from + (k + 0.04 * random.next()) * intervalS * 1000));
  return times;
}

/** What the register shows: whole steps. `passed` litres on top of a level somewhere within its step. */
const shown = (baseL: number, passed: number, stepL: number): number =>
  Math.floor((baseL + passed) / stepL + 1e-9) * stepL;

interface LeakResult {
  readonly found: boolean;
  /** From when the register could show it to the alarm, ms; also without regard to whole intervals. */
  readonly delayMs: number | null;
  readonly withinTwice: boolean;
  readonly early: boolean;
  readonly what: string;
}

/**
 * From here on the register could show the leak to whoever reads it: a step after the first one, later than a flush
 * lasts. Where readings could time a flush it counts from the reading that shows the first step, and so it does when
 * that fell into a gap: what a catch-up record sums up may have been one use.
 */
function couldBeShownAt(times: readonly number[], firstStepAt: number, stepMs: number, intervalS: number): number {
  const i = times.findIndex((t) => t >= firstStepAt);
  const seenAt = times[i] ?? Infinity;
  const inGap = seenAt - (times[i - 1] ?? seenAt) > 1.5 * intervalS * 1000;
  const from = inGap || intervalS * 1000 < FLUSH_OVER_MS ? seenAt : firstStepAt;
  const steps = Math.max(1, Math.ceil((from + FLUSH_OVER_MS - firstStepAt) / stepMs));
  return firstStepAt + steps * stepMs;
}

/** One leak of `lph` that begins somewhere in an empty home. */
function leak(home: EmptyHome, lph: number, stepL: number, intervalS: number, seed: number): LeakResult | null {
  const random = new Random(seed * 7919 + Math.round(lph * 31 + stepL * 1009 + intervalS));
  const times = readTimes(home, intervalS, random);
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const room = last - first - 48 * HOUR_MS - ((2 * stepL) / lph) * HOUR_MS;
  if (room <= 0) return null;
  const startAt = first + 12 * HOUR_MS + random.next() * room;
  const baseL = 100_000 + random.next() * stepL;
  const toFirstStepL = stepL - (baseL % stepL);
  const shownAt = couldBeShownAt(times, startAt + (toFirstStepL / lph) * HOUR_MS, (stepL / lph) * HOUR_MS, intervalS);
  let whole = 0;
  let deadline = Infinity;
  let before = -Infinity;
  for (const at of times) {
    if (before >= shownAt && at - before <= 1.5 * intervalS * 1000) whole++;
    before = at;
    if (whole === 2) {
      deadline = at;
      break;
    }
  }
  const play = meterPlay({ id: home.id, intervalS, stepL, over: { occupancy: 'vacant' } });
  for (const at of times) {
    if (at < startAt - 24 * HOUR_MS) continue;
    const litres = shown(baseL, (Math.max(0, at - startAt) / HOUR_MS) * lph, stepL);
    play.reading({ volumeM3: litres / 1000 }, at);
    if (raisesOf(play, EVENT).length > 0 || at > deadline) break;
  }
  const raisedAt = raisesOf(play, EVENT)[0]?.at ?? null;
  const what = `${lph} L/h, step ${stepL} L, every ${intervalS} s, seed ${seed}, ${home.id}`;
  return {
    found: raisedAt !== null && raisedAt <= deadline && raisedAt >= startAt,
    delayMs: raisedAt === null ? null : Math.max(0, raisedAt - shownAt),
    withinTwice: raisedAt !== null && raisedAt <= shownAt + 2 * intervalS * 1000,
    early: raisedAt !== null && raisedAt < startAt,
    what,
  };
}

function leakRow(homes: readonly EmptyHome[], grid: LeakGrid, intervalS: number, stepL: number): EvaluateRow {
  const results: LeakResult[] = [];
  for (const home of homes)
    for (const lph of grid.rates)
      for (const seed of grid.seeds) {
        const r = leak(home, lph, stepL, intervalS, seed);
        if (r) results.push(r);
      }
  const missed = results.filter((r) => !r.found);
  const strict = results.filter((r) => r.withinTwice).length;
  const delays = results.flatMap((r) => (r.delayMs === null ? [] : [r.delayMs / 1000]));
  const missedNote =
    missed.length === 0
      ? ''
      : `; missed: ${missed
          .slice(0, 3)
          .map((r) => r.what)
          .join(' | ')}`;
  return rowOf({
    set: SET,
    detector: EVENT,
    part: `leaks in zero runs, read every ${intervalS} s, step ${stepL} L`,
    tp: results.length - missed.length,
    fp: results.filter((r) => r.early).length,
    fn: missed.length,
    delayMedianS: Math.round(median(delays)),
    note: `${grid.rates.join('/')} L/h; ${strict} of ${results.length} even within 2 × ${intervalS} s by the clock${missedNote}`,
  });
}

/** One flush each week, at any time, read at its own interval. */
function flushRow(
  homes: readonly EmptyHome[],
  stepL: number,
  intervalS: number,
  seeds: readonly number[],
): EvaluateRow {
  let fp = 0;
  let flushes = 0;
  let ms = 0;
  for (const home of homes)
    for (const seed of seeds) {
      const random = new Random(seed * 104_729 + intervalS);
      const times = readTimes(home, intervalS, random);
      const from = times[0] ?? 0;
      const baseL = 100_000 + random.next() * stepL;
      const starts: number[] = [];
      for (let week = from; week < (times.at(-1) ?? 0); week += 7 * 24 * HOUR_MS)
        starts.push(week + random.next() * 7 * 24 * HOUR_MS);
      const play = meterPlay({ id: home.id, intervalS, stepL, over: { occupancy: 'vacant' } });
      for (const at of times) {
        let passed = 0;
        for (const s of starts) passed += FLUSH.litres * Math.min(1, Math.max(0, (at - s) / FLUSH.ms));
        play.reading({ volumeM3: shown(baseL, passed, stepL) / 1000 }, at);
      }
      fp += raisesOf(play, EVENT).length;
      flushes += starts.length;
      ms += (times.at(-1) ?? from) - from;
    }
  return rowOf({
    set: SET,
    detector: EVENT,
    part: `one flush a week in zero runs, read every ${intervalS} s, step ${stepL} L`,
    tp: 0,
    fp,
    fn: 0,
    tn: flushes - fp,
    falsePerDeviceMonth: fp / (ms / MONTH_MS),
    note: `${flushes} flushes of ${FLUSH.litres} L in 6 min`,
  });
}

/** What may happen to the readings of an empty home without water running in it. */
function oddRow(homes: readonly EmptyHome[], other: readonly MeterRead[], seeds: readonly number[]): EvaluateRow {
  let fp = 0;
  let cases = 0;
  for (const home of homes)
    for (const seed of seeds) {
      const random = new Random(seed * 65_537);
      const swapAt = Math.floor(home.reads.length * (0.2 + 0.6 * random.next()));
      const swapped = home.reads.map((r, i) => (i < swapAt ? r : { ...r, litres: 3 }));
      const gapFrom = Math.floor(home.reads.length * (0.2 + 0.6 * random.next()));
      const gap = home.reads.filter((_r, i) => i < gapFrom || i > gapFrom + 13);
      // Another household's readings under the same name, a few minutes after each: as on 2017-01-17 in the set.
      const mixed = home.reads.flatMap((r, i) => {
        const foreign = other[i % other.length];
        return foreign && i > 20 && i < 200 ? [r, { at: r.at + 180_000, litres: foreign.litres }] : [r];
      });
      mixed.sort((a, b) => a.at - b.at);
      for (const reads of [swapped, gap, mixed]) {
        fp += playReads(meterPlay({ id: home.id, over: { occupancy: 'vacant' } }), reads).found.length > 0 ? 1 : 0;
        cases++;
      }
    }
  return rowOf({
    set: SET,
    detector: 'meter.*',
    part: 'zero runs with a swap, a gap of 13 h, a second series',
    tp: 0,
    fp,
    fn: 0,
    tn: cases - fp,
    note: `${cases} plays, all meter rules`,
  });
}

export function vacantRows(
  households: readonly Household[],
  events: readonly ReferenceEvent[],
  grid: LeakGrid,
): EvaluateRow[] {
  const homes = emptyHomes(households, events);
  const plays = homes.map((home) => playReads(meterPlay({ id: home.id, over: { occupancy: 'vacant' } }), home.reads));
  const fp = plays.reduce((sum, p) => sum + p.found.length, 0);
  const silent = rowOf({
    set: SET,
    detector: EVENT,
    part: 'true zero runs',
    tp: 0,
    fp,
    fn: 0,
    tn: homes.length - fp,
    falsePerDeviceMonth: fp / ((zeroHours(homes) * HOUR_MS) / MONTH_MS),
    note: `${homes.length} runs, ${Math.round(zeroHours(homes))} h, all meter rules`,
  });
  const rows = [silent, oddRow(homes, households.at(-2)?.reads ?? [], grid.seeds)];
  for (const intervalS of grid.intervals)
    for (const stepL of grid.steps) {
      rows.push(flushRow(homes, stepL, intervalS, grid.seeds));
      rows.push(leakRow(homes, grid, intervalS, stepL));
    }
  return rows;
}
