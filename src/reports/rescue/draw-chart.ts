import type { Drawing, Shape } from '../drawing.js';
import { localStamp } from '../local-stamp.js';
import type { Band, Curve, TraceChart } from './readings-chart.js';

/** A moment that is drawn through all panels: the alarm, an arrival, the release. Ms since the epoch. */
export interface Moment {
  readonly at: number;
  readonly label: string;
}

export interface ChartFrame {
  readonly from: number;
  readonly to: number;
  readonly timezone: string;
  readonly moments: readonly Moment[];
  /** What the drawing shows, in a sentence. */
  readonly label: string;
  /** Shown where a panel has nothing at all. */
  readonly silence: string;
}

const WIDTH = 720;
const LEFT = 96;
const RIGHT = 12;
const CURVE_HEIGHT = 54;
const BAND_HEIGHT = 15;
const PANEL_GAP = 14;
const LABEL_ROW = 13;
const FOOT = 22;
const TEXT = 11;
const MINUTE_MS = 60_000;
const TICK_MS = 5 * MINUTE_MS;
/** A label needs so many units of width for each character, roughly, to stand free of the next. */
const CHARACTER = 9;

/** Panels one above the other on one time axis. Pure: the same facts, the same drawing. */
export function drawChart(chart: TraceChart, frame: ChartFrame): Drawing {
  const shapes: Shape[] = [];
  const x = (at: number): number => {
    const share = (at - frame.from) / (frame.to - frame.from);
    return round(LEFT + Math.min(1, Math.max(0, share)) * (WIDTH - LEFT - RIGHT));
  };
  const rows = labelRows(frame.moments, x);
  let y = 4 + rows.count * LABEL_ROW;
  const top = y;
  for (const curve of chart.curves) {
    drawCurve(shapes, curve, x, y);
    y += CURVE_HEIGHT + PANEL_GAP;
  }
  for (const band of chart.bands) {
    drawBand(shapes, band, x, y);
    y += BAND_HEIGHT + PANEL_GAP / 2;
  }
  if (chart.curves.length + chart.bands.length === 0) {
    shapes.push({
      kind: 'text',
      at: [WIDTH / 2, y + 20],
      text: frame.silence,
      size: TEXT + 1,
      anchor: 'middle',
      ink: 'muted',
    });
    y += 40;
  }
  const bottom = y - PANEL_GAP / 2;
  drawTimes(shapes, frame, x, top, bottom);
  frame.moments.forEach((m, i) => {
    if (m.at < frame.from || m.at > frame.to) return;
    const row = rows.of[i] ?? 0;
    const left = x(m.at) > WIDTH - 120;
    shapes.push(
      { kind: 'line', from: [x(m.at), 4 + row * LABEL_ROW], to: [x(m.at), bottom], ink: 'mark', dashed: true },
      {
        kind: 'text',
        at: [x(m.at) + (left ? -4 : 4), 4 + (row + 0.5) * LABEL_ROW],
        ...{ text: m.label, size: TEXT, anchor: left ? 'end' : 'start', ink: 'mark' },
      },
    );
  });
  return { width: WIDTH, height: round(bottom + FOOT), shapes, label: frame.label };
}

const round = (n: number): number => Math.round(n * 10) / 10;

function drawCurve(shapes: Shape[], curve: Curve, x: (at: number) => number, top: number): void {
  const values = curve.pieces.flatMap((p) => p.map((q) => q.value));
  const ticks = ticksOf(values);
  const low = ticks[0] ?? 0;
  const high = ticks.at(-1) ?? 1;
  const y = (v: number): number => round(top + CURVE_HEIGHT - ((v - low) / (high - low)) * CURVE_HEIGHT);
  const title = curve.unit === '' ? curve.title : `${curve.title} ${curve.unit}`;
  shapes.push({ kind: 'text', at: [0, top + CURVE_HEIGHT / 2], text: title, size: TEXT, anchor: 'start', ink: 'text' });
  for (const v of ticks) {
    shapes.push(
      { kind: 'line', from: [LEFT, y(v)], to: [WIDTH - RIGHT, y(v)], ink: 'grid' },
      { kind: 'text', at: [LEFT - 5, y(v)], text: shortNumber(v), size: TEXT - 1, anchor: 'end', ink: 'muted' },
    );
  }
  for (const piece of curve.pieces) {
    const points: [number, number][] = [];
    for (const { at, value } of piece) {
      const before = points.at(-1);
      if (curve.steps && before) points.push([x(at), before[1]]);
      points.push([x(at), y(value)]);
    }
    const only = points[0];
    // A reading that stands alone between two gaps is a dot, not an invisible line of no length.
    if (points.length === 1 && only) shapes.push({ kind: 'dot', at: only, ink: 'series' });
    else shapes.push({ kind: 'path', points, ink: 'series' });
  }
}

function drawBand(shapes: Shape[], band: Band, x: (at: number) => number, top: number): void {
  shapes.push(
    { kind: 'text', at: [0, top + BAND_HEIGHT / 2], text: band.title, size: TEXT, anchor: 'start', ink: 'text' },
    { kind: 'line', from: [LEFT, top + BAND_HEIGHT], to: [WIDTH - RIGHT, top + BAND_HEIGHT], ink: 'grid' },
  );
  for (const s of band.spans) {
    const width = Math.max(1.5, round(x(s.to) - x(s.from)));
    const ink = s.strength === 'strong' ? 'bandStrong' : 'band';
    shapes.push({ kind: 'box', at: [x(s.from), top + 2], width, height: BAND_HEIGHT - 4, ink });
    if (width > s.word.length * CHARACTER + 8) {
      const at = [round(x(s.from) + 5), top + BAND_HEIGHT / 2] as const;
      shapes.push({ kind: 'text', at, text: s.word, size: TEXT - 1, anchor: 'start', ink: 'text' });
    }
  }
}

function drawTimes(shapes: Shape[], frame: ChartFrame, x: (at: number) => number, top: number, bottom: number): void {
  shapes.push({ kind: 'line', from: [LEFT, bottom], to: [WIDTH - RIGHT, bottom], ink: 'axis' });
  for (let at = Math.ceil(frame.from / TICK_MS) * TICK_MS; at <= frame.to; at += TICK_MS) {
    const text = localStamp(frame.timezone, at).slice(11, 16);
    shapes.unshift({ kind: 'line', from: [x(at), top], to: [x(at), bottom], ink: 'grid' });
    shapes.push({ kind: 'text', at: [x(at), bottom + 10], text, size: TEXT - 1, anchor: 'middle', ink: 'muted' });
  }
}

/** Labels that would run into each other stand in rows below each other. */
function labelRows(moments: readonly Moment[], x: (at: number) => number): { of: number[]; count: number } {
  const ends: number[] = [];
  const of = moments.map((m) => {
    const start = x(m.at);
    const row = ends.findIndex((end) => end < start);
    const taken = row === -1 ? ends.length : row;
    ends[taken] = start + m.label.length * CHARACTER + 10;
    return taken;
  });
  return { of, count: Math.max(1, ends.length) };
}

/** Round numbers around the values, from the lowest to the highest; a line that does not move stands in the middle. */
function ticksOf(values: readonly number[]): number[] {
  let low = Infinity;
  let high = -Infinity;
  for (const v of values) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  if (!(high > low)) return [low - 1, low, low + 1];
  const rough = (high - low) / 2;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((n) => n * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

function shortNumber(v: number): string {
  const size = Math.abs(v);
  const places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return String(Number(v.toFixed(places)));
}
