import { hours } from '../../kernel/durations.js';
import type { Device, DeviceKind } from '../../estate/device.js';
import type { PipeSensorValues, ValuesByKind, WaterMeterValues } from '../../telemetry/reading.js';
import { leastSpacingMs } from '../device/least-spacing.js';
import type { FlowTree } from './flow-tree.js';

/** A register read so far apart says too little about one hour. */
const LONGEST_READ_MS = hours(2);

/** What one device has told in the present hour. */
export interface HourPart {
  /** Sum and number of flows told in this hour, L/s. */
  readonly sum: number;
  readonly n: number;
  /** The last flow and when, steady ms. */
  readonly lps: number;
  readonly lpsAt: number;
  /** Meters: last register, m³. Tanks: last level, %. With its time. */
  readonly mark: number | null;
  readonly markAt: number;
  /** Tanks: level at the end of the hour before, %. */
  readonly before: number | null;
  readonly beforeAt: number;
  /** The last flow of the hour before, L/s. */
  readonly lpsBefore: number | null;
}

/** The present hour of a group: which, and what each device has told. Plain JSON. */
export interface FlowHour {
  /** Local hours since 1970-01-01; null = nothing yet. */
  readonly hour: number | null;
  readonly parts: Readonly<Record<string, HourPart>>;
}

export const NO_HOUR: FlowHour = Object.freeze({ hour: null, parts: Object.freeze({}) });

const FRESH: HourPart = Object.freeze({
  ...{ sum: 0, n: 0, lps: 0, lpsAt: 0 },
  ...{ mark: null, markAt: 0, before: null, beforeAt: 0, lpsBefore: null },
});

/** The hour begins anew: sums go, marks stay. */
export function nextHour(s: FlowHour, hour: number): FlowHour {
  const parts: Record<string, HourPart> = {};
  for (const [id, p] of Object.entries(s.parts))
    parts[id] = { ...p, sum: 0, n: 0, before: p.mark, beforeAt: p.markAt, lpsBefore: p.n === 0 ? null : p.lps };
  return { hour, parts };
}

/** Takes a reading in; the same object when it says nothing about flow. */
export function tellHour(s: FlowHour, d: Device, values: ValuesByKind[DeviceKind], at: number): FlowHour {
  const part = s.parts[d.id] ?? FRESH;
  // A device that speaks much more often than it said: hours and minutes are judged here, not tenths of seconds.
  if (at - Math.max(part.lpsAt, part.markAt) < leastSpacingMs(d)) return s;
  const told =
    d.kind === 'water-meter'
      ? ofMeter(part, values as WaterMeterValues, at)
      : ofPipe(part, d, values as PipeSensorValues, at);
  return told === part ? s : { ...s, parts: { ...s.parts, [d.id]: told } };
}

const withFlow = (p: HourPart, lps: number, at: number): HourPart => ({
  ...p,
  ...{ sum: p.sum + lps, n: p.n + 1, lps, lpsAt: at },
});

function ofPipe(p: HourPart, d: Device, v: PipeSensorValues, at: number): HourPart {
  if (d.attributes.storageM3 !== undefined)
    return v.levelPct === undefined ? p : { ...p, mark: v.levelPct, markAt: at };
  return v.flowLps === undefined ? p : withFlow(p, v.flowLps, at);
}

function ofMeter(p: HourPart, v: WaterMeterValues, at: number): HourPart {
  if (v.estimated === true) return p;
  if (v.volumeM3 === undefined) return v.flowLph === undefined ? p : withFlow(p, v.flowLph / 3600, at);
  const passed = p.mark === null ? -1 : v.volumeM3 - p.mark;
  const ms = at - p.markAt;
  const marked = { ...p, mark: v.volumeM3, markAt: at };
  // A register that fell is a new meter, or a broken one: it begins anew.
  if (passed < 0 || ms <= 0 || ms > LONGEST_READ_MS) return marked;
  return withFlow(marked, (passed * 1000) / (ms / 1000), at);
}

/** (tune) Beside a tank, a pump that was seen once an hour and changed by more than this share switched in between. */
const SWITCHED_SHARE = 0.2;

const meanOf = (p: HourPart | undefined): number | null => (p === undefined || p.n === 0 ? null : p.sum / p.n);

/**
 * Mean over the same hour as a tank's change of level. One reading an hour is its end: the mean runs from the one
 * before, and is unknown when the pump was switched in between.
 */
function meanBesideTank(p: HourPart | undefined): number | null {
  if (p === undefined || p.n !== 1) return meanOf(p);
  if (p.lpsBefore === null) return null;
  const most = Math.max(Math.abs(p.lps), Math.abs(p.lpsBefore));
  return Math.abs(p.lps - p.lpsBefore) > SWITCHED_SHARE * most ? null : (p.lps + p.lpsBefore) / 2;
}

/** Mean flow of the hour into the group's own pipes, L/s: in, less what went on, less what tanks took. null = unknown. */
export function netLps(s: FlowHour, tree: FlowTree): number | null {
  if (tree.parents.size === 0) return null;
  const mean = tree.tanks.size > 0 ? meanBesideTank : meanOf;
  let net = 0;
  for (const id of tree.parents.keys()) {
    const lps = mean(s.parts[id]);
    if (lps === null) return null;
    net += lps;
  }
  for (const id of tree.onward.keys()) {
    const lps = mean(s.parts[id]);
    if (lps === null) return null;
    net -= lps;
  }
  for (const [id, d] of tree.tanks) {
    const p = s.parts[id];
    if (!p || p.mark === null || p.before === null || p.markAt <= p.beforeAt) return null;
    const litres = ((p.mark - p.before) / 100) * (d.attributes.storageM3 ?? 0) * 1000;
    net -= litres / ((p.markAt - p.beforeAt) / 1000);
  }
  return net;
}

/**
 * Flow of this moment, L/s; null while any sensor's last word is older than `freshMs`. Groups with a tank have none:
 * its level moves too little in minutes.
 */
export function nowLps(s: FlowHour, tree: FlowTree, at: number, freshMs: number): number | null {
  if (tree.parents.size === 0 || tree.tanks.size > 0) return null;
  let net = 0;
  for (const [list, sign] of [[tree.parents, 1] as const, [tree.onward, -1] as const])
    for (const id of list.keys()) {
      const p = s.parts[id];
      if (!p || p.lpsAt === 0 || at - p.lpsAt > freshMs) return null;
      net += sign * p.lps;
    }
  return net;
}
