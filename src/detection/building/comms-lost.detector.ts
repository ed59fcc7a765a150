import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { minutes } from '../../kernel/durations.js';
import { NO_FINDINGS, type Finding, type Step } from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import { silenceLimitMs } from '../device/silence-limit.js';
import type { Group, GroupDetector } from '../group-detector.js';
import { parameter, valueOf } from '../parameter.js';

/** So many devices of a building must be silent. */
export const COMMS_LOST_DEVICES = parameter({
  key: 'building.comms-lost.devices',
  default: 3,
  unit: 'count',
  min: 2,
  max: 50,
  whole: true,
  about: { zh: '同一楼栋至少多少台设备失联', en: 'so many devices of a building must be silent' },
  source: 'domain §4 "Everything"',
});
/**
 * Devices fell silent together when one moment can explain all of them: each spoke last at most its own interval
 * before it, give or take this. Without it three meters that die in three different weeks would be a lost building.
 */
export const TOGETHER = parameter({
  key: 'building.comms-lost.togetherMin',
  default: 5,
  unit: 'min',
  min: 1,
  max: 120,
  about: { zh: '最后上报相差多久仍算同时失联', en: 'how far apart last words may be and still count as one loss' },
  source: 'tune',
});
/** Word of a mains loss this long before a silence, or any time after it, makes it a power loss. */
export const MAINS_EVIDENCE_MS = minutes(30);

interface Silent {
  readonly id: string;
  /** Its last word, steady ms, as well as it is known: its silence limit before it was found silent. */
  readonly lastWordAt: number;
  readonly intervalS: number;
}
interface Dark {
  readonly id: string;
  /** It has said so since. */
  readonly darkSince: number;
  /** It runs on emergency power. */
  readonly byMode: boolean;
  readonly byMains: boolean;
}

export interface CommsLostState {
  readonly silent: readonly Silent[];
  /** Devices that say that the mains are gone. */
  readonly dark: readonly Dark[];
  /** While lost: whom the loss has hit. */
  readonly hit: readonly string[];
  readonly lostSince: number | null;
  readonly endedAt: number | null;
}

const NONE: readonly never[] = Object.freeze([]);
const IN_TOUCH: CommsLostState = Object.freeze({ silent: NONE, dark: NONE, hit: NONE, lostSince: null, endedAt: null });
const EVENT = 'building.comms-lost';

/** The largest set of silences that one moment explains. */
function together(silent: readonly Silent[], slackMs: number): readonly Silent[] {
  let best: readonly Silent[] = NONE;
  for (const { lastWordAt } of silent) {
    // A best moment can always be moved back to some device's last word.
    const set = silent.filter(
      (s) => s.lastWordAt <= lastWordAt + slackMs && lastWordAt <= s.lastWordAt + s.intervalS * 1000 + slackMs,
    );
    if (set.length > best.length) best = set;
  }
  return best;
}

/** Somebody says that the mains went, about then or since: then it is the building's power (`building.power-lost`). */
function explainedByMains(s: CommsLostState, set: readonly Silent[]): boolean {
  const first = Math.min(...set.map((x) => x.lastWordAt));
  return s.dark.some((d) => d.darkSince >= first - MAINS_EVIDENCE_MS);
}

function finding(kind: 'raise' | 'clear', s: CommsLostState, since: number, reason: string, g: Group): Finding {
  return {
    kind,
    event: EVENT,
    subject: { type: 'building', id: g.id },
    since,
    reason,
    evidence: kind === 'clear' ? {} : { devices: s.hit.join(' '), silent: s.hit.length },
    ...pagingAfterEnd(kind === 'raise' ? s.endedAt : null),
  };
}

const stay = (state: CommsLostState): Step<CommsLostState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: state.endedAt === null ? null : state.endedAt + RECHECK_AFTER_END_MS,
});

function over(s: CommsLostState, reason: string, now: number, g: Group): Step<CommsLostState> {
  // Stragglers prove nothing more until they have been back.
  const silent = s.silent.filter((x) => !s.hit.includes(x.id));
  const state = { ...s, silent, hit: NONE, lostSince: null, endedAt: null };
  // An alarm that a person ended is closed already.
  if (s.endedAt !== null) return stay(state);
  return { ...stay(state), findings: [finding('clear', s, now, reason, g)] };
}

