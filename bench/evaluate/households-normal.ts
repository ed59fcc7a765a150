import { localTime } from '../../src/kernel/local-time.js';
import type { EventName } from '../../src/kernel/events.js';
import { DAIAD_ZONE, type Household, type MeterRead, type ReferenceEvent } from '../datasets/daiad.js';
import type { Fixtures, FixtureUse } from '../datasets/weusedto.js';
import { alarmsOf, HOUR_MS, meterPlay, MONTH_MS, playReads, raisesOf } from './meter-play.js';
import { rowOf, type EvaluateRow } from './row.js';

const DAIAD = 'daiad_household_meters';

/** Noise, a second series, catch-up records and 500 L in an hour, in a year of ten lived-in households. */
export function oddReadingRows(households: readonly Household[]): EvaluateRow[] {
  const events: EventName[] = ['meter.reverse', 'meter.tamper', 'meter.dry', 'meter.burst'];
  const plays = households.map((h) => playReads(meterPlay({ id: h.id }), h.reads));
  const months = households.reduce((sum, h) => sum + lengthOf(h.reads) / MONTH_MS, 0);
  return events.map((event) => {
    const raised = plays.flatMap((p) =>
      raisesOf(p, event).map((f) => `${p.device.id} ${new Date(f.at).toISOString()}`),
    );
    const falsePerDeviceMonth = raised.length / months;
    const counts = { tp: 0, fp: raised.length, fn: 0, falsePerDeviceMonth };
    return rowOf({ set: DAIAD, detector: event, part: 'ten lived-in households', ...counts, note: raised.join('; ') });
  });
}

const lengthOf = (reads: readonly MeterRead[]): number => (reads.at(-1)?.at ?? 0) - (reads[0]?.at ?? 0);

/** Litres beyond a drip that the raw series shows since the 12th waking hour (07 to 22) before `at` began. */
function usedSinceWaking(reads: readonly MeterRead[], at: number, dripLph: number): number {
  let [from, left] = [Math.floor(at / HOUR_MS) * HOUR_MS, 12];
  while (left > 0) {
    from -= HOUR_MS;
    const { hour } = localTime(DAIAD_ZONE, from);
    if (hour >= 7 && hour < 22) left--;
  }
  const there = reads.filter((r) => r.at >= from && r.at <= at).map((r) => r.litres);
  return Math.max(...there) - Math.min(...there) - (dripLph * (at - from)) / HOUR_MS;
}

/** Each household as if a person lived there alone: every zero run must be asked about, nobody who uses water. */
export function welfareRow(households: readonly Household[], events: readonly ReferenceEvent[]): EvaluateRow {
  const event = 'meter.no-use-welfare';
  let [tp, fn, fp, quiet, months] = [0, 0, 0, 0, 0];
  for (const h of households) {
    const play = playReads(meterPlay({ id: h.id, over: { welfare: true } }), h.reads);
    months += lengthOf(h.reads) / MONTH_MS;
    const runs = events.filter((e) => e.household === h.id && e.kind === 'zero_flow_run');
    for (const run of runs) {
      // Two days in: a run may begin in the evening, and a first day and night are needed to know a drip.
      const by = run.startAt + 48 * HOUR_MS;
      if (alarmsOf(play, event).some((a) => a.from <= by && a.to > run.startAt + HOUR_MS)) tp++;
      else fn++;
    }
    for (const { at, finding } of raisesOf(play, event)) {
      const dripLph = Number(finding.evidence['dripLitresPerHour'] ?? 0);
      if (usedSinceWaking(h.reads, at, dripLph) >= 10) fp++;
      else if (!runs.some((r) => at >= r.startAt && at <= r.endAt)) quiet++;
    }
  }
  return rowOf({
    set: DAIAD,
    detector: event,
    part: 'zero runs, as if a person lived there alone; asked about within two days',
    ...{ tp, fp, fn },
    falsePerDeviceMonth: fp / months,
    note: `${quiet} more questions after 12 waking hours with less than 10 L outside the listed runs; nobody said to be away`,
  });
}

/** Litres passed at each time of reading. */
function cumulative(uses: readonly FixtureUse[], times: readonly number[]): number[] {
  const sorted = [...uses].sort((a, b) => a.startAt - b.startAt);
  let [done, next] = [0, 0];
  let running: FixtureUse[] = [];
  return times.map((at) => {
    for (let u = sorted[next]; u && u.startAt < at; u = sorted[++next]) running.push(u);
    running = running.filter((u) => {
      if (u.endAt > at) return true;
      done += u.litres;
      return false;
    });
    return done + running.reduce((sum, u) => sum + (u.litres * (at - u.startAt)) / (u.endAt - u.startAt), 0);
  });
}

/** Normal use of machines and a toilet, each by itself and together, read at several intervals. */
export function fixtureRows(fixtures: Fixtures, intervals: readonly number[], steps: readonly number[]): EvaluateRow[] {
  const { toilet, dishwasher, washingMachine } = fixtures;
  const sets: [string, readonly FixtureUse[]][] = [
    ['toilet', toilet],
    ['dishwasher', dishwasher],
    ['washing machine', washingMachine],
    ['all three', [...toilet, ...dishwasher, ...washingMachine]],
  ];
  return sets.map(([name, uses]) => {
    let [fp, plays, months] = [0, 0, 0];
    const from = Math.min(...uses.map((u) => u.startAt)) - HOUR_MS;
    const to = Math.max(...uses.map((u) => u.endAt)) + HOUR_MS;
    for (const intervalS of intervals)
      for (const stepL of steps) {
        const times = Array.from(
          { length: Math.floor((to - from) / (intervalS * 1000)) },
          (_, k) => from + k * intervalS * 1000,
        );
        const litres = cumulative(uses, times);
        const play = meterPlay({ id: name, intervalS, stepL });
        for (const [i, at] of times.entries())
          play.reading({ volumeM3: (Math.floor((litres[i] ?? 0) / stepL) * stepL) / 1000 }, at);
        fp += play.found.filter(({ finding }) => finding.kind === 'raise').length;
        plays++;
        months += (to - from) / MONTH_MS;
      }
    const counts = { tp: 0, fp, fn: 0, falsePerDeviceMonth: fp / months };
    const note = `${uses.length} uses, ${plays} plays (every ${intervals.join('/')} s, steps ${steps.join('/')} L)`;
    return rowOf({ set: 'weusedto_fixtures', detector: 'meter.*', part: `${name}, lived in`, ...counts, note });
  });
}
