import type { StoredReading } from '../../telemetry/history.port.js';
import type { DeviceKind } from '../../estate/device.js';
import type { ReportLang } from '../report-document.js';

/** A number over time; `pieces` are what was heard without a gap. Times in ms since the epoch. */
export interface Curve {
  readonly title: string;
  readonly unit: string;
  readonly pieces: readonly (readonly { readonly at: number; readonly value: number }[])[];
  /** It holds its value until the next reading, as a floor does; else it is drawn from point to point. */
  readonly steps: boolean;
}
/** A state over time: how strongly it is drawn, from when to when. */
export interface Band {
  readonly title: string;
  readonly spans: readonly {
    readonly from: number;
    readonly to: number;
    readonly word: string;
    readonly strength: 'weak' | 'strong';
  }[];
}
export interface TraceChart {
  readonly curves: readonly Curve[];
  readonly bands: readonly Band[];
}

/** Silence of so many reading intervals, but at least so long, is a gap: nothing is drawn where nothing was heard. */
const GAP_INTERVALS = 3;
const SHORTEST_GAP_MS = 15_000;

export const gapAfterMs = (expectedIntervalS: number): number =>
  Math.max(SHORTEST_GAP_MS, GAP_INTERVALS * expectedIntervalS * 1000);

interface CurveSpec {
  readonly field: string;
  readonly zh: string;
  readonly en: string;
  readonly unit: { readonly zh: string; readonly en: string };
  readonly steps?: true;
}
interface BandSpec {
  readonly field: string;
  readonly zh: string;
  readonly en: string;
  /** Values that are drawn, with their words; others are the quiet normal. */
  readonly shown: Readonly<Record<string, { readonly zh: string; readonly en: string; readonly strong?: true }>>;
}

const same = (unit: string) => ({ zh: unit, en: unit });
const CURVES: Readonly<Record<Exclude<DeviceKind, 'generic'>, readonly CurveSpec[]>> = {
  elevator: [
    { field: 'floor', zh: '楼层', en: 'Floor', unit: same(''), steps: true },
    { field: 'speedMps', zh: '速度', en: 'Speed', unit: same('m/s'), steps: true },
  ],
  'water-meter': [
    { field: 'flowLph', zh: '流量', en: 'Flow', unit: { zh: '升/时', en: 'L/h' }, steps: true },
    { field: 'volumeM3', zh: '读数', en: 'Register', unit: same('m³') },
  ],
  'pipe-sensor': [
    { field: 'pressureMpa', zh: '压力', en: 'Pressure', unit: same('MPa') },
    { field: 'flowLps', zh: '流量', en: 'Flow', unit: { zh: '升/秒', en: 'L/s' } },
    { field: 'levelPct', zh: '液位', en: 'Level', unit: same('%') },
    { field: 'pipeTempC', zh: '管温', en: 'Pipe temperature', unit: same('°C') },
  ],
  gate: [],
};
const YES = { zh: '有', en: 'yes' } as const;
const BANDS: Readonly<Record<Exclude<DeviceKind, 'generic'>, readonly BandSpec[]>> = {
  elevator: [
    {
      field: 'door',
      zh: '门',
      en: 'Door',
      shown: {
        open: { zh: '开', en: 'open', strong: true },
        opening: { zh: '开门中', en: 'opening' },
        closing: { zh: '关门中', en: 'closing' },
        locked: { zh: '锁', en: 'locked' },
      },
    },
    {
      field: 'doorZone',
      zh: '门区',
      en: 'Landing',
      shown: { false: { zh: '门区外', en: 'between floors', strong: true } },
    },
    { field: 'peopleInCar', zh: '轿内有人', en: 'People', shown: { true: { zh: '有人', en: 'inside', strong: true } } },
    {
      field: 'alarmButton',
      zh: '报警按钮',
      en: 'Button',
      shown: { true: { zh: '按下', en: 'pressed', strong: true } },
    },
    { field: 'mainsPower', zh: '市电', en: 'Mains', shown: { false: { zh: '停电', en: 'off', strong: true } } },
  ],
  'water-meter': [],
  'pipe-sensor': [{ field: 'wet', zh: '浸水', en: 'Wet', shown: { true: { ...YES, strong: true } } }],
  gate: [
    {
      field: 'position',
      zh: '门位',
      en: 'Position',
      shown: { open: { zh: '开', en: 'open', strong: true }, moving: { zh: '动作', en: 'moving' } },
    },
    {
      field: 'access',
      zh: '刷卡',
      en: 'Access',
      shown: {
        granted: { zh: '通过', en: 'granted' },
        denied: { zh: '拒绝', en: 'denied' },
        duress: { zh: '胁迫', en: 'duress', strong: true },
      },
    },
    { field: 'tamper', zh: '被拆', en: 'Tamper', shown: { true: { ...YES, strong: true } } },
  ],
};
/** So many channels of a generic device are drawn: more would not be read. */
const MOST_CHANNELS = 3;