function decide(s: CommsLostState, now: number, g: Group): Step<CommsLostState> {
  const set = together(s.silent, valueOf(g, TOGETHER) * 60_000);
  if (s.lostSince === null) {
    if (set.length < valueOf(g, COMMS_LOST_DEVICES) || explainedByMains(s, set)) return stay(s);
    const since = Math.max(...set.map((x) => x.lastWordAt));
    const state = { ...s, hit: set.map((x) => x.id), lostSince: since, endedAt: null };
    const reason = `${set.length} devices of the building fell silent together, and none reports a loss of mains`;
    return { ...stay(state), findings: [finding('raise', state, since, reason, g)] };
  }
  const away = new Set(s.silent.map((x) => x.id));
  const back = s.hit.filter((id) => !away.has(id)).length;
  if (s.hit.length === 0 || back * 2 > s.hit.length)
    return over(s, `${back} of ${s.hit.length} devices are back`, now, g);
  if (s.dark.some((d) => d.darkSince >= (s.lostSince ?? now) - MAINS_EVIDENCE_MS))
    return over(s, 'it is the mains: a device reports them lost', now, g);
  if (s.endedAt !== null && now >= s.endedAt + RECHECK_AFTER_END_MS) {
    const again = finding('raise', s, s.lostSince, `${s.hit.length - back} devices are still silent`, g);
    return { ...stay({ ...s, endedAt: null }), findings: [again] };
  }
  return stay(s);
}

function afterReading(s: CommsLostState, id: string, v: ElevatorValues, now: number): CommsLostState {
  if (v.mainsPower === undefined && v.mode === undefined) return s;
  const known = s.dark.find((d) => d.id === id);
  const byMode = v.mode === undefined || v.mode === 'unknown' ? known?.byMode === true : v.mode === 'emergency-power';
  const byMains = v.mainsPower === undefined ? known?.byMains === true : !v.mainsPower;
  if (byMode === (known?.byMode ?? false) && byMains === (known?.byMains ?? false)) return s;
  const others = s.dark.filter((d) => d.id !== id);
  const darkSince = known?.darkSince ?? now;
  return { ...s, dark: byMode || byMains ? [...others, { id, darkSince, byMode, byMains }] : others };
}

/** Once more than half of those hit are back, the others are silent on their own; `device.offline` says so. */
function afterSilence(s: CommsLostState, d: Device, silent: boolean, now: number, g: Group): CommsLostState {
  // Who is worked on, or not yet at work, falls silent for reasons of its own.
  const counts = silent && d.life === 'live';
  const known = s.silent.some((x) => x.id === d.id);
  if (counts === known) return s;
  if (!counts) return { ...s, silent: s.silent.filter((x) => x.id !== d.id) };
  const intervalS = d.attributes.expectedIntervalS;
  const list = [...s.silent, { id: d.id, lastWordAt: now - silenceLimitMs(d), intervalS }];
  if (s.lostSince === null) return { ...s, silent: list };
  const joins = together(list, valueOf(g, TOGETHER) * 60_000).some((x) => x.id === d.id) && !s.hit.includes(d.id);
  return { ...s, silent: list, hit: joins ? [...s.hit, d.id] : s.hit };
}

function pruned(s: CommsLostState, g: Group): CommsLostState {
  const here = (id: string): boolean => g.members.some((m) => m.id === id && m.life === 'live');
  if (s.silent.every((x) => here(x.id)) && s.hit.every(here) && s.dark.every((x) => here(x.id))) return s;
  return {
    ...s,
    silent: s.silent.filter((x) => here(x.id)),
    hit: s.hit.filter(here),
    dark: s.dark.filter((x) => here(x.id)),
  };
}

/** A whole building out of contact (domain §4): its gateway or its line, not its devices, and not its mains. */
export const commsLostDetector: GroupDetector<CommsLostState> = {
  id: EVENT,
  version: 1,
  scope: 'building',
  kinds: ['elevator'],
  events: [EVENT],
  parameters: [COMMS_LOST_DEVICES, TOGETHER],
  initial: () => IN_TOUCH,
  step(state, input, now, group): Step<CommsLostState> {
    switch (input.type) {
      case 'reading': {
        const s = afterReading(state, input.device.id, input.values as ElevatorValues, now);
        return s === state ? stay(state) : decide(s, now, group);
      }
      case 'silence':
        return decide(pruned(afterSilence(state, input.device, input.silent, now, group), group), now, group);
      case 'tick':
        return decide(pruned(state, group), now, group);
      case 'alarm-ended': {
        const ends = input.event === EVENT && state.lostSince !== null && state.endedAt === null;
        return stay(ends ? { ...state, endedAt: Math.min(input.at, now) } : state);
      }
      default:
        return stay(state);
    }
  },
};
