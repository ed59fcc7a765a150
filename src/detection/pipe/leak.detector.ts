import { hours, seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { needsOneOf } from '../device/capability-fitness.js';
import {
  conditionDueAt,
  endedCondition,
  NOT_HELD,
  observeCondition,
  pagingAfterEnd,
  raisedCondition,
  type HeldCondition,
} from '../device/held-condition.js';
import { silenceLimitMs } from '../device/silence-limit.js';
import { parameter, valueOf } from '../parameter.js';

const WET_S = parameter({
  key: 'pipe.leak.holdS',
  default: 10,
  unit: 's',
  min: 0,
  max: 3600,
  about: { zh: '浸水持续多久后报警', en: 'How long a sensor must be wet' },
  source: 'domain',
});
/** What froze and burst leaks when it thaws: for so long the hold is half (domain §4, `pipe.freeze-risk`). */
export const THAW_MS = hours(24);

/** The optional fields came later: a state without them is one of before. */
export interface LeakState extends HeldCondition {
  /** While raised: the last word of the sensor, or the end of our own absence. */
  readonly heardAt?: number;
  /** While raised: it has been told that the sensor is silent. */
  readonly silent?: boolean;
  /** A pipe of its riser has thawed. */
  readonly thawAt?: number;
}

const atDrain = (d: Device): boolean => d.attributes.role === 'drain';

function holdMs(s: LeakState, now: number, d: Device): number {
  const ms = seconds(valueOf(d, WET_S));
  return s.thawAt !== undefined && now < s.thawAt + THAW_MS ? ms / 2 : ms;
}

const finding = (kind: Finding['kind'], since: number, reason: string, d: Device): Finding => ({
  kind,
  event: 'pipe.leak',
  subject: deviceSubject(d),
  since,
  reason,
  evidence: { wet: kind !== 'clear', role: d.attributes.role ?? null },
});

/** Only what lasts beyond an alarm. */
const rested = (s: LeakState): LeakState => (s.thawAt === undefined ? NOT_HELD : { ...NOT_HELD, thawAt: s.thawAt });

/** The moment at which time has something to say: the hold, or the silence of a sensor that is wet. */
function dueAt(s: LeakState, now: number, d: Device): number | null {
  if (!s.raised) return conditionDueAt(s, holdMs(s, now, d));
  return s.silent ? null : (s.heardAt ?? now) + silenceLimitMs(d);
}

function afterTime(s: LeakState, now: number, d: Device): Step<LeakState> {
  const at = dueAt(s, now, d);
  if (at === null || now < at) return { state: s, findings: NO_FINDINGS, deadline: at };
  const since = s.heldSince ?? now;
  if (s.raised) {
    const reason = `wet, and silent for ${Math.floor((now - (s.heardAt ?? now)) / 1000)} s since: stays open until it says dry`;
    return { state: { ...s, silent: true }, findings: [finding('update', since, reason, d)], deadline: null };
  }
  const raised: LeakState = { ...s, ...raisedCondition(s), heardAt: now, silent: false };
  const raise = finding('raise', since, `wet for ${Math.floor((now - since) / 1000)} s`, d);
  return { state: raised, findings: [{ ...raise, ...pagingAfterEnd(s.endedAt) }], deadline: dueAt(raised, now, d) };
}

function heard(s: LeakState, wet: boolean | undefined, now: number, d: Device): Step<LeakState> {
  if (wet === false) {
    const dry = s.heldSince === null ? s : rested(s);
    const findings = s.raised ? [finding('clear', now, 'dry again', d)] : NO_FINDINGS;
    return { state: dry, findings, deadline: null };
  }
  if (!s.raised) {
    const held = wet === undefined ? s : observeCondition(s, wet, now);
    return afterTime(held === s ? s : { ...s, ...held }, now, d);
  }
  const speaking: LeakState = { ...s, heardAt: now, silent: false };
  const deadline = dueAt(speaking, now, d);
  if (!s.silent) return { state: speaking, findings: NO_FINDINGS, deadline, save: 'later' };
  const update = finding('update', s.heldSince ?? now, 'wet, and speaks again', d);
  return { state: speaking, findings: [update], deadline };
}

/**
 * A wet sensor (domain §4). Silence ends nothing: a sensor that drowned stays wet until it says that it is dry, and
 * people are told that it has fallen silent. At a drain `pipe.backflow` takes its place.
 */
export const pipeLeakDetector: Detector<LeakState, 'pipe-sensor'> = {
  id: 'pipe.leak',
  version: 1,
  kinds: ['pipe-sensor'],
  events: ['pipe.leak'],
  parameters: [WET_S],
  fitness: (d) =>
    atDrain(d)
      ? { on: false, why: 'superseded', detail: { zh: '地漏处由反水规则判断', en: 'at a drain pipe.backflow judges' } }
      : needsOneOf(d, 'wet'),
  initial: () => NOT_HELD,
  step(state, input, now, device): Step<LeakState> {
    if (atDrain(device)) {
      if (!state.raised) return { state: NOT_HELD, findings: NO_FINDINGS, deadline: null };
      const clear = finding('clear', now, 'at a drain: a backflow, not a leak', device);
      return { state: NOT_HELD, findings: [clear], deadline: null };
    }
    switch (input.type) {
      case 'reading':
        return heard(state, input.values.wet, now, device);
      case 'tick':
        return afterTime(state, now, device);
      case 'thaw': {
        const s = { ...state, thawAt: input.at };
        return { state: s, findings: NO_FINDINGS, deadline: dueAt(s, now, device) };
      }
      case 'resumed': {
        // Our own absence is no silence of the sensor's.
        const s = state.raised && !state.silent ? { ...state, heardAt: now } : state;
        return { state: s, findings: NO_FINDINGS, deadline: dueAt(s, now, device) };
      }
      default: {
        const ended = input.type === 'alarm-ended' && input.event === 'pipe.leak' && state.raised;
        const s = ended ? { ...rested(state), ...endedCondition(state, input.at, now) } : state;
        return { state: s, findings: NO_FINDINGS, deadline: dueAt(s, now, device) };
      }
    }
  },
};
