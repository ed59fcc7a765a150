import { minutes, seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import { NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { maySend, needsOneOf } from '../device/capability-fitness.js';
import { endHeld, heldDueAt, observeHeld, QUIET, settleHeld, type HeldAlarm } from '../device/held-alarm.js';
import { parameter, valueOf } from '../parameter.js';

const HIGH_PCT = parameter({
  key: 'pipe.backflow.levelPct',
  default: 80,
  unit: '%',
  min: 1,
  max: 200,
  about: { zh: '水位达到溢流位的百分比', en: 'Level, as a share of the overflow, at which it backs up' },
  source: 'domain',
});
const CLEAR_PCT = parameter({
  key: 'pipe.backflow.clearPct',
  default: 50,
  unit: '%',
  min: 0,
  max: 200,
  about: { zh: '水位低于此值为恢复', en: 'Below this level it is over' },
  source: 'domain',
});
const LEVEL_S = parameter({
  key: 'pipe.backflow.levelHoldS',
  default: 10,
  unit: 's',
  min: 0,
  max: 3600,
  about: {
    zh: '高水位持续多久后报警（避免一次飞溅误报）',
    en: 'How long the level must stay high: a splash is no level',
  },
  source: 'tune',
});
const WET_MIN = parameter({
  key: 'pipe.backflow.wetMin',
  default: 10,
  unit: 'min',
  min: 0,
  max: 240,
  about: {
    zh: '地漏处浸水多久后报警（淋浴不算反水）',
    en: 'How long a floor drain must be wet: a shower is no backflow',
  },
  source: 'domain',
});

export interface BackflowState {
  readonly level: HeldAlarm;
  readonly wet: HeldAlarm;
}

const INITIAL: BackflowState = Object.freeze({ level: QUIET, wet: QUIET });
const EVENT = 'pipe.backflow';

const atDrain = (d: Device): boolean => d.attributes.role === 'drain';
const levelHolds = (d: Device) => ({ holdMs: seconds(valueOf(d, LEVEL_S)), clearMs: 0 });
const wetHolds = (d: Device) => ({ holdMs: minutes(valueOf(d, WET_MIN)), clearMs: 0 });

const isRaised = (s: BackflowState): boolean => s.level.raised || s.wet.raised;
const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
const dueAt = (s: BackflowState, d: Device): number | null =>
  earlier(heldDueAt(s.level, levelHolds(d)), heldDueAt(s.wet, wetHolds(d)));

function finding(kind: Finding['kind'], since: number, reason: string, s: BackflowState, d: Device): Finding {
  const evidence: Finding['evidence'] = kind === 'clear' ? {} : { levelPct: s.level.value, wet: s.wet.raised };
  return { kind, event: EVENT, subject: deviceSubject(d), since, reason, evidence };
}

/** Two signs of one thing: it is raised by the first, told more by the second, over when neither is left. */
function settle(s: BackflowState, now: number, d: Device): Step<BackflowState> {
  const level = settleHeld(s.level, levelHolds(d), now);
  const wet = settleHeld(s.wet, wetHolds(d), now);
  const next: BackflowState =
    level.state === s.level && wet.state === s.wet ? s : { level: level.state, wet: wet.state };
  const deadline = dueAt(next, d);
  const rose = level.did === 'raise' ? level : wet.did === 'raise' ? wet : null;
  if (rose) {
    const reason =
      rose === level
        ? `drain level at ${valueOf(d, HIGH_PCT)} % of overflow or more`
        : `floor drain wet for ${Math.floor((now - rose.since) / 60_000)} min`;
    const kind = isRaised(s) ? 'update' : 'raise';
    const paging = kind === 'raise' ? rose.paging : {};
    return { state: next, findings: [{ ...finding(kind, rose.since, reason, next, d), ...paging }], deadline };
  }
  if (isRaised(s) && !isRaised(next))
    return { state: next, findings: [finding('clear', now, 'drained and dry', next, d)], deadline };
  return { state: next, findings: NO_FINDINGS, deadline };
}

function observe(s: BackflowState, v: { levelPct?: number; wet?: boolean }, now: number, d: Device): BackflowState {
  const { levelPct, wet } = v;
  let { level } = s;
  if (levelPct !== undefined) {
    const high = levelPct >= valueOf(d, HIGH_PCT);
    const sight = high ? 'holds' : levelPct < valueOf(d, CLEAR_PCT) ? 'over' : 'between';
    level = observeHeld(s.level, sight, now, levelPct);
  }
  // Elsewhere than at a drain water on the floor is a leak.
  const wetHeld = wet === undefined ? s.wet : observeHeld(s.wet, wet && atDrain(d) ? 'holds' : 'over', now);
  return level === s.level && wetHeld === s.wet ? s : { level, wet: wetHeld };
}

function fitness(d: Device): Fitness {
  if (!atDrain(d)) return needsOneOf(d, 'levelPct');
  if (maySend(d, 'levelPct') || !maySend(d, 'wet')) return needsOneOf(d, 'levelPct', 'wet');
  return { on: true, note: { zh: '无水位计，仅按浸水判断', en: 'no level gauge: judged by the wet sensor alone' } };
}

/** A drain that backs up (domain §4); at a drain it takes the place of `pipe.leak`. */
export const backflowDetector: Detector<BackflowState, 'pipe-sensor'> = {
  id: EVENT,
  version: 1,
  kinds: ['pipe-sensor'],
  events: [EVENT],
  parameters: [HIGH_PCT, CLEAR_PCT, LEVEL_S, WET_MIN],
  fitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<BackflowState> {
    switch (input.type) {
      case 'reading':
        return settle(observe(state, input.values, now, device), now, device);
      case 'tick':
        return settle(state, now, device);
      default: {
        if (input.type !== 'alarm-ended' || input.event !== EVENT)
          return { state, findings: NO_FINDINGS, deadline: dueAt(state, device) };
        const s = { level: endHeld(state.level, input.at, now), wet: endHeld(state.wet, input.at, now) };
        return { state: s, findings: NO_FINDINGS, deadline: dueAt(s, device) };
      }
    }
  },
};
