import { hours, minutes, seconds } from '../../kernel/durations.js';
import { localTime } from '../../kernel/local-time.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { PipeSensorValues } from '../../telemetry/reading.js';
import { leastSpacingMs } from '../device/least-spacing.js';
import { FIT, NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { parameter, valueOf } from '../parameter.js';
import { acceptExcursion, judgeExcursion, NO_EXCURSION, type Excursion } from './excursion.js';
import { EMPTY_COURSE, expectedAt, isLearnt, learnHour, type CourseHour, type WeeklyCourse } from './weekly-course.js';

const tune = 'tune (docs/adr/0011-leaks-on-networks.md)';
export const DEVIATIONS = parameter({
  ...{ key: 'pipe.burst.deviations', default: 6, unit: 'count', min: 2, max: 20 },
  about: { zh: '压力下降控制限（标准差倍数）', en: 'Control limit of the fall in pressure, in deviations' },
  source: tune,
});
export const LEAST_MPA = parameter({
  ...{ key: 'pipe.burst.leastMpa', default: 0.01, unit: 'MPa', min: 0.001, max: 1 },
  about: { zh: '低于此值的压力下降不报警', en: 'A fall of less than this is no burst' },
  source: tune,
});
export const HOLD_MIN = parameter({
  ...{ key: 'pipe.burst.holdMin', default: 10, unit: 'min', min: 1, max: 240 },
  about: {
    zh: '压力下降须持续的时间（水泵启动时更短）',
    en: 'How long the fall must last; a pump that starts makes a shorter one',
  },
  source: tune,
});
export const LOW_MPA = parameter({
  ...{ key: 'pipe.burst.lowMpa', default: 0.1, unit: 'MPa', min: 0.01, max: 1 },
  about: { zh: '未学习前的低压限值', en: 'Before it has learnt: pressure below this, falling, with flow up' },
  source: 'docs/domain.md, event catalogue',
});

/** Before it has learnt: what pressure and flow were of late, and since when they look like a burst. */
interface Raw {
  readonly mpa: number;
  readonly lps: number;
  readonly lastAt: number;
  readonly brokenSince: number | null;
  readonly readings: number;
  readonly open: boolean;
}

export interface BurstState {
  readonly course: WeeklyCourse;
  readonly hour: CourseHour | null;
  readonly excursion: Excursion;
  readonly raw: Raw | null;
}

const INITIAL: BurstState = Object.freeze({ course: EMPTY_COURSE, hour: null, excursion: NO_EXCURSION, raw: null });
const RAW_FOLLOW_MS = hours(1);
const RAW_HOLD_MS = seconds(30);
const RAW_FALL_SHARE = 0.8;
const RAW_RISE_SHARE = 1.2;

const isOpen = (s: BurstState): boolean => s.excursion.open || s.raw?.open === true;

function observe(s: BurstState, v: PipeSensorValues, at: number, d: Device): BurstState {
  const { pressureMpa } = v;
  if (pressureMpa === undefined) return s;
  if (at - Math.max(s.excursion.lastAt, s.raw?.lastAt ?? 0) < leastSpacingMs(d)) return s;
  const { day, weekday, hour, minuteOfDay } = localTime(d.timezone, at);
  const slot = (weekday - 1) * 24 + hour;
  const absolute = day * 24 + hour;
  let course = s.course;
  let running = s.hour;
  if (running === null || running.hour !== absolute) {
    // What a burst did to the pressure is not what the hour expects.
    if (running !== null && !isOpen(s) && s.excursion.beyondSince === null) course = learnHour(course, running);
    running = { hour: absolute, slot, n: 0, sum: 0, squares: 0, minutes: 0 };
  }
  running = {
    ...running,
    n: running.n + 1,
    sum: running.sum + pressureMpa,
    squares: running.squares + pressureMpa * pressureMpa,
    minutes: running.minutes + (minuteOfDay % 60),
  };
  const expected = expectedAt(course, (weekday - 1) * 1440 + minuteOfDay);
  if (expected === null) return { ...s, course, hour: running, raw: observeRaw(s.raw, v, at, d) };
  const deviations = valueOf(d, DEVIATIONS);
  const excursion = judgeExcursion(s.excursion, at, expected.value - pressureMpa, {
    deviations,
    least: Math.max(valueOf(d, LEAST_MPA), (deviations / 2) * expected.deviation),
    holdMs: minutes(valueOf(d, HOLD_MIN)),
  });
  return { course, hour: running, excursion, raw: s.raw?.open === true ? observeRaw(s.raw, v, at, d) : null };
}

/** Without a learnt week: low, fallen, and more flows than did. Needs a flow, so that a closed valve is no burst. */
function observeRaw(r: Raw | null, v: PipeSensorValues, at: number, d: Device): Raw | null {
  const { pressureMpa: mpa, flowLps: lps } = v;
  if (mpa === undefined || lps === undefined) return r;
  if (r === null) return { mpa, lps, lastAt: at, brokenSince: null, readings: 0, open: false };
  const low = mpa < valueOf(d, LOW_MPA);
  if (r.open) return { ...r, lastAt: at, open: low };
  if (low && mpa < RAW_FALL_SHARE * r.mpa && lps > RAW_RISE_SHARE * r.lps && lps > 0) {
    const brokenSince = r.brokenSince ?? at;
    const open = r.readings >= 1 && at - brokenSince >= RAW_HOLD_MS;
    return { ...r, lastAt: at, brokenSince, readings: r.readings + 1, open };
  }
  const share = Math.min(1, (at - r.lastAt) / RAW_FOLLOW_MS);
  const follow = (old: number, now: number): number => old + share * (now - old);
  return { ...r, mpa: follow(r.mpa, mpa), lps: follow(r.lps, lps), lastAt: at, brokenSince: null, readings: 0 };
}

const round = (n: number): number => Math.round(n * 10_000) / 10_000;

function finding(s: BurstState, kind: 'raise' | 'clear', now: number, v: PipeSensorValues, d: Device): Finding {
  const fall = round(s.excursion.peak);
  const learnt = s.excursion.open;
  const since = (learnt ? s.excursion.beyondSince : s.raw?.brokenSince) ?? now;
  return {
    kind,
    event: 'pipe.burst',
    subject: deviceSubject(d),
    since: kind === 'raise' ? since : now,
    reason:
      kind === 'clear'
        ? 'pressure is restored'
        : learnt
          ? `pressure ${fall} MPa below what this hour of the week expects`
          : 'pressure low and falling while the flow rises',
    evidence: { pressureMpa: v.pressureMpa ?? null, fallMpa: kind === 'raise' && learnt ? fall : null },
  };
}

const still = (state: BurstState): Step<BurstState> => ({ state, findings: NO_FINDINGS, deadline: null });

/**
 * A pressure that falls below what its hour of the week expects and stays there (domain §4, `pipe.burst`). Pumps that
 * start are shorter than the hold; where they run at odd hours the hour's own variance widens the limit.
 */
export const burstDetector: Detector<BurstState, 'pipe-sensor'> = {
  id: 'pipe.burst',
  version: 1,
  kinds: ['pipe-sensor'],
  events: ['pipe.burst'],
  parameters: [DEVIATIONS, LEAST_MPA, HOLD_MIN, LOW_MPA],
  initial: () => INITIAL,
  fitness(device, state): Fitness {
    const { capabilities } = device.attributes;
    if (capabilities.length > 0 && !capabilities.includes('pressureMpa'))
      return { on: false, why: 'missing-capability', detail: { zh: '无压力读数', en: 'sends no pressure' } };
    if (isLearnt(state.course)) return FIT;
    const detail = { zh: '压力规律尚未学满七天', en: 'the week’s pressures are not learnt yet (7 days)' };
    const withFlow = capabilities.length === 0 || capabilities.includes('flowLps');
    return withFlow ? { on: true, note: detail } : { on: false, why: 'not-yet-learnt', detail };
  },
  step(state, input, now, device): Step<BurstState> {
    if (input.type === 'alarm-ended') {
      if (input.event !== 'pipe.burst' || !isOpen(state)) return still(state);
      return still({ ...state, excursion: acceptExcursion(state.excursion), raw: null });
    }
    if (input.type !== 'reading') return still(state);
    const s = observe(state, input.values, input.at, device);
    if (s === state) return still(state);
    const open = isOpen(s);
    const findings =
      open === isOpen(state) ? NO_FINDINGS : [finding(s, open ? 'raise' : 'clear', now, input.values, device)];
    return { state: s, findings, save: 'later', deadline: null };
  },
};