/** The device's main values over the span. A field that it never sent has no curve; silence leaves a hole. */
export function traceChart(
  kind: DeviceKind,
  readings: readonly StoredReading[],
  expectedIntervalS: number,
  to: number,
  lang: ReportLang,
): TraceChart {
  const gapMs = gapAfterMs(expectedIntervalS);
  const curveOf = (title: string, unit: string, steps: boolean, valueOf: (r: StoredReading) => unknown): Curve => ({
    ...{ title, unit, steps },
    pieces: pieces(readings, valueOf, gapMs),
  });
  const told = (c: Curve): boolean => c.pieces.length > 0;
  if (kind === 'generic') {
    const channels = [...new Set(readings.flatMap((r) => Object.keys(channelsOf(r))))];
    const isNumber = (name: string): boolean => readings.some((r) => typeof channelsOf(r)[name] === 'number');
    const numbers = channels.filter(isNumber).slice(0, MOST_CHANNELS);
    const flags = channels.filter((name) => !isNumber(name)).slice(0, MOST_CHANNELS);
    return {
      curves: numbers.map((name) => curveOf(name, '', false, (r) => channelsOf(r)[name])).filter(told),
      bands: flags.map((name) => {
        const shown = { true: { zh: '是', en: 'yes', strong: true as const } };
        return bandOf(
          { field: name, zh: name, en: name, shown },
          readings,
          (r) => channelsOf(r)[name],
          gapMs,
          to,
          lang,
        );
      }),
    };
  }
  return {
    curves: CURVES[kind]
      .map((c) => curveOf(c[lang], c.unit[lang], c.steps ?? false, (r) => r.values[c.field]))
      .filter(told),
    bands: BANDS[kind]
      .filter((b) => readings.some((r) => r.values[b.field] !== undefined))
      .map((b) => bandOf(b, readings, (r) => r.values[b.field], gapMs, to, lang)),
  };
}

function channelsOf(r: StoredReading): Record<string, unknown> {
  const channels = r.values['channels'];
  return typeof channels === 'object' && channels !== null ? (channels as Record<string, unknown>) : {};
}

function pieces(
  readings: readonly StoredReading[],
  valueOf: (r: StoredReading) => unknown,
  gapMs: number,
): Curve['pieces'] {
  const found: { at: number; value: number }[][] = [];
  let heardAt = -Infinity;
  for (const r of readings) {
    const value = valueOf(r);
    if (typeof value === 'number' && Number.isFinite(value)) {
      const piece = found.at(-1);
      if (piece && r.at - heardAt <= gapMs) piece.push({ at: r.at, value });
      else found.push([{ at: r.at, value }]);
      heardAt = r.at;
    }
  }
  return found;
}

function bandOf(
  spec: BandSpec,
  readings: readonly StoredReading[],
  valueOf: (r: StoredReading) => unknown,
  gapMs: number,
  to: number,
  lang: ReportLang,
): Band {
  const spans: { from: number; to: number; word: string; strength: 'weak' | 'strong' }[] = [];
  const heard = readings.filter((r) => valueOf(r) !== undefined && valueOf(r) !== null);
  heard.forEach((r, i) => {
    const shown = spec.shown[String(valueOf(r))];
    if (!shown) return;
    // It holds until it is said otherwise, but no longer than a device may be silent.
    const end = Math.min(heard[i + 1]?.at ?? to, r.at + gapMs, to);
    const last = spans.at(-1);
    if (last && last.word === shown[lang] && last.to >= r.at) last.to = Math.max(last.to, end);
    else spans.push({ from: r.at, to: end, word: shown[lang], strength: shown.strong ? 'strong' : 'weak' });
  });
  return { title: spec[lang], spans };
}
