import { localTime } from '../../src/kernel/local-time.js';
import type { NetworkSeries, SensorSeries } from '../datasets/network-series.js';
import type { NetworkAlarm } from './network-play.js';

/** λ of the baseline, and how many unflagged nights it compares with (data README, leakdb). */
const SHARE = 0.2;
const NIGHTS = 10;
const NIGHT_FROM_H = 2;
const NIGHT_TO_H = 4;
const DAY_MS = 86_400_000;

/** A pump that was switched between two hourly readings: the mean of that hour is not known. */
const SWITCHED_SHARE = 0.2;

const flowOf = (s: SensorSeries, i: number, besideTank: boolean): number => {
  const now = s.values[i] ?? NaN;
  if (!besideTank) return now;
  const before = s.values[i - 1] ?? NaN;
  const most = Math.max(Math.abs(now), Math.abs(before));
  return Math.abs(now - before) > SWITCHED_SHARE * most ? NaN : (now + before) / 2;
};

/** Inflow of the network as a whole, L/s: what a textbook has (tanks taken into account). */
export function totalInflow(series: NetworkSeries): Float64Array {
  return flow(
    series,
    series.sensors.filter((s) => s.building === null),
    [],
  );
}

/** Net flow of the network's own part and of each area behind it, L/s: what our own rule has. */
export function areaFlows(series: NetworkSeries): Float64Array[] {
  const areas = [...new Set(series.sensors.flatMap((s) => s.building ?? []))];
  const of = (building: string | null): SensorSeries[] => series.sensors.filter((s) => s.building === building);
  return [flow(series, of(null), areas.flatMap(of)), ...areas.map((a) => flow(series, of(a), []))];
}

function flow(series: NetworkSeries, own: readonly SensorSeries[], below: readonly SensorSeries[]): Float64Array {
  const inlets = own.filter((s) => s.channel === 'flowLps');
  const onward = below.filter((s) => s.channel === 'flowLps');
  const tanks = own.filter((s) => s.channel === 'levelPct');
  return Float64Array.from(series.at, (at, i) => {
    let net = 0;
    for (const s of inlets) net += flowOf(s, i, tanks.length > 0);
    for (const s of onward) net -= flowOf(s, i, false);
    for (const s of tanks) {
      const rise = ((s.values[i] ?? NaN) - (s.values[i - 1] ?? NaN)) / 100;
      net -= (rise * (s.attributes?.storageM3 ?? 0) * 1000) / ((at - (series.at[i - 1] ?? NaN)) / 1000);
    }
    return net;
  });
}

/**
 * The textbook detector: alarm while MNF(day) − min(MNF of the last 10 unflagged days) > λ · that min. MNF is the least
 * flow told from 02:00 to 04:00, judged at 04:00. A person may accept an alarm after some days, as with our own rules.
 */
export function minimumNightFlow(
  series: NetworkSeries,
  flows: Float64Array,
  subject: string,
  operatorDays: number | null,
): NetworkAlarm[] {
  const alarms: NetworkAlarm[] = [];
  let open: NetworkAlarm | null = null;
  let unflagged: number[] = [];
  const judge = (mnf: number, at: number): void => {
    const least = Math.min(...unflagged);
    const flagged = unflagged.length >= NIGHTS && mnf - least > SHARE * least;
    if (!flagged) {
      unflagged = [...unflagged, mnf].slice(-NIGHTS);
      if (open) open.until = at;
      open = null;
    } else if (open === null) {
      open = { subject, event: 'riser.balance', at, until: null, reason: 'MNF', further: [] };
      alarms.push(open);
    } else if (operatorDays !== null && at - open.at >= operatorDays * DAY_MS) {
      open.until = at;
      open = null;
      unflagged = new Array<number>(NIGHTS).fill(mnf);
    }
  };
  let night = { day: -1, least: Infinity };
  series.at.forEach((at, i) => {
    const { day, hour } = localTime(series.timezone, at);
    if (night.day >= 0 && (day !== night.day || hour >= NIGHT_TO_H)) {
      if (night.least < Infinity) judge(night.least, at);
      night = { day: -1, least: Infinity };
    }
    if (hour < NIGHT_FROM_H || hour >= NIGHT_TO_H) return;
    const q = flows[i] ?? NaN;
    night = { day, least: Number.isNaN(q) ? night.least : Math.min(night.least, q) };
  });
  return alarms;
}
